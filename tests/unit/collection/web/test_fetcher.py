"""Rows S8, I5 and egress: what the fetcher asks, and all that it refuses, really served."""

import gzip
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpcore
import pytest

from collection.web.addresses import Reach
from collection.web.answers import HTML, Answer, Limits, Terms
from collection.web.fetcher import Fetcher
from collection.web.pinned import MOST_LOOKUPS, PinnedTransport, checked
from collection.web.rates import Pace
from models.errors import ConsentWithdrawnError, InputError, WalloffError
from models.fetching import FetchBusyError, FetchFailedError, FetchRefusedError, RobotsError
from models.search_clauses import SocialSecurityEgressError


def get(web: Any, url: str, *accepts: str, **more: Any) -> tuple[Answer, list[Answer]]:
    gate = more.pop("gate", None) or web.gate()
    kept: list[Answer] = []
    answer = web.fetcher(**more).fetch(web.asking(url, *accepts), gate=gate, keep=kept.append)
    return answer, kept


def test_an_answer_comes_with_all_that_documents_it(web: Any) -> None:
    web.at("https://a.example/x?y=1", web.reply('{"a": 1}'))
    answer, kept = get(web, "https://a.example/x?y=1")
    assert (answer.status, answer.content, answer.address) == (200, b'{"a": 1}', "127.0.0.1")
    assert answer.certificate is not None
    assert answer.sequence == 1
    assert kept == [answer]


def test_a_request_says_who_asks_and_nothing_else(web: Any) -> None:
    """No cookie, no credentials, no referrer: also after a redirection that sets a cookie."""
    hop = web.reply(b"", "text/plain", 302, Location="/two", Set_Cookie="id=7")
    web.at("https://a.example/one", hop)
    web.at("https://a.example/two", web.reply("{}", Set_Cookie="id=8"))
    get(web, "https://a.example/one")
    assert web.paths() == ["a.example/one", "a.example/two"]
    for _host, _path, headers in web.asked:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
        assert headers["User-Agent"] == "Walloff/1 (+mailto:records@agency.example)"


def test_the_certificate_is_checked_for_the_name_that_was_meant(web: Any) -> None:
    with pytest.raises(FetchFailedError):
        get(web, "https://elsewhere.test-host.org/")
    assert web.asked == []


@pytest.mark.parametrize(
    "addresses",
    [
        *(["10.0.0.1"], ["169.254.169.254"], ["100.64.1.1"], ["::ffff:10.0.0.1"], ["nonsense"]),
        *(["127.0.0.1"], ["::1"], ["fe80::1%eth0"], ["93.184.216.34", "192.168.0.1"]),
    ],
    ids=str,
)
def test_a_name_that_leads_anywhere_but_to_the_public_is_refused(
    web: Any, addresses: list[str]
) -> None:
    """One barred address among several is enough."""
    transport = PinnedTransport(Reach(), resolver=lambda _host: addresses, tls=web.tls)
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/x", transport=transport)


def test_a_test_s_reach_is_this_machine_and_no_other(web: Any) -> None:
    web.names["a.example"] = ["93.184.216.34"]
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/x")


def test_a_name_is_resolved_once_and_the_connection_goes_there(web: Any) -> None:
    """A second resolution could lead elsewhere (DNS rebinding): for one request there is none."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    transport = PinnedTransport(Reach(web.ports), resolver=lambda _h: next(answers), tls=web.tls)
    web.at("https://a.example/x", web.reply("{}"))
    answer, _kept = get(web, "https://a.example/x", transport=transport)
    assert answer.address == "127.0.0.1"
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/x", transport=transport)


def test_a_resolver_that_never_answers_is_left_in_time(web: Any) -> None:
    """No time-out of a connection begins before there is an address to connect to."""
    ended = threading.Event()
    answered: list[str] = []

    def silent(host: str) -> list[str]:
        ended.wait(60)
        answered.append(host)
        return ["127.0.0.1"]

    transport = PinnedTransport(Reach(web.ports), resolver=silent, tls=web.tls)
    with pytest.raises(FetchFailedError):
        get(
            web,
            "https://a.example/x",
            transport=transport,
            limits=Limits(interval=0, seconds=1, silence=1),
        )
    with pytest.raises(httpcore.ConnectTimeout):
        checked("a.example", 443, reach=Reach(), resolver=silent, seconds=0.1)
    assert answered == []
    ended.set()


def test_resolvers_that_never_answer_do_not_pile_up() -> None:
    """Past a number of them the next waits for one to end, and begins none of its own."""
    ended = threading.Event()
    asked: list[str] = []

    def silent(host: str) -> list[str]:
        asked.append(host)
        ended.wait(60)
        return ["93.184.216.34"]

    for _ in range(MOST_LOOKUPS + 3):
        with pytest.raises(httpcore.ConnectTimeout):
            checked("a.example", 443, reach=Reach(), resolver=silent, seconds=0.01)
    assert len(asked) <= MOST_LOOKUPS
    ended.set()
    found = checked("b.example", 443, reach=Reach(), resolver=silent, seconds=60)
    assert found == (["93.184.216.34"], 443)


@pytest.mark.parametrize(
    "location",
    [
        *("http://a.example/x", "https://127.0.0.1/", "https://[::1]/", "https://localhost/x"),
        *("https://u:p@a.example/", "https://a.example:8443/", "ftp://a.example/", "file:///x"),
        *("https://2130706433/", "https://0x7f.1/", "https://printer.local/", "javascript:x"),
    ],
)
def test_a_redirection_to_where_nobody_goes_is_refused(web: Any, location: str) -> None:
    web.at("https://a.example/start", web.moved(location))
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/start")
    assert web.paths() == ["a.example/start"]


def test_a_redirection_to_a_private_address_is_refused_at_the_hop(web: Any) -> None:
    web.at("https://a.example/start", web.moved("https://b.example/x"))
    web.names["b.example"] = ["10.1.2.3"]
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/start")
    assert web.paths() == ["a.example/start"]


def test_redirections_end(web: Any) -> None:
    web.at("https://a.example/loop", web.moved("/loop"))
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/loop")
    assert len(web.asked) == Limits().hops + 1


def test_every_hop_is_asked_for_and_written_down_under_its_own_platform(web: Any) -> None:
    gate = web.gate()
    web.at("https://a.example/start", web.moved("https://b.example/end"))
    web.at("https://b.example/end", web.reply("{}"))
    answer, kept = get(web, "https://a.example/start", gate=gate)
    assert gate.left == ["https://a.example/start", "https://b.example/end"]
    assert gate.platforms == [("a.example", "mastodon"), ("b.example", "b.example")]
    assert [one.status for one in kept] == [302, 200]
    assert answer.url == "https://b.example/end"


def test_s8_what_the_gate_refuses_never_leaves(web: Any) -> None:
    def refuse(_url: str) -> None:
        raise SocialSecurityEgressError("no")

    with pytest.raises(SocialSecurityEgressError):
        get(web, "https://a.example/x", gate=web.gate(refuse=refuse))
    assert web.asked == []
    assert web.resolved == []


def begun(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()


def endless(handler: BaseHTTPRequestHandler) -> None:
    begun(handler)
    for _ in range(100_000):
        handler.wfile.write(b"x" * 65536)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    begun(handler)
    for _ in range(200):
        handler.wfile.write(b" ")
        time.sleep(0.05)


def dripping_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        handler.wfile.write(b"X-%d: y\r\n" % number)
        time.sleep(0.05)


def test_an_endless_answer_is_cut_off(web: Any) -> None:
    web.at("https://a.example/x", endless)
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/x", limits=Limits(interval=0, body=100_000))


@pytest.mark.parametrize("route", [dripping, dripping_headers])
def test_a_server_that_drips_is_left(web: Any, route: Any) -> None:
    """Each byte comes in time, and the whole never ends (slow loris)."""
    web.at("https://a.example/x", route)
    with pytest.raises(FetchFailedError):
        get(web, "https://a.example/x", limits=Limits(interval=0, seconds=1, silence=1))


def test_a_packed_answer_is_unpacked_within_its_limit(web: Any) -> None:
    small, bomb = gzip.compress(b'{"a": 1}'), gzip.compress(b"0" * 40_000_000)
    web.at("https://a.example/small", web.reply(small, Content_Encoding="gzip"))
    web.at("https://a.example/bomb", web.reply(bomb, Content_Encoding="gzip"))
    web.at("https://a.example/odd", web.reply(small, Content_Encoding="br"))
    web.at("https://a.example/cut", web.reply(small[:-9], Content_Encoding="gzip"))
    answer, _kept = get(web, "https://a.example/small")
    assert (answer.body, answer.content) == (small, b'{"a": 1}')
    for path in ("bomb", "odd", "cut"):
        with pytest.raises(FetchRefusedError):
            get(web, f"https://a.example/{path}")


def test_an_answer_of_another_kind_is_refused(web: Any) -> None:
    web.at("https://a.example/x", web.reply("<p>Sign in", "text/html"))
    with pytest.raises(FetchRefusedError):
        get(web, "https://a.example/x")
    assert get(web, "https://a.example/x", *HTML)[0].status == 200


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /private", "/open", True),
        ("User-agent: *\nDisallow: /private", "/private/x", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: walloff\nAllow: /", "/x", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: Walloff\nDisallow: /", "/x", False),
    ],
)
def test_robots_txt_is_kept_to(web: Any, robots: str, path: str, allowed: bool) -> None:
    web.at("https://a.example/robots.txt", web.reply(robots, "text/plain"))
    web.at(f"https://a.example{path}", web.reply("{}"))
    gate = web.gate(asked=Terms())
    if allowed:
        get(web, f"https://a.example{path}", gate=gate)
    else:
        with pytest.raises(RobotsError):
            get(web, f"https://a.example{path}", gate=gate)
    asked = [f"https://a.example{one}" for one in ("/robots.txt", path)]
    assert gate.left == asked[: 1 + allowed]


@pytest.mark.parametrize(
    ("status", "allowed"), [(404, True), (403, True), (500, False), (503, False), (429, False)]
)
def test_a_robots_txt_that_cannot_be_reached_forbids_and_one_that_is_not_there_allows(
    web: Any, status: int, allowed: bool
) -> None:
    """RFC 9309, 2.3.1.3 and 2.3.1.4."""
    web.at("https://a.example/robots.txt", web.reply("no", "text/plain", status))
    web.at("https://a.example/x", web.reply("{}"))
    if allowed:
        assert get(web, "https://a.example/x", gate=web.gate(asked=Terms()))[0].status == 200
    else:
        with pytest.raises(RobotsError):
            get(web, "https://a.example/x", gate=web.gate(asked=Terms()))


def test_i5_robots_txt_is_not_asked_where_the_reviewed_terms_do_not_ask_for_it(web: Any) -> None:
    web.at("https://a.example/robots.txt", web.reply("User-agent: *\nDisallow: /", "text/plain"))
    web.at("https://a.example/x", web.reply("{}"))
    get(web, "https://a.example/x", gate=web.gate(asked=Terms(robots=False)))
    assert web.paths() == ["a.example/x"]


class Clock:
    """Time passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def busy_then(route: Any, first: Any, times: int = 1) -> Callable[[Any], None]:
    left = [times]

    def chosen(handler: BaseHTTPRequestHandler) -> None:
        left[0] -= 1
        (first if left[0] >= 0 else route)(handler)

    return chosen


@pytest.mark.parametrize(
    ("stated", "seconds"), [("7", 7.0), ("Tue, 01 Sep 2026 12:00:09 GMT", 9.0), ("soon", 5.0)]
)
def test_a_server_that_asks_to_wait_is_left_alone_as_long(
    web: Any, stated: str, seconds: float
) -> None:
    clock = Clock()
    busy = web.reply("", "text/plain", 429, Retry_After=stated)
    web.at("https://a.example/x", busy_then(web.reply("{}"), busy))
    pace = Pace(clock=clock, sleep=clock.sleep)
    answer, kept = get(web, "https://a.example/x", pace=pace)
    assert (answer.status, [one.status for one in kept]) == (200, [429, 200])
    assert sum(clock.slept) == pytest.approx(seconds)


def test_a_server_that_asks_to_wait_too_long_or_stays_busy_is_given_up(web: Any) -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    web.at("https://a.example/long", web.reply("", "text/plain", 429, Retry_After="86400"))
    web.at("https://b.example/busy", web.reply("", "text/plain", 503, Retry_After="1"))
    for url in ("https://a.example/long", "https://b.example/busy"):
        with pytest.raises(FetchBusyError):
            get(web, url, pace=pace)
    assert web.paths() == ["a.example/long", *["b.example/busy"] * Limits().tries]


def test_a_limit_that_is_used_up_makes_the_next_request_wait(web: Any) -> None:
    """As Mastodon states it, and GitHub."""
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    spent = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "2026-09-01T12:01:00.000000Z"}
    web.at("https://a.example/x", web.reply("{}", **spent))
    web.at("https://a.example/y", web.reply("{}"))
    get(web, "https://a.example/x", pace=pace)
    get(web, "https://a.example/y", pace=pace)
    assert sum(clock.slept) == pytest.approx(60)


def test_i5_a_host_is_asked_no_faster_than_the_terms_say(web: Any) -> None:
    clock = Clock()
    fetcher = web.fetcher(pace=Pace(clock=clock, sleep=clock.sleep))
    gate = web.gate(asked=Terms(robots=False, interval=12))
    web.at("https://a.example/x", web.reply("{}"))
    for _ in range(3):
        fetcher.fetch(web.asking("https://a.example/x"), gate=gate, keep=lambda _a: None)
    assert sum(clock.slept) == pytest.approx(24)


def test_a_withdrawal_ends_the_wait_within_a_second(web: Any) -> None:
    clock = Clock()
    until = 1003.0

    def stop() -> None:
        if clock.at >= until:
            raise ConsentWithdrawnError("withdrawn")

    web.at("https://a.example/x", web.reply("", "text/plain", 429, Retry_After="500"))
    pace = Pace(clock=clock, sleep=clock.sleep)
    with pytest.raises(ConsentWithdrawnError):
        get(web, "https://a.example/x", gate=web.gate(stop=stop), pace=pace)
    assert clock.at <= until + 1
    assert len(web.asked) == 1


def test_a_withdrawal_ends_an_answer_that_is_being_read(web: Any) -> None:
    def stop() -> None:
        if web.asked:
            raise ConsentWithdrawnError("withdrawn")

    web.at("https://a.example/x", endless)
    with pytest.raises(ConsentWithdrawnError):
        get(web, "https://a.example/x", gate=web.gate(stop=stop))


def test_no_refusal_repeats_an_address(web: Any) -> None:
    web.at("https://a.example/canary", web.moved("https://canary.internal/x"))
    for url in ("https://canary:pass@a.example/", "https://canary", "https://a.example/canary"):
        with pytest.raises(WalloffError) as caught:
            get(web, url)
        assert "canary" not in str(caught.value)
        assert "a.example" not in str(caught.value)


@pytest.mark.parametrize("contact", ["", "us", "mailto:x\r\nCookie: a=b", "https://a b.example/"])
def test_nobody_asks_without_a_contact(web: Any, contact: str) -> None:
    with pytest.raises(InputError):
        Fetcher(contact, now=web.fetcher().now)


def test_the_environment_s_proxies_are_not_used(web: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.at("https://a.example/x", web.reply("{}"))
    assert get(web, "https://a.example/x")[0].status == 200
