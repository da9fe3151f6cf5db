"""A US social-security number is found in any notation: grouped, spelled, split over parameters.

Numbers that were never given out (20 CFR 422.103; SSA: area 000, 666 and 900-999, group 00,
serial 0000) do not count, taxpayer numbers of the 9xx range do. S8: numbers in searches.
"""

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_plus

from collection.egress.number_words import any_digits, in_digits, leet, look_alikes

_GAP: Final = r"[\W_]{0,4}"
_SHAPES: Final = tuple(
    re.compile(rf"(?<!\d)(?=({_GAP.join(parts)})(?!\d))")
    for parts in ((r"\d{9}",), (r"\d{3}", r"\d{2}", r"\d{4}"), (r"\d{3}", r"\d{6}"),
                  (r"\d{5}", r"\d{4}"))
)  # fmt: skip
_GROUPS: Final = re.compile(r"(\d+)([\W_]*)")
_MASKED: Final = re.compile(
    r"(?i)(?<![^\W_])(?:[x*#•]{3}[\W_]{0,3}[x*#•]{2}|[x*#•]{5})[\W_]{0,3}\d{4}(?!\d)"
)
_WIDEST: Final = 4
_PAIR: Final = re.compile(r"(?:^|[?&;\s=])([^=&;?#\s]{1,64})=([^=&;#]*)(?=[&;#]|$)")
_PAGING_NAMES: Final = """
    page p per_page limit offset start count num n size since until from to year month day date
    after before width height w h v t time ts timestamp min max
"""
_PAGING: Final = frozenset(_PAGING_NAMES.split())
_FOUR: Final = re.compile(r"(?<![\d/.-])\d{4}(?![\d/.-]*\d)")
_LAST_FOUR: Final = re.compile(
    r"(?i)(?:ssn|social(?:[\s_-]*security)?|last[\s_-]*(?:4|four)|ss#)[^\d]{0,24}(\d{4})(?!\d)"
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_BORN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[\W_]{1,3}(?:0?[1-9]|1[0-2])[\W_]{1,3}(?:[0-2]?\d|3[01])(?!\d)",
        r"(?<!\d)(?:[0-2]?\d|3[01])[\W_]{1,3}(?:[0-2]?\d|3[01])[\W_]{1,3}(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?:[0-2]?\d|3[01])[/.-](?:[0-2]?\d|3[01])[/.-](?P<short>\d\d)(?!\d)",
        rf"(?<!\d)(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?[\W_]{{0,3}}{_MONTH}[\W_]{{0,3}}(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"(?<![a-z]){_MONTH}[\W_]{{0,3}}(?:[0-2]?\d|3[01])(?:st|nd|rd|th)?[\W_]{{1,3}}(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
        r"(?<!\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?P<year>(?:19|20)\d\d)(?!\d)",
    )
)
_HEX_NUMBER: Final = re.compile(r"(?i)(?<![^\W_])(?:0x)?([0-9a-f]{6,8})h?(?![^\W_])")
_SHORT: Final = re.compile(r"(?<!\d)\d{7,8}(?!\d)")
_YOUNGEST: Final = 2014
"""Nobody who applies was born later: such a date is not one of birth."""


def readings(form: str) -> tuple[str, ...]:
    """Return a text as its digits may be read: as they stand, spelled out, or as look-alikes."""
    spelled = in_digits(form)
    return tuple(dict.fromkeys((form, spelled, look_alikes(form), look_alikes(spelled))))


def holds_number(reading: str) -> bool:
    """Say whether a text, in one of its readings, holds a social-security number."""
    if sum(character.isdigit() for character in reading) < 4:
        return False
    if _MASKED.search(reading):
        return True
    for shape in _SHAPES:
        if any(_given_out(_only_digits(found[1])) for found in shape.finditer(reading)):
            return True
    return any(map(_given_out, _evenly_spaced(reading))) or any(
        map(_given_out, _split_over_values(reading))
    )


def holds_last_four_and_birth(reading: str) -> bool:
    """Say whether a text joins four digits of a number with what may be a date of birth."""
    lower = reading.lower()
    for pattern in _BORN:
        for found in pattern.finditer(lower):
            groups = found.groupdict()
            if groups.get("year") and int(groups["year"]) > _YOUNGEST:
                continue
            rest = f"{lower[: found.start()]} ~ {lower[found.end() :]}"
            if _FOUR.search(rest) or _LAST_FOUR.search(rest):
                return True
    return False


def bent_readings(form: str) -> tuple[str, ...]:
    """Return a text with letters read as the digits for which people write them."""
    return tuple(one for one in {leet(form), leet(form, 1)} if one != form)


def hidden_numbers(form: str) -> Iterator[str]:
    """Yield every nine digits that a text may hold in some way: for a keyed digest.

    Backwards, with letters for digits, as one hexadecimal number, or without its first zeros.
    """
    for digits in (_only_digits(form), *any_digits(form)):
        for at in range(len(digits) - 8):
            yield digits[at : at + 9]
            yield digits[at : at + 9][::-1]
    for found in _HEX_NUMBER.finditer(form):
        yield f"{int(found[1], 16):09d}"
    for found in _SHORT.finditer(form):
        yield found[0].zfill(9)


def windows(reading: str) -> Iterator[str]:
    """Yield every nine digits in a row, whatever stands between them: for a keyed digest."""
    digits = _only_digits(reading)
    yield from (digits[at : at + 9] for at in range(len(digits) - 8))


def _given_out(digits: str) -> bool:
    if len(digits) != 9:
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if area in ("000", "666") or group == "00" or serial == "0000":
        return False
    # 26 CFR 301.6109-1(d)(3): taxpayer numbers begin with 9, their groups lie in these ranges.
    return area[0] != "9" or 50 <= int(group) <= 65 or 70 <= int(group) <= 99


def _only_digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _evenly_spaced(reading: str) -> Iterator[str]:
    """Yield nine digits that stand alone in groups with the same mark between all of them.

    Between single digits the marks may differ.
    """
    run: list[str] = []
    mark, last, end, single = "", "", -1, True
    for found in _GROUPS.finditer(reading):
        group, gap = found[1], found[2]
        joined = run and found.start() == end and 0 < len(last) <= _WIDEST
        if joined and (len(run) == 1 or last == mark or (single and len(group) == 1)):
            mark = last
            run.append(group)
            single = single and len(group) == 1
        else:
            yield from _of_run(run)
            # The last group of one run may be the first of the next.
            run = [run[-1], group] if joined else [group]
            mark = last if joined else ""
            single = all(len(part) == 1 for part in run)
        last, end = gap, found.end()
    yield from _of_run(run)


def _of_run(run: list[str]) -> Iterator[str]:
    if 1 < len(run) <= 9 and not _is_dated(run):
        yield "".join(run)


def _is_dated(run: list[str]) -> bool:
    """Say whether groups are a date and a number of one digit, as in an address of a page."""
    return (
        [len(part) for part in run] == [4, 2, 2, 1]
        and run[0][:2] in ("19", "20")
        and 1 <= int(run[1]) <= 12
        and 1 <= int(run[2]) <= 31
    )


def _split_over_values(reading: str) -> Iterator[str]:
    """Yield numbers that are split over the values of an address, a form or a JSON document."""
    parts = [
        digits
        for name, value in _values(reading)
        if name.lower() not in _PAGING
        and (digits := re.sub(r"[\W_]", "", in_digits(unquote_plus(value)))).isdigit()
        and len(digits) <= 6
    ]
    for start in range(len(parts)):
        joined = ""
        for part in parts[start : start + 9]:
            joined += part
            if len(joined) == 9:
                yield joined
    by_length = {size: [part for part in parts if len(part) == size][:8] for size in range(2, 7)}
    for sizes in ((3, 2, 4), (3, 6), (5, 4)):
        for chosen in _one_of_each([by_length[size] for size in sizes]):
            yield "".join(chosen)
    singles = [part for part in parts if len(part) == 1]
    if len(singles) == 9:
        yield "".join(singles)


def _one_of_each(lists: list[list[str]]) -> Iterator[tuple[str, ...]]:
    if not lists:
        yield ()
        return
    for first in lists[0]:
        for rest in _one_of_each(lists[1:]):
            yield (first, *rest)


def _values(reading: str) -> Iterator[tuple[str, str]]:
    yield from ((found[1], found[2]) for found in _PAIR.finditer(reading))
    body = reading.strip()
    if body[:1] in ("{", "["):
        try:
            yield from _flat("", json.loads(body))
        except (ValueError, RecursionError):
            return


def _flat(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(str(key), part)
    elif isinstance(value, list):
        for part in value:
            yield from _flat(name, part)
    elif isinstance(value, str | int):
        yield name, str(value)
