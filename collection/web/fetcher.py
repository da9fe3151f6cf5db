"""One request after another, each allowed, written down and limited before it leaves.

A request carries a name and what it takes, and nothing else: no cookie, no credentials, no
referrer. Every redirection is a request of its own, for which everything is asked again. Scripts
are never run.
"""

import hashlib
import re
import ssl
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import httpcore
import httpx

from collection.files.platforms import kind_of, platform_of_host
from collection.web.addresses import Place, place_of, redirected
from collection.web.answers import TEXT, Answer, Ask, Gate, Keep, Limits, Terms
from collection.web.packed import unpacked
from collection.web.pinned import SECONDS, PinnedTransport
from collection.web.rates import BUSY, Pace, asked_to_wait
from collection.web.robots import EVERYTHING, NOTHING, Robots, read_robots
from models.errors import InputError, WalloffError
from models.fetching import FetchBusyError, FetchFailedError, FetchRefusedError, RobotsError

PRODUCT: Final = "Walloff"
TOOL: Final = "walloff-fetch"
VERSION: Final = "1"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_CONTACT: Final = re.compile(r"(?:https?://|mailto:)[\x21-\x27\x2a-\x3a\x3c-\x7e]{4,200}")
_POLL_CHUNKS: Final = 16


@dataclass(slots=True)
class Fetcher:
    """Fetches for one run. What it learned of a host's robots.txt and pace is kept for the run."""

    contact: str
    """Where whoever runs a server can reach the agency: an address of the web or of mail."""
    now: Callable[[], datetime]
    transport: PinnedTransport = field(default_factory=PinnedTransport)
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    _robots: dict[str, Robots] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if _CONTACT.fullmatch(self.contact) is None:
            raise InputError("the contact is no address of the web or of mail")

    @property
    def is_for_tests(self) -> bool:
        """True if this machine itself may be asked."""
        return self.transport.reach.is_for_tests

    @property
    def user_agent(self) -> str:
        """Return under which name it asks."""
        return f"{PRODUCT}/{VERSION} (+{self.contact})"

    @property
    def config_sha256(self) -> str:
        """Return the digest of all that decides how it asks."""
        said = repr((TOOL, VERSION, self.user_agent, sorted(asdict(self.limits).items())))
        return hashlib.sha256(said.encode()).hexdigest()

    def fetch(self, ask: Ask, *, gate: Gate, keep: Keep) -> Answer:
        """Return the answer to a request, after its redirections.

        Raises what the gate does, `FetchRefusedError`, `RobotsError`, `FetchBusyError` and
        `FetchFailedError`. An answer of any status is one.
        """
        place = place_of(ask.url)
        meant = place.host
        for _hop in range(self.limits.hops + 1):
            platform, kind = ask.platform, ask.kind
            if place.host != meant:
                platform = platform_of_host(place.host)
                kind = kind_of(platform)
            one = replace(ask, platform=platform, kind=kind)
            terms = gate.terms(place.host, platform, kind)
            delay = self._require_robots(place, one, terms, gate, keep)
            interval = max(self.limits.interval, terms.interval, delay)
            answer = self._patiently(place, one, interval, gate, keep)
            if answer.status not in _REDIRECTS or not answer.header("Location"):
                return answer
            place = redirected(place, answer.header("Location"))
        raise FetchRefusedError(f"more than {self.limits.hops} redirections")

    def _patiently(self, place: Place, ask: Ask, interval: float, gate: Gate, keep: Keep) -> Answer:
        for _attempt in range(self.limits.tries):
            answer = self._send(place, ask, interval, self.limits.body, gate)
            keep(answer)
            wait = asked_to_wait(answer)
            if wait:
                self.pace.put_off(place.host, wait)
            if answer.status not in BUSY:
                return answer
        raise FetchBusyError("the server stays busy")

    def _require_robots(
        self, place: Place, ask: Ask, terms: Terms, gate: Gate, keep: Keep
    ) -> float:
        if not terms.robots:
            return 0
        if place.origin not in self._robots:
            self._robots[place.origin] = self._read_robots(place, ask, terms, gate, keep)
        robots = self._robots[place.origin]
        if not robots.allows(place.target):
            raise RobotsError("robots.txt does not allow this, or could not be read")
        if robots.delay > self.limits.waits:
            raise FetchBusyError("the site asks for longer pauses than this run makes")
        return robots.delay

    def _read_robots(self, origin: Place, ask: Ask, terms: Terms, gate: Gate, keep: Keep) -> Robots:
        """Return what a site asks. Unreachable is all forbidden (RFC 9309, 2.3.1.4)."""
        place = replace(origin, target="/robots.txt")
        step = f"{ask.step.partition('/')[0]}/robots"
        meant = replace(ask, step=step, accepts=TEXT, about="")
        interval = max(self.limits.interval, terms.interval)
        try:
            for _hop in range(self.limits.hops + 1):
                if place.host != origin.host:
                    platform = platform_of_host(place.host)
                    meant = replace(meant, platform=platform, kind=kind_of(platform))
                    gate.terms(place.host, meant.platform, meant.kind)
                answer = self._send(place, meant, interval, self.limits.robots, gate, cut=True)
                keep(answer)
                if answer.status in _REDIRECTS and answer.header("Location"):
                    place = redirected(place, answer.header("Location"))
                elif 200 <= answer.status < 300:
                    return read_robots(answer.content, PRODUCT)
                elif 400 <= answer.status < 500 and answer.status not in BUSY:
                    return EVERYTHING
                else:
                    return NOTHING
        except (FetchRefusedError, FetchFailedError):
            return NOTHING
        return EVERYTHING

    def _send(
        self,
        place: Place,
        ask: Ask,
        interval: float,
        most: int,
        gate: Gate,
        *,
        cut: bool = False,
    ) -> Answer:
        self.pace.wait(place.host, interval, gate.live, at_most=self.limits.waits)
        sequence = gate.leave(place.url, ask.platform, ask.kind)
        # Raised outside the handler: a foreign error may hold an address.
        fault: WalloffError = FetchFailedError("the server could not be reached, or broke off")
        try:
            return self._exchange(place, ask, most, gate, sequence, cut=cut)
        except (httpcore.TimeoutException, httpx.TimeoutException):
            fault = FetchFailedError("the answer took too long")
        except (
            *(httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol),
            *(httpx.TransportError, httpx.InvalidURL, httpx.StreamError, OSError),
        ):
            pass
        raise fault

    def _exchange(
        self, place: Place, ask: Ask, most: int, gate: Gate, sequence: int, *, cut: bool
    ) -> Answer:
        limits, at = self.limits, self.now()
        request = httpx.Request(
            "GET",
            place.url,
            headers={
                "Host": place.host,
                "User-Agent": self.user_agent,
                "Accept": ", ".join(sorted(ask.accepts)),
                "Accept-Encoding": "identity",
                "Connection": "close",
            },
            extensions={
                SECONDS: limits.seconds,
                "timeout": dict.fromkeys(("connect", "read", "write", "pool"), limits.silence),
            },
        )
        response = self.transport.handle_request(request)
        try:
            stream = response.extensions["network_stream"]
            certificate, address = _certificate(stream), _address(stream)
            _require_kind(response, ask)
            body = _body(response, most, gate, cut=cut)
        finally:
            response.close()
        packing = response.headers.get("Content-Encoding", "")
        content = unpacked(body, packing, most if cut else limits.unpacked, cut=cut)
        return Answer(
            ask=ask,
            url=place.url,
            status=response.status_code,
            reason=response.extensions.get("reason_phrase", b""),
            version=response.extensions.get("http_version", b"HTTP/1.1"),
            asked=tuple(request.headers.raw),
            headers=tuple(response.headers.raw),
            body=body,
            content=content,
            at=at,
            address=address,
            certificate=certificate,
            sequence=sequence,
        )


def _require_kind(response: httpx.Response, ask: Ask) -> None:
    """Raise `FetchRefusedError` for content of a kind that nobody asked for."""
    if not 200 <= response.status_code < 300 or ask.accepts == TEXT:
        return
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in ask.accepts:
        raise FetchRefusedError("an answer of another kind than was asked for")


def _body(response: httpx.Response, most: int, gate: Gate, *, cut: bool) -> bytes:
    kept = bytearray()
    for number, part in enumerate(response.stream):  # type: ignore[arg-type]  # it is synchronous
        if number % _POLL_CHUNKS == 0:
            gate.live()
        kept += part
        if len(kept) > most:
            if cut:
                return bytes(kept[: most + 1])
            raise FetchRefusedError(f"an answer of more than {most} bytes")
    return bytes(kept)


def _certificate(stream: Any) -> str | None:
    used = stream.get_extra_info("socket")
    found = used.getpeercert(binary_form=True) if isinstance(used, ssl.SSLSocket) else None
    return hashlib.sha256(found).hexdigest() if found else None


def _address(stream: Any) -> str:
    found = stream.get_extra_info("server_addr")
    return str(found[0]) if found else ""
