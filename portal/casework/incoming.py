"""Uploaded files lie in a folder of their case until they are taken in, under names that are safe.

The folder is the investigator's side alone; what is taken in is sealed, and the folder then goes.
"""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from casework.steps.marks import collected
from models.errors import InputError
from models.ids import CaseId, new_id
from storage.vault import Vault

LARGEST: Final = 2 * 1024**3
"""Bytes of one upload, all its files together."""
_FILES: Final = 2000
_FOLDER: Final = "incoming"
_CHUNK: Final = 1024 * 1024
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NAME: Final = 120


@dataclass(frozen=True)
class Waiting:
    """What lies in a case's folder, in numbers."""

    files: int
    size: int


class Incoming:
    """The folders of the cases whose material is being gathered."""

    def __init__(self, home: Path) -> None:
        self._root: Final = home / _FOLDER

    def folder(self, case_id: CaseId) -> Path:
        """Return a case's folder, made for nobody but this process's user."""
        found = self._root / case_id
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root.chmod(0o700)
        return found

    def fetched(self, case_id: CaseId) -> Path:
        """Return a fresh folder for what is fetched for a case."""
        made = self.folder(case_id) / f"fetched-{new_id()[:8]}"
        made.mkdir(mode=0o700)
        return made

    def waiting(self, case_id: CaseId) -> Waiting:
        """Say how much lies in a case's folder; names are not told, they may say things."""
        files = [one for one in (self._root / case_id).rglob("*") if one.is_file()]
        return Waiting(len(files), sum(one.stat().st_size for one in files))

    def add(self, case_id: CaseId, files: Iterable[tuple[str, BinaryIO]]) -> int:
        """Write files into a case's folder, all or none of them; return how many.

        Raises `InputError` for none, for an empty one, and for more than fit.
        """
        folder, made = self.folder(case_id), list[Path]()
        room = LARGEST - self.waiting(case_id).size
        try:
            for name, stream in files:
                target = _free(folder, _safe(name))
                made.append(target)
                _require(len(made) <= _FILES, f"more than {_FILES} files at once")
                room -= _copied(stream, target, room)
        except BaseException:
            for one in made:
                one.unlink(missing_ok=True)
            raise
        _require(bool(made), "choose at least one file")
        return len(made)

    def clear(self, case_id: CaseId) -> None:
        """Remove what lies in a case's folder."""
        shutil.rmtree(self._root / case_id, ignore_errors=True)

    def clear_taken_in(self, case_id: CaseId, vault: Vault) -> None:
        """Remove a case's folder once all of it was read; what failed is kept to be read again."""
        with vault.read() as tx:
            over = collected(tx, case_id)
        if over:
            self.clear(case_id)


def _safe(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("_", last).lstrip(".")[-_NAME:] or "file"


def _free(folder: Path, name: str) -> Path:
    stem, dot, ending = name.partition(".")
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}{dot}{ending}"
    return target


def _copied(stream: BinaryIO, target: Path, room: int) -> int:
    size = 0
    with target.open("xb") as file:
        target.chmod(0o600)
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            _require(size <= room, f"more than {LARGEST // 1024**3} GB at once")
            file.write(chunk)
    _require(size > 0, "a file is empty")
    return size


def _require(holds: object, otherwise: str) -> None:
    if not holds:
        raise InputError(otherwise)
