"""Another implementation of the tree, `pymerkle`, and ours agree on roots and on proofs.

It is under the GPL: these tests use it, the product never does.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InclusionProof, InmemoryTree, InvalidProof, verify_consistency

from storage.merkle import (
    Frontier,
    consistency_proof,
    grown_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from storage.merkle import (
    verify_consistency as ours_consistent,
)
from storage.merkle import (
    verify_inclusion as ours_included,
)

ROOT = Path(__file__).resolve().parents[3]
SIZES = [*range(1, 35), 63, 64, 65, 100, 127, 128, 129, 255, 256, 257]


def bodies(size: int) -> list[bytes]:
    return [f"entry {at}".encode() for at in range(size)]


def theirs(entries: list[bytes]) -> Any:
    return InmemoryTree.init_from_entries(entries, algorithm="sha256")


@pytest.fixture(scope="module")
def tree() -> Any:
    return theirs(bodies(SIZES[-1]))


@pytest.fixture(scope="module")
def leaves() -> list[bytes]:
    return [leaf_hash(body) for body in bodies(SIZES[-1])]


def test_roots_are_the_same_at_every_size(tree: Any, leaves: list[bytes]) -> None:
    frontier = Frontier()
    for size, leaf in enumerate(leaves, start=1):
        frontier = frontier.add(leaf)
        assert tree.get_leaf(size) == leaf
        assert frontier.root() == tree_root(leaves[:size]) == tree.get_root(size)


def test_inclusion_proofs_are_the_same_hash_by_hash(tree: Any, leaves: list[bytes]) -> None:
    for size in SIZES:
        root = tree.get_root(size)
        for index in range(0, size, 1 if size < 40 else 7):
            ours = inclusion_proof(leaves[:size], index)
            other = tree.prove_inclusion(index + 1, size)
            assert [leaves[index], *ours] == other.path
            assert ours_included(leaves[index], index, size, other.path[1:], root)


def test_their_verifier_takes_our_inclusion_proof_and_no_altered_one(
    tree: Any, leaves: list[bytes]
) -> None:
    for size, index in ((1, 0), (2, 1), (7, 3), (100, 99), (257, 256), (257, 0)):
        path = [leaves[index], *inclusion_proof(leaves[:size], index)]
        rule = tree.prove_inclusion(index + 1, size).rule
        root = tree_root(leaves[:size])
        made = InclusionProof("sha256", True, size, index + 1, rule, path)
        made.verify(leaves[index], root, index=index + 1, size=size)
        for at in range(len(path)):
            altered = [*path]
            altered[at] = bytes([altered[at][0] ^ 1]) + altered[at][1:]
            wrong = InclusionProof("sha256", True, size, index + 1, rule, altered)
            with pytest.raises(InvalidProof):
                wrong.verify(leaves[index], root, index=index + 1, size=size)


def test_consistency_holds_between_the_roots_of_the_other(tree: Any, leaves: list[bytes]) -> None:
    """Their proofs are longer than RFC 9162's, so each verifies its own against the other's."""
    for size in SIZES:
        for old in range(1, size + 1, 1 if size < 40 else 11):
            before, after = tree.get_root(old), tree.get_root(size)
            proof = consistency_proof(leaves[:size], old)
            assert ours_consistent(old, size, before, after, proof)
            roots = tree_root(leaves[:old]), tree_root(leaves[:size])
            other = tree.prove_consistency(old, size)
            verify_consistency(*roots, other, prior_size=old, later_size=size)


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=60), st.data())
def test_any_tree_is_the_same_tree(entries: list[bytes], data: st.DataObject) -> None:
    other = theirs(entries)
    hashes = [leaf_hash(entry) for entry in entries]
    assert tree_root(hashes) == other.get_root()
    index = data.draw(st.integers(0, len(entries) - 1))
    path = other.prove_inclusion(index + 1).path
    assert path == [hashes[index], *inclusion_proof(hashes, index)]


def test_a_proof_from_the_right_edge_is_the_plain_one_at_every_size() -> None:
    """RFC 9162 section 2.1.4.1 computes it from all leaves; the edge gives it hash by hash."""
    leaves = [leaf_hash(bytes([at])) for at in range(70)]
    old = Frontier()
    for size, leaf in enumerate(leaves, start=1):
        old = old.add(leaf)
        for new_size in range(size, len(leaves) + 1):
            plain = consistency_proof(leaves[:new_size], size)
            assert grown_proof(old, leaves[size:new_size]) == plain
    with pytest.raises(ValueError, match="empty"):
        grown_proof(Frontier(), leaves)


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=300), st.data())
def test_pymerkle_takes_a_proof_from_the_right_edge(
    entries: list[bytes], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(entries) - 1))
    tree, leaves = theirs(entries), [leaf_hash(one) for one in entries]
    old = Frontier()
    for leaf in leaves[:size]:
        old = old.add(leaf)
    proof = grown_proof(old, leaves[size:])
    assert proof == consistency_proof(leaves, size)
    assert old.root() == tree.get_root(size)
    assert ours_consistent(size, len(entries), old.root(), tree.get_root(len(entries)), proof)


def test_the_product_neither_imports_nor_installs_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    assert len(files) > 100
    assert [file.name for file in files if "pymerkle" in file.read_text()] == []
    assert "pymerkle" not in (ROOT / "requirements.lock").read_text()
    assert "pymerkle" not in " ".join(project["project"]["dependencies"])
    extras = project["project"]["optional-dependencies"]
    assert [name for name, wanted in extras.items() if "pymerkle" in " ".join(wanted)] == ["dev"]
