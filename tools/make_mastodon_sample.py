"""Makes the sample Mastodon archive from posts.toml, laid out as Mastodon's backup service does.

Run from the repository's root: python tools/make_mastodon_sample.py. The same input gives the
same bytes.
"""

import gzip
import hashlib
import html
import io
import json
import struct
import tarfile
import tomllib
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

HOST: Final = "tidewater.example"
USER: Final = "wcolby"
ACTOR: Final = f"https://{HOST}/users/{USER}"
PUBLIC: Final = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT: Final = "https://www.w3.org/ns/activitystreams"
MADE_AT: Final = datetime(2026, 11, 2, 8, 15, 30, tzinfo=UTC)
SOURCE: Final = Path("tools/sample_mastodon/posts.toml")
FOLDER: Final = Path("samples/applicants/wade-colby")


def main() -> None:
    """Write the archive into the sample applicant's folder."""
    posts = tomllib.loads(SOURCE.read_text())["posts"]
    items = [activity(post) for post in posts]
    members = {
        "outbox.json": collection("outbox.json", items),
        "likes.json": collection("likes.json", ["https://harbor.example/users/marlin/statuses/1"]),
        "bookmarks.json": collection("bookmarks.json", []),
        "avatar.png": avatar(),
        "actor.json": actor(),
    }
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.mode = 0o444
            info.mtime = int(MADE_AT.timestamp())
            info.uname = info.gname = "wheel"
            archive.addfile(info, io.BytesIO(content))
    token = hashlib.sha256(body.getvalue()).hexdigest()[:32]
    for old in FOLDER.glob("archive-*.tar.gz"):
        old.unlink()
    path = FOLDER / f"archive-{MADE_AT:%Y%m%d%H%M%S}-{token}.tar.gz"
    path.write_bytes(gzip.compress(body.getvalue(), mtime=0))


def activity(post: dict[str, Any]) -> dict[str, Any]:
    """Return one activity of the outbox."""
    # The first 48 bits of a status id count milliseconds; the lower 16 are a sequence.
    number = int(datetime.fromisoformat(post["at"]).timestamp() * 1000) << 16
    address = f"{ACTOR}/statuses/{number}"
    if "boost" in post:
        return {
            "id": f"{address}/activity",
            "type": "Announce",
            "actor": ACTOR,
            "published": post["at"],
            "to": [PUBLIC],
            "cc": ["/".join(post["boost"].split("/")[:5]), f"{ACTOR}/followers"],
            "object": post["boost"],
        }
    to, cc = audience(post)
    content = markup(post)
    return {
        "id": f"{address}/activity",
        "type": "Create",
        "actor": ACTOR,
        "published": post["at"],
        "to": to,
        "cc": cc,
        "object": {
            "id": address,
            "type": "Question" if "poll" in post else "Note",
            "summary": post.get("warning"),
            "inReplyTo": None,
            "published": post["at"],
            "url": f"https://{HOST}/@{USER}/{number}",
            "attributedTo": ACTOR,
            "to": to,
            "cc": cc,
            "sensitive": "warning" in post,
            "atomUri": address,
            "inReplyToAtomUri": None,
            "conversation": f"tag:{HOST},{post['at'][:10]}:objectId={number >> 30}"
            ":objectType=Conversation",
            "content": content,
            "contentMap": {"en": content},
            "attachment": [],
            "tag": tags(post),
            "replies": {
                "id": f"{address}/replies",
                "type": "Collection",
                "first": {
                    "type": "CollectionPage",
                    "next": f"{address}/replies?only_other_accounts=true&page=true",
                    "partOf": f"{address}/replies",
                    "items": [],
                },
            },
            **poll(post),
        },
    }


def audience(post: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return whom a post goes to, by its visibility."""
    followers = f"{ACTOR}/followers"
    mentioned = [profile(post["mention"])] if "mention" in post else []
    return {
        "public": ([PUBLIC], [followers, *mentioned]),
        "unlisted": ([followers], [PUBLIC, *mentioned]),
        "followers": ([followers], mentioned),
        "direct": (mentioned, []),
    }[post["to"]]


def markup(post: dict[str, Any]) -> str:
    """Return a post's content as Mastodon renders it."""
    paragraphs = [html.escape(text, quote=False) for text in post["text"]]
    if "mention" in post:
        user, _, host = post["mention"].partition("@")
        paragraphs[0] = (
            f'<span class="h-card" translate="no"><a href="https://{host}/@{user}" '
            f'class="u-url mention">@<span>{user}</span></a></span> {paragraphs[0]}'
        )
    if "link" in post:
        scheme, _, rest = post["link"].partition("//")
        paragraphs[-1] += (
            f' <a href="{post["link"]}" target="_blank" rel="nofollow noopener" translate="no">'
            f'<span class="invisible">{scheme}//</span><span class="ellipsis">{rest[:30]}</span>'
            f'<span class="invisible">{rest[30:]}</span></a>'
        )
    for tag in post.get("tags", []):
        paragraphs[-1] += (
            f' <a href="https://{HOST}/tags/{tag}" class="mention hashtag" rel="tag">'
            f"#<span>{tag}</span></a>"
        )
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def tags(post: dict[str, Any]) -> list[dict[str, str]]:
    """Return the mentions and hashtags of a post."""
    found = [
        {"type": "Hashtag", "href": f"https://{HOST}/tags/{tag}", "name": f"#{tag}"}
        for tag in post.get("tags", [])
    ]
    if "mention" in post:
        found.append(
            {"type": "Mention", "href": profile(post["mention"]), "name": f"@{post['mention']}"}
        )
    return found


def poll(post: dict[str, Any]) -> dict[str, Any]:
    """Return what makes a post a poll."""
    if "poll" not in post:
        return {}
    options = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}}
        for votes, name in enumerate(post["poll"], start=2)
    ]
    return {"endTime": post["at"], "closed": post["at"], "votersCount": 9, "oneOf": options}


def profile(handle: str) -> str:
    """Return the address of an account."""
    user, _, host = handle.partition("@")
    return f"https://{host}/users/{user}"


def collection(name: str, items: list[Any]) -> bytes:
    """Return an ordered collection."""
    return dumped(
        {
            "@context": CONTEXT,
            "id": name,
            "type": "OrderedCollection",
            "totalItems": len(items),
            "orderedItems": items,
        }
    )


def actor() -> bytes:
    """Return the account's own description."""
    return dumped(
        {
            "@context": [CONTEXT, "https://w3id.org/security/v1"],
            "id": ACTOR,
            "type": "Person",
            "following": f"{ACTOR}/following",
            "followers": f"{ACTOR}/followers",
            "inbox": f"{ACTOR}/inbox",
            "outbox": "outbox.json",
            "featured": f"{ACTOR}/collections/featured",
            "preferredUsername": USER,
            "name": "Wade",
            "summary": "<p>Tides, trucks, too many lures.</p>",
            "url": f"https://{HOST}/@{USER}",
            "manuallyApprovesFollowers": False,
            "discoverable": True,
            "published": "2021-03-19T00:00:00Z",
            "tag": [],
            "attachment": [],
            "endpoints": {"sharedInbox": f"https://{HOST}/inbox"},
            "icon": {"type": "Image", "mediaType": "image/png", "url": "avatar.png"},
            "likes": "likes.json",
            "bookmarks": "bookmarks.json",
        }
    )


def avatar() -> bytes:
    """Return a picture of one grey pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\x80", 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def dumped(value: object) -> bytes:
    """Return compact JSON, as the backup service writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


if __name__ == "__main__":
    main()
