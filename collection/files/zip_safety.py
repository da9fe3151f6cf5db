"""What a zip file's directory lists is looked at before anything in it is opened."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISLNK
from typing import Final

from collection.files.denied import INFERRED, is_denied
from collection.files.limits import MAX_ENTRIES
from collection.files.members import ENCRYPTED, LINK, OUTSIDE, Refused, safe_name

DAMAGED: Final = "zip: the directory at its end is missing or damaged"
TOO_MANY: Final = f"zip: more than {MAX_ENTRIES} entries"
TWICE: Final = "a name that was there before"
UNPACKABLE: Final = "packed in a way that is not supported"
_ENCRYPTED_FLAGS: Final = 0x1 | 0x40 | 0x2000
_LOCAL_HEADER: Final = 30
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def opened_zip(path: Path) -> zipfile.ZipFile | None:
    """Open a zip file to read it; None where its directory is missing, damaged or of another kind.

    What `zipfile` raises of a directory is caught here and nowhere else: around more than the
    opening, the same errors would hide a fault of ours. Raises `OSError`.
    """
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error):
        return None


def overlapping(infos: Sequence[zipfile.ZipInfo]) -> bool:
    """Say whether two entries use the same bytes, by which a small file unpacks to a huge one."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < end or info.compress_size < 0:
            return True
        end = info.header_offset + _LOCAL_HEADER + len(info.orig_filename) + info.compress_size
    return False


def safe_entries(
    infos: Sequence[zipfile.ZipInfo], refused: Refused
) -> dict[str, tuple[int, zipfile.ZipInfo]]:
    """Return the files that may be opened, by name, each with its place; count the others."""
    found: dict[str, tuple[int, zipfile.ZipInfo]] = {}
    for number, info in enumerate(infos, start=1):
        name = safe_name(info.orig_filename)
        if name is None:
            refused.add(OUTSIDE, number)
        elif S_ISLNK(info.external_attr >> 16):
            refused.add(LINK, number)
        elif info.flag_bits & _ENCRYPTED_FLAGS:
            refused.add(ENCRYPTED, number)
        elif info.is_dir():
            continue
        elif is_denied(name):
            refused.add(INFERRED, number)
        elif info.compress_type not in _METHODS:
            refused.add(UNPACKABLE, number)
        elif str(name) in found:
            refused.add(TWICE, number)
        else:
            found[str(name)] = (number, info)
    return found
