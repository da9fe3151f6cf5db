"""Small valid exports of platforms: what the box is tried with, and what fuzzing starts from."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from collection.samples.sample_files import sample_texts


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


def youtube_table(count: int) -> bytes:
    """Return a table of comments."""
    head = ["Comment ID", "Channel ID", "Comment Create Timestamp", "Price", "Parent Comment ID"]
    head += ["Post ID", "Video ID", "Comment Text", "Top-Level Comment ID"]
    rows = [
        [f"Ug{number}", "UCsam", at, "0", "", "", "abcdefghijk", json.dumps({"text": text}), ""]
        for number, at, text in sample_texts(count)
    ]
    return as_table(head, rows)


def youtube_sample(folder: Path, count: int) -> Path:
    """Write a table of comments that was taken out of its archive."""
    path = folder / "comments.csv"
    path.write_bytes(youtube_table(count))
    return path


def takeout_sample(folder: Path, count: int) -> Path:
    """Write Google's export with comments, and with a history that nobody opens."""
    files = {
        "Takeout/archive_browser.html": b"<html></html>",
        "Takeout/YouTube and YouTube Music/comments/comments.csv": youtube_table(count),
        "Takeout/YouTube and YouTube Music/history/watch-history.json": b"[]",
    }
    return as_zip(folder / "takeout-20250301.zip", files)


def discord_sample(folder: Path, count: int) -> Path:
    """Write Discord's package with one channel of a server and one conversation."""
    said = [
        {"ID": 10**17 + number, "Timestamp": plain_stamp(at), "Contents": text, "Attachments": ""}
        for number, at, text in sample_texts(count)
    ]
    files: dict[str, object] = {
        "package/Account/user.json": {"id": "1", "username": "sam", "discriminator": "0"},
        "package/Messages/index.json": {"2": "general"},
        "package/Messages/c2/channel.json": {
            "id": "2",
            "type": "GUILD_TEXT",
            "name": "general",
            "guild": {"id": "3", "name": "Lake"},
        },
        "package/Messages/c2/messages.json": said,
        "package/Messages/c4/channel.json": {"id": "4", "type": "DM", "recipients": ["1", "5"]},
        "package/Messages/c4/messages.json": [],
    }
    packed = {name: json.dumps(value).encode() for name, value in files.items()}
    return as_zip(folder / "package.zip", packed)
