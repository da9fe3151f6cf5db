"""What a capture got becomes one WARC file: wire bytes, and what the browser drew from them.

WARC 1.1 (ISO 28500:2017), every record with SHA-256 over its block and its payload. The drawings
stand as `resource` records under `urn:` names, which no reader takes for a page, and name the
record of the page that they were drawn from.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Final
from urllib.parse import quote

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collection.web.browser_rules import Exchange

SHOWN: Final = "mhtml"
"""The page as it stood after its scripts had run."""
_VERSION: Final = "WARC/1.1"
_HTTP: Final = "application/http; msgtype="


@dataclass(frozen=True, slots=True)
class Drawn:
    """Something that the browser made of a page."""

    name: str
    """`screenshot`, `pdf`, `mhtml`."""
    media_type: str
    body: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """The digest of its own bytes."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a browser got it."""

    requested: str = field(repr=False)
    final: str = field(repr=False)
    started: datetime
    ended: datetime
    exchanges: tuple[Exchange, ...] = field(repr=False)
    drawn: tuple[Drawn, ...] = field(repr=False)
    denied: Mapping[str, int]
    """How often the page wanted something and did not get it, by the refusal's code."""
    software: str
    config_sha256: str
    shown: Mapping[str, str]
    """How it was shown: locale, time zone, size of the window."""


def warc_of(page: Page) -> bytes:
    """Return the whole recording, packed record by record."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    info = _named()
    told = {
        "software": page.software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "config-sha256": page.config_sha256,
        "clock": "the recorder's own, UTC, not checked",
        "robots": "see the agency's register of terms",
        **page.shown,
    }
    _write(writer, "warcinfo", info, "", page.started, "application/warc-fields", _fields(told))
    parent = info
    for one in page.exchanges:
        answered, asked = _named(), _named()
        more = [("WARC-Warcinfo-ID", info), ("WARC-IP-Address", one.address)]
        kind, block = f"{_HTTP}response", one.response
        _write(writer, "response", answered, one.url, one.started, kind, block, more)
        more = [("WARC-Warcinfo-ID", info), ("WARC-Concurrent-To", answered)]
        kind, block = f"{_HTTP}request", one.request
        _write(writer, "request", asked, one.url, one.started, kind, block, more)
        if one.url == _without_fragment(page.final):
            parent = answered
    digests = {}
    for drawn in page.drawn:
        name, digests[drawn.name] = _named(), drawn.sha256
        if drawn.name == SHOWN:
            continue  # a file of its own, which a reader reads; named here by its digest
        more = [("WARC-Warcinfo-ID", info), ("WARC-Refers-To", parent)]
        urn = f"urn:{drawn.name}:{quote(page.final, safe=':/?=&%')}"
        _write(writer, "resource", name, urn, page.ended, drawn.media_type, drawn.body, more)
    said = {
        "requested": page.requested,
        "final": page.final,
        "started": page.started.isoformat(),
        "ended": page.ended.isoformat(),
        "sha256": digests,
        "denied": dict(page.denied),
    }
    body = json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
    more = [("WARC-Warcinfo-ID", info), ("WARC-Refers-To", parent)]
    _write(writer, "metadata", _named(), "urn:capture", page.ended, "application/json", body, more)
    return out.getvalue()


def _write(
    writer: WARCWriter,
    kind: str,
    name: str,
    address: str,
    at: datetime,
    media_type: str,
    block: bytes,
    more: list[tuple[str, str]] | None = None,
) -> None:
    headers = [("WARC-Type", kind), ("WARC-Record-ID", name), ("WARC-Date", _stamp(at))]
    if address:
        headers.append(("WARC-Target-URI", address))
    headers += more or []
    payload = block.partition(b"\r\n\r\n")[2] if media_type.startswith(_HTTP) else block
    headers.append(("WARC-Block-Digest", _digest(block)))
    if kind != "warcinfo":
        headers.append(("WARC-Payload-Digest", _digest(payload)))
    stated = StatusAndHeaders("", headers, protocol=_VERSION)
    # Without parsed headers the writer leaves the block as it came over the wire.
    record = ArcWarcRecord("warc", kind, stated, BytesIO(block), None, media_type, len(block))
    record.payload_length = len(block)
    writer.write_record(record)


def _named() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digest(block: bytes) -> str:
    return f"sha256:{base64.b32encode(hashlib.sha256(block).digest()).decode()}"


def _fields(told: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in told.items() if value).encode()


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]
