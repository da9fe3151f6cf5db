"""What destroys trusts no clock: the log's times must run on to now without a leap.

A clock that was set forward would otherwise destroy everything at once, and every step taken in
the meantime would bear it out. So the times are followed from the last sweep, entry by entry; who
has been away longer than a day has a person say what day it is.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from casework.steps.permissions import Permission, authorize
from casework.steps.step import entry, refusals_logged
from models.audit import AuditAction
from models.errors import ClockError
from models.people import SYSTEM, Actor, Role
from storage.audit import AuditLog, newest_time
from storage.transaction import Transaction
from storage.vault import Vault
from storage.witnessed import said_by_others, vouched_time, witnessed_since

CLOCK_TOLERANCE: Final = timedelta(days=1)
HEARTBEAT: Final = timedelta(hours=6)
"""A home that works bears witness to the time at least so often."""

UNVOUCHED_AT_MOST: Final = timedelta(days=8)
"""How far the clock may have run on since anybody but it said what time it was.

A clock that is set forward by less than a day before each sweep passes every other check: this is
as far as that gets it.
"""

_SPOKEN: Final = frozenset({AuditAction.CLOCK_CONFIRMED})
_VOUCHED: Final = frozenset({AuditAction.SWEPT, AuditAction.CLOCK_CONFIRMED})
_REMEDY: Final = "nothing is destroyed before a custodian has said what day it is (--today)"


def require_clock(*, vault: Vault, now: datetime) -> None:
    """Raise `ClockError` if the clock and a witnessed time differ by more than a day.

    Witnesses are the entries of the audit log since the last sweep, one after the other up to
    now, its newest signed checkpoint, and what others signed or stamped of one. Since the newest
    time that a custodian, a witness or a stamping authority stood for, eight days may have passed.
    """
    with vault.read() as tx:
        seen = witnessed_since(tx, vault.home.id, _VOUCHED)
        others = said_by_others(tx)
        vouched = vouched_time(tx, vault.home.id, _SPOKEN)
    if not seen.entries:
        return
    newest = seen.entries[-1]
    if _apart(now, newest):
        side = "ahead of" if now > newest else "behind"
        raise ClockError(
            f"the clock is {side} the newest audit entry by more than a day; {_REMEDY}"
        )
    if seen.signed is not None and seen.signed - newest > CLOCK_TOLERANCE:
        raise ClockError(f"a checkpoint is a day ahead of the newest audit entry; {_REMEDY}")
    if any(_apart(one, next_) for one, next_ in pairwise(seen.entries)):
        raise ClockError(f"the audit log's times leap by more than a day; {_REMEDY}")
    if any(_apart(ours, theirs) for ours, theirs in others):
        raise ClockError("a witness of the audit log has another time than this clock")
    if vouched is not None and now - vouched > UNVOUCHED_AT_MOST:
        raise ClockError(f"nobody but the clock has told the time for more than a week; {_REMEDY}")


def confirm_clock(today: date, *, actor: Actor, vault: Vault, now: datetime) -> None:
    """Write down that a person says what day it is: the one witness of a clock after a pause.

    Raises `NotPermittedError`, and `ClockError` if the clock says another day.
    """
    with refusals_logged(vault.home.id, actor=actor, vault=vault, now=now), vault.write() as tx:
        role = authorize(actor, Permission.CONFIRM_CLOCK)
        if abs(now.date() - today) > timedelta(days=1):  # elsewhere it may be tomorrow
            raise ClockError("the clock says another day than you do")
        _log(tx, AuditAction.CLOCK_CONFIRMED, vault, actor, role, now)


def log_sweep(
    tx: Transaction, count: int, *, vault: Vault, actor: Actor, role: Role, now: datetime
) -> None:
    """Write down that a sweep ended, and how many cases it destroyed."""
    _log(tx, AuditAction.SWEPT, vault, actor, role, now, count)


def witness_time(*, vault: Vault, now: datetime) -> bool:
    """Bear witness to the time if nothing has for hours; return whether that was so."""
    with vault.write() as tx:
        newest = newest_time(tx)
        if newest is not None and abs(now - newest) < HEARTBEAT:
            return False
        _log(tx, AuditAction.TIME_WITNESSED, vault, SYSTEM, Role.SYSTEM, now)
    return True


def _apart(one: datetime, other: datetime) -> bool:
    return abs(one - other) > CLOCK_TOLERANCE


def _log(
    tx: Transaction,
    action: AuditAction,
    vault: Vault,
    actor: Actor,
    role: Role,
    now: datetime,
    count: int | None = None,
) -> None:
    told = entry(action, actor=actor, role=role, object_id=vault.home.id, now=now, count=count)
    AuditLog(tx).append(told)
