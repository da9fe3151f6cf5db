"""The packs that come with the product: criteria, and policies by jurisdiction and employer."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from models.errors import PolicyError
from policy.toml_file import TomlFile

_ROOT: Final = Path(__file__).parent / "packs"
_ID: Final = re.compile(r"[a-z][a-z0-9-]*")


class PackKind(StrEnum):
    """What a pack holds; the value is the folder."""

    CRITERIA = "criteria"
    POLICY = "policies"


@dataclass(frozen=True, slots=True)
class PackEntry:
    """One pack in the listing."""

    id: str
    version: str
    title: str


def list_packs(kind: PackKind) -> tuple[PackEntry, ...]:
    """Return the packs of a kind in the order of their ids. Raises `PolicyError`."""
    entries = []
    for path in sorted((_ROOT / kind).glob("*.toml")):
        fields = TomlFile(path).fields
        entries.append(
            PackEntry(
                id=path.stem,
                version=str(fields.get("version", "")),
                title=str(fields.get("title", "")),
            )
        )
    return tuple(entries)


def pack_file(kind: PackKind, pack_id: str) -> Path:
    """Return the file of a pack. Raises `PolicyError` if there is no such pack."""
    path = _ROOT / kind / f"{pack_id}.toml"
    if _ID.fullmatch(pack_id) is None or not path.is_file():
        raise PolicyError(f"there is no pack {pack_id!r} among the {kind}")
    return path
