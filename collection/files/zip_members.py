"""A zip file is read by its directory; one that was cut, front to back as far as it goes."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from stat import S_ISLNK
from typing import BinaryIO, Final

from collection.files.denied import INFERRED, is_denied
from collection.files.limits import MAX_ENTRIES, MAX_MEMBER, MAX_RATIO, MIB, RATIO_GRACE
from collection.files.members import ENCRYPTED, LINK, OUTSIDE, Member, Refused, safe_name
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.zip_safety import DAMAGED, opened_zip, overlapping

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_LOCAL_MAGIC: Final = b"PK\3\4"
_STORED: Final = 0
_DEFLATED: Final = 8
_ENCRYPTED_FLAG: Final = 0x1
_STREAMED_FLAG: Final = 0x8
_CHUNK: Final = 64 * 1024
_SMALL: Final = 4 * 1024
"""What a damage at the end of a member costs at most."""


def zip_members(path: Path, wanted: Callable[[PurePosixPath], bool]) -> Iterator[Member | Problem]:
    """Yield the wanted members of a zip file, then a problem for what is damaged or refused."""
    refused = Refused()
    archive = opened_zip(path)
    if archive is None:
        yield from _salvaged(path, wanted, refused)
        yield from refused.problems("zip")
        yield Problem(DAMAGED, WHOLE_FILE)
        return
    with archive:
        yield from _listed(archive, wanted, refused)
    yield from refused.problems("zip")


def _listed(
    archive: zipfile.ZipFile, wanted: Callable[[PurePosixPath], bool], refused: Refused
) -> Iterator[Member | Problem]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        yield Problem(f"zip: more than {MAX_ENTRIES} entries", WHOLE_FILE)
        return
    # Newer releases of Python refuse these themselves, but not all that this runs on.
    if overlapping(entries):
        yield Problem("zip: entries that share the same bytes", WHOLE_FILE)
        return
    for number, info in enumerate(entries, start=1):
        name = safe_name(info.orig_filename)
        if name is None:
            refused.add(OUTSIDE, number)
        elif S_ISLNK(info.external_attr >> 16):
            refused.add(LINK, number)
        elif is_denied(name):
            refused.add(INFERRED, number)
        elif not info.filename.endswith("/") and wanted(name):
            if info.flag_bits & _ENCRYPTED_FLAG:
                refused.add(ENCRYPTED, number)
                continue
            body = bytearray()
            fault = _unpack(archive, info, body)
            yield Member(name, bytes(body), cut=fault is not None)
            if fault is not None:
                yield Problem(f"zip: {fault}", f"entry:{number}")


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, body: bytearray) -> str | None:
    """Fill `body` as far as the member is good; return the fault, if there is one."""
    try:
        with archive.open(info) as member:
            while found := member.read(_SMALL):
                body += found
                if len(body) > MAX_MEMBER or (
                    len(body) > RATIO_GRACE and len(body) > info.compress_size * MAX_RATIO
                ):
                    body.clear()
                    return "grows beyond the limit"
    except NotImplementedError:  # `zipfile` raises it for a method that it does not know
        return "a member packed in a way that is not supported"
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        return "a damaged member"
    return None


def _salvaged(
    path: Path, wanted: Callable[[PurePosixPath], bool], refused: Refused
) -> Iterator[Member]:
    with path.open("rb") as file:
        for number in range(1, MAX_ENTRIES + 1):
            head = file.read(_LOCAL.size)
            if len(head) < _LOCAL.size:
                return
            magic, _, flags, method, _, _, _, packed, _, name_size, extra_size = _LOCAL.unpack(head)
            if magic != _LOCAL_MAGIC:
                return
            name = safe_name(file.read(name_size).decode("utf-8", "replace"))
            file.seek(extra_size, 1)
            if flags & _ENCRYPTED_FLAG:
                refused.add(ENCRYPTED, number)
                return
            if name is None:
                refused.add(OUTSIDE, number)
            body = bytearray()
            whole = _local_body(file, method, flags, packed, body)
            denied = name is not None and is_denied(name)
            if denied:
                refused.add(INFERRED, number)
            if name is not None and not denied and wanted(name) and body:
                yield Member(name, bytes(body), cut=not whole)
            if not whole:
                return


def _local_body(file: BinaryIO, method: int, flags: int, packed: int, body: bytearray) -> bool:
    """Fill `body` as far as it goes and say whether it came whole; leave the file behind it."""
    if method == _STORED and not flags & _STREAMED_FLAG:
        body += file.read(min(packed, MAX_MEMBER))
        return len(body) == packed
    if method != _DEFLATED:
        return False
    inflate = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    taken = 0
    while not inflate.eof:
        chunk = inflate.unconsumed_tail or file.read(_CHUNK)
        if not chunk:
            return False
        taken += 0 if inflate.unconsumed_tail else len(chunk)
        try:
            body += inflate.decompress(chunk, MIB)
        except zlib.error:
            return False
        if len(body) > MAX_MEMBER or (len(body) > RATIO_GRACE and len(body) > taken * MAX_RATIO):
            body.clear()
            return False
    file.seek(-len(inflate.unused_data), 1)
    if flags & _STREAMED_FLAG:
        # The sizes follow the data, with or without a signature of four bytes.
        signed = file.read(4) == b"PK\7\x08"
        file.seek(12 if signed else 8, 1)
    return True
