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


@contextmanager
def wrapped(database: str) -> Iterator[None]:
    """Turn SQLAlchemy's errors into ours.

    Raises `ConstraintError` (or the error whose code the trigger named) where a rule of the
    database was about to be broken, and `HomeError` for everything else, such as a full disk.
    """
    try:
        yield
    except SQLAlchemyError as exc:
        raise fault(exc, database) from exc


@contextmanager
def disk(what: str) -> Iterator[None]:
    """Turn an error of the file system into a `HomeError` that names what could not be done."""
    try:
        yield
    except OSError as exc:
        raise HomeError(f"{what}: {exc.strerror or type(exc).__name__}") from exc


def fault(exc: SQLAlchemyError, database: str) -> WalloffError:
    """Return our error for one of SQLAlchemy's. Values never stand in it, only rules."""
    message = str(exc.orig) if isinstance(exc, DBAPIError) else ""
    for error in _BY_CODE:
        if message.startswith(error.code):
            return error(message.removeprefix(error.code).strip())
    if isinstance(exc, IntegrityError):
        return ConstraintError(f"{database}: {message}")
    return HomeError(f"{database}: {type(exc).__name__}: {message or 'the database failed'}")
