"""What applicants ask of their data runs on a clock, and a restriction stops processing at once.

Access, rectification and restriction (EU-05, EU-07): the row says how long the answer may take,
else the policy. Restriction holds from the request on, until it is refused or lifted.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.counsel.access_copy import AccessCopy, access_copy
from casework.requisition.requisitions import frozen
from casework.screening.statements import Redacts
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.counsel import DataRequest, RequestKind, RequestOutcome
from models.errors import RecordNotFoundError, WrongStateError
from models.ids import CaseId, new_id
from models.people import Actor
from policy.request_clocks import allowed_for
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """A request with the copy that goes with it, where access was granted."""

    request: DataRequest
    copy: AccessCopy | None


def open_request(
    case_id: CaseId,
    kind: RequestKind,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
    released: ReleasedVault | None = None,
) -> DataRequest:
    """Take a request in; its clock runs from now.

    A restriction holds from here on, and with `released` nobody looks at the release meanwhile.
    Raises `NotPermittedError`, also for the applicant of another case, `WrongStateError` for a
    destroyed case or while one of the kind is open.
    """
    with step(vault, case_id, actor=actor, permission=Permission.OPEN_REQUEST, now=now) as work:
        if work.case.state is CaseState.DESTROYED:
            raise WrongStateError("nothing is kept of a destroyed case")
        if any(
            one.kind is kind and (one.outcome is None or one.restricts)
            for one in requests_of(work.tx, case_id)
        ):
            raise WrongStateError(f"{kind}: a request is open already")
        policy = frozen(work.tx, work.case.requisition_id).policy
        allowed = allowed_for(kind, policy, now)
        request = DataRequest(
            id=new_id(),
            case_id=case_id,
            kind=kind,
            opened_by=actor.id,
            opened_at=now,
            due_at=allowed.due,
            rule=allowed.rule,
            citation=allowed.citation,
        )
        _put(work, request)
        work.log(AuditAction.REQUEST_OPENED, code=kind)
    if released is not None and kind is RequestKind.RESTRICTION:
        released.name_viewers(case_id, ())
    return request


def extend_request(
    case_id: CaseId, request_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> DataRequest:
    """Take the longer time that the row allows, once, and before the shorter is over.

    Raises `WrongStateError` where no row allows it, after the time, or a second time.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ANSWER_REQUEST, now=now) as work:
        request = _open(work, request_id)
        policy = frozen(work.tx, work.case.requisition_id).policy
        allowed = allowed_for(request.kind, policy, request.opened_at)
        if allowed.longer is None:
            raise WrongStateError(f"{request.rule}: nothing allows an extension")
        if request.extended_at is not None or now >= request.due_at:
            raise WrongStateError("a request is extended once, before its time is over")
        longer = request.model_copy(update={"extended_at": now, "due_at": allowed.longer})
        _put(work, longer)
        work.log(AuditAction.REQUEST_EXTENDED, code=longer.kind)
        return longer


def answer_request(
    case_id: CaseId,
    request_id: str,
    outcome: RequestOutcome,
    *,
    redactor: Redacts,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> AnsweredRequest:
    """Answer a request; where access is granted, with the applicant's copy and its digest.

    What was not right is mended by the steps for it (a new disclosure, a dispute); this says that
    it was. Raises `NotPermittedError`, `RecordNotFoundError`, `WrongStateError` if answered.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ANSWER_REQUEST, now=now) as work:
        request = _open(work, request_id)
        copy = None
        if request.kind is RequestKind.ACCESS and outcome is RequestOutcome.GRANTED:
            copy = access_copy(work.tx, work.case, redactor=redactor, now=now)
        answered = request.model_copy(
            update={
                "outcome": outcome,
                "answered_by": actor.id,
                "answered_at": now,
                "copy_sha256": None if copy is None else copy.sha256,
            }
        )
        _put(work, answered)
        late = ":late" if now > request.due_at else ""
        work.log(AuditAction.REQUEST_ANSWERED, code=f"{request.kind}:{outcome}{late}")
        return AnsweredRequest(answered, copy)


def lift_restriction(
    case_id: CaseId, request_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> DataRequest:
    """End a restriction that was granted: what was automatic goes on with the next look.

    Raises `RecordNotFoundError`, and `WrongStateError` for what does not restrict.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ANSWER_REQUEST, now=now) as work:
        request = _named(work.tx, case_id, request_id)
        if request.outcome is None or not request.restricts:
            raise WrongStateError("no restriction that was granted stands under this id")
        lifted = request.model_copy(update={"lifted_at": now})
        _put(work, lifted)
        work.log(AuditAction.RESTRICTION_LIFTED)
        return lifted


def list_requests(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[DataRequest]:
    """Return the requests about a case, the oldest first. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_REQUESTS, now=now) as work:
        return requests_of(work.tx, case_id)


def requests_of(tx: Transaction, case_id: CaseId) -> list[DataRequest]:
    """Return every request as it stands, the oldest first."""
    records = RecordStore(tx).all(case_id, RecordKind.DATA_REQUEST, DataRequest)
    return list({one.id: one for one in records}.values())


def _named(tx: Transaction, case_id: CaseId, request_id: str) -> DataRequest:
    found = [one for one in requests_of(tx, case_id) if one.id == request_id]
    if not found:
        raise RecordNotFoundError("no such request about this case")
    return found[0]


def _open(work: Work, request_id: str) -> DataRequest:
    request = _named(work.tx, work.case.id, request_id)
    if request.outcome is not None:
        raise WrongStateError("the request is answered")
    return request


def _put(work: Work, request: DataRequest) -> None:
    RecordStore(work.tx).put(work.case.id, RecordKind.DATA_REQUEST, request, now=work.now)
