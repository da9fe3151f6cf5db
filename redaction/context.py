"""An ordinary word means people only where its neighbours say so.

"A black repairman", "the blacks", "he is blind" go; "black coffee", "a blind spot" stay. The
frames below are the same for every word; `rules/context.toml` adds what a word's own neighbours
rule out.
"""

import re
from bisect import bisect_left
from typing import Final

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.company import (
    BEFORE_SOMEBODY,
    LINKS,
    PERSONS,
    agent,
    brought_up,
    capital_inside,
    listed_of_oneself,
    person_placed,
    said_of_somebody,
    stands_alone,
    told_after,
)
from redaction.gazetteer import Entry, Hit, Part
from redaction.people import POSSESSORS, SEXED
from redaction.tokens import Tokens
from redaction.wordlists import table, word_set
from redaction.words import ordinary_words

_CONTEXT: Final = table("context")
SHARED: Final = word_set(_CONTEXT["shared"])
_SUBJECTS: Final = word_set(_CONTEXT["subjects"])
_COPULAS: Final = word_set(_CONTEXT["copulas"])
_BETWEEN: Final = word_set(_CONTEXT["between"])
_VETO: Final = {
    word: (word_set(row.get("prev", "")), word_set(row.get("next", "")))
    for word, row in _CONTEXT["veto"].items()
}
_NOTHING: Final[tuple[frozenset[str], frozenset[str]]] = (frozenset(), frozenset())
_INTO_PLACES: Final = word_set(
    """in from to at near of through visit visited visiting around outside inside across leaving
    left via toward towards into throughout between and or"""
)
_HAVING: Final = word_set(
    """my his her their your our have has had having with from got get gets getting diagnosed
    suffer suffers suffered suffering during after before had's celebrate celebrated celebrating
    observe observing attended attend attending joined join since of against on for"""
)
_HAD: Final = word_set(
    """have has had having got diagnosed suffer suffers suffered suffering since survived developed
    with"""
)
_CLOSERS: Final = word_set(
    """here there now today anymore
    . , ; : ! ? ) ( " ' - / and or but so because who that than as when while if like with in at
    from to for on which 'cause cause cuz unless until till who's that's since then when
    whenever is are was were have has had do does will would should can could may might must too
    myself himself herself themselves anyway though tho lol either don't aren't deserve always
    never need want get also just only all"""
)
_CLOSED: Final = _CLOSERS | word_set(
    "last next before after during again already even despite unlike except by ever"
)
"""What may follow where somebody is said to be so."""


ADJECTIVES: Final[dict[str, Entry]] = {
    word: Entry(
        word,
        ProtectedClass(name),
        Mention.GROUP,
        f"{name}.adjective",
        Part.PLURAL if word.endswith("s") else Part.ADJECTIVE,
        ambiguous=True,
    )
    for name, column in _CONTEXT["adjectives"].items()
    for word in word_set(column)
}
"""Words that describe people or things alike, as entries beside the gazetteer's."""


def means_people(
    hit: Hit,
    tokens: Tokens,
    others: frozenset[int],
    named: frozenset[ProtectedClass] = frozenset(),
) -> bool:
    """Tell whether an ambiguous hit is to be withheld where it stands.

    `others` are the offsets at which something else is withheld, `named` the classes of what is.
    """
    lower = tokens.lower
    first = bisect_left(tokens.starts, hit.start)
    last = bisect_left(tokens.starts, hit.end) - 1
    if first > last:
        return False
    before = lower[first - 1] if first else ""
    after = lower[last + 1] if last + 1 < len(lower) else ""
    after_hyphen = after == "-" and last + 2 < len(lower)
    if after_hyphen:
        after = lower[last + 2]
    phrase = " ".join(lower[first : last + 1])
    vetoed = _VETO.get(phrase, _NOTHING)
    if before in vetoed[0] or after in vetoed[1]:
        return False
    if hit.entry.protected_class in named & _TOLD_BY_COMPANY and phrase not in _NEVER:
        return True
    if phrase in _ALWAYS:
        return True
    if hit.entry.rule == "sex.person" and phrase not in _NEVER:
        return said_of_somebody(lower, first, after)
    if hit.entry.mention is Mention.PLACE:
        return _is_place(tokens, first, last, before, after)
    if hit.entry.mention in {Mention.PERSON, Mention.TIME}:
        return False
    if hit.entry.rule.startswith(_BY_PATTERN):
        return phrase in _FRAMED and (
            after in PERSONS
            or (_predicate(tokens, first, others) and (not after or after in _CLOSED))
        )
    if after in PERSONS:
        return phrase not in _NEVER or lower[last + 1] in SEXED
    if phrase in _NEVER:
        return False
    if before in POSSESSORS and hit.entry.rule.startswith(("familial.kin", "marital.spouse")):
        return True
    if after == "here" and stands_alone(lower, first, last + 2):
        return hit.entry.protected_class in _SHARING
    small = hit.entry.term[:1].isupper() and tokens.texts[first].islower()
    origin = hit.entry.rule.startswith(("natorigin", "ethnicity"))
    if small and origin and hit.entry.mention is Mention.GROUP and tokens.texts != lower:
        return after in SHARED or (
            _predicate(tokens, first, others) and (not after or after in _CLOSED)
        )
    if (after in SHARED and hit.entry.protected_class in _SHARING) or agent(after):
        return True
    if _before_people(lower, last + 1):
        return True
    if phrase not in DEMOTED and _beside_another(tokens, first, last, others):
        return True
    noun = hit.entry.rule.startswith("disability.condition")
    if (
        not noun
        and _predicate(tokens, first, others)
        and (not after or after in _CLOSED or after in _BETWEEN)
    ):
        return True
    if capital_inside(tokens, first, last) or brought_up(lower, first):
        return True
    if hit.entry.protected_class in _SHARING and (
        told_after(lower, first, last) or listed_of_oneself(lower, first, last)
    ):
        return True
    group = hit.entry.mention is Mention.GROUP
    plural = hit.entry.part is Part.PLURAL
    if (
        (group and lower[last].endswith("s"))
        or (plural and hit.entry.protected_class in _SHARING and not noun)
        or (group and plural)
    ):
        return before not in {"of", "egg"} or after in _COPULAS
    if group and before in {"any", "every"} and hit.entry.part is Part.NOUN:
        return True
    articled = before in _DETERMINERS or _article_near(lower, first)
    if group and articled and (after in _MODALS or (before != "the" and after in _NOUN_ENDS)):
        return True
    if before == "the" and (
        after in _CLOSERS or after == "" or lower[last + 1 : last + 3] == ["of", "today"]
    ):
        return True
    if hit.entry.mention is Mention.TRAIT:
        return before in _HAVING or (
            hit.entry.protected_class is ProtectedClass.DISABILITY
            and before in _DETERMINERS | {"the"}
            and first > 1
            and lower[first - 2] in _HAD
            and (not after or after in _CLOSERS or after in _SUBJECTS)
        )
    return hit.entry.mention is Mention.SLUR and before in {"you", "u", "a", "these", "those"}


_ALWAYS: Final = word_set(_CONTEXT["always"])
_BY_PATTERN: Final = tuple(sorted(word_set(_CONTEXT["by_pattern"])))
_NEVER: Final = word_set(_CONTEXT["never"])
_FRAMED: Final = word_set(_CONTEXT["framed"])
_MODALS: Final = word_set(
    """would wouldn't will won't can can't could couldn't should shouldn't might must may is isn't
    was wasn't has hasn't had does doesn't did didn't who that"""
)
DEMOTED: Final = word_set(_CONTEXT["demoted"])
"""Terms that are taken as ambiguous whatever their list says."""
_DESCRIBING: Final = re.compile(r"[a-z]{2,}(?:ic|ful|ous|ive|al|ish|less|able|ible|ed|ing|some)")


def _before_people(lower: list[str], at: int) -> bool:
    """Whether one or two more adjectives lead to a noun for people: "young athletic man"."""
    for step in (at, at + 1):
        if step + 1 >= len(lower) or not (
            lower[step] in BEFORE_SOMEBODY - _DETERMINERS or _DESCRIBING.fullmatch(lower[step])
        ):
            return False
        if lower[step + 1] in PERSONS:
            return True
    return False


_SHARING: Final = frozenset(
    {
        ProtectedClass.RACE,
        ProtectedClass.COLOR,
        ProtectedClass.ETHNICITY,
        ProtectedClass.NATORIGIN,
        ProtectedClass.RELIGION,
        ProtectedClass.ORIENTATION,
        ProtectedClass.GENDERID,
        ProtectedClass.SEX,
        ProtectedClass.DISABILITY,
        ProtectedClass.CASTE,
    }
)
"""Classes whose people have a life in common that a noun can name: "black church"."""
_TOLD_BY_COMPANY: Final = frozenset({ProtectedClass.ORIENTATION, ProtectedClass.GENDERID})
"""Classes whose doubtful words mean people where another of the class is named beside them."""


def discloses_alone(entry: Entry) -> bool:
    """Tell whether an ambiguous entry discloses where it is all that is said: "#disabled"."""
    return (
        entry.mention in {Mention.GROUP, Mention.TRAIT}
        and entry.protected_class in _SHARING
        and entry.term.lower() not in _NEVER
        and not entry.rule.startswith(_BY_PATTERN)
    )


_NOUN_ENDS: Final = word_set("to in at on from like ? ! . , because when if") | {""}
_DETERMINERS: Final = word_set("a an the this that another every some any no one")


def _article_near(lower: list[str], first: int) -> bool:
    """Whether "a" and one adjective stand before: "an athletic black would"."""
    return first > 1 and lower[first - 2] in {"a", "an", "another", "every"}


def _is_place(tokens: Tokens, first: int, last: int, before: str, after: str) -> bool:
    word = tokens.lower[first]
    homonym = first == last and (word in ordinary_words() or word in HOMONYMS)
    if not homonym:
        return True
    if tokens.texts[first][0].isupper():
        return before in _INTO_PLACES
    lives = first > 1 and tokens.lower[first - 2] in _LIVING
    return before in {"from", "in", "to"} and (lives or not after or after in _CLOSERS)


_LIVING: Final = word_set(
    "live lives lived living rent rents rented moved move moving based born raised grew house home"
)
HOMONYMS: Final = word_set(_CONTEXT["homonyms"])
"""Places that are also given names."""


def _beside_another(tokens: Tokens, first: int, last: int, others: frozenset[int]) -> bool:
    """Whether "and", "or", a comma or nothing at all stands between it and another hit."""
    starts, lower = tokens.starts, tokens.lower
    at = last + 1
    if at < len(lower) and starts[at] in others:
        return True
    joined = at + 1 < len(lower) and lower[at] in {"and", "or", "/", "-", ","}
    if joined and starts[at + 1] in others:
        return True
    if first and starts[first - 1] in others:
        return True
    return first > 1 and lower[first - 1] in {"and", "or", "/", "-"} and starts[first - 2] in others


def _predicate(tokens: Tokens, first: int, others: frozenset[int]) -> bool:
    """Whether somebody is said to be so: "he is", "she was born", "my boss who is openly"."""
    lower = tokens.lower
    at = first - 1
    while at >= 0 and lower[at] in _BETWEEN and first - at < 6 and lower[at] not in _COPULAS:
        at -= 1
    if at < 0:
        return False
    if lower[at] in _COPULAS:
        if lower[at] in {"being", "identify", "identifies", "identified", "identifying", "im"}:
            return True
        at -= 1
        while at >= 0 and (lower[at] in _BETWEEN or lower[at] in LINKS):
            at -= 1
        return at >= 0 and (
            lower[at] in _SUBJECTS
            or lower[at] in PERSONS
            or tokens.starts[at] in others
            or person_placed(lower, at)
        )
    asked = at - 1 if lower[at] in _SUBJECTS else at - 2  # "is he", "was your boss"
    led = lower[at] in _SUBJECTS or (lower[at] in PERSONS and lower[at - 1] in _LEADING)
    return asked >= 0 and led and lower[asked] in _ASKING


_ASKING: Final = word_set("is are was were am isn't aren't wasn't weren't")
_LEADING: Final = POSSESSORS | {"the", "that", "this", "these", "those"}
