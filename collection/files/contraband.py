"""A file whose digest stands on the operator's list is known before anything of it is stored.

The list holds SHA-256 digests in hexadecimal, one a line; what follows a digest on its line is
ignored. A file is looked at as it came, and archives member by member: a copy inside a copy is one.
"""

import hashlib
import logging
import tarfile
import zipfile
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import IO, Any, Final

from warcio.archiveiterator import ArchiveIterator

from collection.files.limits import MAX_ENTRIES, MAX_INFLATED
from collection.files.silent import silence
from models.errors import InputError, SettingsError

_log: Final = logging.getLogger(__name__)
# It logs addresses that it does not like, and they are of the material.
silence("warcio.recordloader")
_CHUNK: Final = 1 << 20
_DIGEST: Final = 64


def known_digests(path: Path | None) -> AbstractSet[bytes]:
    """Read the operator's list; none if there is no list.

    Raises `SettingsError` naming the line of one that is no digest: a list that was cut short or
    damaged would let through what it should stop.
    """
    if path is None:
        return frozenset()
    found = set()
    try:
        with path.open(encoding="ascii") as file:
            for number, line in enumerate(file, start=1):
                words = line.split()
                if not words or words[0].startswith("#"):
                    continue
                digest = bytes.fromhex(words[0]) if len(words[0]) == _DIGEST else b""
                if not digest:
                    raise SettingsError(f"line {number} of the list of digests is no SHA-256")
                found.add(digest)
    except (OSError, ValueError) as exc:
        raise SettingsError("the list of digests cannot be read") from exc
    return frozenset(found)


def known_within(path: Path, known: AbstractSet[bytes]) -> bytes | None:
    """Return the digest by which a file, or anything packed in it, is on the list; or None.

    Raises `InputError` for an archive that cannot be looked through: it is not stored then.
    """
    if not known:
        return None
    return next((digest for digest in digests_within(path) if digest in known), None)


def digests_within(path: Path) -> Iterator[bytes]:
    """Yield the digest of a file and of everything packed in it. Raises `InputError`."""
    with path.open("rb") as file:
        yield _digest(file, MAX_INFLATED)
    name = path.name.lower()
    try:
        if name.endswith((".warc", ".warc.gz")):
            with path.open("rb") as file:
                yield from _warc(file)
        elif zipfile.is_zipfile(path):
            yield from _zip(path)
        elif name.endswith((".tar", ".tar.gz", ".tgz")):
            yield from _tar(path)
    except InputError:
        raise
    except Exception:  # noqa: BLE001 - the libraries raise all sorts of errors on hostile bytes
        _log.debug("archive not read to its end")
    else:
        return
    # Outside the handler: what a library raised may repeat the archive's own words.
    raise InputError("the archive cannot be checked against the list of digests")


def _zip(path: Path) -> Iterator[bytes]:
    left = MAX_INFLATED
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise InputError("the archive cannot be checked against the list of digests")
        for entry in entries:
            if not entry.is_dir():
                with archive.open(entry) as member:
                    counted = _Counted(member)
                    yield _digest(counted, left)
                    left -= counted.size
                if entry.filename.lower().endswith((".warc", ".warc.gz")):
                    with archive.open(entry) as member:
                        yield from _warc(member)


def _tar(path: Path) -> Iterator[bytes]:
    left = MAX_INFLATED
    with tarfile.open(path) as archive:
        for number, entry in enumerate(archive):
            if number > MAX_ENTRIES:
                raise InputError("the archive cannot be checked against the list of digests")
            member = archive.extractfile(entry) if entry.isfile() else None
            if member is not None:
                yield _digest(member, left)
                left -= entry.size


def _warc(file: IO[bytes]) -> Iterator[bytes]:
    left = MAX_INFLATED
    for record in ArchiveIterator(file):
        if record.rec_type in ("response", "resource", "conversion"):
            counted = _Counted(record.content_stream())
            yield _digest(counted, left)
            left -= counted.size


class _Counted:
    """Counts what is read through it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.size = 0

    def read(self, size: int) -> bytes:
        body: bytes = self._stream.read(size)
        self.size += len(body)
        return body


def _digest(stream: Any, most: int) -> bytes:
    digest = hashlib.sha256()
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise InputError("the archive cannot be checked against the list of digests")
        digest.update(chunk)
    return digest.digest()
