"""The folder of an interface holds its own domain's part of the key file, and no other part."""

import json
import os
from pathlib import Path
from typing import Final

from storage.atomic import replacing
from storage.domain import Domain
from storage.faults import disk
from storage.home import Home
from storage.key_file import FORM, entry_of, read_key_file
from storage.migrate import Database

_READ_ONLY: Final = 0o640


def publish_key_file(home: Home, domain: Domain) -> None:
    """Bring the folder's part of the key file up to date: after every rotation.

    Without effect if the domain has no folder, or if the keys are not in a file.
    """
    folder = home.folders.get(Database(domain))
    if folder is None or not home.key_file.exists():
        return
    entry = entry_of(read_key_file(home.key_file), domain)
    content = {"form": FORM, "domains": {domain: entry}}
    body = json.dumps(content, sort_keys=True, indent=1).encode() + b"\n"
    target = folder / home.key_file.name
    with disk("the keys of another process cannot be written"):
        if not target.exists() or target.read_bytes() != body:
            put_shared(target, body)


def put_shared(target: Path, body: bytes) -> None:
    """Write a file that its group may read."""
    with replacing(target) as stream:
        stream.write(body)
        os.fchmod(stream.fileno(), _READ_ONLY)
