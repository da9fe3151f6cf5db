"""Deadlines as a calendar (RFC 5545): a code, a moment and a case's number; nobody is named.

The summary, which calendars show on every screen, is the duty's code alone. An entry's identity
does not change when its date does, so that a calendar that takes the file in again moves it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from models.deadlines import Deadline

_FOLD: Final = 75
"""Octets in a line, without its end (RFC 5545, 3.1)."""


def calendar_of(found: Iterable[Deadline], *, now: datetime) -> bytes:
    """Return the calendar of some deadlines, the next first."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Walloff//Deadlines//EN",
        "CALSCALE:GREGORIAN",
    ]
    for one in sorted(found, key=lambda one: (one.due_at, one.clock, one.case_id)):
        lines += _event(one, now)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(one: Deadline, now: datetime) -> Iterator[str]:
    state = "stands still" if one.paused else "runs"
    about = f"Case {one.case_id}, {state}. Rules: {', '.join(one.rules)}. {one.citation}"
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(one.key().encode()).hexdigest()[:40]}@walloff.invalid"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(one.due_at)}"
    yield f"SUMMARY:{_escaped(one.clock)}"
    yield f"DESCRIPTION:{_escaped(about)}"
    yield "CLASS:CONFIDENTIAL"
    yield "TRANSP:TRANSPARENT"
    yield f"STATUS:{'TENTATIVE' if one.paused else 'CONFIRMED'}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = "".join(one if one.isprintable() or one == "\n" else " " for one in text)
    for mark, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(mark, instead)
    return plain


def _folded(line: str) -> bytes:
    """Return a line with its end, broken between characters, each further line after a space."""
    parts, current = [], b""
    for one in line:
        octets = one.encode()
        if len(current) + len(octets) > _FOLD:
            parts.append(current)
            current = b" "
        current += octets
    return b"\r\n".join([*parts, current]) + b"\r\n"
