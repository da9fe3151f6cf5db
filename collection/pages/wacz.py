"""A WACZ is read as far as its own digests vouch for it: the package, each file, each record.

Formats: WACZ 1.1.1 and 1.2.0. The index is not used; the pages that the file lists are compared
with the records that it holds. Nothing is unpacked to disk.
"""

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from collection.files.inflate import Inflate
from collection.files.limits import MAX_ENTRIES, MAX_INFLATED, MAX_LINE, MIB
from collection.files.members import Refused
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse
from collection.files.zip_safety import DAMAGED, TOO_MANY, opened_zip, overlapping, safe_entries
from collection.pages.warc import Pages
from collection.pages.warc_recording import RecorderNotes
from collection.pages.web_recording import WebRecording
from models.errors import InputError
from models.evidence import AccessGate, SourceItem

_PACKAGE: Final = "datapackage.json"
_DIGEST: Final = "datapackage-digest.json"
_VERSIONS: Final = frozenset({"1.0.0", "1.1.0", "1.1.1", "1.2.0"})
_MAX_PACKAGE: Final = 32 * MIB
_READ: Final = "sha256"
_HASH: Final = re.compile(r"([a-z0-9-]{1,20}):([0-9a-f]{16,128})")
_KINDS: Final = frozenset(
    {"md5", "sha1", "sha224", _READ, "sha384", "sha512", "blake2b", "blake2s", "blake3"}
)


@dataclass(frozen=True, slots=True)
class _Stated:
    """What the package says of one of its files."""

    kind: str
    """By what its digest was made."""
    digest: str
    size: int


class WaczReader:
    """Reads the pages of all the WARC files that a WACZ packs."""

    name: Final = "wacz"
    version: Final = "2"
    seen_versions: Final = ("1.1.1", "1.2.0")
    gate: Final = AccessGate.NONE

    def accepts(self, path: Path) -> bool:
        """Say whether the name ends in `.wacz`, or a zip is packed as one."""
        name = path.name.lower()
        if name.endswith(".wacz"):
            return True
        if not name.endswith(".zip"):
            return False
        archive = opened_zip(path)
        if archive is None:
            return False
        with archive:
            names = archive.namelist()[:MAX_ENTRIES]
        return _PACKAGE in names and any(_is_warc(one) for one in names)

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        """Yield each post once, and a problem for all that is not what the package says."""
        archive = opened_zip(path)
        if archive is None:
            yield Problem(DAMAGED, WHOLE_FILE)
            return
        with archive:
            yield from _Package(archive).read()


def wacz_recording_of(path: Path) -> WebRecording:
    """Return how the pages were obtained, as far as the file's digests vouch for it."""
    notes = RecorderNotes()
    archive = opened_zip(path)
    if archive is None:
        return notes.recording()
    with archive:
        package = _Package(archive)
        for _told_when_read in package.check():
            pass
        for stream in package.streams():
            notes.read(stream)
    return notes.recording()


class _Package:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._refused = Refused()
        self._left = MAX_INFLATED
        self._entries: dict[str, tuple[int, zipfile.ZipInfo]] = {}
        self._good: set[str] = set()

    def read(self) -> Iterator[SourceItem | Problem]:
        pages = Pages()
        yield from self.check()
        for stream in self.streams():
            pages.beside.read(stream)
        for stream in self.streams():
            yield from pages.read(stream)
        yield from pages.rest()
        yield from self._missing(pages)

    def check(self) -> Iterator[Problem]:
        """Compare each file with its digest; yield a problem for what is not as stated."""
        infos = self._archive.infolist()
        if len(infos) > MAX_ENTRIES:
            yield Problem(TOO_MANY, WHOLE_FILE)
            return
        if overlapping(infos):
            yield Problem("zip: entries lie over each other: nothing was read", WHOLE_FILE)
            return
        self._entries = safe_entries(infos, self._refused)
        yield from self._refused.problems("zip")
        try:
            stated, remarks = self._stated()
        except InputError as damage:
            yield Problem(f"wacz: {damage.fault}", WHOLE_FILE)
            return
        yield from (Problem(f"wacz: {remark}", WHOLE_FILE) for remark in remarks)
        for name, (number, info) in self._entries.items():
            if name in (_PACKAGE, _DIGEST):
                continue
            fault = self._fault(info, stated.get(name))
            if fault:
                yield Problem(f"wacz: {fault}", f"entry:{number}")
                continue
            self._good.add(name)
        lacking = sum(name not in self._entries for name in stated)
        if lacking:
            yield Problem(f"wacz: {lacking} files of the package are missing", WHOLE_FILE)

    def streams(self) -> Iterator[Inflate]:
        """Yield each WARC file that was found to have its digest."""
        for name in sorted(one for one in self._good if _is_warc(one)):
            with self._archive.open(self._entries[name][1]) as member:
                yield Inflate(cast("BinaryIO", member))

    def _stated(self) -> tuple[dict[str, _Stated], list[str]]:
        """Return what the package says of its files, and remarks on it. Raises `InputError`."""
        body = self._small(_PACKAGE)
        if body is None:
            raise InputError("it lacks its datapackage.json: nothing vouches for what is in it")
        remarks = []
        digest = self._small(_DIGEST)
        if digest is None:
            remarks.append("nothing vouches for its datapackage.json")
        else:
            value = _object(digest)
            kind, stated_hash = _kind_and_digest(value.get("hash"))
            if kind != _READ:
                raise InputError(f"its {_PACKAGE} has a digest by {kind}: read are: {_READ}")
            if stated_hash != hashlib.sha256(body).hexdigest():
                raise InputError("the digest of its datapackage.json does not match")
            if "signedData" in value:
                remarks.append("its signature was not checked")
        package = _object(body)
        if package.get("wacz_version") not in _VERSIONS:
            remarks.append("a version of the format that was not seen before")
        found: dict[str, _Stated] = {}
        listed = package.get("resources")
        for one in listed if isinstance(listed, list) else []:
            path, stated, size = (
                (one.get("path"), one.get("hash"), one.get("bytes"))
                if isinstance(one, dict)
                else (None, None, None)
            )
            if not isinstance(path, str) or not isinstance(stated, str) or type(size) is not int:
                remarks.append("a file of the package is listed without its digest or size")
            elif path in found:
                raise InputError("a file of the package is listed twice")
            else:
                found[path] = _Stated(*_kind_and_digest(stated), size)
        return found, sorted(set(remarks))

    def _fault(self, info: zipfile.ZipInfo, stated: _Stated | None) -> str:
        """Return what is wrong with a file of the package, or nothing; reads all of it."""
        if stated is None:
            return "a file that the package does not list was not read"
        if stated.kind != _READ:
            return f"a file with a digest by {stated.kind} was not read: read are: {_READ}"
        digest, size = hashlib.sha256(), 0
        try:
            with self._archive.open(info) as member:
                while piece := member.read(MIB):
                    digest.update(piece)
                    size += len(piece)
                    self._left -= len(piece)
                    if size > stated.size or self._left < 0:
                        return "a file that is larger than the package says was not read"
        except Exception:  # noqa: BLE001 - the library raises all sorts of errors on hostile bytes
            return "a damaged file was not read"
        if size != stated.size or digest.hexdigest() != stated.digest:
            return "a file whose digest does not match was not read"
        return ""

    def _small(self, name: str) -> bytes | None:
        if name not in self._entries:
            return None
        body = None
        try:
            with self._archive.open(self._entries[name][1]) as member:
                body = member.read(_MAX_PACKAGE + 1)
        except Exception:  # noqa: BLE001 - see above
            body = None
        if body is None or len(body) > _MAX_PACKAGE:
            raise InputError("a damaged file, or one that is too large, where its description is")
        return body

    def _missing(self, pages: Pages) -> Iterator[Problem]:
        """Yield how many of the pages that the file lists have no record in it."""
        listed: Counter[bool] = Counter()
        for name in sorted(self._good):
            if name.startswith("pages/") and name.endswith(".jsonl"):
                try:
                    for address in self._listed(name):
                        listed[hashlib.sha256(address.encode()).digest() in pages.addresses] += 1
                except InputError:
                    yield Problem("wacz: a list of pages that cannot be read", WHOLE_FILE)
        if listed[False]:
            yield Problem(
                f"wacz: {listed[False]} of {listed.total()} listed pages have no record in it",
                WHOLE_FILE,
            )

    def _listed(self, name: str) -> Iterator[str]:
        with self._archive.open(self._entries[name][1]) as member:
            for number in range(MAX_ENTRIES):
                line = member.readline(MAX_LINE)
                if not line:
                    return
                value = _object(line) if line.strip() else {}
                address = value.get("url")
                if isinstance(address, str) and number > 0:
                    yield address


def _object(body: bytes) -> dict[str, Any]:
    value = parse(body.decode("utf-8", "replace"))
    if not isinstance(value, dict):
        raise InputError("not a JSON object")
    return value


def _kind_and_digest(stated: object) -> tuple[str, str]:
    """Return by what a digest was made, of a known name, and the digest in small letters."""
    found = _HASH.fullmatch(stated.lower()) if isinstance(stated, str) else None
    kind = found[1].replace("-", "") if found else ""
    return (kind, found[2]) if found and kind in _KINDS else ("an unknown kind", "")


def _is_warc(name: str) -> bool:
    return name.startswith("archive/") and name.lower().endswith((".warc", ".warc.gz"))
