"""An applicant's folder: every file in it is listed, with what can read it, or with nothing.

A symbolic link, or anything that is no file, makes the whole folder refused: it could lead
out of it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collection.limits import MAX_DEPTH_OF_FOLDERS, MAX_FILES
from collection.mastodon import OUTBOX, MastodonReader, belongs_to_archive
from collection.posts import PostsReader
from collection.reader import Reader
from collection.warc import WarcReader
from models.errors import InputError

READERS: Final[tuple[Reader, ...]] = (PostsReader(), WarcReader(), MastodonReader())
"""Asked in this order; the first that accepts a file reads it."""

DISCLOSURE: Final = "disclosure.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of an applicant's folder."""

    path: Path
    name: str
    """The path within the folder, with `/`. It may name a person: treat it as raw text."""
    reader: Reader | None
    """None if nothing here can read the file."""


def find_sources(folder: Path) -> tuple[Source, ...]:
    """List a folder's input in the order of names, `disclosure.toml` left out.

    An unpacked Mastodon archive is one source, its `outbox.json`; the other files that such an
    archive is made of are part of it. Raises `InputError` for a folder that is missing, holds a
    symbolic link or something that is no file, or is too large.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise InputError("the input folder is missing or is not a folder")
    found: list[Source] = []
    for path in _files(folder, 0):
        name = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")
        if name == DISCLOSURE or _in_unpacked_archive(path, folder):
            continue
        if len(found) == MAX_FILES:
            raise InputError(f"the input folder holds more than {MAX_FILES} files")
        reader = next((item for item in READERS if item.accepts(path)), None)
        found.append(Source(path=path, name=name, reader=reader))
    return tuple(sorted(found, key=lambda source: source.name))


def _files(folder: Path, depth: int) -> Iterator[Path]:
    if depth > MAX_DEPTH_OF_FOLDERS:
        raise InputError("the input folder nests too deeply")
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise InputError("the input folder holds a symbolic link")
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path), depth + 1)
            elif entry.is_file(follow_symlinks=False):
                yield Path(entry.path)
            else:
                raise InputError("the input folder holds something that is no file")


def _in_unpacked_archive(path: Path, folder: Path) -> bool:
    return any(
        (parent / OUTBOX).is_file() and belongs_to_archive(path.relative_to(parent))
        for parent in path.parents
        if parent == folder or folder in parent.parents
    )
