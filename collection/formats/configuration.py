"""What read a file has a digest: reader, limits, libraries, programs and how it was confined.

Two captures of the same digest were read by the same tool in the same way; the parts are told by
`parts_of`, so that the digest can be made again from what was installed then.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from collection.files import limits
from collection.formats.format import Format
from models.consent import Sha256

_SECONDS: Final = 60
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
        "programs": _programs() if form.needs.programs else {},
    }


@cache
def _programs() -> dict[str, str]:
    """Return what Tesseract says of itself and of what it learnt; nothing where it is missing."""
    program = shutil.which("tesseract")
    if program is None:
        return {}
    return {
        word: hashlib.sha256(said).hexdigest() if word == "--list-langs" else _first_line(said)
        for word in ("--version", "--list-langs")
        if (said := _said(program, word))
    }


def _said(program: str, word: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - a program of this installation, one fixed word
            [program, word], capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout or done.stderr


def _first_line(said: bytes) -> str:
    return said.decode("utf-8", "replace").partition("\n")[0].strip()[:80]


@cache
def _versions() -> dict[str, str]:
    return {name: _version(name) for name in _LIBRARIES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
