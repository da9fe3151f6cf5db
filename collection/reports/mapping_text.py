"""What a mapping's own text says: on which line a key stands, and which forms of time are clear."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from models.errors import InputError

_DIRECTIVES: Final = frozenset("YmdHIMSfpbBz%j")
_HEADER: Final = re.compile(r"[ \t]*\[[ \t]*[\"']?([\w-]+)[\"']?[ \t]*\]")
_NUMBERS: Final = re.compile(r"\{([^{}]*)\}")


def line_in(text: str, table: str, key: str) -> int:
    """Return the line on which a key of a table stands, else the table's own, else the first.

    The table itself is a key of the table "". An inline or dotted table counts as well.
    """
    name = rf"[\"']?{re.escape(key)}[\"']?[ \t]*=(?!=)"
    own = re.compile(rf"[ \t]*{name}")
    dotted = re.compile(rf"[ \t]*{re.escape(table)}[ \t]*\.[ \t]*{name}")
    inline = re.compile(rf"[ \t]*{re.escape(table)}[ \t]*=[ \t]*\{{.*(?<![\w-]){name}")
    within, begins = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        header = _HEADER.match(line)
        if header:
            within = header[1]
            if within == table:
                begins = number
            if within == key and not table:
                return number
        elif (within == table and own.match(line)) or (
            table and not within and (dotted.match(line) or inline.match(line))
        ):
            return number
    return begins


def fault_of_form(used: Sequence[str]) -> str:
    """Return what is unclear about a form of time with these directives, or nothing.

    A clock of twelve hours without its half of the day, or the reverse, would be read wrongly and
    without a word.
    """
    months = {"m", "b", "B"} & set(used)
    if not set(used) <= _DIRECTIVES or len(set(used)) != len(used):
        return "the form of time has a part that is not known, or one twice"
    if "Y" not in used or not ("j" in used or ("d" in used and months)):
        return "the form of time lacks year, month or day"
    if len(months) > 1 or ("j" in used and (months or "d" in used)):
        return "the form of time has the month or the day in two ways"
    if ("I" in used) != ("p" in used) or {"H", "I"} <= set(used):
        return "%I and %p belong together, and neither to %H"
    return ""


def counted(expression: str) -> int:
    """Return how often an expression repeats by its numbers at most, if all of them nest."""
    found = 1
    for inner in _NUMBERS.findall(expression):
        numbers = [int(one[:7]) for one in re.findall(r"\d+", inner)]
        found *= max(1, *numbers) if numbers else 1
        if found > 10**9:
            break
    return found


def moment_of(pattern: str, written: str) -> datetime:
    """Return the moment that a pattern reads. Raises `InputError`."""
    try:
        return datetime.strptime(written, pattern)  # noqa: DTZ007 - the zone is the mapping's
    except (ValueError, OverflowError):
        pass
    raise InputError("a time of another form")
