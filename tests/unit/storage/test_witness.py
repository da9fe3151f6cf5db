"""A witness cosigns what continues the log that it has seen, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import AuditBrokenError, HomeError
from storage.merkle import EMPTY, consistency_proof, leaf_hash, tree_root
from storage.note import Signer, checkpoint_text, split_note
from storage.witness import Answer, Witness, request_text

LOG = Signer("walloff/home", b"s" * 32)
HONEST = [leaf_hash(f"entry {at}".encode()) for at in range(40)]
FORKED = [*HONEST[:5], *(leaf_hash(f"forged {at}".encode()) for at in range(35))]


def note(leaves: list[bytes], size: int, signer: Signer = LOG) -> str:
    root = tree_root(leaves[:size])
    return signer.sign(checkpoint_text(signer.verifier.name, size, root))


def request(old: int, size: int, leaves: list[bytes] = HONEST, signer: Signer = LOG) -> bytes:
    proof = consistency_proof(leaves[:size], old) if 0 < old <= size else []
    return request_text(old, proof, note(leaves, size, signer)).encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness.create(tmp_path / "witness", "auditor.example/w1")
    made.trust(LOG.vkey)
    return made


def ask(witness: Witness, body: bytes) -> Answer:
    return witness.add_checkpoint(body, at=1_795_000_000)


def test_a_growing_log_is_cosigned_step_by_step(witness: Witness) -> None:
    for old, size in ((0, 1), (1, 3), (3, 3), (3, 17), (17, 40)):
        answer = ask(witness, request(old, size))
        assert answer.status == 200
        text, _ = split_note(note(HONEST, size))
        for verifier in witness.verifiers:
            assert verifier.verify(note(HONEST, size) + answer.body) == text
        assert witness.newest("walloff/home").size == size


def test_an_empty_log_is_cosigned_with_the_empty_root_only(witness: Witness) -> None:
    assert ask(witness, request(0, 0)).status == 200
    wrong = LOG.sign(checkpoint_text("walloff/home", 0, b"x" * 32))
    assert ask(witness, request_text(0, [], wrong).encode()).status == 409
    assert tree_root([]) == EMPTY


def test_each_refusal_has_the_status_of_the_specification(witness: Witness) -> None:
    assert ask(witness, request(0, 7)).status == 200
    stranger = Signer("walloff/other", b"o" * 32)
    forger = Signer("walloff/home", b"f" * 32)
    for body, status, said in (
        (b"", 400, None),
        (b"old 7\n\n", 400, None),
        (b"old 07\n\n" + note(HONEST, 7).encode(), 400, None),
        (b"new 7\n\n" + note(HONEST, 7).encode(), 400, None),
        (b"\xff", 400, None),
        (b"old 7\n" + b"AAAA\n" * 64 + b"\n" + note(HONEST, 7).encode(), 400, None),
        (request_text(9, [], note(HONEST, 8)).encode(), 400, None),
        (request(0, 7, signer=stranger), 404, None),
        (request(7, 9, signer=forger), 403, None),
        (request(0, 9), 409, "7\n"),
        (request(8, 9), 409, "7\n"),
        (request(0, 3), 409, "7\n"),
        (request_text(7, [], note(FORKED, 7)).encode(), 409, "7\n"),
        (request(7, 9, FORKED), 422, None),
        (request_text(7, [], note(HONEST, 9)).encode(), 422, None),
        (request_text(7, [b"x" * 32], note(HONEST, 7)).encode(), 422, None),
        (request_text(7, consistency_proof(HONEST[:9], 6), note(HONEST, 9)).encode(), 422, None),
    ):
        answer = ask(witness, body)
        assert (answer.status, "\u2014" in answer.body) == (status, False), body
        if said is not None:
            assert (answer.body, answer.media_type) == (said, "text/x.tlog.size")
    assert witness.newest("walloff/home").root == tree_root(HONEST[:7])
    fresh = request_text(0, [b"x" * 32], note(HONEST, 3, Signer("walloff/third", b"t" * 32)))
    witness.trust(Signer("walloff/third", b"t" * 32).vkey)
    assert ask(witness, fresh.encode()).status == 422


def test_no_byte_of_a_request_may_change(witness: Witness) -> None:
    """Whatever is altered, the witness signs nothing and remembers what it had."""
    assert ask(witness, request(0, 7)).status == 200
    good = request(7, 20)
    for at in range(len(good)):
        altered = bytearray(good)
        altered[at] ^= 1 << at % 8
        answer = ask(witness, bytes(altered))
        assert answer.status != 200 or split_note(note(HONEST, 20))[0] in altered.decode(), at
        if answer.status == 200:  # a signature line under a name that the witness does not know
            pytest.fail(f"byte {at}")
    assert witness.newest("walloff/home").size == 7
    assert ask(witness, good).status == 200


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_nothing_else_happens(
    tmp_path_factory: pytest.TempPathFactory, body: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "rubbish"
    witness = Witness(folder) if folder.exists() else Witness.create(folder, "w")
    assert ask(witness, body).status == 400


def test_what_was_cosigned_is_remembered_by_the_next_process(
    witness: Witness, tmp_path: Path
) -> None:
    assert ask(witness, request(0, 7)).status == 200
    again = Witness(tmp_path / "witness")
    assert again.verifiers == witness.verifiers
    assert ask(again, request(0, 9)).status == 409
    assert ask(again, request(7, 9)).status == 200


def test_a_witness_is_made_once_under_a_plain_name(tmp_path: Path, witness: Witness) -> None:
    with pytest.raises(HomeError):
        Witness.create(tmp_path / "witness", "another")
    for name in ("", "two words", "a+b"):
        with pytest.raises(HomeError):
            Witness.create(tmp_path / "other", name)
    with pytest.raises(HomeError):
        Witness(tmp_path / "other")
    with pytest.raises(AuditBrokenError):
        witness.trust("no key")
    assert (tmp_path / "witness" / "key").stat().st_mode & 0o077 == 0


def test_a_log_that_changes_its_key_is_cosigned_under_either(witness: Witness) -> None:
    newer = Signer("walloff/home", b"n" * 32)
    witness.trust(newer.vkey)
    witness.trust(newer.vkey)
    assert ask(witness, request(0, 3)).status == 200
    assert ask(witness, request(3, 9, signer=newer)).status == 200
    assert ask(witness, request(9, 11)).status == 200
