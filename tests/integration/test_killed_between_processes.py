"""Killed while it takes in what others wrote, or tells them: the next process ends it the same."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from casework.after_hire.monitoring_notice import give_monitoring_notice, prove_monitoring_notice
from casework.after_hire.triggers import Statement, approve_trigger, state_trigger
from casework.applicant.consent import sign_consent, withdraw_consent
from casework.criminal.referral import flag_referral
from casework.deciding.disputes import open_dispute
from casework.deciding.manager_side import write_decision, write_question
from casework.gathering.collector_side import gather
from casework.gathering.source import order_collection
from casework.letters.applicant_side import (
    desk,
    identify,
    write_answers,
    write_consent,
    write_disclosure,
    write_withdrawal,
)
from casework.people.people import add_person
from casework.preview.window import window_of
from casework.records.custodian import list_kept, receive_kept, show_kept
from casework.releasing.release import release
from casework.requisition.requisitions import open_requisition
from models.after_hire_rules import AfterHireRules, TriggerKind
from models.consent import PlatformKind
from models.decision import Outcome
from models.decision_rules import DecisionRules
from models.disclosure import Account, Disclosure
from models.errors import NotPermittedError
from models.forms import DeliveryProof
from models.ids import ActorId, CaseId
from models.letters import NumberedAnswer
from models.monitoring import Scope, TriggerSource
from models.people import Actor, Role
from models.rebuttal import Claim, Question
from models.self_identification import SelfIdentification, Sex
from models.text import RawText
from policy.criteria import load_pack
from policy.defaults import default_draft
from storage.collector_folder import make_collector, open_collector
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.exchange import SealedVault, letter
from storage.keyring import open_key_ring
from walloff.applicants import exchange_letters
from walloff.collectors import serve_collectors
from walloff.custodians import serve_custodian
from walloff.managers import serve_managers

sys.path.insert(0, str(Path(__file__).parent))
from kill_matrix import matrix
from killed_exchanges import COLLECTOR

Post = Callable[..., str]
NAME: Final = "north"
PASSPHRASE: Final = b"correct horse battery staple"
THREAT: Final = "I am going to kill my boss on Monday, I swear I will beat him to death."
EMPLOYEE: Final = Actor(id=ActorId("officer-12"), roles=frozenset({Role.APPLICANT}))
STEPS: Final = frozenset(
    {
        "raw.db consent-signed step.step",
        "raw.db rebuttal-submitted step.step",
        "applicant.db written letters_in._leave_receipt",
        "applicant.db written letters_in.take_in_letters",
        "fairness.db written letters_in.take_in_letters",
        "applicant.db written shelving.shelve",
        "raw.db written shelving.shelve",
        "applicant.db written accesses.take_up_accesses",
        "released.db written recall.take_back",
        "raw.db document-made+recalled+document-made+dispute-resolved step.step",
        "raw.db monitoring-closed step.step",
        "released.db written results._show",
        "raw.db result-shown results._show",
        "released.db written accesses.take_up_accesses",
        "raw.db question-asked step.step",
        "raw.db decided step.step",
        "released.db written manager_letters_in._leave_receipt",
        "released.db written manager_letters_in.take_in_manager_letters",
        "raw.db captured step.step",
        "raw.db written step.step",
        "file replace captures_in.take_in_captures",
        "file unlink captures_in.take_in_captures",
        "file replace captures_in.original",
        "sealed.db written sealed_domain.hand_over",
        "sealed.db written accesses.take_up_accesses",
        "raw.db referral-received step.step",
        "sealed.db written referral_receipts.take_up_receipts",
    }
)
"""What each duty does that lasts: a commit, or a name given to a file or taken from it."""
ASSESSMENT: Final = "The interview decides; nothing released speaks against it."


def never_opened(office: Any) -> CaseId:
    """A monitoring draft whose trigger was approved and which nobody opened."""
    policy = default_draft().policy.model_copy(
        update={"notice_lead_days": 0, "after_hire": AfterHireRules()}
    )
    pack, owner = load_pack("conduct-general-use"), office.who(Role.POLICY_OWNER)
    made = open_requisition("Conduct", policy, pack, **owner)
    add_person(EMPLOYEE, "Sam Birch", **office.who(Role.ADMINISTRATOR))
    give_monitoring_notice(made.id, EMPLOYEE.id, name=RawText("Sam Birch"), **owner)
    prove_monitoring_notice(EMPLOYEE.id, DeliveryProof.HANDED_OVER, **owner)
    today = office.now.date()
    said = Statement(
        kind=TriggerKind.COMPLAINT,
        source=TriggerSource.MEMBER_OF_THE_PUBLIC,
        on=today - timedelta(days=2),
        description=RawText("On Tuesday a resident complained of threats on a forum."),
        reach=Scope(
            platforms=frozenset({PlatformKind.FORUM}),
            since=today - timedelta(days=200),
            until=today,
            criteria=frozenset({"G8"}),
        ),
        accounts=(Account(platform=RawText("forum"), handle=RawText("sam_b")),),
    )
    who, screener = office.who(Role.INVESTIGATOR), office.services.screener(made)
    case_id = state_trigger(made.id, EMPLOYEE.id, said, screener=screener, report=None, **who)
    approve_trigger(case_id, **office.who(Role.SUPERVISOR))
    return case_id


def shown_on_dates(office: Any, post: Post) -> None:
    """A refusal and a release that both wait for the requisition's date."""
    before = office.requisition
    rules = DecisionRules(results_after_days=40)
    office.requisition = office.open(notice_lead_days=0, decision=rules)
    refused = office.noticed()
    sign_consent(
        refused,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    waiting = office.offered(post("We planted tomatoes."))
    office.clock.move(days=14)
    release(waiting, **office.who(Role.RELEASING_OFFICER))
    office.requisition = before


def disputed(office: Any, post: Post) -> None:
    """A dispute that nobody resolves in its days."""
    case_id = office.released(post(THREAT))
    with office.vault.read() as tx:
        shown = window_of(tx, case_id).shown[0]
    redactor = office.services.screener_of(case_id).redactor
    who = office.who(Role.APPLICANT)
    open_dispute(case_id, [shown], Claim.FALSE, None, redactor=redactor, **who)


def of_managers(office: Any, post: Post) -> None:
    """A question, a decision, a look, a look refused, and a letter that is none."""
    released = office.services.released
    asked, decided = office.released(post(THREAT)), office.released(post("A quiet day."))
    serve_managers(office.services)
    who: dict[str, Any] = {
        "actor": office.people[Role.HIRING_MANAGER].id,
        "released": released,
        "now": office.now,
    }
    write_question(asked, 0, Question.STILL_PUBLIC, **who)
    write_decision(decided, Outcome.FAVOURABLE, reasons=(), assessment=ASSESSMENT, **who)
    writer = office.vault.key_ring.writer(asked, Domain.RAW)
    released.add(letter(writer, asked, "decision", b"{}", office.now))
    with pytest.raises(NotPermittedError):
        released.look(asked, actor=ActorId("somebody"), at=office.now)


def of_applicants(office: Any, post: Post) -> None:
    """A letter of every kind, and one that is refused."""
    offered, withdrawn = office.offered(post(THREAT)), office.consented()
    noticed, consented = office.noticed(), office.consented()
    exchange_letters(office.services)
    who: dict[str, Any] = {
        "actor": office.people[Role.APPLICANT].id,
        "applicants": office.services.applicants,
        "now": office.now,
    }
    write_consent(
        noticed,
        granted=frozenset(desk(noticed, **who).consent_items),
        refused=frozenset(),
        consequence_acknowledged=True,
        **who,
    )
    identify(noticed, SelfIdentification(sex=Sex.FEMALE), **who)
    write_disclosure(consented, Disclosure(name=RawText("Rowan Applegate")), **who)
    write_withdrawal(withdrawn, **who)
    said = NumberedAnswer(finding=1, claim=Claim.CONTEXT, statement=RawText("It was a joke."))
    write_answers(offered, (said,), **who)
    writer = office.vault.key_ring.writer(noticed, Domain.RAW)
    office.services.applicants.post(letter(writer, noticed, "consent", b"{}", office.now))


def of_collectors(office: Any, post: Post) -> None:
    """A delivery with its end, and one whose consent has ended since."""
    root = office.services.home.root / COLLECTOR
    home = make_collector(office.services.home, root, NAME)
    office.services.home = office.vault._home = home
    folder = open_collector(root)
    ordered = [office.disclosed(), office.disclosed()]
    for case_id in ordered:
        order_collection(case_id, NAME, **office.who(Role.INVESTIGATOR))
    serve_collectors(office.services)
    for case_id in ordered:
        files = office.folder / f"for-{case_id}"
        files.mkdir()
        (files / "posts.jsonl").write_text(f"{post(THREAT)}\n{post('The heron stood.')}\n")
        gather(case_id, files, folder=folder, clock=office.clock.now)
    withdraw_consent(ordered[-1], **office.who(Role.APPLICANT))


def of_custodians(office: Any, post: Post) -> None:
    """A copy that was put away, looked at and received; and one that is on its way."""
    sealed = SealedVault(
        office.services.home,
        open_key_ring(office.services.home, passphrase=PASSPHRASE, domains={Domain.SEALED}),
    )
    custodian = office.people[Role.EVIDENCE_CUSTODIAN].id
    for _ in range(2):
        case_id = office.screened(post(THREAT), post("A quiet day."))
        with office.vault.read() as tx:
            texts = {one.item.text.reveal(): one.id for one in EvidenceStore(tx).for_case(case_id)}
        evidence = frozenset({texts[THREAT]})
        who = office.who(Role.INVESTIGATOR)
        flag_referral(case_id, "violent-felony", evidence=evidence, **who)
        if not list_kept(sealed, actor=custodian):
            serve_custodian(office.services)
            [item] = [one.id for one in list_kept(sealed, actor=custodian)]
            show_kept(sealed, item, actor=custodian, now=office.now)
            receive_kept(sealed, item, actor=custodian, now=office.now)
    sealed.close()


@pytest.fixture
def busy(office: Any, post: Post) -> Any:
    """A home in which everybody has just written, and three clocks have just run."""
    never_opened(office)
    office.clock.move(days=50)
    shown_on_dates(office, post)
    disputed(office, post)
    office.clock.move(days=3)
    of_managers(office, post)
    of_applicants(office, post)
    of_collectors(office, post)
    of_custodians(office, post)
    return office


@pytest.mark.sqlite_only
def test_what_others_wrote_is_taken_in_once_whenever_it_is_killed(busy: Any) -> None:
    """One home for both: each is played on copies, and setting it up takes longest."""
    for when in ("before", "after"):
        steps = matrix(busy, "exchanges", when)
        assert steps >= STEPS, STEPS - steps
