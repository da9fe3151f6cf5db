"""Proofs hold for the tree they were made of and for no other; RFC 9162's rules are the oracle."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

bodies = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def recomputed(leaves: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = recomputed(leaves[:split]), recomputed(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(hashes: list[bytes]) -> Frontier:
    frontier = Frontier()
    for digest in hashes:
        frontier = frontier.add(digest)
    return frontier


def test_the_reference_tree_of_certificate_transparency() -> None:
    """The eight entries that the public logs' own test suites use."""
    entries = [
        bytes.fromhex(text)
        for text in (
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        )
    ]
    root = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert tree_root([leaf_hash(entry) for entry in entries]).hex() == root
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(bodies)
def test_growing_and_recomputing_give_the_same_root(entries: list[bytes]) -> None:
    hashes = [leaf_hash(entry) for entry in entries]
    assert tree_root(hashes) == grown(hashes).root() == recomputed(entries)


@given(bodies)
def test_a_frontier_survives_packing(entries: list[bytes]) -> None:
    frontier = grown([leaf_hash(entry) for entry in entries])
    assert Frontier.unpack(frontier.size, frontier.packed()) == frontier


@pytest.mark.parametrize(("size", "packed"), [(1, b""), (3, b"x" * 32), (1, b"x" * 31), (-1, b"")])
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, packed: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.unpack(size, packed)


@given(bodies, st.data())
def test_inclusion_holds_for_the_leaf_and_no_other(
    entries: list[bytes], data: st.DataObject
) -> None:
    hashes = [leaf_hash(bytes([at]) + entry) for at, entry in enumerate(entries)]
    root, size = tree_root(hashes), len(hashes)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(hashes, index)
    assert verify_inclusion(hashes[index], index, size, proof, root)
    other = data.draw(st.integers(0, size))
    if other != index:
        assert not verify_inclusion(hashes[index], other, size, proof, root)
    assert not verify_inclusion(leaf_hash(b"forged"), index, size, proof, root)
    assert not verify_inclusion(hashes[index], index, size, [*proof, root], root)
    if proof:
        assert not verify_inclusion(hashes[index], index, size, proof[:-1], root)
        at = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof]
        bent[at] = bytes([bent[at][0] ^ 1]) + bent[at][1:]
        assert not verify_inclusion(hashes[index], index, size, bent, root)


@given(bodies, st.data())
def test_consistency_holds_for_a_prefix_and_nothing_else(
    entries: list[bytes], data: st.DataObject
) -> None:
    hashes = [leaf_hash(bytes([at]) + entry) for at, entry in enumerate(entries)]
    size = len(hashes)
    old = data.draw(st.integers(1, size))
    old_root, root = tree_root(hashes[:old]), tree_root(hashes)
    proof = consistency_proof(hashes, old)
    assert verify_consistency(old, size, old_root, root, proof)
    forged = tree_root([leaf_hash(b"forged"), *hashes[1:old]])
    assert not verify_consistency(old, size, forged, root, proof)
    assert not verify_consistency(old, size, old_root, leaf_hash(b"forged"), proof)
    assert not verify_consistency(old, size, old_root, root, [*proof, root])
    if proof:
        assert not verify_consistency(old, size, old_root, root, proof[:-1])
        at = data.draw(st.integers(0, len(proof) - 1))
        bent = [*proof]
        bent[at] = bytes([bent[at][0] ^ 1]) + bent[at][1:]
        assert not verify_consistency(old, size, old_root, root, bent)


def test_there_is_no_proof_for_what_is_not_there() -> None:
    hashes = [leaf_hash(b"a"), leaf_hash(b"b")]
    for index in (-1, 2):
        with pytest.raises(ValueError, match="leaf"):
            inclusion_proof(hashes, index)
        assert not verify_inclusion(hashes[0], index, 2, [hashes[1]], tree_root(hashes))
    for size in (0, 3):
        with pytest.raises(ValueError, match="older"):
            consistency_proof(hashes, size)
        assert not verify_consistency(size, 2, EMPTY, tree_root(hashes), [])
    assert not verify_consistency(1, 2, hashes[0], tree_root(hashes), [])
