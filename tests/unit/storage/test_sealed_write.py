"""Whoever writes by a public key reads nothing back, and what they wrote opens in its place."""

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

import storage.sealed_write
from models.errors import KeyUnavailableError, RawTextExposedError, SealBrokenError
from models.evidence import Evidence
from models.ids import CaseId, new_id
from storage.captures import CaptureStore
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.home import Home
from storage.originals import read_original
from storage.sealed_write import (
    ReadingKey,
    Writer,
    WritingKey,
    open_written_file,
    original_context,
    seal_file_to,
    seal_to,
    unseal_written,
)
from storage.stream import CHUNK
from storage.tables.evidence import EVIDENCE
from storage.transaction import dumped

KEY = ReadingKey(b"k" * 32)
OTHER = ReadingKey(b"o" * 32)
PLACE = ("raw", "evidence", "row", "item")

contexts = st.lists(st.text(max_size=8), max_size=4).map(tuple)


@given(st.binary(max_size=700), contexts, contexts)
def test_what_was_written_opens_in_its_place_and_in_no_other(
    plaintext: bytes, context: tuple[str, ...], other: tuple[str, ...]
) -> None:
    sealed = seal_to(KEY.writing, plaintext, context)
    assert unseal_written(KEY, sealed, context) == plaintext
    if other != context:
        with pytest.raises(SealBrokenError):
            unseal_written(KEY, sealed, other)


@given(st.data())
def test_no_bit_may_be_flipped_and_nothing_cut(data: st.DataObject) -> None:
    sealed = bytearray(seal_to(KEY.writing, b"words", PLACE))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    cut = data.draw(st.integers(0, len(sealed) - 1))
    short = bytes(sealed[:cut])
    sealed[bit // 8] ^= 1 << bit % 8
    for altered in (bytes(sealed), short):
        with pytest.raises(SealBrokenError):
            unseal_written(KEY, altered, PLACE)


def test_another_key_does_not_open() -> None:
    sealed = seal_to(KEY.writing, b"words", PLACE)
    renamed = sealed[:1] + OTHER.writing.id + sealed[17:]
    for altered in (sealed, renamed):
        with pytest.raises(SealBrokenError):
            unseal_written(OTHER, altered, PLACE)


def test_the_head_of_one_value_opens_no_other_body() -> None:
    """Both were sealed to the same key for the same place."""
    one, two = (seal_to(KEY.writing, words, PLACE) for words in (b"one", b"two"))
    head = storage.sealed_write._HEAD
    with pytest.raises(SealBrokenError):
        unseal_written(KEY, one[:head] + two[head:], PLACE)


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1])
def test_a_written_file_opens_whole(tmp_path: Path, size: int) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"x" * size)
    assert seal_file_to(KEY.writing, source, target, PLACE) == size
    assert b"".join(open_written_file(target, KEY, PLACE)) == b"x" * size
    assert target.stat().st_mode & 0o777 == 0o600
    whole = target.read_bytes()
    for place in (0, 5, 100, 1200, len(whole) - 1):
        altered = bytearray(whole)
        altered[place] ^= 1
        target.write_bytes(altered)
        with pytest.raises(SealBrokenError):
            list(open_written_file(target, KEY, PLACE))
    target.write_bytes(whole[:-1])
    with pytest.raises(SealBrokenError):
        list(open_written_file(target, KEY, PLACE))
    target.write_bytes(whole)
    with pytest.raises(SealBrokenError):
        list(open_written_file(target, KEY, (*PLACE, "elsewhere")))


def test_a_reading_key_shows_itself_nowhere() -> None:
    assert repr(KEY) == "ReadingKey(…)"
    with pytest.raises(RawTextExposedError):
        pickle.dumps(KEY)


def test_a_writing_key_has_its_size() -> None:
    with pytest.raises(ValueError, match="1216 bytes"):
        WritingKey(b"short")


def test_a_writer_comes_back_as_it_was_handed_out() -> None:
    writer = Writer(CaseId(new_id()), Domain.RAW, KEY.writing)
    assert Writer.parse(writer.dumps()) == writer


@pytest.mark.parametrize("damage", [b"", b"[]", b"{}", b"null", b'{"public": "x"}', b"\xff"])
def test_a_damaged_writer_is_refused(damage: bytes) -> None:
    with pytest.raises(KeyUnavailableError):
        Writer.parse(damage)


def test_a_writer_of_another_form_or_for_no_case_is_refused() -> None:
    whole = Writer(CaseId(new_id()), Domain.RAW, KEY.writing)
    for altered in (
        whole.dumps().replace(b"writer-1", b"writer-9"),
        whole.dumps().replace(whole.case_id.encode(), b"../elsewhere"),
    ):
        with pytest.raises(KeyUnavailableError):
            Writer.parse(altered)


COLLECTOR = """
import json, sys
from pathlib import Path
from storage.sealed_write import original_context
from storage.sealed_write import Writer

writer = Writer.parse(sys.stdin.buffer.read())
capture_id, evidence_id, source, original, row = sys.argv[1:]
item = Path(source).read_bytes()
Path(row).write_bytes(writer.seal(("evidence", evidence_id, "item"), item))
writer.seal_file(Path(source), Path(original), original_context(writer.case_id, capture_id))
"""


def test_a_collector_with_public_keys_alone_writes_rows_and_files_that_the_core_reads(
    agency: Any, tmp_path: Path
) -> None:
    """The collector is a process of its own; all that it is given stands on its input."""
    case = agency.case()
    consent = agency.consent(case.id)
    evidence_id = new_id()
    source, row = tmp_path / "source", tmp_path / "row"
    item = agency.item("words of the applicant")
    capture = agency.capture_value(consent, dumped(item).decode())
    source.write_bytes(dumped(item))
    writer = agency.ring.writer(case.id, Domain.RAW)
    given = writer.dumps()
    box = agency.ring.lockbox(case.id, Domain.RAW)
    secrets = (box.rows.secret, box.files.secret, box.index, box.signing, box.reading.seed)
    assert not any(secret in given or secret.hex().encode() in given for secret in secrets)
    collector = subprocess.run(
        [
            sys.executable,
            "-c",
            COLLECTOR,
            *(capture.id, evidence_id, str(source)),
            *(str(original(agency.home, capture.id)), str(row)),
        ],
        cwd=Path(storage.sealed_write.__file__).parents[1],
        input=given,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (collector.returncode, collector.stderr) == (0, b"")
    for written in (row, original(agency.home, capture.id)):
        assert b"words of the applicant" not in written.read_bytes()
    with agency.vault.write() as tx:
        CaptureStore(tx).add(capture)
        values = {
            "id": evidence_id,
            "case_id": case.id,
            "capture_id": capture.id,
            "ordinal": 0,
            "body": row.read_bytes(),
        }
        tx.execute(insert(EVIDENCE), [values])
    with agency.vault.read() as tx:
        (evidence,) = EvidenceStore(tx).for_case(case.id)
        assert isinstance(evidence, Evidence)
        assert evidence.item == item
        assert b"".join(read_original(tx, capture, home=agency.home)) == source.read_bytes()


def test_what_was_written_for_one_case_does_not_open_in_another(agency: Any) -> None:
    """The domain is bound as well: a writer for raw writes nothing that opens as released."""
    case, other = agency.case(), agency.case()
    agency.ring.lockbox(other.id, Domain.RAW, create=True)
    sealed = agency.ring.writer(case.id, Domain.RAW).seal(("records", "row", "kind"), b"words")
    with agency.vault.read() as tx:
        assert tx.unseal(case.id, ("records", "row", "kind"), sealed) == b"words"
        for case_id, place in ((other.id, "row"), (case.id, "another")):
            with pytest.raises(SealBrokenError):
                tx.unseal(case_id, ("records", place, "kind"), sealed)


def test_a_destroyed_case_has_no_writer(agency: Any) -> None:
    case = agency.case()
    agency.ring.writer(case.id, Domain.RAW)
    agency.ring.drop(case.id, at=agency.now)
    with pytest.raises(KeyUnavailableError):
        agency.ring.writer(case.id, Domain.RAW)


def original(home: Home, capture_id: str) -> Path:
    return home.files / capture_id


def test_an_original_is_bound_to_case_and_capture() -> None:
    assert original_context(CaseId("c"), "o") == ("original", "c", "o")  # type: ignore[arg-type]
