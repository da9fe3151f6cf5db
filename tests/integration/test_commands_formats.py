"""`walloff formats` says what can be read here, and tries it."""

from typing import Any


def test_formats_lists_what_is_read_and_what_is_refused(typed: Any) -> None:
    found = typed("formats", "--check", "--json", home=False).json
    assert {"posts-jsonl", "warc", "wacz", "mastodon-archive"} <= {
        one["name"] for one in found["read"] if one["sample"] == "ok"
    }
    assert "Snapchat export" in {one["name"] for one in found["refused"]}
    assert "LinkedIn" in found["never opened"]
    assert found["confined by"] in ("bubblewrap", "limits")
