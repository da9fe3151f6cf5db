"""Hacker News: a user's list of items, newest first, then the items one by one."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs

from collection.files.limits import MAX_TEXT
from collection.files.platforms import kind_of
from collection.files.reader import Problem
from collection.files.strict_json import whole
from collection.web.answers import JSON, Ask
from collection.web.connector import Got, Next, as_list, as_mapping, parts_of, text_of
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_USER: Final = "hackernews/user"
_ITEM: Final = "hackernews/item"
_ORIGIN: Final = "https://hacker-news.firebaseio.com/v0"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{2,15}")
_YEAR_10000: Final = 253_402_300_800
_SAID: Final = frozenset({"comment", "story", "job", "poll", "pollopt"})


class HackerNews:
    """Reads what a user submitted."""

    name: Final = "hackernews"

    def begin(self, handle: str) -> tuple[Ask, ...]:
        """Return the request for a user. Names are case-sensitive."""
        text = handle.strip()
        if "://" in text:
            text = parse_qs(parts_of(text).query).get("id", [""])[0]
        if _NAME.fullmatch(text) is None:
            raise InputError("an account of Hacker News is written as its name")
        return (self._ask(f"{_ORIGIN}/user/{text}.json", _USER, text),)

    def go_on(self, got: Got, since: datetime) -> Next:
        """Return a request for each item; the first that is too old ends them."""
        value = got.value()
        if got.step == _ITEM:
            at = _time(value)
            return Next(done=at is not None and at < since)
        user = as_mapping(value)
        if user.get("id") != got.about:
            raise InputError("another account than was asked for")
        numbers = as_list(user.get("submitted") or [])
        if not all(type(one) is int and 0 < one < 10**12 for one in numbers):
            raise InputError("an item without its number")
        newest = sorted({int(str(one)) for one in numbers}, reverse=True)
        return Next(
            tuple(self._ask(f"{_ORIGIN}/item/{one}.json", _ITEM, got.about) for one in newest),
        )

    def told(self, got: Got) -> dict[str, str]:
        """Return whose items a recording holds."""
        return {"user": text_of(got.mapping().get("id"))} if got.step == _USER else {}

    def items(self, got: Got) -> Iterator[SourceItem | Problem]:
        """Yield one item, unless it was taken back."""
        if got.step != _ITEM:
            return
        value = got.value()
        if value is None:
            return
        item = as_mapping(value)
        if item.get("deleted") or item.get("dead") or item.get("type") not in _SAID:
            return
        author, number, at = text_of(item.get("by")), item.get("id"), _time(item)
        if not author or type(number) is not int or at is None:
            raise InputError("an item without its author, number or time")
        if author != got.told.get("user", author):
            raise InputError("an item of another account than was asked for")
        yield from _said(item, author, number, at, got.pointer)

    def _ask(self, url: str, step: str, about: str) -> Ask:
        return Ask(
            url=url,
            step=step,
            platform="hackernews",
            kind=kind_of("hackernews"),
            accepts=JSON,
            about=about,
        )


def _said(
    item: dict[str, object], author: str, number: int, at: datetime, pointer: str
) -> Iterator[SourceItem]:
    from collection.markup.html_text import parse_page, shown

    body = shown(parse_page(text_of(item.get("text"))))
    title = shown(parse_page(text_of(item.get("title"))))
    text = whole("\n\n".join(part for part in (title.text, body.text) if part))
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    if text:
        address = f"https://news.ycombinator.com/item?id={number}"
        yield SourceItem(
            native_id=RawText(address),
            platform=RawText("hackernews"),
            kind=kind_of("hackernews"),
            author=RawText(author),
            created_at=at,
            url=RawText(address),
            text=RawText(text),
            gate=AccessGate.NONE,
            pointer=pointer,
        )


def _time(item: object) -> datetime | None:
    seconds = item.get("time") if isinstance(item, dict) else None
    if type(seconds) is not int or not 0 <= seconds < _YEAR_10000:
        return None
    return datetime.fromtimestamp(seconds, tz=UTC)
