"""Reports that others make for auditors lie in a folder of theirs, as files that are only read.

A file is read whole or not at all: no link is followed, and none larger than the limit is opened.
"""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

LARGEST: Final = 16 * 1024 * 1024
_MOST: Final = 500
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file; without content it was too large, or could not be read."""

    name: str
    at: datetime
    content: bytes | None

    @property
    def sha256(self) -> str:
        """The digest that `sha256sum` says of the file, or nothing."""
        return "" if self.content is None else hashlib.sha256(self.content).hexdigest()


class ReportFolder:
    """A folder of reports; one that is not there, or is none, has no file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def names(self) -> list[str]:
        """Return the names of the files, in order; what is named otherwise is passed over."""
        if self._path is None:
            return []
        try:
            with os.scandir(self._path) as entries:
                found = [one.name for one in entries if one.is_file(follow_symlinks=False)]
        except OSError:
            return []
        return sorted(name for name in found if _NAME.fullmatch(name))[:_MOST]

    def mark(self, name: str) -> tuple[int, int, int] | None:
        """Return what changes when a file does, or None if it is not there."""
        if self._path is None or not _NAME.fullmatch(name):
            return None
        try:
            found = os.lstat(self._path / name)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def read(self, name: str) -> ReportFile | None:
        """Read a file, or return None for one that is not there."""
        if self._path is None or not _NAME.fullmatch(name):
            return None
        try:
            handle = os.open(self._path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with os.fdopen(handle, "rb") as stream:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                return None
            at = datetime.fromtimestamp(found.st_mtime, UTC)
            content = stream.read(LARGEST + 1)
        return ReportFile(name, at, content if len(content) <= LARGEST else None)
