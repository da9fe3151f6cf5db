"""What the learned weights read of a stretch of a post: words, their categories, their order.

Only coded text comes here, in which a protected mention is a token, so no feature names a class.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from triage.context import Context
from triage.tagging import Tagged, Word

_POSITION: Final = frozenset({"CS", "SS"})
_APART: Final = (2, 3, 4)
"""So many words on, a pair of categories still counts as one feature."""
_STEM: Final = 5
"""Letters of a longer word that stand for its family."""


def features_of(rows: Sequence[Tagged], context: Context, *, asks: bool) -> frozenset[str]:
    """Return the features of some sentences that stand together."""
    found = set(_stance(rows, context, asks=asks))
    for row in rows:
        names = [_names(word) for word in row.words]
        for at, here in enumerate(names):
            found.add(f"w:{here[0]}")
            found.update(f"t:{tag}" for tag in here[1:])
            if len(here[0]) > _STEM and here[0].isalpha():
                found.add(f"p:{here[0][:_STEM]}")
            if at + 1 < len(names):
                found.update(f"b:{one} {other}" for one in here for other in names[at + 1])
            for apart in _APART:
                if at + apart < len(names):
                    there = names[at + apart]
                    found.update(
                        f"s:{one} {other}"
                        for one in here[1:] or here[:1]
                        for other in there[1:] or there[:1]
                    )
    return frozenset(found)


def _names(word: Word) -> list[str]:
    """Return a word's form, numbers made one, and then its categories."""
    form = "0" if any(letter.isdigit() for letter in word.form) else word.form
    return [form, *sorted(word.tags - _POSITION)]


def _stance(rows: Sequence[Tagged], context: Context, *, asks: bool) -> Iterator[str]:
    """Yield who speaks, how the post opens, and in what setting."""
    yield from (f"x:{name}" for name in context.settings)
    if context.quotes:
        yield "x:quote"
    if context.disapproves:
        yield "x:disapproves"
    if context.mitigators:
        yield "x:regrets"
    if asks:
        yield "x:asks"
    tags = frozenset[str]().union(*(row.tags for row in rows))
    if not tags.isdisjoint(("I", "WE")):
        yield "x:own"
    elif not tags.isdisjoint(("MY", "ME")):
        yield "x:near"
    else:
        yield "x:nobody"
    if "YOU" in tags:
        yield "x:you"
    if rows and rows[0].words:
        yield from (f"x:first {name}" for name in _names(rows[0].words[0]))
