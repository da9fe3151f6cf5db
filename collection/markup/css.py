"""A style sheet is cut into its rules, as far as a desktop browser's screen would follow them.

Only plain rules and the groups around them are looked at (`@media`, `@supports`, `@layer`); what
does not parse is passed over, as browsers do, and never costs more than the sheet's length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_SHEETS: Final = 2 << 20
"""Characters of all style sheets of one page that are looked at."""

MAX_GROUPS: Final = 8
"""How deep groups of rules may nest."""

_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_EMBEDDED: Final = re.compile(r"""data:[^"'\s)]{64,}""")
_MARK: Final = re.compile(r"""["'{};]""")
_GROUPING: Final = re.compile(r"""["'()\[\]]""")
_FOLLOWED: Final = ("@media", "@supports", "@layer", "@container", "@scope")
_WIDTH: Final = re.compile(
    r"\(\s*(min|max)-(?:device-)?width\s*:\s*(\d+(?:\.\d+)?)(px|em|rem)\s*\)"
)
_ASSUMED: Final = frozenset({"", "all", "screen", "only screen", "(prefers-color-scheme: light)"})
_SCREEN: Final = 1280.0


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: which elements, and what is declared for them."""

    selectors: tuple[str, ...]
    declared: tuple[tuple[str, str, bool], ...]
    """Property, value, and whether it is `!important`."""


def rules_of(sheet: str) -> Iterator[Rule]:
    """Yield the rules of a sheet in their order."""
    # Comments first: nothing in a string matters here, and images carry most of the length.
    yield from _rules(_EMBEDDED.sub("data:,", _COMMENT.sub(" ", sheet)), 0)


def declarations(body: str) -> tuple[tuple[str, str, bool], ...]:
    """Return what a `style` attribute or the body of a rule declares."""
    found = []
    for part in _split(_COMMENT.sub(" ", body), ";"):
        name, colon, value = part.partition(":")
        if not colon:
            continue
        value = " ".join(value.lower().split())
        plain = value.removesuffix("important").rstrip()
        important = plain != value and plain.endswith("!")
        found.append((name.strip().lower(), plain[:-1].rstrip() if important else value, important))
    return tuple(found)


def _rules(sheet: str, depth: int) -> Iterator[Rule]:
    for head, body in _blocks(sheet):
        if not head.startswith("@"):
            # Rules nested in rules are not followed: what they hide is taken for shown.
            yield Rule(tuple(part.strip() for part in _split(head, ",")), declarations(body))
        elif depth < MAX_GROUPS and head.lower().startswith(_FOLLOWED) and _applies(head):
            yield from _rules(body, depth + 1)


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield each outermost block with what stands before it."""
    depth, start, opened, at = 0, 0, 0, 0
    while found := _MARK.search(sheet, at):
        mark, at = found[0], found.end()
        if mark in "\"'":
            at = _after_string(sheet, at, mark)
        elif mark == "{":
            depth += 1
            if depth == 1:
                opened = found.start()
        elif mark == ";" and depth == 0:
            start = at
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield sheet[start:opened].strip(), sheet[opened + 1 : found.start()]
            if depth <= 0:
                depth, start = 0, at
    if depth:
        # A browser closes at the end what was left open.
        yield sheet[start:opened].strip(), sheet[opened + 1 :]


def _after_string(sheet: str, at: int, mark: str) -> int:
    while found := re.compile(rf"\\|\n|{mark}").search(sheet, at):
        if found[0] != "\\":
            return found.end()
        at = found.end() + 1
    return len(sheet)


def _split(text: str, mark: str) -> Iterator[str]:
    """Split at a mark that stands in no brackets and no string."""
    if _GROUPING.search(text) is None:
        yield from text.split(mark)
        return
    depth, start, quoted = 0, 0, ""
    for at, character in enumerate(text):
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "\"'":
            quoted = character
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == mark and depth <= 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _applies(head: str) -> bool:
    """Say whether a group is for a screen of 1280 pixels, in light colours."""
    name, _, condition = head.partition(" ")
    if not name.lower().startswith("@media"):
        return True
    return any(_all_hold(query) for query in condition.lower().split(","))


def _all_hold(query: str) -> bool:
    for part in re.split(r"\band\b", query):
        term = " ".join(part.split())
        width = _WIDTH.fullmatch(term)
        if width is not None:
            pixels = float(width[2]) * (1 if width[3] == "px" else 16)
            too_far = pixels > _SCREEN if width[1] == "min" else pixels < _SCREEN
            if too_far:
                return False
        elif term.replace(":light", ": light") not in _ASSUMED:
            return False
    return True
