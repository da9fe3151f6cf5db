"""Threads comes within Instagram's export, as posts and replies in a file of their own.

`threads/threads_and_replies.json`, with rows like Instagram's. What its owner liked, saved,
viewed or hid lies beside it and stays shut.
"""

import re
from typing import Final

from collection.exports.export_layout import LeftOut, mapping
from collection.exports.export_rows import item_of
from collection.exports.export_times import from_epoch
from collection.exports.meta_rows import captions, made_number
from models.evidence import SourceItem

THREADS: Final = "thread"
FILES_OF_THREADS: Final = re.compile(r"threads_and_replies(?:_\d+)?\.json")
LISTS_OF_THREADS: Final = ("text_post_app_text_posts",)


def thread_of(author: str, value: object, pointer: str) -> SourceItem | LeftOut:
    """Return a post or reply on Threads. Raises `InputError` for a row that is none."""
    text, seconds = captions(mapping(value))
    if not text:
        return LeftOut("posts without words")
    return item_of(
        "threads",
        native_id=made_number(THREADS, seconds, text),
        author=author,
        created_at=from_epoch(seconds),
        url="",
        text=text,
        pointer=pointer,
    )
