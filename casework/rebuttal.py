"""The applicant answers first: sees what the manager would see, and has time to explain."""

from datetime import datetime

from casework.consent import require_state
from casework.disclosure import disclosure_of, known_persons
from casework.package import store_package
from casework.permissions import Permission
from casework.requisitions import frozen
from casework.step import step
from casework.window import window_of
from models.audit import AuditAction
from models.case import CaseState
from models.errors import RecordNotFoundError, WrongStateError
from models.finding import FindingState
from models.ids import CaseId
from models.people import Actor
from models.rebuttal import DENIES_AUTHORSHIP, Rebuttal, RebuttalAnswer, RebuttalWindow
from models.redaction import Outcome
from models.release import ReleasePackage
from models.text import RawText
from policy.calendar import add_business_days
from redaction.known import KnownPersons
from redaction.pipeline import Redactor
from storage.findings import FindingStore
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


def offer_rebuttal(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> RebuttalWindow:
    """Show the applicant the package and start the window: `reviewed → rebuttal`.

    Raises `NotPermittedError` and `WrongStateError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.OFFER_REBUTTAL, now=now) as work:
        require_state(work.case, CaseState.REVIEWED)
        policy = frozen(work.tx, work.case.requisition_id).policy
        package = PackageStore(work.tx).current(case_id)
        if package is None:
            raise WrongStateError("there is no package to answer")
        window = RebuttalWindow(
            case_id=case_id,
            opens_at=now,
            closes_at=add_business_days(now, policy.rebuttal_business_days, policy.jurisdiction),
            package_sha256=package.digest,
        )
        RecordStore(work.tx).put(case_id, RecordKind.REBUTTAL_WINDOW, window, now=now)
        work.move(CaseState.REBUTTAL)
        work.log(AuditAction.REBUTTAL_OFFERED)
        return window


def preview(case_id: CaseId, *, vault: Vault) -> ReleasePackage:
    """Return what the manager would receive, byte for byte, for the applicant to read.

    Raises `WrongStateError` before the package was reviewed.
    """
    with vault.read() as tx:
        window_of(tx, case_id)
        package = PackageStore(tx).current(case_id)
    if package is None:
        raise WrongStateError("there is no package to answer")
    return ReleasePackage.from_payload(package.payload)


def answer(
    case_id: CaseId,
    answers: tuple[RebuttalAnswer, ...],
    *,
    redactor: Redactor,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Take the applicant's answers; the statements pass the same wall as the evidence.

    A finding whose authorship is denied is withdrawn. The package is built again, and needs two
    fresh approvals. Raises `RecordNotFoundError` for an unknown finding, and `WrongStateError`
    outside the window.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ANSWER, now=now) as work:
        require_state(work.case, CaseState.REBUTTAL)
        if now >= window_of(work.tx, case_id).closes_at:
            raise WrongStateError("the time to answer is over")
        store = FindingStore(work.tx)
        known = {finding.id for finding in store.for_case(case_id) if finding.stands}
        if not {item.finding_id for item in answers} <= known:
            raise RecordNotFoundError("an answer names a finding that the applicant was not shown")
        persons = known_persons(disclosure_of(work.tx, case_id))
        neutral = tuple(_neutral(item, redactor, persons) for item in answers)
        for item in neutral:
            if item.claim in DENIES_AUTHORSHIP:
                store.set_state(item.finding_id, FindingState.WITHDRAWN)
        rebuttal = Rebuttal(case_id=case_id, answers=neutral, submitted_at=now)
        RecordStore(work.tx).put(case_id, RecordKind.REBUTTAL, rebuttal, now=now)
        store_package(work)
        work.log(AuditAction.REBUTTAL_SUBMITTED, count=len(answers))


def _neutral(item: RebuttalAnswer, redactor: Redactor, persons: KnownPersons) -> RebuttalAnswer:
    statement = item.statement
    if statement is None or not statement:
        return item
    redaction = redactor.redact(RawText(statement.reveal()), known=persons)
    passed = redaction.outcome is Outcome.PASSED
    return item.model_copy(update={"neutral": redaction.text if passed else None})
