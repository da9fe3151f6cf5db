"""On an account of somebody else, agency information is captured and nothing besides (M4).

An employee answers for what of the agency stands on a relative's page; the relative answers for
nothing, and is not looked at. One item is taken at a time, few of one account, by its words alone,
and no machine weighs it: a person says which category it is of, and a reviewer confirms it.
"""

import hashlib
from datetime import datetime

from casework.applicant.consent import require_consent
from casework.applicant.disclosure import disclosure_of
from casework.gathering.monitoring_bounds import is_own
from casework.people.exposure import expose
from casework.people.people_gates import require_capture
from casework.requisition.requisitions import frozen
from casework.screening.screen import Screener
from casework.screening.stated_findings import finding_of, keep_finding, redacted, require_in_scope
from casework.search.terms_register import require_terms, rules_of_search
from casework.steps.monitoring_gate import monitoring_scope
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from collection.named_platforms import names_of
from models.after_hire_rules import AfterHireRules
from models.audit import AuditAction
from models.clauses import FishingError, ThirdPartyOverreachError
from models.consent import item_for
from models.criteria import Conduct, Severity
from models.documentation import CaptureDocumentation, CaptureMethod, ClockSource
from models.evidence import AccessGate, AttributionGrade, Capture, Evidence, SourceItem
from models.exposure import Material
from models.finding import FindingSource
from models.ids import CaptureId, CaseId, FindingId, new_id
from models.people import Actor
from models.search import AccessWay, SessionIdentity
from models.text import RawText
from models.third_party import ThirdPartyFind, ThirdPartyItem
from storage.captures import CaptureStore
from storage.duties import Duty
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault
from triage.attribution import account_of

SOURCE = FindingSource.THIRD_PARTY_ACCOUNT


def capture_third_party_item(
    case_id: CaseId,
    find: ThirdPartyFind,
    criterion: str,
    severity: Severity,
    *,
    screener: Screener,
    device: str | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> FindingId:
    """Capture one item of agency information from somebody else's account, and state it.

    Raises `ThirdPartyOverreachError` (E-M4-THIRD-PARTY-OVERREACH) for a category that the policy
    does not name, for a criterion about anything but such information, for more words or items
    than it takes, and for the employee's own account; `FishingError` outside the trigger; and what
    `require_capture` and `require_terms` do, for this is a capture like any other.
    """
    item = _item(find)
    with step(
        vault, case_id, actor=actor, permission=Permission.CAPTURE_THIRD_PARTY, now=now
    ) as work:
        asked = require_in_scope(work, criterion)
        if Conduct.DISCLOSES_SENSITIVE_INFORMATION not in asked.conduct:
            raise ThirdPartyOverreachError(f"{criterion} is not about agency information")
        _require_no_profile(work, find, item)
        require_capture(
            work.tx, work.case, actor.id, device=device, platforms=names_of([item]), now=now
        )
        rules, named = rules_of_search(work.tx, work.case), find.platform.reveal()
        require_terms(work.tx, named, AccessWay.BY_HAND, rules=rules, now=now, kind=find.kind)
        expose(work, Material.REVIEW)
        kept = _captured(work, item, device)
        finding = finding_of(
            work,
            kept,
            redacted(work, kept, screener),
            asked,
            Conduct.DISCLOSES_SENSITIVE_INFORMATION,
            severity,
            SOURCE,
        )
        noted = ThirdPartyItem(
            evidence_id=kept.id,
            category=find.category,
            relation=find.relation,
            account=account_of(item),
        )
        RecordStore(work.tx).put(case_id, RecordKind.THIRD_PARTY_ITEM, noted, now=now)
        work.record_duty(Duty.COLLECTED)
        work.log(AuditAction.CAPTURED, code=SOURCE, count=1)
        keep_finding(work, finding)
        return finding.id


def _require_no_profile(work: Work, find: ThirdPartyFind, item: SourceItem) -> None:
    rules = frozen(work.tx, work.case.requisition_id).policy.after_hire or AfterHireRules()
    opened = monitoring_scope(work.tx, work.case)
    if find.category not in rules.sensitive_categories:
        raise ThirdPartyOverreachError(f"the policy does not look for {find.category} elsewhere")
    if len(find.words.reveal().split()) > rules.third_party_words:
        raise ThirdPartyOverreachError("more words than the information has")
    if opened is None or is_own(item, opened, disclosure_of(work.tx, work.case.id)):
        raise ThirdPartyOverreachError("this account is the employee's: it is gathered as such")
    if not opened.scope.holds(item.kind, item.created_at):
        raise FishingError("the trigger names other days or platforms")
    taken = RecordStore(work.tx).all(work.case.id, RecordKind.THIRD_PARTY_ITEM, ThirdPartyItem)
    if sum(one.account == account_of(item) for one in taken) >= rules.third_party_items:
        raise ThirdPartyOverreachError("more items of one account would tell of its owner")


def _captured(work: Work, item: SourceItem, device: str | None) -> Evidence:
    """Keep the item as evidence that is not the employee's own: no machine ever weighs it."""
    consent = require_consent(work.tx, work.case, now=work.now)
    newest = CaptureStore(work.tx).newest(work.case.id)
    before = None if newest is None else newest[0].documentation
    words = item.text.reveal().encode()
    capture = Capture(
        id=CaptureId(new_id()),
        case_id=work.case.id,
        consent_id=consent.id,
        consent_item=item_for(item.kind),
        captured_at=work.now,
        tool=SOURCE,
        tool_version="1",
        file_name=RawText(""),
        sha256=hashlib.sha256(words).hexdigest(),
        size=len(words),
        platforms=names_of([item]),
        device=device,
        documentation=CaptureDocumentation(
            sequence=1 if before is None else before.sequence + 1,
            previous=None if before is None or newest is None else newest[1],
            method=CaptureMethod.LISTED_POSTS,
            way=AccessWay.BY_HAND,
            identity=SessionIdentity.ANONYMOUS_PUBLIC,
            started_at=work.now,
            ended_at=work.now,
            clock=ClockSource.HOME,
            by=work.actor.id,
            policy=frozen(work.tx, work.case.requisition_id).policy_sha256,
        ),
    )
    CaptureStore(work.tx).add(capture)
    store = EvidenceStore(work.tx)
    evidence_id = store.add_many(capture, [item])[0]
    store.grade(evidence_id, AttributionGrade.UNATTRIBUTED)
    return Evidence(
        id=evidence_id,
        case_id=work.case.id,
        capture_id=capture.id,
        item=item,
        grade=AttributionGrade.UNATTRIBUTED,
    )


def _item(find: ThirdPartyFind) -> SourceItem:
    return SourceItem(
        native_id=RawText(new_id()),
        platform=find.platform,
        kind=find.kind,
        author=find.account,
        created_at=find.said_at,
        url=find.url,
        text=find.words,
        gate=AccessGate.NONE,
        pointer="record:1",
    )
