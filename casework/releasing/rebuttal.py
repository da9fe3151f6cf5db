"""The applicant answers first: sees what the manager would see, and has time to explain."""

from datetime import datetime

from casework.applicant.consent import require_state
from casework.applicant.disclosure import disclosure_of, known_persons
from casework.preview.copies import note_copy
from casework.preview.package import shown_of, store_package
from casework.preview.window import window_of
from casework.requisition.requisitions import frozen
from casework.screening.statements import Redacts, held_statements, neutral_words
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import RebuttalLeakError
from models.deadlines import ClockKind
from models.errors import RecordNotFoundError, WrongStateError
from models.finding import FindingState
from models.ids import CaseId, FindingId
from models.people import Actor
from models.rebuttal import DENIES_AUTHORSHIP, Rebuttal, RebuttalAnswer, RebuttalWindow
from models.release import ReleasePackage
from policy.waiting import due, waiting_of
from redaction.known import KnownPersons
from storage.findings import FindingStore
from storage.packages import PackageStore, StoredPackage
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


def offer_rebuttal(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> RebuttalWindow:
    """Show the applicant the package and start the window: `reviewed → rebuttal`.

    A copy to keep goes with it. The window is the longer of the policy's and the law's. Raises
    `NotPermittedError` and `WrongStateError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.OFFER_REBUTTAL, now=now) as work:
        require_state(work.case, CaseState.REVIEWED)
        requisition = frozen(work.tx, work.case.requisition_id)
        policy = requisition.policy
        package = PackageStore(work.tx).current(case_id)
        if package is None:
            raise WrongStateError("there is no package to answer")
        shown = shown_of(work.tx, case_id, requisition, package.created_at)
        window = RebuttalWindow(
            case_id=case_id,
            opens_at=now,
            closes_at=due(ClockKind.REBUTTAL, policy, now),
            package_sha256=package.digest,
            shown=tuple(finding_id for finding_id, _released in shown),
            rules=waiting_of(ClockKind.REBUTTAL, policy).rules,
        )
        RecordStore(work.tx).put(case_id, RecordKind.REBUTTAL_WINDOW, window, now=now)
        work.move(CaseState.REBUTTAL)
        work.log(AuditAction.REBUTTAL_OFFERED)
        note_copy(work, package.payload, package.version)
        return window


def preview(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> ReleasePackage:
    """Return what the manager would receive, byte for byte, for the applicant to read.

    Raises `NotPermittedError`, and `WrongStateError` before the package was reviewed and offered,
    or while a changed one is being reviewed.
    """
    with step(vault, case_id, actor=actor, permission=Permission.PREVIEW, now=now) as work:
        payload = _offered(work).payload
        work.log(AuditAction.PREVIEWED)
    return ReleasePackage.from_payload(payload)


def shown_findings(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> tuple[FindingId, ...]:
    """Return the findings in the order in which the preview shows them. Raises as `preview`."""
    with step(vault, case_id, actor=actor, permission=Permission.PREVIEW, now=now) as work:
        _offered(work)
        return window_of(work.tx, case_id).shown


def findings_shown(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> tuple[FindingId, ...]:
    """Return the findings as the applicant last saw them numbered, whatever came after.

    Raises `NotPermittedError`, and `WrongStateError` before the first showing.
    """
    with step(vault, case_id, actor=actor, permission=Permission.SEND_COPY, now=now) as work:
        return window_of(work.tx, case_id).shown


def answer(
    case_id: CaseId,
    answers: tuple[RebuttalAnswer, ...],
    *,
    redactor: Redacts,
    came: datetime | None = None,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> tuple[FindingId, ...]:
    """Take the applicant's answers; the statements pass the same wall as the evidence.

    A finding whose authorship is denied is withdrawn until a reviewer upholds it
    (`casework.reviewing.adjudication`). Words that cannot be cleared are held for a reviewer
    (`casework.screening.statements`): their findings are returned. The package is built again,
    needs two fresh approvals, and is then offered again. Raises `RecordNotFoundError` for a finding
    that was not shown, and `WrongStateError` outside the window, in which it `came` if it did not
    come now.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ANSWER, now=now) as work:
        _offered(work)
        window = window_of(work.tx, case_id)
        if (came or now) >= window.closes_at:
            raise WrongStateError("the time to answer is over")
        store = FindingStore(work.tx)
        if not {item.finding_id for item in answers} <= set(window.shown):
            raise RecordNotFoundError("an answer names a finding that the applicant was not shown")
        persons = known_persons(disclosure_of(work.tx, case_id))
        neutral = tuple(_neutral(item, redactor, persons) for item in answers)
        for item in neutral:
            if item.claim in DENIES_AUTHORSHIP:
                store.set_state(item.finding_id, FindingState.WITHDRAWN)
        rebuttal = Rebuttal(case_id=case_id, answers=neutral, submitted_at=now)
        RecordStore(work.tx).put(case_id, RecordKind.REBUTTAL, rebuttal, now=now)
        store_package(work)
        work.log(AuditAction.REBUTTAL_SUBMITTED)
        held = held_statements(work.tx, case_id)
        if held:
            work.log(AuditAction.STATEMENT_HELD, code=RebuttalLeakError.code, count=len(held))
        return held


def _offered(work: Work) -> StoredPackage:
    """Return the package that the applicant was offered, if it is still the current one."""
    require_state(work.case, CaseState.REBUTTAL)
    package = PackageStore(work.tx).current(work.case.id)
    if package is None or package.digest != window_of(work.tx, work.case.id).package_sha256:
        raise WrongStateError("the package was changed and is being reviewed again")
    return package


def _neutral(item: RebuttalAnswer, redactor: Redacts, persons: KnownPersons) -> RebuttalAnswer:
    return item.model_copy(update={"neutral": neutral_words(item.statement, redactor, persons)})
