"""A site of the applicant's: the page that was disclosed, and the feed that it names on its host.

A feed is read from its bytes, never from its address, and only without a document type: entities
are refused before any parser sees them.
"""

import re
import time
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from collection.files.charset import decode
from collection.files.limits import MAX_ENTRIES, MAX_TEXT
from collection.files.platforms import kind_of, platform_of_host
from collection.files.reader import Problem
from collection.files.strict_json import whole
from collection.markup.page_bytes import refuse_other_kinds
from collection.web.answers import FEED, HTML, Ask
from collection.web.connector import Got, Next, parts_of
from models.consent import PlatformKind
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_PAGE: Final = "site/page"
_FEED: Final = "site/feed"
_HEAD: Final = 64 * 1024
_LINK: Final = re.compile(r"<link\b([^<>]{1,1000})>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(
    r"""(?<![\w-])(rel|type|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE
)
_FORBIDDEN: Final = re.compile(r"<!\s*(?:doctype|entity)", re.IGNORECASE)
_XML_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_XML_ENCODING: Final = re.compile(rb"\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{1,40})")


class Site:
    """Reads a page and its feed."""

    name: Final = "site"

    def begin(self, handle: str) -> tuple[Ask, ...]:
        """Return the request for a page by its address."""
        address = handle.strip()
        if "://" not in address:
            address = f"https://{address}"
        host = parts_of(address).hostname or ""
        platform = platform_of_host(host)
        kind = kind_of(platform)
        kind = PlatformKind.BLOG if kind is PlatformKind.OTHER else kind
        return (Ask(address, _PAGE, platform, kind, HTML | FEED),)

    def go_on(self, got: Got, since: datetime) -> Next:
        """Return the feed that a page names, where it lies on the page's own host."""
        del since  # a feed has one page
        if got.step != _PAGE or got.media_type not in HTML:
            return Next(done=True)
        for found in _LINK.finditer(decode(got.content[:_HEAD], got.content_type)):
            values = {
                one[1].lower(): unescape(one[2] or one[3] or one[4] or "")
                for one in _ATTRIBUTE.finditer(found[1])
            }
            is_feed = values.get("type", "").lower() in FEED - {"application/xml", "text/xml"}
            if "alternate" not in values.get("rel", "").lower().split() or not is_feed:
                continue
            address = _joined(got.url, values.get("href", ""))
            if address != got.url and urlsplit(address).netloc == urlsplit(got.url).netloc:
                platform = platform_of_host(urlsplit(address).hostname or "")
                kind = kind_of(platform)
                kind = PlatformKind.BLOG if kind is PlatformKind.OTHER else kind
                return Next((Ask(address, _FEED, platform, kind, FEED),))
        return Next(done=True)

    def told(self, _got: Got) -> dict[str, str]:
        """Return nothing: each answer speaks for itself."""
        return {}

    def items(self, got: Got) -> Iterator[SourceItem | Problem]:
        """Yield a page's posts, or the entries of a feed."""
        if got.media_type in HTML:
            from collection.markup.entries import entries_of

            refuse_other_kinds(got.content)
            # No sheet is ever fetched: what they would hide is counted as with any other reader.
            markup = decode(got.content, got.content_type)
            yield from entries_of(got.url, markup, got.pointer, sheets={})
        elif got.media_type in FEED:
            yield from feed_items(got.url, got.content, got.content_type, got.pointer)


def feed_items(
    address: str, body: bytes, content_type: str, pointer: str
) -> Iterator[SourceItem | Problem]:
    """Yield the entries of a feed. Raises `InputError` for what is none, or names entities."""
    import feedparser  # type: ignore[import-untyped]  # it has no types

    text = _text(body, content_type)
    if _FORBIDDEN.search(text):
        raise InputError("a feed with a document type or entities")
    clear = _XML_DECLARATION.sub("", text).encode()
    found: Any = feedparser.parse(
        BytesIO(clear),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            "content-location": address,
        },
        sanitize_html=False,
    )
    if not found.get("version"):
        raise InputError("not a feed")
    if found.get("bozo"):
        yield Problem("the feed is damaged: what was legible was read", pointer)
    author = str(found.feed.get("author") or "")
    for entry in found.entries[:MAX_ENTRIES]:
        try:
            yield from _entry(entry, address, author, pointer)
        except InputError as damage:
            yield Problem(damage.fault, pointer)


def _text(body: bytes, content_type: str) -> str:
    if "charset" not in content_type.lower():
        declared = _XML_ENCODING.match(body)
        if declared is not None:
            content_type = f"application/xml; charset={declared[1].decode('ascii', 'replace')}"
    return decode(body, content_type)


def _entry(
    entry: Any, address: str, feed_author: str, pointer: str
) -> Iterator[SourceItem | Problem]:
    from collection.markup.html_text import parse_page, shown

    if entry.get("source"):
        yield Problem("left out: repeated words of others (1)", pointer)
        return
    contents = entry.get("content") or []
    markup = str(contents[0].get("value") if contents else entry.get("summary") or "")
    title = shown(parse_page(str(entry.get("title") or ""))).text
    body = shown(parse_page(markup))
    text = whole("\n\n".join(part for part in (title, body.text) if part))
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    if not text:
        yield Problem("a post or page without text", pointer)
        return
    link = _joined(address, str(entry.get("link") or ""))
    platform = platform_of_host(urlsplit(address).hostname or "")
    kind = kind_of(platform)
    yield SourceItem(
        native_id=RawText(whole(str(entry.get("id") or link))),
        platform=RawText(whole(platform)),
        kind=PlatformKind.BLOG if kind is PlatformKind.OTHER else kind,
        author=RawText(whole(str(entry.get("author") or feed_author))),
        created_at=_moment(entry.get("published_parsed") or entry.get("updated_parsed")),
        url=RawText(whole(link)),
        text=RawText(text),
        gate=AccessGate.NONE,
        pointer=pointer,
    )
    if body.hidden:
        yield Problem("text that readers do not see was left out", pointer)


def _moment(parts: time.struct_time | None) -> datetime | None:
    if parts is None:
        return None
    try:
        return datetime.fromtimestamp(timegm(parts), tz=UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip()) if link else base
    except ValueError:
        return base
