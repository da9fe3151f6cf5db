"""Where a page leads, what it may cost, and which names are asked for: a real Chromium again."""

import asyncio
import gzip
import ssl
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

import pytest

from collection.web.addresses import Reach
from collection.web.browser import PageCapturer
from collection.web.browser_box import missing_parts
from collection.web.browser_proxy import CaptureProxy
from collection.web.browser_rules import Limits, PageRefusedError, Pinning
from models.errors import WalloffError
from models.fetching import FetchRefusedError, RobotsError
from models.search_clauses import TermsUnreviewedError

sys.path.insert(0, str(Path(__file__).parent))
from browsed_site import ENTRY, Site, _page

LIMITS: Final = Limits(seconds=90, answer_seconds=20, answer_bytes=1 << 20, quiet_seconds=3)
BOMB: Final = gzip.compress(b" " * (256 << 20))


def reply(request: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


class Corners(Site):
    """The site, and what nobody expects of one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.resolved: list[str] = []

    def resolve(self, host: str) -> list[str]:
        self.resolved.append(host)
        return super().resolve(host)

    def page_robots_txt(self, request: BaseHTTPRequestHandler) -> None:
        host = request.headers.get("Host", "")
        rules = b"User-agent: *\nDisallow: /private\n"
        if host == "moved.example":
            reply(request, 301, b"", Location="http://rowan.example/robots.txt")
        elif host == "circle.example":
            reply(request, 301, b"", Location="/robots.txt")
        elif host == "inward.example":
            reply(request, 301, b"", Location="http://internal.example/robots.txt")
        elif host == "busy.example":
            reply(request, 429, b"", Content_Type="text/plain")
        elif host == "packed.example":
            packed = gzip.compress(rules)
            reply(request, 200, packed, Content_Type="text/plain", Content_Encoding="gzip")
        else:
            reply(request, 200, rules, Content_Type="text/plain")

    def page_states(self, request: BaseHTTPRequestHandler) -> None:
        change = "for (let at = 0; at < 20; at++) history.replaceState(null, '', `?at=${at}`);"
        image = '<img src="https://forbidden-word.example/a.png">'
        _page(request, f"{ENTRY.format('Still here.')}{image}<script>{change}</script>")

    def page_leading(self, request: BaseHTTPRequestHandler) -> None:
        _page(request, "<script>location = 'http://other.example/landed';</script>")

    def page_leading_private(self, request: BaseHTTPRequestHandler) -> None:
        _page(request, "<script>location = 'http://other.example/private';</script>")

    def page_landed(self, request: BaseHTTPRequestHandler) -> None:
        _page(request, ENTRY.format("Landed."))

    def page_bomb(self, request: BaseHTTPRequestHandler) -> None:
        reply(request, 200, BOMB, Content_Type="text/html", Content_Encoding="gzip")

    def page_brotli(self, request: BaseHTTPRequestHandler) -> None:
        reply(request, 200, b"x", Content_Type="text/html", Content_Encoding="br")

    def page_packed(self, request: BaseHTTPRequestHandler) -> None:
        packed = gzip.compress(b"Bread.")
        reply(request, 200, packed, Content_Type="text/html", Content_Encoding="gzip")


def forbidden(url: str) -> None:
    if "forbidden-word" in url:
        raise PageRefusedError("the linter refuses it")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corners]:
    if missing := missing_parts():
        pytest.fail(f"missing: {missing}; `make system` installs it", pytrace=False)
    made = Corners(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


def capturer(site: Corners, **more: Any) -> PageCapturer:
    site.asked.clear()
    site.resolved.clear()
    return PageCapturer(
        may_ask=forbidden,
        pinning=Pinning(Reach(site.ports), site.resolve),
        limits=LIMITS,
        verify=ssl.create_default_context(cafile=site.authority),
        **more,
    )


@pytest.mark.parametrize("host", ["moved", "circle", "inward", "busy", "packed"])
def test_i5_a_site_s_wish_is_found_where_it_moved_to_and_however_it_is_packed(
    site: Corners, host: str
) -> None:
    """What cannot be reached forbids (RFC 9309, 2.3.1.4), and no browser starts."""
    with pytest.raises(RobotsError):
        capturer(site).capture(f"http://{host}.example/private")
    assert not [one for one in site.asked if "/private" in one]


def test_a_wish_that_moved_allows_what_it_allows(site: Corners) -> None:
    page = capturer(site).capture("http://moved.example/landed")
    assert page.final == "http://moved.example/landed"


def test_a_name_is_looked_at_before_anybody_is_asked_where_it_leads(site: Corners) -> None:
    """A name can hold what may not leave, and whoever resolves it is told. An address that a page
    gives itself without leading anywhere is no step of going in circles."""
    page = capturer(site).capture("http://rowan.example/states")
    assert b"Still here." in next(one.body for one in page.drawn if one.name == "mhtml")
    assert set(site.resolved) == {"rowan.example"}
    assert page.denied == {"page-refused": 1}


def test_i5_a_page_that_leads_to_another_host_is_asked_about_before_it_is_fetched(
    site: Corners,
) -> None:
    """Whose terms nobody reviewed is not asked, by whichever way a page leads there."""

    def reviewed(url: str) -> bool:
        if "other.example" in url:
            raise TermsUnreviewedError("nobody has reviewed the platform's terms")
        return True

    with pytest.raises(TermsUnreviewedError):
        capturer(site, may_show=reviewed).capture("http://rowan.example/leading")
    assert not [one for one in site.asked if "other.example" in one]


def test_i5_the_wish_of_another_host_holds_before_it_is_fetched(site: Corners) -> None:
    with pytest.raises(RobotsError):
        capturer(site).capture("http://rowan.example/leading-private")
    assert "GET other.example/private" not in site.asked
    page = capturer(site).capture("http://rowan.example/leading")
    assert page.final == "http://other.example/landed"


def test_what_a_server_packed_is_unpacked_within_the_limit_or_refused(
    site: Corners, tmp_path: Path
) -> None:
    """The browser unpacks as much as it gets: a megabyte is a gigabyte there."""
    made = capturer(site)

    async def ask(path: str) -> object:
        assert made.verify is not None
        async with CaptureProxy(tmp_path, made.pinning, forbidden, LIMITS, made.verify) as proxy:
            try:
                return (await proxy.ask(f"http://rowan.example/{path}", [])).status
            except WalloffError as refusal:
                assert proxy.exchanges == []
                return type(refusal)

    assert asyncio.run(ask("packed")) == 200
    assert asyncio.run(ask("bomb")) is FetchRefusedError
    assert asyncio.run(ask("brotli")) is FetchRefusedError
