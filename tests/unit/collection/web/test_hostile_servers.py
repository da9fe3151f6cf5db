"""A server that answers what nobody expects costs a refusal with a code, and gains nothing."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from warcio.archiveiterator import ArchiveIterator

from collection.web.answers import Limits, Terms
from collection.web.connector import Got
from collection.web.connectors import CONNECTORS, connector_of_step
from collection.web.fetched import FetchedReader
from collection.web.recorder import ENDING, Recording
from collection.web.robots import MAX_ROBOTS, read_robots
from collection.web.walk import Walked, walk
from models.errors import InputError
from models.evidence import SourceItem
from models.fetching import FetchBusyError, FetchedRequest, FetchRefusedError, RobotsError
from models.text import RawText

SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
DID: Final = "did:plc:" + "a" * 24
PAGE: Final = "https://a.example/page"
CLOSED: Final = "User-agent: *\nDisallow: /\n"


def got(step: str, url: str, value: object, **more: Any) -> Got:
    content = json.dumps(value).encode()
    return Got(step, url, 200, "application/json", content, **more)


def went(
    web: Any, tmp_path: Path, platform: str, handle: str
) -> tuple[Walked, list[SourceItem | Any]]:
    path = tmp_path / f"one{ENDING}"
    with Recording(path, software="a test", contact="", config_sha256="0" * 64) as recording:
        walked = walk(
            CONNECTORS[platform],
            handle,
            fetcher=web.fetcher(),
            gate=web.gate(),
            keep=recording.keep,
            since=SINCE,
        )
        recording.close()
    return walked, list(FetchedReader().read(path))


@pytest.mark.parametrize(
    "route",
    [
        {"body": gzip.compress(CLOSED.encode()), "Content_Encoding": "gzip"},
        {"body": b"(x", "Content_Encoding": "br"},
        {"body": b"no gzip", "Content_Encoding": "gzip"},
    ],
)
def test_a_packed_robots_txt_is_unpacked_or_forbids(web: Any, route: dict[str, Any]) -> None:
    """Read as it came, packed rules are no rules at all."""
    body = route.pop("body")
    web.at("https://a.example/robots.txt", web.reply(body, "text/plain", **route))
    web.at(PAGE, web.reply("{}"))
    with pytest.raises(RobotsError):
        fetched(web, PAGE)


def test_a_packed_robots_txt_that_allows_allows(web: Any) -> None:
    packed = gzip.compress(b"User-agent: *\nDisallow: /other\n")
    reply = web.reply(packed, "text/plain", Content_Encoding="gzip")
    web.at("https://a.example/robots.txt", reply)
    web.at(PAGE, web.reply("{}"))
    assert fetched(web, PAGE).status == 200


def test_every_line_of_a_robots_txt_counts_but_half_a_one() -> None:
    """What lies within 512 KiB is kept to, however many lines it has and however long they are."""
    many = b"User-agent: *\n" + b"#\n" * 30_000 + b"Disallow: /x\n"
    assert not read_robots(many, "Walloff").allows("/x")
    assert read_robots(many, "Walloff").allows("/y")
    long = "/" + "a" * 1200
    assert not read_robots(f"User-agent: *\nDisallow: {long}".encode(), "Walloff").allows(long)
    assert read_robots(f"User-agent: *\nDisallow: {long}".encode(), "Walloff").allows("/b")
    head = b"User-agent: *\nDisallow: /\n#"
    cut = head + b" " * (MAX_ROBOTS - len(head) - 9) + b"\nAllow: /public"
    assert not read_robots(cut, "Walloff").allows("/private")


def test_a_way_back_is_asked_under_the_platform_that_was_meant(web: Any) -> None:
    """Whose terms are asked is decided by each host anew, not by the hop before."""
    gate = web.gate()
    web.at("https://a.example/one", web.moved("https://b.example/two"))
    web.at("https://b.example/two", web.moved("https://a.example/three"))
    web.at("https://a.example/three", web.reply("{}"))
    web.fetcher().fetch(web.asking("https://a.example/one"), gate=gate, keep=lambda _: None)
    assert [one for one in gate.platforms if one[0] == "a.example"] == [
        ("a.example", "mastodon")
    ] * 2


def fetched(web: Any, url: str) -> Any:
    gate = web.gate(asked=Terms(robots=True))
    return web.fetcher().fetch(web.asking(url), gate=gate, keep=lambda _: None)


def test_a_status_that_http_does_not_have_is_written_down(web: Any) -> None:
    """LinkedIn refuses programs with 999: the record of it is kept like any other's."""
    web.at(PAGE, web.reply("no", status=999))
    kept: list[Any] = []
    answer = web.fetcher().fetch(web.asking(PAGE), gate=web.gate(), keep=kept.append)
    assert (answer.status, len(kept)) == (999, 1)
    said = FetchedRequest(
        sequence=1,
        step="mastodon/lookup",
        asked_at=answer.at,
        requested=RawText(PAGE),
        final=RawText(PAGE),
        address="127.0.0.1",
        status=answer.status,
        headers_sha256="0" * 64,
        body_sha256="0" * 64,
    )
    assert said.status == 999


def test_an_answer_that_is_no_ascii_is_kept_as_it_came(web: Any, tmp_path: Path) -> None:
    """Servers may write any byte into a reason or a header (RFC 9112, 4): the record has it."""
    path = tmp_path / f"one{ENDING}"

    def route(handler: Any) -> None:
        head = b"HTTP/1.1 200 S\xec\xff\r\nContent-Type: application/json\r\nX-A: caf\xe9\r\n"
        handler.wfile.write(head + b"Content-Length: 2\r\n\r\n{}")

    web.at(PAGE, route)
    with Recording(path, software="a test", contact="", config_sha256="0" * 64) as recording:
        answer = web.fetcher().fetch(web.asking(PAGE), gate=web.gate(), keep=recording.keep)
        recording.close()
    assert (answer.status, answer.content) == (200, b"{}")
    written = gzip.decompress(path.read_bytes())
    assert b"HTTP/1.1 200 S\xec\xff\r\n" in written
    assert b"X-A: caf\xe9\r\n" in written
    with path.open("rb") as stream:
        kinds = [one.rec_type for one in ArchiveIterator(stream, check_digests="raise")]
    assert kinds == ["warcinfo", "response", "request"]
    assert list(FetchedReader().read(path)) == []  # a look-up holds no posts


def test_a_limit_that_the_last_answer_used_up_costs_nothing(web: Any) -> None:
    """Only a further request would have to wait: what is complete did not end early."""
    used_up = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "99999999999"}
    web.at(PAGE, web.reply("{}", **used_up))
    fetcher = web.fetcher()
    assert fetcher.fetch(web.asking(PAGE), gate=web.gate(), keep=lambda _: None).status == 200
    with pytest.raises(FetchBusyError):
        fetcher.fetch(web.asking(PAGE), gate=web.gate(), keep=lambda _: None)
    assert len(web.paths()) == 1


def test_pages_that_lead_in_circles_are_left_at_the_second_round(web: Any, tmp_path: Path) -> None:
    base = "https://pds.example/xrpc/com.atproto.repo.listRecords"
    document = {
        "id": DID,
        "alsoKnownAs": [],
        "service": [{"id": "#atproto_pds", "serviceEndpoint": "https://pds.example"}],
    }
    web.at(f"https://plc.directory/{DID}", web.reply(json.dumps(document)))
    record = {"uri": f"at://{DID}/app.bsky.feed.post/1", "value": {}}
    turns = {"": "one", "one": "two", "two": "one"}

    def route(handler: Any) -> None:
        cursor = handler.path.partition("cursor=")[2]
        page = {"records": [record], "cursor": turns[cursor]}
        web.reply(json.dumps(page))(handler)

    web.at(base, route)
    walked, _ = went(web, tmp_path, "bluesky", DID)
    assert isinstance(walked.stopped, FetchRefusedError)
    assert sum(path.startswith("pds.example") for path in web.paths()) == 3


@pytest.mark.parametrize(
    ("step", "url", "value", "link"),
    [
        ("github/events", "https://api.github.com/x?page=abc", [], 'rel="next"'),
        ("github/events", "https://api.github.com/x?page=%C2%B2", [], 'rel="next"'),
        (
            "mastodon/statuses",
            "https://s.example/x",
            [{}],
            '<https://s.example/?max_id=3>; rel="next"',
        ),
        (
            "mastodon/statuses",
            "https://s.example/api/v1/accounts/1/statuses",
            [{}],
            '<https://[?max_id=3>; rel="next"',
        ),
    ],
)
def test_an_answer_from_an_address_that_nobody_made_is_refused(
    step: str, url: str, value: object, link: str
) -> None:
    """Servers redirect to what they like: it costs a refusal, not the run."""
    connector = connector_of_step(step)
    assert connector is not None
    with pytest.raises(InputError):
        connector.go_on(got(step, url, value, link=link), SINCE)


def test_a_time_beyond_all_years_is_none() -> None:
    item = {"time": 10**12 - 1, "by": "rowan", "id": 1, "type": "comment", "text": "x"}
    answer = got("hackernews/item", "https://hn.example/1.json", item)
    assert not CONNECTORS["hackernews"].go_on(answer, SINCE).done
    with pytest.raises(InputError):
        list(CONNECTORS["hackernews"].items(answer))


@pytest.mark.parametrize("platform", list(CONNECTORS))
@pytest.mark.parametrize(
    "handle", ["https://[", "https://[x]/@a", "https://ex\u2100mple.com/@a", "http://a]b/"]
)
def test_an_address_that_is_none_is_refused_before_anything_is_asked(
    platform: str, handle: str
) -> None:
    """An applicant's slip of the pen ends the work on that place, not on the case."""
    with pytest.raises(InputError):
        CONNECTORS[platform].begin(handle)


def bluesky(web: Any, handles: list[str]) -> None:
    document = {
        "id": DID,
        "alsoKnownAs": [f"at://{one}" for one in handles],
        "service": [{"id": "#atproto_pds", "serviceEndpoint": "https://pds.example"}],
    }
    post = {
        "uri": f"at://{DID}/app.bsky.feed.post/1",
        "value": {
            "$type": "app.bsky.feed.post",
            "text": "Bread.",
            "createdAt": "2026-05-01T10:00:00Z",
        },
    }
    web.at(f"https://plc.directory/{DID}", web.reply(json.dumps(document)))
    resolve = "https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle"
    web.at(resolve, web.reply(json.dumps({"did": DID})))
    records = "https://pds.example/xrpc/com.atproto.repo.listRecords"
    web.at(records, web.reply(json.dumps({"records": [post]})))


@pytest.mark.parametrize(
    ("asked", "named", "author"),
    [
        (DID, ["victim.example"], DID),
        ("rowan.example", ["victim.example", "rowan.example"], "rowan.example"),
        ("rowan.example", ["rowan.example"], "rowan.example"),
    ],
)
def test_a_handle_that_only_the_account_itself_claims_is_nobody_s_name(
    web: Any, tmp_path: Path, asked: str, named: list[str], author: str
) -> None:
    """Whoever writes a DID document may write another's handle into it."""
    bluesky(web, named)
    _, [item] = went(web, tmp_path, "bluesky", asked)
    assert item.author.reveal() == author


def mastodon(web: Any, statuses: list[dict[str, Any]]) -> None:
    account = {"id": "109", "acct": "rowan_a", "url": "https://social.example/@rowan_a"}
    web.at("https://social.example/api/v1/accounts/lookup", web.reply(json.dumps(account)))
    where = "https://social.example/api/v1/accounts/109/statuses"
    web.at(where, web.reply(json.dumps(statuses)))


def status(number: int, account: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": "2026-05-01T10:00:00.000Z",
        "visibility": "public",
        "uri": f"https://social.example/statuses/{number}",
        "content": f"<p>Number {number}.</p>",
        "account": {"id": account, "acct": "rowan_a" if account == "109" else "sam"},
    }


def test_what_another_account_said_is_left_out_of_a_mastodon_recording(
    web: Any, tmp_path: Path
) -> None:
    mastodon(web, [status(1, "109"), status(2, "110")])
    _, found = went(web, tmp_path, "mastodon", "rowan_a@social.example")
    assert [one.text.reveal() for one in found if isinstance(one, SourceItem)] == ["Number 1."]
    assert len(found) == 2


@pytest.mark.parametrize(("since", "bounded"), [(2020, True), (2014, False)])
def test_ids_hold_a_time_only_since_mastodon_2(since: int, *, bounded: bool) -> None:
    """A long window reaches back to ids that were plain numbers: none of them is passed over."""
    value = {"id": "109", "acct": "rowan_a", "url": ""}
    lookup = "https://social.example/api/v1/accounts/lookup"
    answer = got("mastodon/lookup", lookup, value, about="rowan_a")
    [ask] = CONNECTORS["mastodon"].go_on(answer, datetime(since, 1, 1, tzinfo=UTC)).asks
    assert ("since_id=" in ask.url) is bounded


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ('<LINK REL=alternate TYPE="application/rss+xml" HREF="/feed">', ["/feed"]),
        (
            '<link rel="alternate" type="application/rss+xml" data-href="/no" href="/feed">',
            ["/feed"],
        ),
        ('<link rel="alternate" type="application/rss+xml" href="">', []),
    ],
)
def test_a_page_names_its_feed_in_any_case_of_letters_and_is_never_its_own(
    link: str, asked: list[str]
) -> None:
    page = Got("site/page", "https://a.example/", 200, "text/html", link.encode())
    found = CONNECTORS["site"].go_on(page, SINCE).asks
    assert [ask.url.removeprefix("https://a.example") for ask in found] == asked


def test_a_packed_answer_is_not_larger_for_being_cut(web: Any) -> None:
    """A robots.txt that unpacks to gigabytes is read as far as its limit."""
    bomb = gzip.compress(CLOSED.encode() + b"\n" * (64 << 20))
    reply: Callable[..., Any] = web.reply(bomb, "text/plain", Content_Encoding="gzip")
    web.at("https://a.example/robots.txt", reply)
    web.at(PAGE, web.reply("{}"))
    gate = web.gate(asked=Terms(robots=True))
    kept: list[Any] = []
    fetcher = web.fetcher(limits=Limits(interval=0))
    with pytest.raises(RobotsError):
        fetcher.fetch(web.asking(PAGE), gate=gate, keep=kept.append)
    assert len(kept[0].content) <= MAX_ROBOTS + 1
