"""The Merkle tree of RFC 9162: one changed, missing or moved leaf changes the root.

`Frontier` grows a tree keeping only its right edge; the functions build and check proofs from
leaf hashes alone.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SIZE: Final = 32
"""Bytes of a hash."""

EMPTY: Final = hashlib.sha256(b"").digest()
"""Root of a tree without leaves (RFC 9162 section 2.1.1)."""


def leaf_hash(body: bytes) -> bytes:
    """Hash one entry."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into one."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree's size and the roots of its perfect subtrees, largest first."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            raise ValueError("a frontier has one subtree per set bit of its size")

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> "Frontier":
        """Read what `packed` gave. Raises `ValueError` if it does not fit the size."""
        if len(packed) % SIZE:
            raise ValueError("a frontier is a row of whole hashes")
        return cls(size, tuple(packed[at : at + SIZE] for at in range(0, len(packed), SIZE)))

    def packed(self) -> bytes:
        """Return the subtree roots, one after the other."""
        return b"".join(self.peaks)

    def add(self, leaf: bytes) -> "Frontier":
        """Return the tree with one more leaf hash."""
        peaks, height, node = list(self.peaks), self.size, leaf
        while height & 1:
            node = node_hash(peaks.pop(), node)
            height >>= 1
        return Frontier(self.size + 1, (*peaks, node))

    def root(self) -> bytes:
        """Return the Merkle tree hash."""
        if not self.peaks:
            return EMPTY
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of leaf hashes (RFC 9162 section 2.1.1)."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the proof that a leaf is in the tree (section 2.1.3.1)."""
    if not 0 <= index < len(leaves):
        raise ValueError("no such leaf")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*inclusion_proof(leaves[:split], index), tree_root(leaves[split:])]
    return [*inclusion_proof(leaves[split:], index - split), tree_root(leaves[:split])]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether a proof shows that a leaf stands at an index (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, node = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            node = node_hash(step, node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            node = node_hash(node, step)
        first, last = first >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Return the proof that the tree's first leaves made the older tree (section 2.1.4.1)."""
    if not 0 < old_size <= len(leaves):
        raise ValueError("the older tree is empty or larger than this one")
    return _subproof(leaves, old_size, whole=True)


def grown_proof(old: Frontier, new: Sequence[bytes]) -> list[bytes]:
    """Return the consistency proof of a tree that grew, from its right edge and the new leaves.

    What `consistency_proof` computes from all leaves, at the cost of the new ones alone: every
    hash of it is a perfect subtree of the older tree or lies wholly in what was added.
    """
    if not old.size:
        raise ValueError("the older tree is empty")
    return _grown(old.peaks, old.size, new, whole=True)


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether a proof shows that one tree grew out of another (section 2.1.4.2)."""
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size.bit_count() == 1:
        path.insert(0, old_root)
    if not path:
        return False
    first, last = old_size - 1, new_size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_node = new_node = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_node, new_node = node_hash(step, old_node), node_hash(step, new_node)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new_node = node_hash(new_node, step)
        first, last = first >> 1, last >> 1
    return last == 0 and old_node == old_root and new_node == new_root


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [tree_root(leaves)]
    split = _split(len(leaves))
    if old_size <= split:
        left = _subproof(leaves[:split], old_size, whole=whole)
        return [*left, tree_root(leaves[split:])]
    right = _subproof(leaves[split:], old_size - split, whole=False)
    return [*right, tree_root(leaves[:split])]


def _grown(
    peaks: Sequence[bytes], old_size: int, new: Sequence[bytes], *, whole: bool
) -> list[bytes]:
    if not new:
        return [] if whole else [peaks[0]]
    split = _split(old_size + len(new))
    if old_size <= split:
        left = _grown(peaks, old_size, new[: split - old_size], whole=whole)
        return [*left, tree_root(new[split - old_size :])]
    return [*_grown(peaks[1:], old_size - split, new, whole=False), peaks[0]]


def _split(size: int) -> int:
    """Return the largest power of two smaller than a size."""
    return 1 << ((size - 1).bit_length() - 1)
