"""What the database refuses becomes one of our own errors, with a text that is safe to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from models.errors import (
    ConstraintError,
    HomeError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    WalloffError,
)

_BY_CODE: Final[tuple[type[WalloffError], ...]] = (SeparationOfDutiesError, TaintedDeciderError)
"""Errors whose code a trigger may put in front of its message."""

_BUSY: Final = {"55P03": "lock not available", "40P01": "deadlock", "40001": "serialization"}
"""PostgreSQL's codes for a transaction that others stood in the way of."""


@contextmanager
def wrapped(database: str) -> Iterator[None]:
    """Turn SQLAlchemy's errors into ours.

    Raises `ConstraintError` (or the error whose code the trigger named) where a rule of the
    database was about to be broken, and `HomeError` for everything else, such as a full disk.
    """
    try:
        yield
    except SQLAlchemyError as exc:
        # PostgreSQL repeats the values of a refused row: they do not hang on to our error.
        raise fault(exc, database) from (None if _sqlstate(exc) else exc)


@contextmanager
def disk(what: str) -> Iterator[None]:
    """Turn an error of the file system into a `HomeError` that names what could not be done."""
    try:
        yield
    except OSError as exc:
        raise HomeError(f"{what}: {exc.strerror or type(exc).__name__}") from exc


def fault(exc: SQLAlchemyError, database: str) -> WalloffError:
    """Return our error for one of SQLAlchemy's. Values never stand in it, only rules."""
    message = _message(exc)
    for error in _BY_CODE:
        if message.startswith(error.code):
            return error(message.removeprefix(error.code).strip())
    if isinstance(exc, IntegrityError):
        return ConstraintError(f"{database}: {message}")
    return HomeError(f"{database}: {type(exc).__name__}: {message or 'the database failed'}")


def _message(exc: SQLAlchemyError) -> str:
    """Return what the database said, without what it quoted."""
    if not isinstance(exc, DBAPIError):
        return ""
    state = _sqlstate(exc)
    if not state:
        return "" if _from_server(exc) else str(exc.orig)
    if isinstance(exc, IntegrityError):
        # The first line names the rule; the detail, which holds the values, is left out.
        return str(getattr(getattr(exc.orig, "diag", None), "message_primary", "") or state)
    if state in _BUSY:
        return f"the database stays busy: {_BUSY[state]}"
    return f"SQLSTATE {state}"


def _sqlstate(exc: SQLAlchemyError) -> str:
    return str(getattr(getattr(exc, "orig", None), "sqlstate", None) or "")


def _from_server(exc: DBAPIError) -> bool:
    """Say whether PostgreSQL's driver made the error: its text may hold the address and user."""
    return type(exc.orig).__module__.partition(".")[0] == "psycopg"
