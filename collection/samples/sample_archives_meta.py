"""Small valid exports of X, Facebook, Instagram with Threads, and Reddit, as zip files."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from collection.samples.sample_files import sample_texts

_REDDIT = (
    *("id", "permalink", "date", "ip", "subreddit", "gildings"),
    *("link", "parent", "body", "media"),
)


def x_sample(folder: Path, count: int) -> Path:
    """Write an archive as X's."""
    posts = [
        {
            "tweet": {
                "id_str": str(1_890_000_000_000_000_000 + number),
                "created_at": datetime.fromisoformat(at).strftime("%a %b %d %H:%M:%S +0000 %Y"),
                "full_text": text,
                "lang": "en",
                "retweeted": False,
                "entities": {"urls": []},
            }
        }
        for number, at, text in sample_texts(count)
    ]
    account = [{"account": {"username": "sam", "accountId": "1", "accountDisplayName": "Sam"}}]
    manifest = {
        "userInfo": {"accountId": "1", "userName": "sam", "displayName": "Sam"},
        "archiveInfo": {"isPartialArchive": False},
        "dataTypes": {"tweets": {"files": [{"fileName": "data/tweets.js", "count": str(count)}]}},
    }
    files = {
        "data/manifest.js": f"window.__THAR_CONFIG = {json.dumps(manifest)}",
        "data/account.js": f"window.YTD.account.part0 = {json.dumps(account)}",
        "data/tweets.js": f"window.YTD.tweets.part0 = {json.dumps(posts, indent=2)}",
    }
    return _packed(folder / "twitter-2025-03-02.zip", files)


def facebook_sample(folder: Path, count: int) -> Path:
    """Write an export as Facebook's."""
    posts = [
        {
            "timestamp": _seconds(at),
            "title": "Sam Quill updated his status.",
            "data": [{"post": text}, {"update_timestamp": _seconds(at)}],
        }
        for _, at, text in sample_texts(count)
    ]
    profile = {"profile_v2": {"name": {"full_name": "Sam Quill"}, "username": "sam.quill"}}
    files = {
        "your_facebook_activity/posts/your_posts__check_ins__photos_and_videos_1.json": json.dumps(
            posts, indent=2
        ),
        "personal_information/profile_information/profile_information.json": json.dumps(profile),
    }
    return _packed(folder / "facebook-sam.zip", files)


def instagram_sample(folder: Path, count: int) -> Path:
    """Write an export as Instagram's."""
    posts = [
        {"media": [{"uri": "", "creation_timestamp": _seconds(at), "title": text}]}
        for _, at, text in sample_texts(count)
    ]
    username = {"Username": {"href": "", "value": "sam", "timestamp": 0}}
    files = {
        "your_instagram_activity/content/posts_1.json": json.dumps(posts, indent=2),
        "personal_information/personal_information/personal_information.json": json.dumps(
            {"profile_user": [{"title": "", "string_map_data": username}]}
        ),
    }
    return _packed(folder / "instagram-sam-2025-03-02.zip", files)


def reddit_sample(folder: Path, count: int) -> Path:
    """Write an export as Reddit's."""
    table = io.StringIO(newline="")
    rows = csv.writer(table)
    rows.writerow(
        [
            "id",
            "permalink",
            "date",
            "ip",
            "subreddit",
            "gildings",
            "link",
            "parent",
            "body",
            "media",
        ]
    )
    for number, at, text in sample_texts(count):
        address = f"https://www.reddit.com/r/lakes/comments/a1/calm/c{number}/"
        stamp = datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M:%S UTC")
        rows.writerow([f"c{number}", address, stamp, "", "lakes", "0", "", "", text, ""])
    files = {
        "comments.csv": table.getvalue(),
        "statistics.csv": "statistic,value\r\naccount name,sam\r\n",
        "post_votes.csv": "id,permalink,direction\r\n",
    }
    return _packed(folder / "export_sam_20250302.zip", files)


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp())


def _packed(path: Path, files: Mapping[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return path
