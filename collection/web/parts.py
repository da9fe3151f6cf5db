"""A file that is fetched or captured has its name only once its record stands in the case.

Until then it ends in `.part`, which nothing reads, and is held by a lock that ends with the
process. So what a process leaves behind that died is known for what it is: recorded, and then it
gets its name, or not, and then it goes.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from models.errors import HomeError

PART: Final = ".part"
_OURS: Final = re.compile(
    r"(?:page-\d{8}T\d{6}Z-[0-9a-f]{8}\.(?:mhtml|warc\.gz)"
    r"|[a-z]{1,20}-[0-9a-f]{12}\.fetched\.warc\.gz)\.part"
)
_CHUNK: Final = 1 << 20

IsRecorded = Callable[[str, str], bool]
"""Says whether a file of this name and SHA-256 stands in the records of the case."""


def part_of(path: Path) -> Path:
    """Return under which name a file lies until its record stands."""
    return path.with_name(path.name + PART)


def hold(descriptor: int) -> None:
    """Hold a part for as long as its file is open. Raises `OSError`."""
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def give_name(path: Path) -> None:
    """Give a part its name. Raises `HomeError`."""
    try:
        part_of(path).rename(path)
        _written_down(path.parent)
    except OSError:
        raise HomeError("a file that was gathered cannot be given its name") from None


def settle_parts(folder: Path, is_recorded: IsRecorded) -> int:
    """Name the parts that are recorded and destroy the others; return how many there were.

    What somebody is at work on, and what is none of ours, is left alone. Raises `HomeError`.
    """
    settled = 0
    try:
        for part in sorted(folder.iterdir()):
            if _OURS.fullmatch(part.name):
                settled += _settle(part, is_recorded)
        if settled:
            _written_down(folder)
    except OSError:
        raise HomeError("what a process left behind cannot be cleared") from None
    return settled


def _settle(part: Path, is_recorded: IsRecorded) -> int:
    held = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        with suppress(BlockingIOError):
            hold(held)
            path = part.with_name(part.name.removesuffix(PART))
            if is_recorded(path.name, _digest(held)) and not path.exists():
                part.rename(path)
            else:
                part.unlink()
            return 1
    finally:
        os.close(held)
    return 0


def _digest(descriptor: int) -> str:
    found = hashlib.sha256()
    while piece := os.read(descriptor, _CHUNK):
        found.update(piece)
    return found.hexdigest()


def _written_down(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
