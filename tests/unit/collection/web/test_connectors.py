"""What each connector asks next, and what it reads out of the recording, over real servers."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.files.reader import Problem
from collection.pages.warc import WarcReader
from collection.pages.warc_recording import recording_of
from collection.web.connector import Got
from collection.web.connectors import CONNECTORS
from collection.web.fetched import FetchedReader
from collection.web.recorder import ENDING, Recording
from collection.web.walk import Walked, walk
from models.errors import InputError, WalloffError
from models.evidence import AccessGate, SourceItem
from models.fetching import FetchFailedError, RobotsError
from models.search_clauses import TermsBarredError

SINCE = datetime(2024, 9, 1, tzinfo=UTC)


def gathered(
    web: Any, tmp_path: Path, name: str, handle: str, gate: Any = None
) -> tuple[Walked, list[SourceItem], list[str]]:
    """Walk a place and read the recording: what was said, and what was a problem."""
    path = tmp_path / f"{name}-0{ENDING}"
    with Recording(path, software="walloff-fetch 1", contact="x", config_sha256="0") as recording:
        found = walk(
            CONNECTORS[name],
            handle,
            fetcher=web.fetcher(),
            gate=gate or web.gate(),
            keep=recording.keep,
            since=SINCE,
        )
        recording.close()
    parts = list(FetchedReader().read(path))
    items = [part for part in parts if isinstance(part, SourceItem)]
    assert all(item.gate is AccessGate.NONE for item in items)
    return found, items, [part.fault for part in parts if isinstance(part, Problem)]


def words(items: list[SourceItem]) -> list[str]:
    return [item.text.reveal() for item in items]


# --- Mastodon -----------------------------------------------------------------------------------


def status(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "created_at": "2026-05-01T10:00:00.000Z",
        "visibility": "public",
        "spoiler_text": "",
        "uri": f"https://social.example/users/rowan_a/statuses/{number}",
        "url": f"https://social.example/@rowan_a/{number}",
        "content": f"<p>{text}</p>",
        "reblog": None,
        "poll": None,
        "account": {"id": "109", "acct": "rowan_a"},
        **more,
    }


ACCOUNT = {
    "id": "109",
    "acct": "rowan_a",
    "url": "https://social.example/@rowan_a",
    "fields": [
        {
            "name": "site",
            "value": '<a href="https://rowan.example/" rel="me nofollow">rowan.example</a>',
            "verified_at": "2026-01-02T03:04:05.000+00:00",
        },
        {"name": "job", "value": "<a href='https://other.example/'>x</a>", "verified_at": None},
    ],
}
LOOKUP = "https://social.example/api/v1/accounts/lookup"
STATUSES = "https://social.example/api/v1/accounts/109/statuses"


def paged(web: Any, *pages: list[dict[str, Any]], host: str = "social.example") -> None:
    """Serve pages of statuses by `max_id`, each with a link to the next."""

    def route(handler: Any) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        at = int(query.get("max_id", ["0"])[0])
        link = f'<https://{host}{STATUSES[22:]}?max_id={at + 1}&limit=40>; rel="next"'
        more = {"Link": link} if at + 1 < len(pages) else {}
        web.reply(json.dumps(pages[at]), **more)(handler)

    web.at(LOOKUP, web.reply(json.dumps(ACCOUNT)))
    web.at(STATUSES, route)


def test_mastodon_pages_are_followed_and_say_what_the_person_said(web: Any, tmp_path: Path) -> None:
    poll = {"options": [{"title": "yes"}, {"title": "no"}]}
    first = [
        status(3, "third", visibility="unlisted", spoiler_text="about lunch", poll=poll),
        status(2, "boosted", reblog=status(9, "another's words")),
        status(8, "for friends", visibility="private"),
    ]
    paged(web, first, [status(1, "first"), status(5, "", content=7)])
    found, items, problems = gathered(web, tmp_path, "mastodon", "@rowan_a@social.example")
    assert found.stopped is None
    assert words(items) == ["about lunch\n\nthird\n\nyes\n\nno", "first"]
    assert {item.author.reveal() for item in items} == {"rowan_a@social.example"}
    assert items[0].native_id.reveal() == "https://social.example/users/rowan_a/statuses/3"
    assert problems == [
        "left out: repeated words of others (1)",
        "left out: items that were not public (1)",
        "an answer with something else where a text belongs",
    ]


def test_mastodon_is_asked_for_nothing_from_before_the_window(web: Any, tmp_path: Path) -> None:
    """An id holds its time: `since_id` is that of the window's first moment."""
    paged(web, [status(1, "old", created_at="2020-01-01T00:00:00Z")], [status(2, "never asked")])
    _found, items, _problems = gathered(web, tmp_path, "mastodon", "rowan_a@social.example")
    query = parse_qs(urlsplit(web.asked[-1][1]).query)
    assert query["since_id"] == [str(int(SINCE.timestamp() * 1000) << 16)]
    assert query["exclude_reblogs"] == ["true"]
    assert len(web.asked) == 2
    assert words(items) == ["old"]


def test_mastodon_s_verified_links_are_evidence_and_unverified_ones_are_not(
    web: Any, tmp_path: Path
) -> None:
    paged(web, [])
    found, _items, _problems = gathered(web, tmp_path, "mastodon", "rowan_a@social.example")
    assert [one.address.reveal() for one in found.verified] == ["https://rowan.example/"]


def test_a_link_to_the_next_page_leads_nowhere_but_to_the_account(web: Any, tmp_path: Path) -> None:
    """Of the link only the id is believed."""
    paged(web, [status(1, "one")], [status(2, "two")], host="b.example")
    gathered(web, tmp_path, "mastodon", "rowan_a@social.example")
    assert {host for host, _path, _headers in web.asked} == {"social.example"}


def test_another_account_than_was_asked_for_is_refused(web: Any, tmp_path: Path) -> None:
    web.at(LOOKUP, web.reply(json.dumps({**ACCOUNT, "acct": "somebody"})))
    found, _items, _problems = gathered(web, tmp_path, "mastodon", "rowan_a@social.example")
    assert isinstance(found.stopped, InputError)


# --- Bluesky ------------------------------------------------------------------------------------

DID = "did:plc:" + "a" * 24
RESOLVE = "https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle"
RECORDS = "https://pds.example/xrpc/com.atproto.repo.listRecords"


def record(key: str, text: str, at: str = "2026-05-01T10:00:00Z", did: str = DID) -> dict[str, Any]:
    value = {"$type": "app.bsky.feed.post", "text": text, "createdAt": at}
    return {"uri": f"at://{did}/app.bsky.feed.post/{key}", "cid": "x", "value": value}


def document(**more: Any) -> dict[str, Any]:
    service = {"id": "#atproto_pds", "type": "x", "serviceEndpoint": "https://pds.example"}
    return {"id": DID, "alsoKnownAs": ["at://rowan.example"], "service": [service], **more}


def bluesky(web: Any, *pages: list[dict[str, Any]], **changed: Any) -> None:
    def route(handler: Any) -> None:
        at = int(parse_qs(urlsplit(handler.path).query).get("cursor", ["0"])[0])
        more = {"cursor": str(at + 1)} if at + 1 < len(pages) else {}
        web.reply(json.dumps({"records": pages[at], **more}))(handler)

    web.at(RESOLVE, web.reply(json.dumps({"did": DID})))
    web.at(f"https://plc.directory/{DID}", web.reply(json.dumps(document(**changed))))
    web.at(RECORDS, route)


def test_bluesky_is_read_from_the_server_that_the_did_document_names(
    web: Any, tmp_path: Path
) -> None:
    bluesky(web, [record("c", "three"), record("b", "two")], [record("a", "one")])
    found, items, problems = gathered(web, tmp_path, "bluesky", "@rowan.example")
    assert (found.stopped, problems) == (None, [])
    assert words(items) == ["three", "two", "one"]
    assert items[0].native_id.reveal() == f"at://{DID}/app.bsky.feed.post/c"
    assert {item.author.reveal() for item in items} == {"rowan.example"}
    assert {host for host, _path, _headers in web.asked} == {
        "public.api.bsky.app",
        "plc.directory",
        "pds.example",
    }


def test_bluesky_stops_at_the_window(web: Any, tmp_path: Path) -> None:
    old = "2019-01-01T00:00:00Z"
    bluesky(web, [record("b", "two", old)], [record("a", "one", old)])
    gathered(web, tmp_path, "bluesky", "rowan.example")
    assert [path for path in web.paths() if "cursor" in path] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"alsoKnownAs": ["at://somebody.example"]},
        {"alsoKnownAs": []},
        {"id": "did:plc:" + "b" * 24},
        {"service": []},
        {"service": [{"id": "#atproto_pds", "serviceEndpoint": "http://pds.example"}]},
        {"service": [{"id": "#atproto_pds", "serviceEndpoint": "https://pds.example/?x"}]},
    ],
)
def test_a_did_document_that_does_not_name_the_handle_and_a_server_is_refused(
    web: Any, tmp_path: Path, changed: dict[str, Any]
) -> None:
    bluesky(web, [record("a", "one")], **changed)
    found, items, _problems = gathered(web, tmp_path, "bluesky", "rowan.example")
    assert isinstance(found.stopped, InputError)
    assert items == []
    assert "pds.example" not in {host for host, _path, _headers in web.asked}


def test_a_post_of_another_account_is_not_taken(web: Any, tmp_path: Path) -> None:
    other = "did:plc:" + "b" * 24
    bluesky(web, [record("a", "mine"), record("z", "another's", did=other)])
    _found, items, problems = gathered(web, tmp_path, "bluesky", DID)
    assert words(items) == ["mine"]
    assert problems == ["a post of another account than was asked for"]


# --- sites, feeds, GitHub, Hacker News -----------------------------------------------------------

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Sam</title>
<item><title>Day</title><link>https://sam.example/1</link><guid>g1</guid>
<pubDate>Fri, 01 May 2026 10:00:00 GMT</pubDate>
<description>&lt;p&gt;A calm day.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</description></item>
</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Sam</title>
<author><name>sam</name></author><entry><title>Day</title><id>tag:1</id>
<link href="/1"/><published>2026-05-01T10:00:00Z</published>
<content type="html">&lt;p&gt;A calm day.&lt;/p&gt;</content></entry>
<entry><title>Other</title><id>tag:2</id><source><id>x</id><title>y</title></source>
<content>Not mine.</content></entry></feed>"""


@pytest.mark.parametrize(
    ("feed", "kind"), [(RSS, "application/rss+xml"), (ATOM, "application/atom+xml")]
)
def test_a_page_names_its_feed_and_both_are_read(
    web: Any, tmp_path: Path, feed: str, kind: str
) -> None:
    page = (
        f'<html><head><link rel="alternate" type="{kind}" href="/feed"></head>'
        "<body><main><p>About me.</p></main></body></html>"
    )
    web.at("https://sam.example/", web.reply(page, "text/html"))
    web.at("https://sam.example/feed", web.reply(feed, kind))
    found, items, _problems = gathered(web, tmp_path, "site", "sam.example")
    assert found.stopped is None
    assert words(items) == ["About me.", "Day\n\nA calm day."]
    assert items[1].created_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert items[1].url.reveal() == "https://sam.example/1"


def test_style_sheets_of_a_fetched_page_are_counted(web: Any, tmp_path: Path) -> None:
    """None is fetched: a reader must know that some words may have been hidden by one."""
    links = '<link rel="stylesheet" href="/a.css"><link rel="stylesheet" href="https://b.example/">'
    web.at("https://sam.example/", web.reply(f"<html>{links}<p>Me.</p></html>", "text/html"))
    _, items, faults = gathered(web, tmp_path, "site", "https://sam.example/")
    assert words(items) == ["Me."]
    assert faults == ["2 style sheets are missing: what they hide is in the text"]
    assert web.paths() == ["sam.example/"]


def test_a_feed_on_another_host_is_not_asked(web: Any, tmp_path: Path) -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="https://b.example/feed">'
    web.at("https://sam.example/", web.reply(f"<html>{link}<p>Me.</p></html>", "text/html"))
    gathered(web, tmp_path, "site", "https://sam.example/")
    assert web.paths() == ["sam.example/"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_with_a_document_type_or_entities_is_refused(
    web: Any, tmp_path: Path, encoding: str
) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + RSS.partition("?>")[2]
    web.at("https://sam.example/", web.reply(bomb.encode(encoding), "application/rss+xml"))
    _found, items, problems = gathered(web, tmp_path, "site", "sam.example")
    assert items == []
    assert problems == ["a feed with a document type or entities"]


def test_github_says_what_the_user_wrote_in_issues_and_reviews(web: Any, tmp_path: Path) -> None:
    def event(kind: str, part: str, login: str, **payload: Any) -> dict[str, Any]:
        at = "2026-08-20T10:00:00Z"
        said = {"body": kind, "user": {"login": login}, "html_url": f"u/{kind}", "created_at": at}
        return {
            "id": "1",
            "type": kind,
            "public": True,
            "created_at": at,
            "payload": {part: said, **payload},
        }

    events = [
        event("IssueCommentEvent", "comment", "Rowan-A", action="created"),
        event("IssuesEvent", "issue", "rowan-a", action="closed"),
        event("PullRequestReviewEvent", "review", "somebody", action="created"),
        {**event("CommitCommentEvent", "comment", "rowan-a"), "public": False},
        {"id": "2", "type": "PushEvent", "public": True, "created_at": "2026-08-20T10:00:00Z",
         "payload": {"commits": [{"message": "no words of a post"}]}},
    ]  # fmt: skip
    web.at("https://api.github.com/users/rowan-a/events/public", web.reply(json.dumps(events)))
    found, items, problems = gathered(web, tmp_path, "github", "rowan-a")
    assert (found.stopped, problems) == (None, [])
    assert words(items) == ["IssueCommentEvent"]


def test_hacker_news_stops_at_the_window_and_leaves_out_what_was_taken_back(
    web: Any, tmp_path: Path
) -> None:
    origin = "https://hacker-news.firebaseio.com/v0"
    user = {"id": "rowan_a", "submitted": [1, 5, 4, 3, 2]}
    web.at(f"{origin}/user/rowan_a.json", web.reply(json.dumps(user)))
    new, old = 1_780_000_000, 1_500_000_000
    said = {"by": "rowan_a", "type": "comment", "time": new, "text": "It&#x27;s <i>fine</i>."}
    for number, item in {
        5: {**said, "id": 5},
        4: {"id": 4, "deleted": True, "time": new, "type": "comment"},
        3: None,
        2: {**said, "id": 2, "time": old},
    }.items():
        web.at(f"{origin}/item/{number}.json", web.reply(json.dumps(item)))
    found, items, problems = gathered(web, tmp_path, "hackernews", "rowan_a")
    assert (found.stopped, problems) == (None, [])
    assert words(items) == ["It's fine.", "It's fine."]
    assert web.paths()[-1].endswith("/item/2.json")


# --- what all share -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CONNECTORS)
@given(
    step=st.sampled_from(
        [
            "mastodon/lookup",
            "mastodon/statuses",
            "bluesky/resolve",
            "bluesky/identity",
            "bluesky/records",
            "site/page",
            "site/feed",
            "github/events",
            "hackernews/user",
            "hackernews/item",
        ]
    ),
    content=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "id",
                            "acct",
                            "fields",
                            "records",
                            "cursor",
                            "uri",
                            "value",
                            "did",
                            "service",
                            "submitted",
                            "time",
                            "by",
                            "type",
                            "payload",
                            "created_at",
                            "account",
                            "reblog",
                            "visibility",
                            "content",
                            "poll",
                        ]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    kind=st.sampled_from(["application/json", "text/html", "application/rss+xml"]),
)
def test_no_answer_costs_more_than_a_refusal(
    name: str, step: str, content: bytes, kind: str
) -> None:
    """Whatever a server answers, a connector yields items and problems, or refuses."""
    connector = CONNECTORS[name]
    if not step.startswith(name):
        return
    url = "https://social.example/api/v1/accounts/109/statuses?page=1"
    got = Got(step, url, 200, kind, content, content_type=kind, about="x y")
    for act in (
        lambda: connector.go_on(got, SINCE),
        lambda: connector.told(got),
        lambda: list(connector.items(got)),
    ):
        try:
            act()
        except InputError:
            continue


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        *(("mastodon", "rowan"), ("mastodon", "a/b@c"), ("bluesky", "rowan"), ("github", "a/b")),
        *(("bluesky", "did:key:x"), ("hackernews", "a b"), ("github", "../x")),
    ],
)
def test_a_handle_that_is_none_asks_nothing(
    web: Any, tmp_path: Path, name: str, handle: str
) -> None:
    found, _items, _problems = gathered(web, tmp_path, name, handle)
    assert isinstance(found.stopped, InputError)
    assert handle not in str(found.stopped)
    assert web.asked == []


def test_what_refuses_one_place_ends_that_place_with_its_code(web: Any, tmp_path: Path) -> None:
    def barred(_url: str) -> None:
        raise TermsBarredError("no")

    found, _items, _problems = gathered(
        web, tmp_path, "github", "rowan", gate=web.gate(refuse=barred)
    )
    assert isinstance(found.stopped, TermsBarredError)


def test_an_error_s_status_ends_the_place(web: Any, tmp_path: Path) -> None:
    found, _items, _problems = gathered(web, tmp_path, "github", "rowan")
    assert isinstance(found.stopped, FetchFailedError)
    assert str(found.stopped) == "the server answered 404"


def test_the_recording_is_a_web_archive_like_any_other(web: Any, tmp_path: Path) -> None:
    """Any reader of WARC reads it: digests hold, requests stand beside their answers."""
    web.at("https://sam.example/", web.reply("<p>About me.</p>", "text/html"))
    gathered(web, tmp_path, "site", "sam.example")
    (path,) = tmp_path.glob(f"*{ENDING}")
    assert path.stat().st_mode & 0o077 == 0
    items = [one for one in WarcReader().read(path) if isinstance(one, SourceItem)]
    assert words(items) == ["About me."]
    recording = recording_of(path)
    assert recording.software == "walloff-fetch 1"
    (page,) = recording.pages
    assert (page.status, page.final.reveal()) == (200, "https://sam.example/")


def test_a_recording_that_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / f"x{ENDING}"

    def broken() -> None:
        with Recording(path, software="x", contact="x", config_sha256="0"):
            raise RobotsError("stopped")

    with pytest.raises(WalloffError):
        broken()
    assert list(tmp_path.iterdir()) == []
