"""What a browser that captures a page may reach, ask and use up: decided outside the browser."""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final

import httpcore

from collection.files.limits import MAX_RECORD, MIB
from collection.web.addresses import Place, Reach, Resolver
from collection.web.pinned import checked, system_resolver
from models.errors import SettingsError, WalloffError
from models.fetching import FetchRefusedError


class PageRefusedError(WalloffError):
    """A page cannot be captured within the rules: too large, too long, unreachable, or no page."""

    code = "page-refused"


class BrowserMissingError(SettingsError):
    """Chromium, Playwright or bubblewrap is missing, so no page can be captured."""

    code = "browser-missing"


@dataclass(frozen=True, slots=True)
class Pinning:
    """Resolves a name once, has every address of it checked, and names the one to connect to."""

    reach: Reach = field(default_factory=Reach)
    resolver: Resolver = system_resolver

    async def may_connect(self, place: Place) -> tuple[str, int]:
        """Return the address and port to connect to. Raises `FetchRefusedError`."""
        found: tuple[Sequence[str], int] | None = None
        with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
            found = await asyncio.to_thread(
                checked, place.host, place.port, reach=self.reach, resolver=self.resolver
            )
        if found is None:
            raise FetchRefusedError("a name that is not known, or not in time")
        addresses, port = found
        return addresses[0], port


MayAsk = Callable[[str], None]
"""Raises a `WalloffError` for an address that may not be asked for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one capture may use up."""

    seconds: float = 90.0
    """All of it, from the start of the browser."""
    answer_seconds: float = 20.0
    """One answer of a server, whole."""
    quiet_seconds: float = 4.0
    """How long the network is waited for to become quiet after the page is there."""
    answer_bytes: int = MAX_RECORD - 64 * 1024
    """One answer: a record that is larger is read by nobody."""
    bytes: int = 64 * MIB
    """All answers."""
    requests: int = 500
    connections: int = 16
    """At one time."""
    navigations: int = 8
    """Documents that the page may lead itself to: by redirection, refresh or script."""
    scrolls: int = 6
    pixels_high: int = 16_000
    """Of the screenshot: Chromium draws no higher."""

    def stated(self) -> dict[str, float]:
        """Return them by name, for the record."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as the bytes that went over the wire."""

    url: str
    address: str
    started: datetime
    ended: datetime
    status: int
    request: bytes = field(repr=False)
    response: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Denied:
    """Something that a page wanted and did not get. The address may name a person."""

    url: str = field(repr=False)
    refusal: WalloffError


METHODS: Final = frozenset({"GET"})
"""Nothing is posted, changed or deleted: a capture only asks."""
_ITS_OWN: Final = re.compile(
    r"(?:^|\.)(?:(?:clients\d*|accounts|dl|mtalk|safebrowsing|sb-ssl|android\.clients"
    r"|redirector|edgedl\.me|beacons\d*)\.)(?:google|gvt\d)\.com$"
    r"|^(?:update|safebrowsing|optimizationguide-pa|content-autofill|chromeupboarding-pa"
    r"|chromewebstore|passwordsleakcheck-pa|sctauditing-pa)\.googleapis\.com$"
    r"|(?:^|\.)gvt\d\.com$"
)


def is_call_home(host: str) -> bool:
    """Say whether a host is one that Chromium calls for itself: no page needs it to be shown."""
    return _ITS_OWN.search(host.lower()) is not None
