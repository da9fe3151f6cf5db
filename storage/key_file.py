"""The key file: domain keys and, if custodians hold an escrow, what recovers them; all sealed.

It is replaced whole, under a lock, so that a crash leaves the old one or the new one.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from models.errors import KeyUnavailableError
from storage.atomic import replacing
from storage.domain import Domain
from storage.faults import disk

FORM: Final = "walloff-keys-1"


def read_key_file(path: Path) -> dict[str, Any]:
    """Return the file's content. Raises `KeyUnavailableError` if it is missing or damaged."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as exc:
        raise KeyUnavailableError("the home has no key file") from exc
    except (OSError, ValueError) as exc:
        raise KeyUnavailableError("the key file is damaged") from exc
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise KeyUnavailableError("the key file is of another version")
    return content


def entry_of(content: dict[str, Any], domain: Domain) -> dict[str, Any]:
    """Return a domain's current version and sealed keys. Raises `KeyUnavailableError`."""
    try:
        entry: dict[str, Any] = content["domains"][domain]
        int(entry["current"]), entry["versions"].items()
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise KeyUnavailableError("the key file is damaged") from exc
    return entry


def write_key_file(path: Path, content: dict[str, Any]) -> None:
    """Replace the file. Call it inside `locked`."""
    with replacing(path) as stream:
        stream.write(json.dumps(content, sort_keys=True, indent=1).encode() + b"\n")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from changing the keys. Raises `HomeError` if the disk refuses."""
    with disk("the key file cannot be written"):
        descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def encoded(sealed: bytes) -> str:
    """Return bytes as the file holds them."""
    return base64.b64encode(sealed).decode()


def decoded(text: str) -> bytes:
    """Return bytes from the file. Raises `ValueError`."""
    return base64.b64decode(text, validate=True)
