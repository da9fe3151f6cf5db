"""What is asked of a server and what it answers, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from collection.files.limits import MIB
from collection.web.robots import MAX_ROBOTS
from models.consent import PlatformKind

JSON: Final = frozenset({"application/json"})
HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
FEED: Final = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/xml", "text/xml"}
)
TEXT: Final = frozenset({"text/plain"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a server may cost: more than any real one needs, less than hurts."""

    body: int = 8 * MIB
    """Bytes of one answer on the wire."""
    unpacked: int = 12 * MIB
    """Bytes of one answer, unpacked. Below what one record of a recording may hold."""
    robots: int = MAX_ROBOTS
    """Bytes of a robots.txt."""
    seconds: float = 60
    """For one answer, from connecting to its last byte."""
    silence: float = 15
    """Seconds without a byte."""
    hops: int = 5
    """Redirections in a row (RFC 9309, 2.3.1.2: at least five)."""
    requests: int = 500
    """Requests for one place of the disclosure."""
    waits: float = 600
    """Seconds that a server may ask to wait at most."""
    tries: int = 3
    """How often one request is made where the server is busy."""
    interval: float = 1
    """Seconds between two requests to one host at least."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to be asked of a platform."""

    url: str
    step: str
    """The connector and the step in it, such as `mastodon/statuses`."""
    platform: str
    """The platform's name, or its host where it has none."""
    kind: PlatformKind
    accepts: frozenset[str]
    """The content types that an answer may have."""
    about: str = ""
    """What the connector hands on from one step to the next."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: the bytes of the wire, and its content unpacked."""

    ask: Ask
    url: str
    """Of the request that was answered, after redirections."""
    status: int
    reason: bytes
    version: bytes
    asked: tuple[tuple[bytes, bytes], ...]
    """The headers that were sent."""
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    content: bytes
    at: datetime
    address: str
    certificate: str | None
    sequence: int
    """The number under which the request was written down."""

    def header(self, name: str) -> str:
        """Return a header's first value, or nothing."""
        low = name.lower().encode("ascii")
        found = next((value for key, value in self.headers if key.lower() == low), b"")
        return found.decode("latin-1").strip()

    @property
    def media_type(self) -> str:
        """Return the content type without its parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Terms:
    """What a platform's reviewed terms ask of a program."""

    robots: bool = True
    """Keep to robots.txt."""
    interval: float = 0
    """Seconds between two requests."""


class Gate(Protocol):
    """What stands between the fetcher and the network: the case, its consent and the registers."""

    def terms(self, host: str, platform: str, kind: PlatformKind) -> Terms:
        """Return what the platform's terms ask. Raises if they, or the consent, do not allow it."""

    def leave(self, url: str, platform: str, kind: PlatformKind) -> int:
        """Write a request down and return its number. Raises if it may not be made."""

    def live(self) -> None:
        """Raise if the work may not go on."""


Keep = Callable[[Answer], None]
"""Takes every answer, redirections and refusals of the server included."""
