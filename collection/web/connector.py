"""A connector is two pure functions: from an answer to the next requests, and to items.

It never touches the network. What it makes of an answer while fetching and what a reader makes of
the same answer out of the recording are the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from collection.files.reader import Problem
from collection.files.strict_json import parse, whole
from collection.web.answers import Ask
from models.errors import InputError
from models.evidence import SourceItem
from models.fetching import VerifiedLink


@dataclass(frozen=True, slots=True)
class Got:
    """What a connector needs to know of an answer, fetched just now or read from a recording."""

    step: str
    url: str
    status: int
    media_type: str
    content: bytes
    link: str = ""
    """The `Link` header."""
    content_type: str = ""
    about: str = ""
    pointer: str = "record:0"
    told: Mapping[str, str] = field(default_factory=dict)
    """What earlier answers of the recording told, by name."""

    def value(self) -> object:
        """Return the JSON value of the content. Raises `InputError`."""
        fault = "not JSON, or cut off"
        text = None
        with suppress(UnicodeDecodeError):
            text = self.content.decode("utf-8")
        if text is None:
            raise InputError(fault)
        return parse(text)

    def mapping(self) -> dict[str, object]:
        """Return the JSON object of the content. Raises `InputError`."""
        return as_mapping(self.value())


@dataclass(frozen=True, slots=True)
class Next:
    """What follows from an answer."""

    asks: tuple[Ask, ...] = ()
    done: bool = False
    """True if the window is left behind: what still waits is not asked."""
    verified: tuple[VerifiedLink, ...] = ()


class Connector(Protocol):
    """How one kind of platform is asked, and what its answers say."""

    @property
    def name(self) -> str:
        """The first half of the names of its steps."""

    def begin(self, handle: str) -> tuple[Ask, ...]:
        """Return the first requests for a disclosed place. Raises `InputError`."""

    def go_on(self, got: Got, since: datetime) -> Next:
        """Return what is to be asked next, nothing from before the window.

        Raises `InputError` for an answer that is not what was asked for.
        """

    def told(self, _got: Got, /) -> dict[str, str]:
        """Return what an answer tells about later ones of the recording. Raises `InputError`."""

    def items(self, got: Got) -> Iterator[SourceItem | Problem]:
        """Yield what an answer says."""


def parts_of(address: str) -> SplitResult:
    """Return the parts of an address that somebody else wrote. Raises `InputError`."""
    with suppress(ValueError):
        return urlsplit(address)
    raise InputError("an address that is none")


def as_mapping(value: object) -> dict[str, object]:
    """Return a JSON object. Raises `InputError`."""
    if not isinstance(value, dict):
        raise InputError("an answer that is not an object")
    return value


def as_list(value: object) -> list[object]:
    """Return a JSON array. Raises `InputError`."""
    if not isinstance(value, list):
        raise InputError("an answer that is not a list")
    return value


def text_of(value: object) -> str:
    """Return a JSON text, nothing for null. Raises `InputError`."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InputError("an answer with something else where a text belongs")
    return whole(value)
