"""Mastodon's public interface: the account, then its statuses since the window opened.

Asked as anybody may, so a server gives what is public or unlisted; what is neither is left out
all the same, and boosts, which are others' words. Ids that are numbers hold their time, so that
nothing from before the window is asked for.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from collection.files.limits import MAX_TEXT
from collection.files.platforms import kind_of
from collection.files.reader import Problem
from collection.files.strict_json import whole
from collection.files.times import rfc3339
from collection.markup.html_text import parse_page, shown
from collection.web.answers import JSON, Ask
from collection.web.connector import Got, Next, as_list, as_mapping, parts_of, text_of
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.fetching import VerifiedLink
from models.text import RawText

_LOOKUP: Final = "mastodon/lookup"
_STATUSES: Final = "mastodon/statuses"
_ACCOUNT: Final = re.compile(r"@?([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?)@([^@/\s]+)")
_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,40}")
_STATUSES_OF: Final = re.compile(rf"/api/v1/accounts/({_ID.pattern})/statuses")
_PUBLIC: Final = frozenset({"public", "unlisted"})
_NEXT: Final = re.compile(r'<([^<>]{1,2048})>[^<>,]{0,200}?;\s*rel="next"')
_HREF: Final = re.compile(r'<a\b[^<>]{0,200}?href="([^"<>]{1,2048})"')
_LIMIT: Final = "40"
_TIME_BITS: Final = 16
_TIMES_IN_IDS: Final = datetime(2017, 11, 1, tzinfo=UTC)
"""Since Mastodon 2.0: earlier ids are plain numbers, and below every one that holds a time."""


class MastodonApi:
    """Reads an account through the interface of its own server."""

    name: Final = "mastodon"

    def begin(self, handle: str) -> tuple[Ask, ...]:
        """Return the look-up of `user@host`, or of a profile's address."""
        user, host = _account(handle)
        acct = quote(user, safe="")
        return (self._ask(f"https://{host}/api/v1/accounts/lookup?acct={acct}", _LOOKUP, user),)

    def go_on(self, got: Got, since: datetime) -> Next:
        """Return the statuses of the account that was looked up, or their next page."""
        if got.step == _LOOKUP:
            account = as_mapping(got.value())
            found = text_of(account.get("id"))
            if _ID.fullmatch(found) is None:
                raise InputError("an account without its id")
            if text_of(account.get("acct")).casefold() != got.about.casefold():
                raise InputError("another account than was asked for")
            return Next(
                (self._statuses(got.url, found, since),), verified=_verified(account, _home(got))
            )
        page = as_list(got.value())
        times = [at for status in page if (at := _time(status)) is not None]
        if not page or (times and min(times) < since):
            return Next(done=True)
        before = _next_page(got)
        if before is None:
            return Next(done=True)
        path = _STATUSES_OF.fullmatch(urlsplit(got.url).path)
        if path is None:
            raise InputError("an answer from another address than was asked for")
        return Next((self._statuses(got.url, path[1], since, before),))

    def told(self, got: Got) -> dict[str, str]:
        """Return which account a recording was made of."""
        return {"account": text_of(got.mapping().get("id"))} if got.step == _LOOKUP else {}

    def items(self, got: Got) -> Iterator[SourceItem | Problem]:
        """Yield what the account said itself; count what was left out."""
        if got.step != _STATUSES:
            return
        host = urlsplit(got.url).hostname or ""
        for status in as_list(got.value()):
            try:
                yield from _item(as_mapping(status), host, got)
            except InputError as damage:
                yield Problem(damage.fault, got.pointer)

    def _statuses(self, url: str, account: str, since: datetime, before: str = "") -> Ask:
        asked = {"limit": _LIMIT, "exclude_reblogs": "true"}
        if account.isdecimal() and since >= _TIMES_IN_IDS:
            asked["since_id"] = str(int(since.timestamp() * 1000) << _TIME_BITS)
        if before:
            asked["max_id"] = before
        origin = urlsplit(url)
        path = f"/api/v1/accounts/{account}/statuses"
        return self._ask(f"https://{origin.netloc}{path}?{urlencode(asked)}", _STATUSES, "")

    def _ask(self, url: str, step: str, about: str) -> Ask:
        return Ask(
            url=url,
            step=step,
            platform="mastodon",
            kind=kind_of("mastodon"),
            accepts=JSON,
            about=about,
        )


def _account(handle: str) -> tuple[str, str]:
    text = handle.strip()
    if text.lower().startswith("https://"):
        parts = parts_of(text)
        name = parts.path.strip("/")
        text = f"{name.removeprefix('users/')}@{parts.hostname or ''}"
    found = _ACCOUNT.fullmatch(text)
    if found is None:
        raise InputError("an account of Mastodon is written user@host")
    return found[1], found[2].lower()


def _next_page(got: Got) -> str | None:
    """Return the id before which the next page ends. Nothing else of the link is believed."""
    found = _NEXT.search(got.link)
    if found is None:
        return None
    values = parse_qs(parts_of(found[1]).query).get("max_id", [])
    if len(values) != 1 or _ID.fullmatch(values[0]) is None:
        raise InputError("a link to a next page that names none")
    earlier = parse_qs(urlsplit(got.url).query).get("max_id", [])
    if values == earlier:
        raise InputError("a link from a page to itself")
    return values[0]


def _home(got: Got) -> str:
    """Return the account that was asked about, as it is written: not what its server calls it."""
    return f"{got.about}@{urlsplit(got.url).hostname or ''}"


def _verified(account: dict[str, object], whose: str) -> tuple[VerifiedLink, ...]:
    """Return the addresses that the server itself found to link back to the account."""
    links = []
    fields = account.get("fields")
    for one in fields if isinstance(fields, list) else []:
        stamp = one.get("verified_at") if isinstance(one, dict) else None
        if not isinstance(stamp, str):
            continue
        try:
            # No parser of HTML works where there are keys: the server writes links in one form.
            found = _HREF.search(text_of(one.get("value")))
            if found is not None:
                links.append(
                    VerifiedLink(
                        account=RawText(whose),
                        address=RawText(unescape(found[1])),
                        at=rfc3339(stamp),
                    )
                )
        except InputError:
            continue
    return tuple(links)


def _time(status: object) -> datetime | None:
    pinned = isinstance(status, dict) and status.get("pinned")
    stamp = status.get("created_at") if isinstance(status, dict) and not pinned else None
    try:
        return rfc3339(stamp) if isinstance(stamp, str) else None
    except InputError:
        return None


def _item(status: dict[str, object], host: str, got: Got) -> Iterator[SourceItem | Problem]:
    pointer, account = got.pointer, as_mapping(status.get("account"))
    whose = text_of(account.get("id"))
    if status.get("reblog") is not None or whose != got.told.get("account", whose):
        yield Problem("left out: repeated words of others (1)", pointer)
        return
    if status.get("visibility") not in _PUBLIC:
        yield Problem("left out: items that were not public (1)", pointer)
        return
    acct = text_of(account.get("acct"))
    native_id = text_of(status.get("uri")) or text_of(status.get("url"))
    if not acct or not native_id:
        raise InputError("a status without its author or address")
    body = shown(parse_page(text_of(status.get("content"))))
    parts = [text_of(status.get("spoiler_text")).strip(), body.text, *_options(status)]
    text = whole("\n\n".join(part for part in parts if part))
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    if not text:
        yield Problem("a post or page without text", pointer)
        return
    yield SourceItem(
        native_id=RawText(native_id),
        platform=RawText("mastodon"),
        kind=kind_of("mastodon"),
        author=RawText(acct if "@" in acct else f"{acct}@{host}"),
        created_at=rfc3339(text_of(status.get("created_at"))),
        url=RawText(text_of(status.get("url"))),
        text=RawText(text),
        gate=AccessGate.NONE,
        pointer=pointer,
    )
    if body.hidden:
        yield Problem("text that readers do not see was left out", pointer)


def _options(status: dict[str, object]) -> list[str]:
    poll = status.get("poll")
    if poll is None:
        return []
    return [
        text_of(as_mapping(option).get("title"))
        for option in as_list(as_mapping(poll).get("options"))
    ]
