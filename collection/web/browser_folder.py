"""A capture has a private folder for its socket, and none is left by a process that died."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PREFIX: Final = "walloff-capture-"
_YOUNG_SECONDS: Final = 60.0
"""Whoever has just made a folder may not hold it yet."""


@contextmanager
def private_folder() -> Iterator[Path]:
    """Make a folder for one capture, held by a lock that ends with the process."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def sweep_left() -> int:
    """Remove the folders of captures whose process died; return how many."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            young = time.time() - os.fstat(held).st_mtime < _YOUNG_SECONDS
            if not young:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
        except OSError:
            continue  # somebody is at work in it
        finally:
            os.close(held)
    return removed
