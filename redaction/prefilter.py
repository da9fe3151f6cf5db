"""What a pattern cannot match without: a set of strings of which every match holds one.

The idea is that of RE2's filtered sets: where all strings of a part are few they are multiplied
out, else the part's best requirement is kept. One pass of an automaton over a text then tells
which patterns are worth trying.
"""

import re._constants as sre  # type: ignore[import-not-found]  # typeshed has none
import re._parser as sre_parser  # type: ignore[import-not-found]  # typeshed has none
from typing import Any, Final, NamedTuple

from redaction.wordlists import word_set

_MOST: Final = 96
"""More strings than this are not multiplied out."""
_SHORTEST: Final = 3
"""A shorter string is in every text, so it is no requirement."""


class _Known(NamedTuple):
    """`exact`: all strings a part can be, or None. `needed`: strings of which one is there."""

    exact: frozenset[str] | None
    needed: frozenset[str] | None


def needed_strings(pattern: str) -> frozenset[str] | None:
    """Return strings of which every match holds one, blanks as single blanks; None without any."""
    known = _of_sequence(sre_parser.parse(pattern))
    return _best(_requirement(known.exact), known.needed)


def _requirement(exact: frozenset[str] | None) -> frozenset[str] | None:
    if not exact or min(map(len, exact)) < _SHORTEST:
        return None
    return exact


def _best(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return the requirement that is met more rarely."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other, key=_rarity)


def _rarity(strings: frozenset[str]) -> tuple[bool, int, int]:
    return (
        _COMMON.isdisjoint(part for item in strings for part in item.split()),
        min(map(len, strings)),
        -len(strings),
    )


_COMMON: Final = word_set(
    """a an the my our your his her their its i he she we they you it me him us them is are was were
    be been being am have has had get gets got do does did in on at of to for with from by off and
    or but so as if not no that this who what when how new just still very more out up one all"""
)
"""Words that nearly every text holds: what asks for one of them asks for nothing."""


def _of_sequence(items: Any) -> _Known:
    exact: frozenset[str] | None = frozenset({""})
    whole = True
    needed: frozenset[str] | None = None
    for operation, argument in items:
        part = _of_item(operation, argument)
        joined = None
        if exact and part.exact and len(exact) * len(part.exact) <= _MOST:
            joined = frozenset(left + right for left in exact for right in part.exact)
        if joined is not None:
            exact = joined
            continue
        needed = _best(_best(needed, _requirement(exact)), part.needed)
        whole = False
        exact = part.exact if part.exact is not None else frozenset({""})
    if whole:
        return _Known(exact, None)
    return _Known(None, _best(needed, _requirement(exact)))


_UNKNOWN: Final = _Known(None, None)
_EMPTY: Final = _Known(frozenset({""}), None)


def _of_item(operation: Any, argument: Any) -> _Known:
    if operation is sre.LITERAL:
        return _Known(frozenset({chr(argument)}), None)
    if operation in {sre.AT, sre.ASSERT, sre.ASSERT_NOT}:
        return _EMPTY
    if operation is sre.IN:
        return _of_class(argument)
    if operation is sre.SUBPATTERN:
        return _of_sequence(argument[3])
    if operation is sre.BRANCH:
        return _of_branch(argument[1])
    if operation in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
        return _of_repeat(*argument)
    return _UNKNOWN


def _of_class(members: Any) -> _Known:
    if len(members) == 1 and members[0] == (sre.CATEGORY, sre.CATEGORY_SPACE):
        return _Known(frozenset({" "}), None)
    letters: set[str] = set()
    for kind, value in members:
        if kind is sre.LITERAL:
            letters.add(chr(value))
        elif kind is sre.CATEGORY and value is sre.CATEGORY_SPACE:
            letters.add(" ")
        else:
            return _UNKNOWN
    return _Known(frozenset(letters), None)


def _of_branch(alternatives: Any) -> _Known:
    exact: frozenset[str] | None = frozenset()
    needed: frozenset[str] | None = frozenset()
    for alternative in alternatives:
        part = _of_sequence(alternative)
        if exact is not None:
            exact = exact | part.exact if part.exact is not None else None
        requirement = _best(_requirement(part.exact), part.needed)
        if needed is not None:
            needed = needed | requirement if requirement is not None else None
    if exact is not None and len(exact) <= _MOST:
        return _Known(exact, None)
    return _Known(None, needed)


def _of_repeat(least: int, most: int, items: Any) -> _Known:
    part = _of_sequence(items)
    if least == most == 1:
        return part
    if least == 0:
        if most == 1 and part.exact is not None and len(part.exact) < _MOST:
            return _Known(part.exact | {""}, None)
        return _UNKNOWN
    if part.exact == frozenset({" "}):
        return part  # blanks are single in the text that is scanned
    return _Known(None, _best(_requirement(part.exact), part.needed))
