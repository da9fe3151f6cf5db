"""Bluesky: who an account is stands in its DID document, what it said on the server named there.

An account is its DID; a handle is one only if the handle leads to the DID and the DID's document
names the handle. Nothing is signed in to, and only the collection of posts is asked for.

`com.atproto.sync.getRepo` is not asked. It answers with likes, blocks and follows too, which no
item of the consent covers and which tell of protected classes; what came over the wire would have
to be the original, and a cut of it with posts alone is nobody's original and no longer what was
signed. So a fetched post is `DISCLOSED`, on the word of the account's own server. For a signature
the applicant hands over the repository, which `collection.exports.bluesky_car` verifies
(decision 59, point 6).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from collection.files.limits import MAX_TEXT
from collection.files.platforms import kind_of
from collection.files.reader import Problem
from collection.files.times import rfc3339
from collection.web.answers import JSON, Ask
from collection.web.connector import Got, Next, as_list, as_mapping, text_of
from models.errors import InputError
from models.evidence import AccessGate, SourceItem
from models.text import RawText

_RESOLVE: Final = "bluesky/resolve"
_IDENTITY: Final = "bluesky/identity"
_RECORDS: Final = "bluesky/records"
_RESOLVER: Final = "https://public.api.bsky.app"
_DIRECTORY: Final = "https://plc.directory"
_POSTS: Final = "app.bsky.feed.post"
_ASKED: Final = "asked "
_LIMIT: Final = 100
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HANDLE: Final = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
_PLC: Final = re.compile(r"did:plc:[a-z2-7]{24}")
_WEB: Final = re.compile(rf"did:web:((?:{_LABEL}\.)+{_LABEL})")
_ORIGIN: Final = re.compile(r"https://[A-Za-z0-9.-]{1,253}/?")
_CURSOR: Final = re.compile(r"[\x21-\x7e]{1,512}")
_DOCUMENTS: Final = JSON | {"application/did+ld+json", "application/did+json"}


class BlueskyApi:
    """Reads an account's posts from the personal data server that its DID document names."""

    name: Final = "bluesky"

    def begin(self, handle: str) -> tuple[Ask, ...]:
        """Return the resolution of a handle, or the document of a DID."""
        text = handle.strip().removeprefix("https://bsky.app/profile/").strip("/")
        if text.startswith("did:"):
            return (self._document(text, ""),)
        text = text.removeprefix("@").lower()
        if _HANDLE.fullmatch(text) is None:
            raise InputError("an account of Bluesky is written as a handle or a DID")
        path = "/xrpc/com.atproto.identity.resolveHandle?" + urlencode({"handle": text})
        return (self._ask(_RESOLVER + path, _RESOLVE, text),)

    def go_on(self, got: Got, since: datetime) -> Next:
        """Return the document, the posts, or their next page."""
        if got.step == _RESOLVE:
            did = text_of(got.mapping().get("did"))
            return Next((self._document(did, got.about),))
        if got.step == _IDENTITY:
            did, _, handle = got.about.partition(" ")
            server = _server(got.mapping(), did, handle)
            return Next((self._records(server, did),))
        page = got.mapping()
        records = as_list(page.get("records"))
        times = [at for record in records if (at := _time(record)) is not None]
        cursor = text_of(page.get("cursor"))
        if not records or not cursor or (times and max(times) < since):
            return Next(done=True)
        if _CURSOR.fullmatch(cursor) is None or cursor == got.about.partition(" ")[2]:
            raise InputError("a cursor that leads nowhere")
        origin = urlsplit(got.url)
        did = got.about.partition(" ")[0]
        return Next((self._records(f"https://{origin.netloc}", did, cursor),))

    def told(self, got: Got) -> dict[str, str]:
        """Return the handle of an account, where handle and document name each other."""
        if got.step == _RESOLVE:
            handle = parse_qs(urlsplit(got.url).query).get("handle", [""])[0]
            return {_ASKED + text_of(got.mapping().get("did")): handle.lower()}
        if got.step != _IDENTITY:
            return {}
        document = got.mapping()
        did = text_of(document.get("id"))
        handle = got.told.get(_ASKED + did, "")
        return {did: handle} if handle in _handles(document) else {}

    def items(self, got: Got) -> Iterator[SourceItem | Problem]:
        """Yield the posts of a page."""
        if got.step != _RECORDS:
            return
        for record in as_list(got.mapping().get("records")):
            try:
                yield _item(as_mapping(record), got)
            except InputError as damage:
                yield Problem(damage.fault, got.pointer)

    def _document(self, did: str, handle: str) -> Ask:
        web = _WEB.fullmatch(did)
        if web is not None:
            url = f"https://{web[1]}/.well-known/did.json"
        elif _PLC.fullmatch(did) is not None:
            url = f"{_DIRECTORY}/{did}"
        else:
            raise InputError("an account without a DID of a known method")
        return self._ask(url, _IDENTITY, f"{did} {handle}")

    def _records(self, server: str, did: str, cursor: str = "") -> Ask:
        asked = {"repo": did, "collection": _POSTS, "limit": str(_LIMIT)}
        if cursor:
            asked["cursor"] = cursor
        url = f"{server}/xrpc/com.atproto.repo.listRecords?{urlencode(asked)}"
        return self._ask(url, _RECORDS, f"{did} {cursor}")

    def _ask(self, url: str, step: str, about: str) -> Ask:
        return Ask(
            url=url,
            step=step,
            platform="bluesky",
            kind=kind_of("bluesky"),
            accepts=_DOCUMENTS if step == _IDENTITY else JSON,
            about=about,
        )


def _server(document: dict[str, object], did: str, handle: str) -> str:
    """Return the origin of the account's server. Raises `InputError`."""
    if text_of(document.get("id")) != did:
        raise InputError("a document of another account")
    if handle and handle not in _handles(document):
        raise InputError("an account whose handle and DID do not name each other")
    for service in as_list(document.get("service")):
        one = as_mapping(service)
        if text_of(one.get("id")).endswith("#atproto_pds"):
            endpoint = text_of(one.get("serviceEndpoint"))
            if _ORIGIN.fullmatch(endpoint) is None:
                raise InputError("a server that is no origin of the web")
            return endpoint.rstrip("/")
    raise InputError("a document that names no server")


def _handles(document: dict[str, object]) -> list[str]:
    names = [text_of(name) for name in as_list(document.get("alsoKnownAs") or [])]
    return [name[5:].lower() for name in names if name.startswith("at://")]


def _time(record: object) -> datetime | None:
    value = record.get("value") if isinstance(record, dict) else None
    stamp = value.get("createdAt") if isinstance(value, dict) else None
    try:
        return rfc3339(stamp) if isinstance(stamp, str) else None
    except InputError:
        return None


def _item(record: dict[str, object], got: Got) -> SourceItem:
    uri, value = text_of(record.get("uri")), as_mapping(record.get("value"))
    did, collection, key = [*uri.removeprefix("at://").split("/"), "", ""][:3]
    if not uri.startswith("at://did:") or collection != _POSTS or not key:
        raise InputError("a record that is no post")
    if value.get("$type") != _POSTS:
        raise InputError("a record that is no post")
    if f"repo={quote(did, safe='')}" not in urlsplit(got.url).query:
        raise InputError("a post of another account than was asked for")
    text = text_of(value.get("text"))
    if len(text) > MAX_TEXT:
        raise InputError(f"a text longer than {MAX_TEXT} characters")
    if not text.strip():
        raise InputError("a post without text")
    return SourceItem(
        native_id=RawText(uri),
        platform=RawText("bluesky"),
        kind=kind_of("bluesky"),
        author=RawText(got.told.get(did, did)),
        created_at=rfc3339(text_of(value.get("createdAt"))),
        url=RawText(f"https://bsky.app/profile/{did}/post/{key}"),
        text=RawText(text),
        gate=AccessGate.NONE,
        pointer=got.pointer,
    )
