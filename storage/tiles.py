"""The log as static files (C2SP tlog-tiles): hashes in tiles of 256, entries in bundles of 256.

A tile at level 0 holds leaf hashes; one hash of the next level is the root of a full tile below.
Anybody can compute every root and every proof from the files, with tools that are not ours.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from models.errors import AuditBrokenError
from storage.merkle import SIZE, tree_root

WIDTH: Final = 256
"""Hashes in a full tile, entries in a full bundle."""

_LONGEST: Final = 65_535


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return where a tile lies; `entries` as its level names a bundle."""
    thousands = [f"{index % 1000:03}"]
    while index := index // 1000:
        thousands.insert(0, f"x{index % 1000:03}")
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{'/'.join(thousands)}{partial}"


def hash_tiles(leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every hash tile of a tree with these leaf hashes."""
    level, row = 0, list(leaves)
    while row:
        above = []
        for at in range(0, len(row), WIDTH):
            tile = row[at : at + WIDTH]
            yield tile_path(level, at // WIDTH, len(tile)), b"".join(tile)
            if len(tile) == WIDTH:
                above.append(tree_root(tile))
        level, row = level + 1, above


def entry_bundles(bodies: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield path and bytes of every bundle. Raises `AuditBrokenError` if an entry is too long."""
    index, bundle = 0, []
    for body in bodies:
        if len(body) > _LONGEST:
            raise AuditBrokenError("an audit entry is too long")
        bundle.append(len(body).to_bytes(2, "big") + body)
        if len(bundle) == WIDTH:
            yield tile_path("entries", index), b"".join(bundle)
            index, bundle = index + 1, []
    if bundle:
        yield tile_path("entries", index, len(bundle)), b"".join(bundle)


def read_tile(raw: bytes) -> list[bytes]:
    """Return the hashes of a tile. Raises `AuditBrokenError`."""
    if not raw or len(raw) % SIZE or len(raw) > SIZE * WIDTH:
        raise AuditBrokenError("a tile is a row of whole hashes, 256 at most")
    return [raw[at : at + SIZE] for at in range(0, len(raw), SIZE)]


def read_bundle(raw: bytes) -> list[bytes]:
    """Return the entries of a bundle. Raises `AuditBrokenError`."""
    found, at = [], 0
    while at < len(raw):
        size = int.from_bytes(raw[at : at + 2], "big")
        body = raw[at + 2 : at + 2 + size]
        if at + 2 > len(raw) or len(body) != size:
            raise AuditBrokenError("a bundle of entries is cut off")
        found.append(body)
        at += 2 + size
    if not 0 < len(found) <= WIDTH:
        raise AuditBrokenError("a bundle holds 1 to 256 entries")
    return found
