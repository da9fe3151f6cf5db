"""Answers in a recording that are no public pages are counted by kind, and the count is told."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from collection.files.reader import WHOLE_FILE, Problem

NOT_2XX: Final = "another status than 2xx"
PART: Final = "parts of pages"
SENT: Final = "answers to what was sent"
DATA: Final = "data (JSON or text)"
LOGIN: Final = "asked for with a login"
_TEXTS: Final = ("application/", "text/plain", "text/xml")
_SCRIPTS: Final = ("javascript", "ecmascript", "font", "wasm", "octet-stream", "x-unknown")


def kind_left(media_type: str) -> str:
    """Return what an answer of this type is called in the count; nothing for a page's own parts."""
    if any(word in media_type for word in _SCRIPTS) or media_type.startswith("text/css"):
        return ""
    if not media_type:
        return "of no stated type"
    return DATA if media_type.startswith(_TEXTS) else "pictures, films, sound"


def told(left: Counter[str]) -> Iterator[Problem]:
    """Yield one problem for each kind."""
    for kind, count in sorted(left.items()):
        if kind and count:
            yield Problem(f"{count} answers or posts are no public pages: {kind}", WHOLE_FILE)
