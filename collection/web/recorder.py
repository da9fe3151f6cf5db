"""What was asked and answered is kept as it went over the wire: a WARC file (ISO 28500).

Each answer has its request beside it, its digests (SHA-256), the address it came from, and by
which step it was made. Only the framing of the transfer is undone: `Transfer-Encoding` stands
under another name.
"""

import base64
import hashlib
import os
import uuid
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, Self
from urllib.parse import urlsplit

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from collection.web.answers import Answer
from collection.web.parts import give_name, hold, part_of
from models.errors import HomeError, WalloffError

ENDING: Final = ".fetched.warc.gz"
STEP: Final = "Walloff-Step"
_VERSION: Final = "WARC/1.1"
_FRAMING: Final = b"transfer-encoding"


class Recording:
    """One recording, written as it goes, and named when it is whole and its record stands."""

    def __init__(self, path: Path, *, software: str, contact: str, config_sha256: str) -> None:
        self.path = path
        self._partial = part_of(path)
        self._sealed = self._named = False
        try:
            self._file: BinaryIO = os.fdopen(
                os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            )
            hold(self._file.fileno())
        except OSError as exc:
            raise HomeError("the recording cannot be written") from exc
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        about = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/"
            "warc-format/warc-1.1/",
            "operator": contact,
            "robots": "as RFC 9309, where the platform's terms ask for it",
            "configuration": f"sha256:{config_sha256}",
        }
        self._writer.write_record(self._writer.create_warcinfo_record(path.name, about))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        # Whatever else than a refusal ends a step may end it after its record was kept: a part that
        # may be recorded waits for `collection.web.parts` to decide.
        if not self._named and (not self._sealed or isinstance(error, WalloffError)):
            self._partial.unlink(missing_ok=True)
        self._file.close()

    def keep(self, answer: Answer) -> None:
        """Write a request and its answer."""
        at = answer.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        target = urlsplit(answer.url)
        line = f"GET {target.path or '/'}{'?' + target.query if target.query else ''} HTTP/1.1"
        told = b"%b %d %b" % (answer.version, answer.status, answer.reason)
        framed = [(_name(key), value) for key, value in answer.headers]
        response = self._record(
            answer.url,
            "response",
            _head(told.rstrip(), framed),
            answer.body,
            {"WARC-Date": at, "WARC-IP-Address": answer.address, STEP: answer.ask.step},
        )
        concurrent = str(response.rec_headers.get_header("WARC-Record-ID"))
        request = self._record(
            answer.url,
            "request",
            _head(line.encode("ascii", "replace"), answer.asked),
            b"",
            {"WARC-Date": at, "WARC-Concurrent-To": concurrent},
        )
        self._writer.write_record(response)
        self._writer.write_record(request)

    def _record(
        self, url: str, kind: str, head: bytes, body: bytes, told: dict[str, str]
    ) -> ArcWarcRecord:
        # Without parsed headers the writer leaves the block as it came over the wire.
        block = head + body
        headers = {
            "WARC-Type": kind,
            "WARC-Record-ID": f"<urn:uuid:{uuid.uuid4()}>",
            "WARC-Target-URI": url,
            **told,
            "WARC-Payload-Digest": _digest(body),
            "WARC-Block-Digest": _digest(block),
        }
        stated = StatusAndHeaders("", list(headers.items()), protocol=_VERSION)
        media_type = f"application/http; msgtype={kind}"
        record = ArcWarcRecord("warc", kind, stated, BytesIO(block), None, media_type, len(block))
        record.payload_length = len(block)
        return record

    def seal(self) -> str:
        """End the recording, still without its name; return its SHA-256. Raises `HomeError`."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            digest = hashlib.sha256(self._partial.read_bytes()).hexdigest()
        except OSError as exc:
            raise HomeError("the recording cannot be written") from exc
        self._sealed = True
        return digest

    def give_name(self) -> None:
        """Give a sealed recording its name, now that its record stands. Raises `HomeError`."""
        give_name(self.path)
        self._named = True

    def close(self) -> str:
        """End a recording of which no case keeps a record; return its SHA-256."""
        digest = self.seal()
        self.give_name()
        return digest


def headers_sha256(answer: Answer) -> str:
    """Return the digest of an answer's headers, as they came."""
    lines = b"".join(b"%s: %s\r\n" % pair for pair in answer.headers)
    return hashlib.sha256(b"%d\r\n%s" % (answer.status, lines)).hexdigest()


def sha256(body: bytes) -> str:
    """Return the digest of an answer's body, as it came."""
    return hashlib.sha256(body).hexdigest()


def _name(key: bytes) -> bytes:
    return b"X-Archive-Orig-" + key if key.lower() == _FRAMING else key


def _head(line: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join((line, b"\r\n", *(b"%b: %b\r\n" % pair for pair in headers), b"\r\n"))


def _digest(data: bytes) -> str:
    return "sha256:" + base64.b32encode(hashlib.sha256(data).digest()).decode("ascii")
