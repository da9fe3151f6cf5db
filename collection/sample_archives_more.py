"""Small valid exports of platforms: what the box is tried with, and what fuzzing starts from."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from collection.sample_files import sample_texts


def as_table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as the platforms write theirs."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()


def as_zip(path: Path, files: dict[str, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path


def plain_stamp(at: str) -> str:
    """Return a time in RFC 3339 as `2025-03-01 12:00:00`."""
    return at[:19].replace("T", " ")


def linkedin_sample(folder: Path, count: int) -> Path:
    """Write LinkedIn's copy of a member's data: posts and comments in turn."""
    update = "https://www.linkedin.com/feed/update/urn%3Ali%3A"
    shares, comments = [], []
    for number, at, text in sample_texts(count):
        stamp, own = plain_stamp(at), f"activity%3A{number}"
        if number % 2 == 0:
            shares.append([stamp, f"{update}share%3A{number}", text, "", "", "MEMBER_NETWORK"])
        else:
            link = f"{update}{own}?commentUrn=urn%3Ali%3Acomment%3A%28{own}%2C{number}%29"
            comments.append([stamp, link, text])
    head = ["Date", "ShareLink", "ShareCommentary", "SharedUrl", "MediaUrl", "Visibility"]
    files = {
        "Shares.csv": as_table(head, shares),
        "Comments.csv": as_table(["Date", "Link", "Message"], comments),
    }
    return as_zip(folder / "Basic_LinkedInDataExport.zip", files)


def tiktok_sample(folder: Path, count: int) -> Path:
    """Write TikTok's copy of a user's data: comments and posts in turn."""
    comments, posts = [], []
    for number, at, text in sample_texts(count):
        stamp = plain_stamp(at)
        if number % 2 == 0:
            comments.append({"date": stamp, "comment": text, "photo": "N/A", "url": ""})
        else:
            link = f"https://www.tiktokv.com/share/video/{7_000_000 + number}/"
            posts.append({"Date": stamp, "Link": link, "WhoCanView": "Public", "Title": text})
    value = {
        "Your Activity": {"Watch History": {"VideoList": [{"Date": "2025-01-01 00:00:00"}] * 3}},
        "Comment": {"Comments": {"CommentsList": comments}},
        "Post": {"Posts": {"VideoList": posts}},
        "Profile": {"Profile Info": {"ProfileMap": {"userName": "sam", "bioDescription": "Hi."}}},
    }
    body = json.dumps(value).encode()
    return as_zip(folder / "TikTok_Data.zip", {"user_data_tiktok.json": body})
