"""Small valid files of what other tools write: cases, lists of candidates, mapped tables."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any, Final

from collection.sample_pages import mhtml_of, page_with

KEPT: Final = "2026-11-20T10:22:35Z"


def hunchly_files(pages: dict[int, bytes], *, at: str = KEPT, **case_data: Any) -> dict[str, bytes]:
    """Return the files of a Hunchly case with these pages, its lists in both forms."""
    rows = [
        {
            "id": number,
            "url": "https://sam.example/posts",
            "title": "Posts",
            "timestamp_created": at,
            "content_hash": hashlib.sha256(body).hexdigest(),
        }
        for number, body in pages.items()
    ]
    head = '"Page ID","Page URL","Page Title","Page Hash","Timestamp Created"\r\n'
    table = "".join(
        f'"{row["id"]}","{row["url"]}","{row["title"]}","{row["content_hash"]}","{at}"\r\n'
        for row in rows
    )
    return {
        "case_data/pages.json": json.dumps(rows).encode(),
        "case_data/pages.csv": (head + table).encode(),
        **{f"case_data/{name}.json": json.dumps(rows).encode() for name, rows in case_data.items()},
        **{f"pages/{number}.mhtml": body for number, body in pages.items()},
    }


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """Write a zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def hunchly_sample(folder: Path, count: int) -> Path:
    """Write a Hunchly case of one page, with a note and a selector."""
    return zipped(
        folder / "case.zip",
        hunchly_files(
            {7: mhtml_of(page_with(count))},
            notes=[{"ID": 1, "PageId": 7, "Note": "Seems calm.", "NoteDate": KEPT}],
            selectors=[{"ID": 3, "Selector": "quill"}],
            selector_hits=[{"PageID": 7, "SelectorID": 3}],
        ),
    )
