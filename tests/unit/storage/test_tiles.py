"""Tiles and proof files follow C2SP tlog-tiles and tlog-proof; what is malformed is refused."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import AuditBrokenError
from storage.merkle import leaf_hash, tree_root
from storage.note import Cosigner, Scheme, Signer, checkpoint_text
from storage.proof import LogProof, check_proof, prove, read_proof
from storage.tiles import entry_bundles, hash_tiles, read_bundle, read_tile, tile_path

LOG = Signer("walloff/home", b"s" * 32)
WITNESS = Cosigner("auditor/w", b"w" * 32, Scheme.COSIGNATURE)
BODIES = [f"entry {at}".encode() for at in range(11)]
LEAVES = [leaf_hash(body) for body in BODIES]


def noted(size: int) -> str:
    text = checkpoint_text("walloff/home", size, tree_root(LEAVES[:size]))
    return LOG.sign(text) + WITNESS.cosign(text, at=1).line


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(2, 0, 1) == "tile/2/000.p/1"
    assert tile_path("entries", 999) == "tile/entries/999"
    assert tile_path("entries", 1000, 112) == "tile/entries/x001/000.p/112"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    leaf = hashlib.sha256(b"").digest()
    paths = [path for path, _ in hash_tiles([leaf] * 70_000)]
    assert sum(path.startswith("tile/0/") and ".p" not in path for path in paths) == 273
    partial = [path for path in paths if ".p" in path]
    assert partial == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert "tile/1/000" in paths


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_every_root_can_be_computed_from_the_tiles(size: int) -> None:
    leaves = [leaf_hash(str(at).encode()) for at in range(size)]
    tiles = dict(hash_tiles(leaves))
    bottom = [one for path, raw in tiles.items() if "/0/" in path for one in read_tile(raw)]
    assert bottom == leaves
    above = tiles.get("tile/1/000.p/1") or tiles.get("tile/1/000.p/2")
    full = [leaves[at : at + 256] for at in range(0, size - size % 256, 256)]
    assert [tree_root(one) for one in full] == (read_tile(above) if above else [])


@given(st.lists(st.binary(max_size=70), max_size=600))
def test_bundles_give_back_the_entries(bodies: list[bytes]) -> None:
    read = [body for _, raw in entry_bundles(bodies) for body in read_bundle(raw)]
    assert read == bodies


def test_an_entry_longer_than_a_bundle_can_say_is_refused() -> None:
    assert read_bundle(dict(entry_bundles([b"x" * 65_535]))["tile/entries/000.p/1"])
    with pytest.raises(AuditBrokenError):
        list(entry_bundles([b"x" * 65_536]))


@given(st.binary(max_size=200))
def test_rubbish_reads_as_entries_or_is_refused_and_nothing_else(raw: bytes) -> None:
    try:
        bodies = read_bundle(raw)
    except AuditBrokenError:
        return
    assert b"".join(data for _, data in entry_bundles(bodies)) == raw


@given(st.binary(max_size=200))
def test_a_tile_is_whole_hashes(raw: bytes) -> None:
    if raw and len(raw) % 32 == 0:
        assert b"".join(read_tile(raw)) == raw
    else:
        with pytest.raises(AuditBrokenError):
            read_tile(raw)
    with pytest.raises(AuditBrokenError):
        read_tile(b"x" * 32 * 257)


def test_every_entry_is_proved_by_a_file_of_its_own() -> None:
    for size in range(1, 12):
        for index in range(size):
            proof = prove(LEAVES, index, noted(size), size)
            read = read_proof(proof.text)
            assert read == proof
            head = check_proof(read, BODIES[index], log=LOG.verifier, witnesses=[WITNESS.verifier])
            assert head.size == size
            with pytest.raises(AuditBrokenError):
                check_proof(read, BODIES[index] + b"x", log=LOG.verifier)
            with pytest.raises(AuditBrokenError):
                check_proof(read, BODIES[index - 1] if size > 1 else b"", log=LOG.verifier)


def test_an_entry_after_the_checkpoint_is_not_proved() -> None:
    with pytest.raises(AuditBrokenError):
        prove(LEAVES, 7, noted(7), 7)
    with pytest.raises(AuditBrokenError):
        prove(LEAVES, 7, noted(11), 12)


@given(st.data())
def test_no_character_of_a_proof_may_change(data: st.DataObject) -> None:
    text = prove(LEAVES, 4, noted(11), 11).text
    at = data.draw(st.integers(0, len(text) - 1))
    mark = data.draw(st.characters(codec="utf-8"))
    altered = text[:at] + mark + text[at + 1 :]
    if altered != text:
        with pytest.raises(AuditBrokenError):
            check_proof(
                read_proof(altered), BODIES[4], log=LOG.verifier, witnesses=[WITNESS.verifier]
            )


@given(st.text())
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(AuditBrokenError):
        read_proof(text)


def test_a_proof_holds_for_its_log_and_witness_only() -> None:
    proof = prove(LEAVES, 4, noted(11), 11)
    with pytest.raises(AuditBrokenError):
        check_proof(proof, BODIES[4], log=Signer("walloff/home", b"o" * 32).verifier)
    with pytest.raises(AuditBrokenError):
        check_proof(
            proof,
            BODIES[4],
            log=LOG.verifier,
            witnesses=[Cosigner("auditor/w", b"o" * 32, Scheme.COSIGNATURE).verifier],
        )
    extra = LogProof(4, proof.hashes, proof.note).text.replace("\nindex", "\nextra AAAA\nindex")
    assert read_proof(extra) == proof
