"""Of a repository only what its signed commit reaches counts; the rest does not exist.

The layout is that of AT Protocol, version 3: a commit names the account and the root of a tree of
records (Merkle search tree), whose keys ascend. Every step down is by a digest that was checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from collection.exports.car import Blocks, value_of
from collection.exports.did_document import DidDocument, is_did
from collection.files.reader import WHOLE_FILE, Problem
from models.errors import InputError

_VERSION: Final = 3
_MAX_DEPTH: Final = 40
_MAX_KEY: Final = 1_024
_MAX_ENTRIES: Final = 10_000
"""In one node: a tree has some four on average."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What an account's host signed."""

    did: str
    root: bytes
    message: bytes
    """What the signature is over."""
    signature: object

    def is_signed_by(self, document: DidDocument) -> bool:
        """Say whether the key of this account's document signed it."""
        return document.did == self.did and document.signed(self.message, self.signature)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its place in the order of keys, from 1, its key, and the name of its block."""

    number: int
    collection: str
    key: str
    cid: bytes


def commit_of(blocks: Blocks) -> Commit:
    """Return the commit that is the file's one root. Raises `InputError`."""
    import libipld

    body = blocks.body(blocks.roots[0]) if len(blocks.roots) == 1 else None
    value = None if body is None else value_of(body)
    if not isinstance(value, dict) or body is None:
        raise InputError("the file lacks its commit")
    if value.get("version") != _VERSION:
        raise InputError("a repository of a version that is not known")
    did, root = value.get("did"), value.get("data")
    if not isinstance(did, str) or not is_did(did) or not isinstance(root, bytes):
        raise InputError("the commit names no account")
    message = libipld.encode_dag_cbor({key: part for key, part in value.items() if key != "sig"})
    return Commit(did, root, message, value.get("sig"))


class Tree:
    """Walks the records under a commit."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._last = b""
        self._count = 0

    def records(self, root: bytes) -> Iterator[Record | Problem]:
        """Yield the records in the order of their keys; a problem for what is missing or wrong.

        A tree whose keys do not ascend is none: it raises `InputError`, for nothing that follows
        could be trusted to end.
        """
        yield from self._node(root, 0)

    def _node(self, cid: object, depth: int) -> Iterator[Record | Problem]:
        if depth > _MAX_DEPTH:
            raise InputError("the tree of records is too deep")
        node = self._blocks.get(cid)
        if node is None:
            yield Problem("a part of the tree of records is missing", WHOLE_FILE)
            return
        left, entries = _parts(node)
        if left is not None:
            yield from self._node(left, depth + 1)
        before = b""
        for entry in entries:
            before = _key(entry, before)
            if before <= self._last:
                raise InputError("the keys of the tree of records do not ascend")
            self._last = before
            yield self._record(before, entry.get("v"))
            if entry.get("t") is not None:
                yield from self._node(entry["t"], depth + 1)

    def _record(self, key: bytes, cid: object) -> Record:
        self._count += 1
        name, _, rest = key.decode("ascii", "replace").partition("/")
        if not isinstance(cid, bytes) or not name or not rest:
            raise InputError("the tree of records is damaged")
        return Record(self._count, name, rest, cid)


def _parts(node: Any) -> tuple[object, list[dict[str, Any]]]:
    entries = node.get("e") if isinstance(node, dict) else None
    if (
        not isinstance(entries, list)
        or len(entries) > _MAX_ENTRIES
        or not all(isinstance(entry, dict) for entry in entries)
    ):
        raise InputError("the tree of records is damaged")
    return node.get("l"), entries


def _key(entry: dict[str, Any], before: bytes) -> bytes:
    """Return an entry's key, which says only in what it differs from the one before."""
    shared, rest = entry.get("p"), entry.get("k")
    if type(shared) is not int or not isinstance(rest, bytes) or not 0 <= shared <= len(before):
        raise InputError("the tree of records is damaged")
    key = before[:shared] + rest
    if not key or len(key) > _MAX_KEY:
        raise InputError("the tree of records is damaged")
    return key
