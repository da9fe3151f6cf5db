"""The calendar keeps RFC 5545, and tells a glance at a screen nothing but a code."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.duties.calendar import calendar_of
from models.deadlines import ClockKind, Deadline
from models.ids import CaseId

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
CASE = CaseId("3f0c6f2e4f5b4f0f8d9a6f0c6f2e4f5b")
ONCE = {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "CLASS", "TRANSP", "STATUS"}


def deadline(**changes: object) -> Deadline:
    fields: dict[str, object] = {
        "case_id": CASE,
        "clock": ClockKind.PRE_ADVERSE,
        "rules": ("FCRA-05", "policy"),
        "citation": "15 USC 1681b(b)(3); Cal. Civ. Code § 1786.40, subd. (a)",
        "started_at": NOON,
        "due_at": NOON + timedelta(days=7),
    }
    return Deadline.model_validate(fields | changes)


def unescaped(value: str) -> str:
    out, at = "", 0
    while at < len(value):
        if value[at] == "\\":
            at += 1
            out += {"n": "\n", "\\": "\\", ";": ";", ",": ","}[value[at]]
        else:
            assert value[at] not in ";,", value
            out += value[at]
        at += 1
    return out


def parsed(content: bytes) -> list[dict[str, str]]:
    """Read a calendar strictly: line ends, folding, order, every property once."""
    assert content.endswith(b"\r\n")
    raw = content[:-2].split(b"\r\n")
    for line in raw:
        assert 0 < len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
    whole: list[bytes] = []
    for line in raw:
        if line.startswith(b" "):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    lines = [line.decode() for line in whole]
    for line in raw:
        line.decode()  # folded between characters
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Walloff//Deadlines//EN"]
    assert lines[-1] == "END:VCALENDAR"
    events: list[dict[str, str]] = []
    inside = False
    for line in lines[4:-1]:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            assert not inside
            inside = True
            events.append({})
        elif line == "END:VEVENT":
            assert inside
            inside = False
            assert set(events[-1]) == ONCE
        else:
            assert inside
            assert name in ONCE - set(events[-1])
            events[-1][name] = unescaped(value)
    assert not inside
    return events


def test_an_entry_shows_a_code_and_names_nobody() -> None:
    (event,) = parsed(calendar_of([deadline()], now=NOON))
    assert event["SUMMARY"] == "pre-adverse"
    assert event["DTSTART"] == "20260908T120000Z"
    assert event["CLASS"] == "CONFIDENTIAL"
    assert CASE in event["DESCRIPTION"]
    assert CASE not in event["UID"]
    assert "Code § 1786.40, subd. (a)" in event["DESCRIPTION"]
    assert b"ATTENDEE" not in calendar_of([deadline()], now=NOON)


def test_an_entry_stays_the_same_when_its_date_moves() -> None:
    before, after = (
        parsed(calendar_of([deadline(**changes)], now=NOON))[0]
        for changes in ({}, {"due_at": NOON + timedelta(days=9), "paused": True})
    )
    assert before["UID"] == after["UID"]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "TENTATIVE")
    others = [deadline(clock=ClockKind.DISPUTE), deadline(started_at=NOON + timedelta(days=1))]
    assert before["UID"] not in {one["UID"] for one in parsed(calendar_of(others, now=NOON))}


def test_entries_are_in_order_and_none_is_a_calendar_too() -> None:
    late, soon = deadline(), deadline(due_at=NOON, clock=ClockKind.CONSENT)
    events = parsed(calendar_of([late, soon], now=NOON))
    assert [one["SUMMARY"] for one in events] == ["consent", "pre-adverse"]
    assert parsed(calendar_of([], now=NOON)) == []


@pytest.mark.parametrize("text", ["a\r\nEND:VCALENDAR\r\nX:1", "é" * 200, "\\;,\n\\n", "\x00\x85"])
def test_no_text_breaks_a_line(text: str) -> None:
    (event,) = parsed(calendar_of([deadline(citation=text)], now=NOON))
    assert event["SUMMARY"] == "pre-adverse"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_is_escaped_and_folded(text: str) -> None:
    (event,) = parsed(calendar_of([deadline(citation=text)], now=NOON))
    printable = "".join(one if one.isprintable() or one == "\n" else " " for one in text)
    assert event["DESCRIPTION"].endswith(printable)
