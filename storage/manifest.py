"""A set of a backup says what it holds: every file with its size and SHA-256, and whose it is."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from models.errors import HomeError
from models.value import Moment, Value
from storage.atomic import replacing

NAME: Final = "manifest.json"


class Stored(Value):
    """One file of a set."""

    size: int
    sha256: str


class Manifest(Value):
    """What a set holds."""

    form: Literal["walloff-backup-1"] = "walloff-backup-1"
    part: Literal["data", "keys"]
    home: str
    mode: str
    made_at: Moment
    entries: int
    """Of the audit log, all verified."""
    files: dict[str, Stored]
    destroyed: tuple[str, ...] = ()
    """Originals that the rows tell of and that were destroyed before their file was copied."""


def written(folder: Path, manifest: Manifest) -> None:
    """Write a set's manifest, last of all its files."""
    with replacing(folder / NAME) as stream:
        stream.write(manifest.model_dump_json(indent=1).encode() + b"\n")


def checked(folder: Path, part: Literal["data", "keys"]) -> Manifest:
    """Return the manifest of a set whose files are all there, byte for byte, and no others.

    Raises `HomeError` otherwise.
    """
    try:
        manifest = Manifest.model_validate(json.loads((folder / NAME).read_bytes()))
    except FileNotFoundError as exc:
        raise HomeError(f"{part}: there is no whole backup here") from exc
    except (OSError, ValueError) as exc:
        raise HomeError(f"{part}: the backup's manifest is damaged") from exc
    if manifest.part != part:
        raise HomeError(f"{part}: this is the other part of a backup")
    found = stored(folder)
    for name in sorted(found.keys() | manifest.files.keys()):
        if found.get(name) != manifest.files.get(name):
            raise HomeError(f"{part}: {name} is not what was backed up")
    return manifest


def stored(folder: Path) -> dict[str, Stored]:
    """Read every file of a set and return what it is."""
    return {str(path.relative_to(folder)): one_stored(path) for path in _files(folder)}


def one_stored(path: Path) -> Stored:
    """Read a file and return what it is."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Stored(size=stream.tell(), sha256=digest)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / NAME:
            yield path
