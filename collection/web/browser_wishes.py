"""Every page that a browser is led to is one that may be shown, by its terms and its robots.txt.

Asked before the page is, for each host once in a capture. Read as the fetcher reads it (RFC 9309):
a redirection is followed, what cannot be reached forbids, what is not there allows.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final

from collection.web.addresses import Place, place_of, redirected
from collection.web.browser_upstream import Answer, Headers
from collection.web.fetcher import PRODUCT
from collection.web.packed import unpacked
from collection.web.rates import BUSY
from collection.web.robots import EVERYTHING, MAX_ROBOTS, NOTHING, Robots, read_robots
from models.fetching import FetchRefusedError, RobotsError

_HOPS: Final = 5

MayShow = Callable[[str], bool]
"""Says whether a page's site wants its robots.txt kept to. Raises if the page may not be shown."""
AskFor = Callable[[str, Headers], Awaitable[Answer]]


@dataclass(slots=True)
class Wishes:
    """What the sites of one capture ask of programs."""

    ask: AskFor
    named: bytes
    """Under which name they are asked."""
    may_show: MayShow
    _known: dict[str, Robots] = field(default_factory=dict)

    async def require(self, url: str) -> None:
        """Raise `RobotsError` for what a site asks programs not to fetch.

        Raises what `may_show` does, too.
        """
        place = place_of(url)
        if not self.may_show(url):
            return
        if place.origin not in self._known:
            self._known[place.origin] = await self._read(replace(place, target="/robots.txt"))
        if not self._known[place.origin].allows(place.target):
            raise RobotsError("the site's robots.txt asks programs not to fetch this")

    async def _read(self, place: Place) -> Robots:
        for hop in range(_HOPS + 1):
            try:
                answer = await self.ask(place.url, [(b"User-Agent", self.named)])
            except FetchRefusedError:
                if not hop:
                    raise
                return NOTHING
            told = dict(answer.headers)
            if 300 <= answer.status < 400 and b"location" in told:
                try:
                    place = redirected(place, told[b"location"].decode("latin-1"))
                    continue
                except FetchRefusedError:
                    return NOTHING
            if 200 <= answer.status < 300:
                return _rules(answer, told)
            gone = 400 <= answer.status < 500 and answer.status not in BUSY
            return EVERYTHING if gone else NOTHING
        return NOTHING


def _rules(answer: Answer, told: dict[bytes, bytes]) -> Robots:
    packing = told.get(b"content-encoding", b"").decode("latin-1")
    return read_robots(unpacked(answer.body, packing, MAX_ROBOTS, cut=True), PRODUCT)


def is_page(headers: Headers) -> bool:
    """Say whether a browser asks for a page to show as such, not for a part of one.

    Chromium says so to https; over http it says no more than that it would like https.
    """
    told = {name.lower(): value for name, value in headers}
    meant = told.get(b"sec-fetch-dest")
    return meant == b"document" if meant else b"upgrade-insecure-requests" in told
