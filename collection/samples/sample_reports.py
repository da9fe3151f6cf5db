"""Small valid files of what other tools write: cases, lists of candidates, mapped tables."""

import csv
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any, Final

from collection.samples.sample_files import sample_texts
from collection.samples.sample_pages import mhtml_of, page_with

SHERLOCK: Final = "username,name,url_main,url_user,exists,http_status,response_time_s"

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


def maigret_sites(count: int) -> dict[str, dict[str, Any]]:
    """Return what Maigret writes of so many sites, by their names."""
    return {
        f"Site{number}": {
            "site": {"name": f"Site{number}"},
            "username": "quill",
            "url_main": f"https://site{number}.example/",
            "url_user": f"https://site{number}.example/quill",
            "http_status": 200,
            "is_similar": False,
            "rank": number,
            "status": {
                "username": "quill",
                "site_name": f"Site{number}",
                "url": f"https://site{number}.example/quill",
                "status": "Claimed",
                "ids": {},
                "tags": [],
            },
        }
        for number in range(count)
    }


def maigret_sample(folder: Path, count: int) -> Path:
    """Write Maigret's "simple" report of a user name."""
    path = folder / "report_quill_simple.json"
    path.write_text(json.dumps(maigret_sites(count)), encoding="utf-8")
    return path


def sherlock_sample(folder: Path, count: int) -> Path:
    """Write Sherlock's table of a user name."""
    path = folder / "quill.csv"
    rows = [
        f"quill,Site{number},https://site{number}.example/,https://site{number}.example/quill,"
        "Claimed,200,0.1"
        for number in range(count)
    ]
    path.write_text("\n".join([SHERLOCK, *rows, ""]), encoding="utf-8")
    return path


POSTS_CSV: Final = """format = "csv"
platform = "forum"
author = "sam"

[fields]
id = "Post ID"
text = "Body"
created_at = "Posted"

[time]
form = "%Y-%m-%d %H:%M:%S"
zone = "Europe/Berlin"
"""


def mapped_sample(folder: Path, count: int) -> Path:
    """Write a table, and the mapping beside it."""
    (folder / "mapping.toml").write_text(POSTS_CSV, encoding="utf-8")
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("Post ID", "Posted", "Body", "Score"))
        for number, at, text in sample_texts(count):
            table.writerow((f"p{number}", at[:19].replace("T", " "), text, 7))
    return path
