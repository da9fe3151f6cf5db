"""What read a file has a digest: the reader, its limits, its libraries and how it was confined.

Two captures of the same digest were read by the same tool in the same way; the parts are told by
`parts_of`, so that the digest can be made again from what was installed then.
"""

import hashlib
import json
import sys
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from collection.files import limits
from collection.formats.format import Format
from models.consent import Sha256

_LIBRARIES: Final = (
    "feedparser",
    "libipld",
    "pillow",
    "pypdfium2",
    "pytesseract",
    "selectolax",
    "warcio",
)


def configuration_of(form: Format, *, confined: bool, mapping: Sha256 | None = None) -> Sha256:
    """Return the digest of what reads a format here, an operator's mapping with it."""
    parts = parts_of(form, confined=confined)
    if mapping is not None:
        parts["mapping"] = mapping
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def parts_of(form: Format, *, confined: bool) -> dict[str, object]:
    """Return what the digest is of: plain values, in no order."""
    return {
        "reader": form.name,
        "version": form.reader.version,
        "formats": list(form.reader.seen_versions),
        "needs": asdict(form.needs),
        "limits": {name: getattr(limits, name) for name in dir(limits) if name.startswith("MAX_")},
        "box": "bubblewrap" if confined else "limits",
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "libraries": _versions(),
    }


@cache
def _versions() -> dict[str, str]:
    return {name: _version(name) for name in _LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
