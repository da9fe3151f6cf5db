"""A small recording as the fetcher would have made it, of one account of Mastodon."""

import json
from datetime import UTC, datetime
from pathlib import Path

from collection.samples.sample_files import sample_texts


def fetched_sample(folder: Path, count: int) -> Path:
    """Write a `.fetched.warc.gz` of one page of statuses."""
    from collection.web.answers import JSON, Answer, Ask
    from collection.web.recorder import Recording
    from models.consent import PlatformKind

    statuses = [
        {
            "id": str(1_000 + number),
            "created_at": at.replace("+00:00", "Z"),
            "visibility": "public",
            "spoiler_text": "",
            "uri": f"https://social.example/users/sam/statuses/{number}",
            "url": f"https://social.example/@sam/{number}",
            "content": f"<p>{text}</p>",
            "reblog": None,
            "account": {"acct": "sam"},
            "poll": None,
        }
        for number, at, text in sample_texts(count)
    ]
    body = json.dumps(statuses).encode()
    url = "https://social.example/api/v1/accounts/7/statuses?limit=40"
    path = folder / "mastodon-0.fetched.warc.gz"
    with Recording(
        path,
        software="walloff-fetch 1",
        contact="mailto:records@agency.example",
        config_sha256="0" * 64,
    ) as recording:
        recording.keep(
            Answer(
                ask=Ask(url, "mastodon/statuses", "mastodon", PlatformKind.SOCIAL, JSON),
                url=url,
                status=200,
                reason=b"OK",
                version=b"HTTP/1.1",
                asked=((b"Host", b"social.example"),),
                headers=((b"Content-Type", b"application/json; charset=utf-8"),),
                body=body,
                content=body,
                at=datetime(2025, 3, 2, tzinfo=UTC),
                address="192.0.2.1",
                certificate=None,
                sequence=1,
            )
        )
        recording.close()
    return path
