"""What the casework's pages are made of: pieces of a text, safe names of files, keys of lists."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem
from models.deadlines import ClockKind
from models.errors import InputError
from models.ids import CaseId, new_id
from models.protected import ProtectedClass
from models.redaction import Mention, Span
from portal.casework.home import QUEUES, key_of
from portal.casework.incoming import Incoming
from portal.casework.review import KEYS, pieces_of
from portal.casework.texts import CLOCKS, ITEMS, PLACE, STATES, STEPS, done


def span(start: int, end: int) -> Span:
    return Span(
        start=start,
        end=end,
        protected_class=ProtectedClass.RELIGION,
        mention=Mention.TRAIT,
        proposer="rule",
        rule="a.b",
        version="1",
    )


@given(
    text=st.text(max_size=60),
    borders=st.lists(st.tuples(st.integers(0, 70), st.integers(1, 20)), max_size=6),
)
def test_pieces_put_together_are_the_text(text: str, borders: list[tuple[int, int]]) -> None:
    """No letter is shown twice or lost, however spans overlap."""
    spans = tuple(span(start, start + length) for start, length in borders)
    pieces = pieces_of(text, spans)
    inside = "".join(piece.text for piece in pieces)
    assert text.startswith(inside)
    if all(one.end <= len(text) for one in spans):
        assert inside == text


def test_a_stretch_under_two_spans_names_both() -> None:
    pieces = pieces_of("abcdef", (span(0, 4), span(2, 6)))
    assert [(one.text, one.numbers) for one in pieces] == [("ab", "1"), ("cd", "1, 2"), ("ef", "2")]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "", ".hidden", "a/b\\c.warc", "x" * 400, "ß ü\n.pdf", "CON"]
)
def test_a_file_lies_in_its_cases_folder_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    case_id = CaseId(new_id())
    incoming = Incoming(tmp_path)
    assert incoming.add(case_id, [(name, io.BytesIO(b"x")), (name, io.BytesIO(b"y"))]) == 2
    folder = incoming.folder(case_id)
    found = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert len(found) == 2
    assert all(one.parent == folder and not one.name.startswith(".") for one in found)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(one.stat().st_mode & 0o077 == 0 for one in found)


def test_what_does_not_fit_leaves_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.casework.incoming.LARGEST", 3)
    case_id = CaseId(new_id())
    incoming = Incoming(tmp_path)
    with pytest.raises(InputError):
        incoming.add(case_id, [("a", io.BytesIO(b"12")), ("b", io.BytesIO(b"34"))])
    assert incoming.waiting(case_id).files == 0
    with pytest.raises(InputError):
        incoming.add(case_id, [])


@given(st.text(max_size=80))
def test_an_address_that_names_no_place_in_a_list_is_its_first_page(text: str) -> None:
    found = key_of(text)
    assert found is None or found.changed_at.tzinfo is not None


def test_a_key_of_a_list_is_read_back() -> None:
    case_id = new_id()
    found = key_of(f"2026-09-01T12:00:00Z~{case_id}")
    assert found is not None
    assert found.changed_at == datetime(2026, 9, 1, 12, tzinfo=UTC)
    assert found.case_id == case_id


def test_every_code_that_a_page_shows_has_words() -> None:
    assert set(STATES) == set(CaseState)
    assert set(CLOCKS) == set(ClockKind)
    assert set(ITEMS) == set(ConsentItem)
    assert set(PLACE.values()) == set(range(1, len(STEPS) + 1))
    assert all(done(action) for action in AuditAction)


def test_no_two_queues_and_no_two_keys_are_alike() -> None:
    assert len({queue.key for queue in QUEUES}) == len(QUEUES)
    assert len({key for key, _ in KEYS}) == len(KEYS)
