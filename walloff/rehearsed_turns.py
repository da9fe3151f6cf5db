"""The turns that a case may take: a crime found, a denial, an adverse decision, a dispute.

Each is played by the steps of real cases, by the people whose duty it is.
"""

from collections.abc import Collection
from typing import Final

from casework.applicant.contacts import approve_contact, propose_contact, record_contact
from casework.criminal.custody_chain import COPY
from casework.criminal.referral import flag_referral
from casework.deciding.disputes import open_dispute, resolve_dispute
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.manager import decide
from casework.people.drawing import draw_sample
from casework.preview.answers import denied
from casework.preview.window import window_of
from casework.records.custodian import list_kept, receive_kept
from casework.releasing.rebuttal import answer, preview, shown_findings
from casework.reviewing.adjudication import adjudicate
from casework.reviewing.review import (
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from casework.reviewing.second_review import give_second_review, open_blind_desk
from models.adverse import Channel, DocumentKind
from models.decision import Alternative, OtherEvidence, Outcome, Reason
from models.errors import InputError
from models.ids import CaseId, FindingId
from models.people import Actor
from models.rebuttal import RebuttalAnswer
from models.release import ReleasePackage
from models.requisition import Policy, Requisition
from models.text import RawText
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.exchange import SealedVault
from walloff.key_access import open_keys
from walloff.rehearsal_cast import (
    CUSTODIAN,
    FIRST_REVIEWER,
    INVESTIGATOR,
    MANAGER,
    QUALITY_REVIEWER,
    SUPERVISOR,
    reviewers_of,
    taken_by,
)
from walloff.rehearsed_parts import Answer, Contact, Disputes, Refers
from walloff.services import Services

_ASSESSMENT: Final = "Rehearsal: no person was assessed."
_PROOF: Final = RawText("rehearsal: handed over, and nobody signed")


def contact(case_id: CaseId, part: Contact, policy: Policy, services: Services) -> None:
    """Have a friend spoken to with a supervisor's leave, in the words of the policy."""
    investigator = taken_by(INVESTIGATOR, services)
    asked = propose_contact(case_id, part.friend, part.condition, part.because, **investigator)
    approve_contact(case_id, asked, **taken_by(SUPERVISOR, services))
    rules = None if policy.applicant is None else policy.applicant.contact
    record_contact(
        case_id,
        asked,
        script="" if rules is None else rules.script,
        disclosure=None if rules is None else rules.disclosure_text,
        **investigator,
    )


def refer(case_id: CaseId, part: Refers, services: Services) -> None:
    """Have the investigator refer a post; a sealed copy goes to the custodian."""
    with services.vault.read() as tx:
        items = {
            one.id
            for one in EvidenceStore(tx).for_case(case_id)
            if one.item.native_id.reveal() == part.post.reveal()
        }
    if not items:
        raise InputError("no post of this id was captured")
    flag_referral(case_id, part.offence, evidence=items, **taken_by(INVESTIGATOR, services))


def receive_copies(cases: Collection[CaseId], services: Services) -> None:
    """Have the custodian open what was put away of these cases, and state its receipt."""
    ring = open_keys(services.settings, services.home, frozenset({Domain.SEALED}))
    sealed = SealedVault(services.home, ring)
    try:
        for one in list_kept(sealed, actor=CUSTODIAN.id):
            if one.kind == COPY and one.case_id in cases:
                receive_kept(sealed, one.id, actor=CUSTODIAN.id, now=services.clock.now())
    finally:
        sealed.close()


def review(case_id: CaseId, requisition: Requisition, services: Services) -> int:
    """Have two reviewers look and approve; return how much they withheld as they were asked to.

    Whom the applicant denies, nobody upholds here: such a finding stays withdrawn.
    """
    withheld = 0
    with services.vault.read() as tx:
        denials = set(denied(tx, case_id))
    for reviewer in reviewers_of(requisition.policy):
        who = taken_by(reviewer, services)
        open_desk(case_id, screener=services.screener(requisition), **who)
        while denials:  # the first of them rules; a second ruling would ask for fresh approvals
            adjudicate(case_id, denials.pop(), upheld=False, **who)
        findings, unreadable = waiting_for_person(case_id, vault=services.vault)
        withheld += len(findings) + unreadable
        for finding_id in findings:
            weigh_finding(case_id, finding_id, stands=False, **who)
        if unreadable:
            settle_unreadable(case_id, **who)
        approve(case_id, **who)
    return withheld


def answers(case_id: CaseId, given: tuple[Answer, ...], actor: Actor, services: Services) -> bool:
    """Have the applicant answer what is shown to them; return False if nothing of it was shown."""
    shown = _shown(case_id, actor, services)
    said = tuple(
        RebuttalAnswer(finding_id=finding_id, claim=one.claim, statement=one.words)
        for finding_id, criterion in shown
        for one in given
        if one.criterion == criterion
    )
    if said:
        redactor = services.screener_of(case_id).redactor
        answer(case_id, said, redactor=redactor, **taken_by(actor, services))
    return bool(said)


def second_reviews(requisition: Requisition, services: Services) -> None:
    """Draw cases for a blind second review where the policy has one, and give it at once."""
    drawn = draw_sample(requisition.id, **taken_by(SUPERVISOR, services))
    for one in drawn:
        who = taken_by(QUALITY_REVIEWER, services)
        desk = open_blind_desk(one.case_id, screener=services.screener(requisition), **who)
        give_second_review(
            one.case_id,
            stands={
                finding.id: not finding.proposal.needs_person
                for finding, _item, _redaction in desk.findings
            },
            confirmed={item.id: False for item in desk.to_attribute},
            **who,
        )


def decide_by(
    case_id: CaseId, outcome: Outcome, package: ReleasePackage, services: Services
) -> None:
    """Have the manager decide; a reason against somebody never rests on the search alone."""
    against = outcome is not Outcome.FAVOURABLE
    reasons = [
        Reason(
            criterion=finding.criterion,
            finding=number,
            evidence=OtherEvidence.BACKGROUND_INVESTIGATION,
        )
        for number, finding in enumerate(package.findings)
    ]
    decide(
        case_id,
        outcome,
        reasons=tuple(reasons) if against else (),
        alternatives=(Alternative.NONE_FITTING,) if against else (),
        assessment=_ASSESSMENT,
        redactor=services.screener_of(case_id).redactor,
        released=services.released,
        **taken_by(MANAGER, services),
    )


def hand_over(case_id: CaseId, kind: DocumentKind, services: Services) -> None:
    """Make a document for the applicant, and prove that it arrived."""
    who = taken_by(INVESTIGATOR, services)
    make_document(case_id, kind, **who)
    confirm_delivery(case_id, kind, Channel.BY_HAND, _PROOF, **who)


def dispute(case_id: CaseId, part: Disputes, actor: Actor, services: Services) -> None:
    """Have the applicant dispute everything that was shown, and a reviewer end it in writing."""
    with services.vault.read() as tx:
        findings = window_of(tx, case_id).shown
    open_dispute(
        case_id,
        findings,
        part.claim,
        part.words,
        redactor=services.screener_of(case_id).redactor,
        **taken_by(actor, services),
    )
    resolve_dispute(
        case_id, part.outcome, released=services.released, **taken_by(FIRST_REVIEWER, services)
    )
    confirm_delivery(
        case_id,
        DocumentKind.DISPUTE_RESULT,
        Channel.BY_HAND,
        _PROOF,
        **taken_by(INVESTIGATOR, services),
    )


def _shown(case_id: CaseId, actor: Actor, services: Services) -> list[tuple[FindingId, str]]:
    who = taken_by(actor, services)
    package = preview(case_id, **who)
    ids = shown_findings(case_id, **who)
    return [
        (finding_id, finding.criterion)
        for finding_id, finding in zip(ids, package.findings, strict=True)
    ]
