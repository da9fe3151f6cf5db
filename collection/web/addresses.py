"""Only the public web is asked: names, not numbers, over its own ports; every address is checked.

A name is resolved once for each request. All that it resolves to has to be public, and the
connection goes to an address that was checked, so a second resolution cannot change it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urljoin

import httpx

from models.fetching import FetchRefusedError

Resolver = Callable[[str], Sequence[str]]
"""Returns the addresses of a host's name. Raises `OSError`."""

MAX_URL: Final = 2048
_LABEL: Final = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_UNPRINTABLE: Final = re.compile(r"[^\x21-\x7e]|\\")
# RFC 6761, RFC 6762, RFC 7686, RFC 8375, and what networks use for themselves.
_OF_NETWORKS: Final = ("localhost", "local", "internal", "lan", "home.arpa", "onion", "intranet")
# Ranges that carry another address within, or are of special use, where `is_global` is not enough.
_SPECIAL: Final = tuple(
    map(
        ip_network,
        (
            *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23", "::/96", "fec0::/10"),
            *("5f00::/16", "100::/64", "192.88.99.0/24", "192.0.0.0/24", "100.64.0.0/10"),
        ),
    )
)
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the fetcher reaches: the public web. A test may add a server of its own machine."""

    loopback: Mapping[int, int] = field(default_factory=dict)
    """For tests alone: the ports of this machine that stand for those of the web. A home of
    production refuses to fetch with any (`casework.gathering.fetching`)."""

    @property
    def is_for_tests(self) -> bool:
        """True if this machine itself may be asked."""
        return bool(self.loopback)


@dataclass(frozen=True, slots=True)
class Place:
    """A web address that may be asked, in one spelling."""

    scheme: str
    host: str
    target: str
    """Path and query."""

    @property
    def origin(self) -> str:
        """Return the scheme and the host."""
        return f"{self.scheme}://{self.host}"

    @property
    def url(self) -> str:
        """Return the whole address."""
        return self.origin + self.target

    @property
    def port(self) -> int:
        """Return the scheme's own port: no other is asked."""
        return _PORTS[self.scheme]


def place_of(url: str) -> Place:
    """Return the place that an address names. Raises `FetchRefusedError`, without repeating it."""
    if len(url) > MAX_URL or _UNPRINTABLE.search(url):
        raise FetchRefusedError("an address that is too long, or with signs that none has")
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        parsed = None
    if parsed is None or parsed.scheme not in _PORTS:
        raise FetchRefusedError("an address that is not one of the web")
    if parsed.userinfo:
        raise FetchRefusedError("an address with credentials in it")
    if parsed.port not in (None, _PORTS[parsed.scheme]):
        raise FetchRefusedError("an address with a port that is not the web's")
    host = parsed.raw_host.decode("ascii", "replace").lower().rstrip(".")
    if len(host) > 253 or _NAME.fullmatch(host) is None:
        raise FetchRefusedError("an address without a host's full name")
    if any(host == name or host.endswith(f".{name}") for name in _OF_NETWORKS):
        raise FetchRefusedError("an address within a network of its own")
    return Place(parsed.scheme, host, parsed.raw_path.decode("ascii", "replace"))


def redirected(place: Place, location: str) -> Place:
    """Return where a redirection leads. Raises `FetchRefusedError`, also for one to plain HTTP."""
    if len(location) > MAX_URL or _UNPRINTABLE.search(location):
        raise FetchRefusedError("a redirection to what is no address")
    try:
        target = urljoin(place.url, location)
    except ValueError:
        target = ""
    found = place_of(target)
    if place.scheme == "https" and found.scheme != "https":
        raise FetchRefusedError("a redirection from https to http")
    return found


def require_public(address: str) -> None:
    """Raise `FetchRefusedError` for an address that is not public in every reading of it."""
    if not _is_public(address):
        raise FetchRefusedError("a name that leads to an address which is not public")


def require_loopback(address: str) -> None:
    """Raise `FetchRefusedError` for what is not this machine: where tests reach, no more is."""
    try:
        found = ip_address(address)
    except ValueError:
        found = None
    if found is None or not found.is_loopback:
        raise FetchRefusedError("a name that leads to an address which is not public")


def _is_public(text: str) -> bool:
    if "%" in text:
        return False
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address.version == net.version and address in net for net in _SPECIAL)
