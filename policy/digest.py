"""Equal values have equal digests: canonical JSON (RFC 8785), sets in order, hashed."""

import hashlib
from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime, timedelta
from enum import Enum

import rfc8785
from pydantic import BaseModel

from models.errors import RawTextExposedError
from models.text import RawText


def sha256_of_value(value: object) -> str:
    """Return the SHA-256 of a value, in lower-case hexadecimal.

    A value is a model, or what JSON has, with sets, dates, times and durations. Raises
    `RawTextExposedError` if there is raw text in it, and `TypeError` for anything else.
    """
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value: object) -> bytes:
    """Return a value's canonical JSON. Raises what `sha256_of_value` does."""
    return rfc8785.dumps(_plain(value))


def _fields(value: BaseModel) -> Iterator[str]:
    """Yield a model's fields, without those that were added later and are empty here."""
    later: Set[str] = getattr(type(value), "added_later", frozenset())
    return (
        name
        for name in type(value).model_fields
        if name not in later or getattr(value, name) is not None
    )


_Json = bool | int | str | float | list["_Json"] | dict[str, "_Json"] | None


def _plain(value: object) -> _Json:
    if isinstance(value, RawText):
        raise RawTextExposedError("digest")
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in _fields(value)}
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | int | str | float):
        return value
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, Set):
        return [
            rank[1] for rank in sorted((rfc8785.dumps(item), item) for item in map(_plain, value))
        ]
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    raise TypeError(f"{type(value).__name__} has no canonical form")
