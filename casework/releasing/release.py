"""Release: a reviewed package, answered by the applicant, is handed across the wall.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from datetime import datetime
from typing import Final

from casework.applicant.consent import require_consent_or_recall, require_state
from casework.people.people_gates import require_releaser
from casework.preview.window import FRESH, require_looked, require_window_closed, window_of
from casework.releasing.manager_desk import name_managers
from casework.releasing.results import ON_DATE, results_date
from casework.requisition.requisitions import frozen
from casework.steps.dispatching import outbox_kind
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import LeakError, RebuttalUnansweredError, UnreviewedError
from models.ids import CaseId
from models.people import SYSTEM, Actor
from models.release import ReleasePackage
from models.segment import Segment
from redaction.leakage import leaks
from storage.duties import Duty
from storage.migrate import Database
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.released import ReleasedVault
from storage.vault import Vault

DELIVERY: Final = "deliver"
"""The outbox kind of a package on its way to the manager's database."""


def release(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> ReleasePackage:
    """Release the reviewed package: `rebuttal → released`, and queue it for delivery.

    Raises `RebuttalWindowOpenError`; `RebuttalUnansweredError` if the package changed after it
    was shown to the applicant; `UnreviewedError` without two approvals; `SeparationOfDutiesError`
    for whoever collected or approved; `LeakError` if the second look finds anything in the bytes
    as they stand, whatever it found when they were made; and what
    `require_consent_or_recall` does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RELEASE, now=now) as work:
        require_state(work.case, CaseState.REBUTTAL)
        require_consent_or_recall(work.tx, work.case, now=now)
        require_releaser(work)
        require_window_closed(work.tx, case_id, now=now)
        if Database.APPLICANT in vault.home.folders:
            require_looked(work.tx, case_id)
        store = PackageStore(work.tx)
        package = store.current(case_id)
        if package is None or len(set(store.approvals(package.id))) < 2:
            raise UnreviewedError("the package as it stands lacks two approvals")
        if now - package.created_at > FRESH:
            raise UnreviewedError("the package is too old: it is built and reviewed again first")
        if package.digest != window_of(work.tx, case_id).package_sha256:
            raise RebuttalUnansweredError("the applicant has not been shown this package")
        crossing = ReleasePackage.from_payload(package.payload)
        require_no_leak(crossing)
        work.record_duty(Duty.RELEASED)
        work.move(CaseState.RELEASED)
        work.log(AuditAction.RELEASED, count=package.version)
        requisition = frozen(work.tx, work.case.requisition_id)
        if results_date(requisition, now) is not None:
            work.queue(ON_DATE, package.payload)  # shown with all others, on a date fixed before
        else:
            work.queue(DELIVERY, package.payload)
            work.queue(outbox_kind(Segment.RELEASE))
        return crossing


def require_no_leak(package: ReleasePackage) -> None:
    """Look once more, at what is about to cross. Raises `LeakError`, which names the rules alone.

    A package is built clean; this refuses one that was made under an older list, or altered.
    """
    texts = package.texts()
    found = {rule for text in (*texts, " ".join(texts)) for rule in leaks(text)}
    if found:
        raise LeakError(f"the package would tell what is withheld: {', '.join(sorted(found))}")


def deliver(case_id: CaseId, *, vault: Vault, released: ReleasedVault, now: datetime) -> int:
    """Bring queued packages into the manager's database; return how many.

    Delivering twice changes nothing, so a crash between the two databases is mended by running
    this again.
    """
    with vault.read() as tx:
        queued = OutboxStore(tx).pending(DELIVERY, case_id=case_id)
    delivered = 0
    for row in queued:
        with step(vault, case_id, actor=SYSTEM, permission=Permission.DELIVER, now=now) as work:
            outbox = OutboxStore(work.tx)
            if row.id not in {one.id for one in outbox.pending(DELIVERY, case_id=case_id)}:
                continue  # taken back, or delivered by another process, since it was read
            # Within the step: a recall waits for it, and then finds the copy to take back.
            released.deliver_next(case_id, row.payload, now)
            name_managers(work.tx, case_id, released=released, now=now)
            outbox.done(row.id, now)
            work.log(AuditAction.DELIVERED)
        released.publish_keys()
        delivered += 1
    return delivered
