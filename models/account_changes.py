"""Accounts that an employee declares as they change (S2), and why one was left out."""

from datetime import date
from enum import StrEnum

from models.disclosure import Account
from models.ids import ActorId
from models.value import Moment, Value


class AccountEvent(StrEnum):
    """What became of an account."""

    OPENED = "opened"
    RENAMED = "renamed"
    CLOSED = "closed"


class Omission(StrEnum):
    """Why a change was not declared in time; to forget one is no fault (POL-08)."""

    INADVERTENT = "inadvertent"
    KNOWING = "knowing"


class AccountChange(Value):
    """One change of one account, declared by the employee or found late."""

    id: str
    employee: ActorId
    account: Account
    event: AccountEvent
    happened_on: date
    declared_at: Moment
    declared_by: ActorId
    due_on: date | None = None
    """The last day on which it was in time; None where the policy asks nobody."""
    late: bool = False
    omission: Omission | None = None
    """Coded where it was late: inadvertent until somebody shows otherwise."""
    coded_by: ActorId | None = None
