"""A policy owner's signing key lies in a file of their own, outside every home.

The home knows its public half alone, so whoever takes the home over signs no policy.
"""

import os
import secrets
from pathlib import Path
from typing import Final

from models.errors import HomeError
from storage.faults import disk
from storage.note import Signer

_FIRST: Final = "walloff policy key"


def create_policy_key(path: Path, name: str) -> Signer:
    """Write a fresh key that its owner alone can read, and return it.

    Raises `HomeError` if the file is there already, or for a bad name.
    """
    if not name or any(mark.isspace() or mark == "+" for mark in name):
        raise HomeError("a key's name has neither spaces nor plus signs")
    seed = secrets.token_bytes(32)
    with disk("the key cannot be written"):
        try:
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as exc:
            raise HomeError("there is a file of this name already") from exc
        with os.fdopen(opened, "w", encoding="utf-8") as stream:
            stream.write(f"{_FIRST}\n{name}\n{seed.hex()}\n")
    return Signer(name, seed)


def read_policy_key(path: Path) -> Signer:
    """Read a key. Raises `HomeError` if the file is none, or others may read it."""
    try:
        if path.stat().st_mode & 0o077:
            raise HomeError("the key file is open to others: chmod 600")
        first, name, seed = path.read_text(encoding="utf-8").splitlines()
        if first != _FIRST:
            raise HomeError("the file is not a policy key")
        return Signer(name, bytes.fromhex(seed))
    except (OSError, ValueError) as exc:
        raise HomeError("the file is not a policy key") from exc
