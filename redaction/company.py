"""Words are known by the company they keep: who is placed, what follows, a list of oneself."""

import re
from typing import Final

from redaction.people import HEADS
from redaction.tokens import Tokens
from redaction.wordlists import table, word_set
from redaction.words import ordinary_words

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


LINKS: Final = word_set(
    """to happen happens happened turned turns out used seem seems seemed appear appears appeared
    claim claims claimed known said believed might may must could have has had 've 's be been"""
)
"""Words between a subject and "be": "happens to", "turned out to", "might have"."""
_BY: Final = word_set(
    """birth blood descent ancestry heritage upbringing marriage conversion origin extraction faith
    religion background nationality"""
)
_ALL: Final = word_set("all both half most some each many none")
_US: Final = word_set("us them you")
_COME: Final = word_set("they can it anyone anybody")
_SELF: Final = word_set("me myself us her him them")
_ABOUT: Final = word_set("about describe describing describes of")
_ITEM_ENDS: Final = word_set(", . | ; and & • /") | {""}


def told_after(lower: list[str], first: int, last: int) -> bool:
    """Whether what follows says it of people: "by birth", ", all of us", "as ... as they come"."""
    after = [*lower[last + 1 : last + 5], "", "", "", ""]
    if after[0] == "by":
        return after[1] in _BY
    if after[0] == ",":
        return after[1] in _ALL and after[2] == "of" and after[3] in _US
    return after[0] == "as" and after[1] in _COME and first > 0 and lower[first - 1] == "as"


def listed_of_oneself(lower: list[str], first: int, last: int) -> bool:
    """Whether it is an item of a list that somebody gives of themselves: "About me: tall, deaf"."""
    after = lower[last + 1] if last + 1 < len(lower) else ""
    if after not in _ITEM_ENDS or not first or lower[first - 1] not in {",", ":", "|", "•", "and"}:
        return False
    for at in range(first - 1, max(-1, first - 16), -1):
        if lower[at] in {".", "!", "?"}:
            return False
        if lower[at] == ":":
            head = ["", "", *lower[:at]][-2:]
            return head[1] in {"bio", "profile"} or (head[0] in _ABOUT and head[1] in _SELF)
    return False


BEFORE_SOMEBODY: Final = word_set(
    """a an the this that these those some any every each no another one two three four five most
    many all few several older younger old young white black nice good bad big little fat tall
    short new other same which what random poor rich straight gay asian hot cute smart dumb
    single married decent great lucky creepy weird rude awful terrible lovely sweet kind mean
    strange big average only tough"""
)
"""What stands before "guy" or "dude" where it means somebody."""
_CALLED: Final = word_set(", ! ? . i i'm please this what ... -") | {""}
_AMONG: Final = frozenset({"around", "among", "amongst", "between", "with", "by", "like", "than"})


def said_of_somebody(lower: list[str], first: int, after: str) -> bool:
    """Whether "guy", "dude" or "bro" means somebody, and is no way of calling the reader."""
    before = lower[first - 1] if first else ""
    if not first or before in {".", "!", "?", '"'}:
        return after not in _CALLED
    if before in _AMONG and lower[first] in {"guys", "dudes", "bros"}:
        return True
    return before in BEFORE_SOMEBODY and not (
        first > 1 and lower[first - 2] in {"you", "hey", "hi"}
    )


_TOOLS: Final = word_set(table("context")["tools"])
_AGENT: Final = re.compile(r"[a-z]{2,}(?:[a-z](?:ers?|ors?)|ists?|ians?|persons?|m[ae]n|wom[ae]n)")


def agent(word: str) -> bool:
    """Whether a noun is one for who does something: "riders", "pianist", "repairman"."""
    if word in _TOOLS or not _AGENT.fullmatch(word):
        return False
    stem = word.removesuffix("s")
    if not stem.endswith(("er", "or")):
        return True
    known = ordinary_words()
    return any(root in known for root in (stem[:-2], stem[:-1], stem[:-3])) and stem in known
