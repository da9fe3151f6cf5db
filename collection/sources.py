"""An applicant's folder: every file in it is listed, with what can read it, or with nothing.

A symbolic link, or anything that is no file, makes the whole folder refused: it could lead
out of it.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from collection.boxed import BOXES
from collection.exports.bluesky_car import lies_beside_repository
from collection.exports.mastodon import OUTBOX, belongs_to_archive
from collection.exports.unpacked import UnpackedExports
from collection.files.denied import INFERRED, is_denied
from collection.files.kinds import kind_of_file
from collection.files.limits import MAX_DEPTH_OF_FOLDERS, MAX_FILES
from collection.files.reader import WHOLE_FILE, Problem, Reader
from collection.formats.registry import Format, candidates
from collection.reports.mapped import MappedReader
from collection.reports.mapping import MAPPING, digest_beside
from models.consent import Sha256
from models.errors import InputError
from models.evidence import SourceItem

DISCLOSURE: Final = "disclosure.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of an applicant's folder."""

    path: Path
    name: str
    """The path within the folder, with `/`. It may name a person: treat it as raw text."""
    form: Format | None
    """None if nothing here knows the file."""
    denied: bool = False
    """True for what a platform inferred about its user: it is never opened."""
    beside: tuple[Path, ...] = ()
    """Other files of an unpacked export that its reader needs."""

    @property
    def mapping(self) -> Sha256 | None:
        """The digest of the mapping by which the file is read now; None for all other formats."""
        mapped = self.form is not None and self.form.name == MappedReader.name
        return digest_beside(self.path) if mapped else None

    @property
    def reader(self) -> Reader | None:
        """What reads the file, None if nothing does. It is run in a box: `read`."""
        return self.form.reader if self.form is not None and self.form.supported else None

    def read(self) -> Iterator[SourceItem | Problem]:
        """Yield what is in the file, read in a box; a problem if nothing can read it."""
        if self.denied:
            yield Problem(f"not opened: it holds {INFERRED}", WHOLE_FILE)
        elif self.form is None:
            kind = kind_of_file(self.name)
            yield Problem(f"no reader knows this kind of file ({kind})", WHOLE_FILE)
        else:
            yield from BOXES.read(self.form, self.path, beside=self.beside)


def find_sources(folder: Path) -> tuple[Source, ...]:
    """List a folder's input in the order of names, `disclosure.toml` left out.

    An unpacked Mastodon archive is one source, its `outbox.json`; the other files that such an
    archive is made of are part of it. Of an unpacked export each file with its owner's words is a
    source, and the others are part of it (`collection.exports.unpacked`).

    Raises `InputError` for a folder that is missing, holds a symbolic link or something that is
    no file, or is too large.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise InputError("the input folder is missing or is not a folder")
    found: list[Source] = []
    exports = UnpackedExports(folder)
    for path in _files(folder, 0):
        name = os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace")
        if (
            name == DISCLOSURE
            or path.name == MAPPING
            or _in_unpacked_archive(path, folder)
            or lies_beside_repository(path)
        ):
            continue
        denied = is_denied(path.relative_to(folder))
        if not denied and exports.belongs(path):
            continue
        if len(found) == MAX_FILES:
            raise InputError(f"the input folder holds more than {MAX_FILES} files")
        form = None if denied else _format_of(path)
        beside = exports.beside(path)
        found.append(Source(path=path, name=name, form=form, denied=denied, beside=beside))
    return tuple(sorted(found, key=lambda source: source.name))


def unread(sources: Iterable[Source]) -> Counter[str]:
    """Count the files that nothing reads, by kind; no names."""
    found: Counter[str] = Counter()
    for source in sources:
        if source.denied:
            found["inferred by a platform"] += 1
        elif source.form is None:
            found[kind_of_file(source.name)] += 1
        elif not source.form.supported:
            found["known, not supported"] += 1
    return found


def _format_of(path: Path) -> Format | None:
    """Return the first format that accepts a file; who looks into it, looks in a box."""
    asked = candidates(path.name)
    for number, form in enumerate(asked):
        if not form.by_name:
            return BOXES.accepting(asked[number:], path)
        if form.reader.accepts(path):
            return form
    return None


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
