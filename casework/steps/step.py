"""A step is one transaction: permission, change, audit entry and outbox row, or nothing.

A refusal rolls everything back and is then logged by itself, with its code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from casework.steps.conditions import Standing
from casework.steps.exercise import require_no_exercise
from casework.steps.monitoring_gate import require_trigger
from casework.steps.permissions import Permission, authorize
from casework.steps.restriction import require_unrestricted
from casework.steps.rules import require_same_rules
from casework.steps.sealing import MANAGERS, require_unsealed
from casework.steps.shelved import HEARD_OF, SHELVE
from models.audit import AuditAction, AuditEntry
from models.case import Case, CaseState
from models.clauses import AutoDecisionError
from models.disclosure import Applicant
from models.errors import (
    CaseNotFoundError,
    NotPermittedError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    WalloffError,
)
from models.ids import ActorId, CaseId, is_id, new_id
from models.people import Actor, Role
from storage.audit import AuditLog
from storage.blind_index import BlindIndex
from storage.cases import CaseStore
from storage.domain import Domain
from storage.duties import Duty, DutyStore
from storage.exposures import ExposureStore
from storage.outbox import OutboxStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.registers import RegisterStore
from storage.standing import part_of
from storage.transaction import Transaction
from storage.vault import Vault

A_PERSON_DECIDES: Final = frozenset(
    {CaseState.FAVOURABLE, CaseState.PENDING_ADVERSE, CaseState.ADVERSE}
)
"""The states into which no automatic step leads."""

KEYS: Final = "keys"
OF_KEYS: Final = frozenset({KEYS, *map(str, Domain)})
"""What an entry on keys is about: all of them, or those of a domain."""


class Taken(TypedDict):
    """The keywords that every step takes: who takes it, where, and when."""

    actor: Actor
    vault: Vault
    now: datetime


@dataclass(slots=True)
class Work:
    """What a step holds while it runs. `case` follows the moves made."""

    tx: Transaction
    case: Case
    actor: Actor
    role: Role
    now: datetime

    def move(self, to: CaseState) -> None:
        """Move the case. Raises `WrongStateError` if the table has no such edge.

        The system never moves one into a decision: `AutoDecisionError` (E-A1-AUTO-DECISION).
        """
        if to in A_PERSON_DECIDES and self.role is Role.SYSTEM:
            raise AutoDecisionError(f"{to} is a person's decision")
        require_no_exercise(self.tx, self.case, to)
        require_trigger(self.tx, self.case, to, self.actor.id)
        self.case = CaseStore(self.tx).move(self.case, to, now=self.now)

    def log(self, action: AuditAction, *, code: str = "", count: int | None = None) -> None:
        """Append an audit entry on this case, in this transaction."""
        AuditLog(self.tx).append(
            entry(
                action,
                actor=self.actor,
                role=self.role,
                object_id=self.case.id,
                now=self.now,
                code=code,
                count=count,
            )
        )
        if action in HEARD_OF:
            self.queue(SHELVE)

    def queue(self, kind: str, payload: bytes = b"") -> None:
        """Leave work for after the commit, in this transaction."""
        OutboxStore(self.tx).add(kind, self.case.id, payload, now=self.now)

    def record_duty(self, duty: Duty) -> None:
        """Write down that the actor took part in the case in this way."""
        DutyStore(self.tx).record(self.case.id, self.actor.id, duty, self.now)


def entry(
    action: AuditAction,
    *,
    actor: Actor,
    role: Role,
    object_id: str,
    now: datetime,
    code: str = "",
    count: int | None = None,
) -> AuditEntry:
    """Build an audit entry with a fresh event id."""
    return AuditEntry(
        event_id=new_id(),
        at=now,
        actor=actor.id,
        role=role,
        action=action,
        object_id=object_id,
        code=code,
        count=count,
    )


def standing_of(tx: Transaction, actor: Actor, case_id: CaseId) -> Standing:
    """Return what an actor has had to do with a case."""
    part = part_of(tx, case_id, actor.id)
    is_about_actor = Role.SYSTEM not in actor.roles and _applicant(tx, case_id) == actor.id
    return Standing(
        is_applicant=Role.APPLICANT in actor.roles and is_about_actor,
        is_about_actor=is_about_actor,
        collected=Duty.COLLECTED in part.duties,
        exposed=part.exposed or _exposed_elsewhere(tx, actor, case_id),
        reviewed=Duty.REVIEWED in part.duties,
        released=Duty.RELEASED in part.duties,
        decided=Duty.DECIDED in part.duties,
        approvals=part.approvals,
    )


def _exposed_elsewhere(tx: Transaction, actor: Actor, case_id: CaseId) -> bool:
    """Say whether a manager has seen another case of what is known to be the same applicant."""
    if Role.HIRING_MANAGER not in actor.roles:
        return False
    exposures = ExposureStore(tx)
    return any(exposures.exposed(actor.id, other) for other in BlindIndex(tx).shared_with(case_id))


def _applicant(tx: Transaction, case_id: CaseId) -> ActorId | None:
    applicant = RecordStore(tx).latest(case_id, RecordKind.APPLICANT, Applicant)
    return None if applicant is None else applicant.actor


@contextmanager
def step(
    vault: Vault, case_id: CaseId, *, actor: Actor, permission: Permission, now: datetime
) -> Iterator[Work]:
    """Run one step on one case.

    Raises `CaseNotFoundError`, `NotPermittedError`, `SealedError`, what `require_same_rules` does,
    and whatever the step itself refuses with.
    """
    if not is_id(case_id):
        # Not logged: the log takes ids and codes, and this may be anything that somebody typed.
        raise CaseNotFoundError("no such case")
    with refusals_logged(case_id, actor=actor, vault=vault, now=now), vault.write(case_id) as tx:
        case = CaseStore(tx).get(case_id)
        role = _allowed(tx, actor, permission, case_id)
        require_unsealed(tx, case, permission)
        require_same_rules(tx, case, permission)
        require_unrestricted(tx, case_id, permission)
        yield Work(tx, case, actor, role, now)


def _allowed(tx: Transaction, actor: Actor, permission: Permission, case_id: CaseId) -> Role:
    """Authorize; a manager whom an earlier part bars is told so by a name of its own (S10)."""
    try:
        return authorize(actor, permission, standing_of(tx, actor, case_id))
    except SeparationOfDutiesError as error:
        if permission not in MANAGERS:
            raise
        raise TaintedDeciderError(
            "this person has had to do with the applicant's raw evidence"
        ) from error


@contextmanager
def refusals_logged(
    object_id: str, *, actor: Actor, vault: Vault, now: datetime, new: bool = False
) -> Iterator[None]:
    """Log a refusal that leaves the block, with its code and nothing else, and let it go on.

    What this home does not know is not logged, for it may be a name that somebody typed for an
    id: the entry is then about the home. Unless the step makes something `new` known by a code,
    and the actor may take it.
    """
    try:
        yield
    except WalloffError as refusal:
        with vault.write(CaseId(object_id)) as tx:
            allowed = new and not isinstance(refusal, NotPermittedError)
            known = allowed or _known(tx, object_id)
            AuditLog(tx).append(
                entry(
                    AuditAction.DENIED,
                    actor=actor,
                    role=min(actor.roles, default=Role.SYSTEM),
                    object_id=object_id if known else vault.home.id,
                    now=now,
                    code=refusal.code,
                )
            )
        raise


def _known(tx: Transaction, object_id: str) -> bool:
    """Say whether this is an id, or what a person, a register or a key is known by here."""
    return (
        is_id(object_id)
        or object_id in OF_KEYS
        or PersonStore(tx).knows(ActorId(object_id))
        or RegisterStore(tx).knows(object_id)
    )
