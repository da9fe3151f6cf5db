"""A register is appended to; its newest entry stands, and nothing in it is rewritten."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, update

from models.errors import ConstraintError
from models.text import RawText
from models.value import Value
from storage.registers import RegisterKind, RegisterStore
from storage.tables.records import REGISTERS

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Entry(Value):
    words: RawText


def _put(agency: Any, about: str, *words: str) -> None:
    with agency.vault.write() as tx:
        for text in words:
            entry = Entry(words=RawText(text))
            RegisterStore(tx).put(RegisterKind.DEVICE, about, entry, now=NOW)


def test_the_newest_entry_about_a_subject_stands(agency: Any) -> None:
    _put(agency, "laptop-1", "first", "second")
    _put(agency, "laptop-2", "other")
    with agency.vault.read() as tx:
        registers = RegisterStore(tx)
        newest = registers.latest(RegisterKind.DEVICE, "laptop-1", Entry)
        assert newest is not None
        assert newest.words.reveal() == "second"
        assert [e.words.reveal() for e in registers.all(RegisterKind.DEVICE, Entry)] == [
            "first",
            "second",
            "other",
        ]
        assert len(registers.all(RegisterKind.DEVICE, Entry, "laptop-2")) == 1
        assert registers.latest(RegisterKind.DEVICE, "laptop-3", Entry) is None
        assert registers.latest(RegisterKind.PERSONA, "laptop-1", Entry) is None


def test_a_subject_is_never_a_sentence(agency: Any) -> None:
    with pytest.raises(ConstraintError):
        _put(agency, "somebody's own words", "first")


def test_nothing_in_a_register_is_rewritten_or_removed(agency: Any) -> None:
    _put(agency, "laptop-1", "first")
    for statement in (update(REGISTERS).values(about="laptop-2"), delete(REGISTERS)):
        with pytest.raises(ConstraintError), agency.vault.write() as tx:
            tx.execute(statement)


def test_the_words_of_a_register_are_sealed(agency: Any) -> None:
    _put(agency, "laptop-1", "canary-words")
    with agency.vault.read() as tx:
        body = tx.execute(REGISTERS.select()).one().body
    assert b"canary-words" not in body
