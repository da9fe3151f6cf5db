"""Files that somebody made to hurt whoever reads them: small on the disk, each with a reason.

`CORPUS` is the one list: a name and what writes the file into a folder. None needs the network.
"""

import gzip
import io
import json
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from collection.samples.sample_pdf import pdf_of

MIB: Final = 1 << 20
Writer = Callable[[Path], Path]


def _file(name: str, body: Callable[[], bytes]) -> Writer:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(body())
        return path

    return write


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def _zip_that_lies() -> bytes:
    """A member that says it is ten bytes long and is thirty megabytes."""
    body = bytearray(_zip({"outbox.json": b"[" + b" " * (30 * MIB) + b"]"}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = body.index(mark) + at
        body[place : place + 4] = struct.pack("<I", 10)
    return bytes(body)


def _zip_of_one_kernel(count: int) -> bytes:
    """Many entries of the directory that all point to the same packed bytes."""
    single = _zip({"outbox.json": b" " * (8 * MIB)})
    start = single.index(b"PK\x01\x02")
    end = single.index(b"PK\x05\x06")
    entries = single[start:end] * count
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    return single[:start] + entries + tail


def _zip_in_zip(depth: int) -> bytes:
    body = b"{}"
    for _ in range(depth):
        body = _zip({"outbox.json": body, "inner.zip": body})
    return body


def _tar_gz() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        member = tarfile.TarInfo("outbox.json")
        member.size = 220 * MIB
        archive.addfile(member, _Zeros())  # type: ignore[arg-type]  # it is read from, no more
    return out.getvalue()


class _Zeros:
    def read(self, size: int) -> bytes:
        return b" " * size


def _gz(size: int) -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed:
        for _ in range(size // MIB):
            packed.write(b"\0" * MIB)
    return out.getvalue()


def _pdf_bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b"(a) Tj " * (8 * MIB), 9), 9).decode("latin-1")
    head = f"/Filter [/FlateDecode /FlateDecode] /Length {len(packed)}"
    body = pdf_of("X").decode("latin-1")
    return body.replace("<< /Length 1 >>\nstream\nX", f"<< {head} >>\nstream\n{packed}").encode(
        "latin-1"
    )


def _pdf_in_circles() -> bytes:
    return pdf_of("BT ET").replace(b"/Kids [5 0 R]", b"/Kids [2 0 R]")


def _png(width: int, height: int, rows: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * ((width // 8 + 1) * rows), 9)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    return f"<!DOCTYPE html [{entities}]><html><body><p>&a11;</p></body></html>".encode()


def _warc(length: str) -> bytes:
    return (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n"
        "WARC-Date: 2026-08-31T09:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {length}\r\n\r\nHTTP/1.1 200 OK\r\n\r\nwords\r\n\r\n"
    ).encode()


def _mhtml_of_parts(count: int) -> bytes:
    part = (
        "--x\r\nContent-Type: text/html\r\nContent-Location: http://a.example/{n}\r\n\r\n<p>a\r\n"
    )
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://a.example/\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n'
    )
    return (head + "".join(part.replace("{n}", str(n)) for n in range(count)) + "--x--").encode()


def _mhtml_in_itself(depth: int) -> bytes:
    body = "<p>a</p>"
    for level in range(depth):
        body = (
            f'Content-Type: multipart/related; boundary="b{level}"\r\n\r\n--b{level}\r\n'
            f"{body}\r\n--b{level}--"
        )
    return f"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\n{body}".encode()


def _har_of_nothing_but_depth() -> bytes:
    return b'{"log": {"entries": ' + b"[" * 200_000 + b"]" * 200_000 + b"}}"


def _pipe(folder: Path) -> Path:
    path = folder / "posts-pipe.jsonl"
    os.mkfifo(path)
    return path


def _link(folder: Path) -> Path:
    path = folder / "posts-link.jsonl"
    path.symlink_to("/proc/self/environ")
    return path


CORPUS: Final[dict[str, Writer]] = {
    "zip-bomb": _file("archive.zip", lambda: _zip({"outbox.json": b" " * (220 * MIB)})),
    "zip-that-lies": _file("archive.zip", lambda: _zip_that_lies()),
    "zip-of-one-kernel": _file("archive.zip", lambda: _zip_of_one_kernel(20_000)),
    "zip-in-zip": _file("archive.zip", lambda: _zip_in_zip(12)),
    "zip-of-paths": _file("archive.zip", lambda: _zip({"../../outbox.json": b"[]", "/etc/x": b""})),
    "tar-gz-bomb": _file("archive.tar.gz", lambda: _tar_gz()),
    "gzip-bomb": _file("site.warc.gz", lambda: _gz(256 * MIB)),
    "gzip-cut-off": _file("site.warc.gz", lambda: gzip.compress(_warc("5"), mtime=0)[:-12]),
    "wacz-bomb": _file("site.wacz", lambda: _zip({"datapackage.json": b" " * (220 * MIB)})),
    "warc-that-lies": _file("site.warc", lambda: _warc("99999999999")),
    "warc-of-less-than-nothing": _file("site.warc", lambda: _warc("-1")),
    "json-of-depth": _file("posts.jsonl", lambda: b'{"id": ' + b"[" * 500_000 + b"\n"),
    "json-of-one-line": _file("posts.jsonl", lambda: b'{"id": "' + b"a" * (40 * MIB)),
    "json-of-digits": _file("posts.jsonl", lambda: b'{"id": ' + b"9" * 900_000 + b"}\n"),
    "json-of-keys": _file("posts.jsonl", lambda: json.dumps({"id": {"a": [0] * 100_000}}).encode()),
    "no-utf-8": _file("posts.jsonl", lambda: b"\xff\xfe\x00" * 200_000),
    "har-of-depth": _file("page.har", lambda: _har_of_nothing_but_depth()),
    "pdf-bomb": _file("paper.pdf", lambda: _pdf_bomb()),
    "pdf-in-circles": _file("paper.pdf", lambda: _pdf_in_circles()),
    "pdf-of-garbage": _file("paper.pdf", lambda: b"%PDF-1.7\n" + os.urandom(4096)),
    "billion-laughs": _file("page.html", lambda: _laughs()),
    "html-of-depth": _file("page.html", lambda: b"<div>" * 400_000),
    "html-of-attributes": _file("page.html", lambda: b"<p " + b"a=1 " * 300_000 + b">words</p>"),
    "mhtml-of-parts": _file("page.mhtml", lambda: _mhtml_of_parts(20_000)),
    "mhtml-in-itself": _file("page.mhtml", lambda: _mhtml_in_itself(300)),
    "mhtml-without-end": _file("page.mhtml", lambda: _mhtml_of_parts(3)[:-6]),
    "picture-that-lies": _file("screen.png", lambda: _png(200_000, 200_000, 1)),
    "picture-bomb": _file("screen.png", lambda: _png(32_000, 32_000, 32_000)),
    "picture-cut-off": _file("screen.png", lambda: _png(800, 600, 600)[:-30]),
    "car-of-length": _file("repo.car", lambda: b"\xff" * 64),
    "car-of-depth": _file("repo.car", lambda: b"\x80\x02" + b"\x81" * 300),
    "empty": _file("posts-empty.jsonl", lambda: b""),
}

REFUSED_WHOLE: Final[dict[str, Writer]] = {"link": _link, "pipe": _pipe}
"""What could lead out of a folder, or hold its reader up: nothing beside it is read either."""
