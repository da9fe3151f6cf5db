"""Small valid files of each kind of saved page: the box is tried and fuzzing starts with them."""

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from collection.samples.sample_files import sample_texts

ADDRESS: Final = "https://sam.example/posts"
SAVED: Final = "Fri, 20 Nov 2026 10:22:31 GMT"


def page_with(count: int, *, head: str = "") -> str:
    """Return an HTML page with so many posts."""
    posts = "".join(
        f'<article class="h-entry"><a class="u-url" href="/posts/{number}"></a>'
        f'<time class="dt-published" datetime="{at}"></time>'
        f'<div class="e-content"><p>{text}</p></div></article>'
        for number, at, text in sample_texts(count)
    )
    return (
        f'<!DOCTYPE html><html>{head}<head><meta charset="utf-8"><title>Posts</title></head>'
        f'<body><a class="p-author h-card" href="/">sam</a>{posts}</body></html>'
    )


def mhtml_of(page: str, *, address: str = ADDRESS, saved: str = SAVED) -> bytes:
    """Return a page as Chromium's MHTML."""
    mark = "----MultipartBoundary--sample----"
    body = EmailMessage()
    body.set_content(page, subtype="html", cte="quoted-printable")
    encoded = body.get_payload()
    return (
        f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {address}\r\nSubject: Posts\r\n"
        f"Date: {saved}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        f'\ttype="text/html";\r\n\tboundary="{mark}"\r\n\r\n\r\n'
        f"--{mark}\r\nContent-Type: text/html\r\n"
        "Content-ID: <frame-1@mhtml.blink>\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: {address}\r\n\r\n{encoded}\r\n--{mark}--\r\n"
    ).encode()


def single_file_of(page: str, *, address: str = ADDRESS) -> bytes:
    """Return a page as SingleFile writes it."""
    comment = (
        f"<!--\n Page saved with SingleFile \n url: {address} \n"
        " saved date: Fri Nov 20 2026 10:22:31 GMT+0000 (Coordinated Universal Time)\n-->"
    )
    return page.replace("<head>", f"{comment}<head>", 1).encode()


def har_of(page: str, *, address: str = ADDRESS) -> bytes:
    """Return a page as a recorder's HAR."""
    entry = {
        "startedDateTime": "2026-11-20T10:22:31Z",
        "request": {"method": "GET", "url": address, "headers": [], "cookies": []},
        "response": {
            "status": 200,
            "headers": [],
            "content": {"size": len(page), "mimeType": "text/html", "text": page},
        },
    }
    log = {"version": "1.2", "creator": {"name": "sample", "version": "1"}, "entries": [entry]}
    return json.dumps({"log": log}).encode()


def har_sample(folder: Path, count: int) -> Path:
    """Write a `.har`."""
    path = folder / "posts.har"
    path.write_bytes(har_of(page_with(count)))
    return path


def picture_sample(folder: Path, count: int) -> Path:
    """Write a `.png` with so many lines of words."""
    from PIL import Image, ImageDraw, ImageFont

    path = folder / "screen.png"
    made = Image.new("RGB", (1280, 60 + 40 * count), "white")
    pen = ImageDraw.Draw(made)
    for number, _, text in sample_texts(count):
        pen.text((30, 30 + 40 * number), text, "black", ImageFont.load_default(22))
    made.save(path)
    return path


def mhtml_sample(folder: Path, count: int) -> Path:
    """Write an `.mhtml`."""
    path = folder / "posts.mhtml"
    path.write_bytes(mhtml_of(page_with(count)))
    return path


def single_file_sample(folder: Path, count: int) -> Path:
    """Write an `.html` saved with SingleFile."""
    path = folder / "posts.html"
    path.write_bytes(single_file_of(page_with(count)))
    return path


def html_sample(folder: Path, count: int) -> Path:
    """Write an `.html` of which nobody knows where it is from."""
    path = folder / "page.html"
    path.write_text(page_with(count), encoding="utf-8")
    return path
