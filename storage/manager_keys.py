"""The manager's folder holds the released domain's part of the key file, and no other part."""

import json
import os
from pathlib import Path
from typing import Final

from storage.atomic import replacing
from storage.domain import Domain
from storage.faults import disk
from storage.home import Home
from storage.key_file import FORM, entry_of, read_key_file

_READ_ONLY: Final = 0o640


def publish_key_file(home: Home) -> None:
    """Bring the folder's part of the key file up to date: after every rotation.

    Without effect if there is no folder, or if the keys are not in a file.
    """
    if home.manager_folder is None or not home.key_file.exists():
        return
    entry = entry_of(read_key_file(home.key_file), Domain.RELEASED)
    content = {"form": FORM, "domains": {Domain.RELEASED: entry}}
    body = json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"
    target = home.manager_folder / home.key_file.name
    with disk("the manager's keys cannot be written"):
        if not target.exists() or target.read_bytes() != body:
            put_shared(target, body)


def put_shared(target: Path, body: bytes) -> None:
    """Write a file that its group may read."""
    with replacing(target) as stream:
        stream.write(body)
        os.fchmod(stream.fileno(), _READ_ONLY)
