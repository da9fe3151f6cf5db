"""Words are known by the company they keep: a person placed, an upbringing, a capital inside."""

from typing import Final

from redaction.people import HEADS
from redaction.tokens import Tokens
from redaction.wordlists import table, word_set

PERSONS: Final = word_set(table("context")["persons"])
"""Words for somebody whom a class may be said of: "friend", "neighbour", "person"."""

_PLACING: Final = word_set(
    "at in on from of with over behind across beside upstairs downstairs next outside there here"
)


def person_placed(lower: list[str], at: int) -> bool:
    """Whether the words up to here place a person: "the person upstairs", "my friend at work"."""
    for step in range(at, max(-1, at - 5), -1):
        if lower[step] in PERSONS or lower[step] in HEADS:
            return step < at and lower[step + 1] in _PLACING
        if not lower[step].isalpha():
            return False
    return False


def brought_up(lower: list[str], first: int) -> bool:
    """Whether "growing up", "raised", "half-" or "as a" stands before: they tell an identity."""
    before = lower[first - 1] if first else ""
    second = lower[first - 2] if first > 1 else ""
    return (
        (before == "up" and second in {"growing", "grew", "grow", "grown"})
        or (before == "-" and second in {"half", "part", "quarter", "mixed", "non"})
        or (before in {"a", "an"} and second == "as")
        or (before in {"raised", "openly", "proudly", "biologically", "ethnically", "enrolled"})
    )


def capital_inside(tokens: Tokens, first: int, last: int) -> bool:
    """Whether it is written with a capital in the middle of a sentence that has small letters."""
    text = tokens.texts[first]
    if not (text[0].isupper() and text[1:].islower()) or first == 0:
        return False
    if tokens.lower[first - 1] in {".", "!", "?", ":", '"', "'", "(", "-", "*"}:
        return False
    near = [*range(max(0, first - 3), first), *range(last + 1, min(last + 4, len(tokens.texts)))]
    return not any(
        tokens.texts[at][0].isupper()
        and tokens.texts[at] not in {"I", "I'm"}
        and at > 0
        and tokens.texts[at - 1] not in {".", "!", "?"}
        for at in near
    )


def stands_alone(lower: list[str], first: int, after: int) -> bool:
    """Whether words are a clause of their own: "Trans here, ask me anything"."""
    opens = first == 0 or lower[first - 1] in {".", "!", "?", ",", ":", "(", "a", "an"}
    return opens and (
        after >= len(lower) or lower[after] in {",", ".", "!", "?", ":", ")", "and", "-"}
    )
