"""Small valid files of each format: what the box is tried with, and what fuzzing starts from."""

import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

_START: Final = datetime(2025, 3, 1, 12, tzinfo=UTC)


def sample_texts(count: int) -> Iterator[tuple[int, str, str]]:
    """Yield a number, a time in RFC 3339 and a harmless text for each item of a sample."""
    for number in range(count):
        at = (_START + timedelta(minutes=number)).isoformat()
        yield number, at, f"The lake was calm on day {number}, and the bakery had opened again."


def posts_sample(folder: Path, count: int) -> Path:
    """Write a `posts.jsonl`."""
    path = folder / "posts.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, at, text in sample_texts(count):
            post = {"id": f"p{number}", "platform": "blog", "author": "sam", "text": text}
            file.write(json.dumps({**post, "created_at": at}) + "\n")
    return path


def page_of(number: int, at: str, text: str) -> bytes:
    """Return an HTML page with one post in it."""
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>Day {number}</title></head><body>'
        f'<article class="h-entry"><a class="u-url" href="https://sam.example/{number}"></a>'
        f'<a class="p-author h-card" href="https://sam.example/">sam</a>'
        f'<time class="dt-published" datetime="{at}"></time>'
        f'<div class="e-content"><p>{text}</p></div></article></body></html>'
    ).encode()


def warc_sample(folder: Path, count: int) -> Path:
    """Write a `.warc.gz` of answers with one post each."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    path = folder / "pages.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number, at, text in sample_texts(count):
            kind = [("Content-Type", "text/html; charset=utf-8")]
            record = writer.create_warc_record(
                f"https://sam.example/{number}",
                "response",
                payload=BytesIO(page_of(number, at, text)),
                http_headers=StatusAndHeaders("200 OK", kind, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": at.replace("+00:00", "Z")},
            )
            writer.write_record(record)
    return path


def mastodon_sample(folder: Path, count: int) -> Path:
    """Write a Mastodon archive as `.tar.gz`."""
    public = "https://www.w3.org/ns/activitystreams#Public"
    said = [
        {
            "type": "Create",
            "published": at,
            "to": [public],
            "cc": [],
            "object": {
                "type": "Note",
                "id": f"https://social.example/users/sam/statuses/{number}",
                "url": f"https://social.example/@sam/{number}",
                "published": at,
                "to": [public],
                "cc": [],
                "content": f"<p>{text}</p>",
            },
        }
        for number, at, text in sample_texts(count)
    ]
    files = {
        "actor.json": {"preferredUsername": "sam", "id": "https://social.example/users/sam"},
        "outbox.json": {
            "type": "OrderedCollection",
            "totalItems": count,
            "orderedItems": said,
        },
    }
    path = folder / "archive.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, value in files.items():
            body = json.dumps(value).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return path


def wacz_sample(folder: Path, count: int) -> Path:
    """Write a `.wacz` around a `.warc.gz`."""
    warc = warc_sample(folder, count)
    pages = [json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "Pages"})]
    pages += [
        json.dumps({"id": str(number), "url": f"https://sam.example/{number}", "ts": at})
        for number, at, _ in sample_texts(count)
    ]
    files = {
        "archive/pages.warc.gz": warc.read_bytes(),
        "pages/pages.jsonl": "\n".join(pages).encode(),
    }
    warc.unlink()
    return packed_wacz(folder / "pages.wacz", files)


def packed_wacz(path: Path, files: dict[str, bytes]) -> Path:
    """Write a `.wacz` of these files, with what vouches for them."""
    package = json.dumps(
        {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "resources": [
                {"name": Path(name).name, "path": name, "hash": _sha256(body), "bytes": len(body)}
                for name, body in files.items()
            ],
        }
    ).encode()
    digest = json.dumps({"path": "datapackage.json", "hash": _sha256(package)}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
        archive.writestr("datapackage.json", package)
        archive.writestr("datapackage-digest.json", digest)
    return path


def _sha256(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
