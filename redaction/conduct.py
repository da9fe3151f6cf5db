"""What is done to somebody is read, not withheld: a gun aimed, an address spread, a drug sold.

A lawful gun, an address and a bare picture tell something of whose they are. Turned against
somebody else they tell what the writer did, and the lists do not hide that. A street name for a
drug that is also a given name is nobody's where a word of use or sale stands beside it.
"""

import re
from collections.abc import Iterator
from typing import Final

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate
from redaction.view import OPAQUE

_GUN: Final = (
    r"(?:(?:fire|hand|shot)?guns?|firearms?|rifles?|pistols?|revolvers?|glocks?|ar-?15s?|shotguns?)"
)
_SOMEBODY: Final = (
    r"(?:you|them|him|her|us|everyone|everybody|someone|somebody|(?:\w+ ){0,3}"
    r"(?:head|face|chest|house|car|door|window|boss|crowd|cashier|clerk|driver|neighbou?r|coworker"
    r"|colleague|manager|teacher|kids?|boy|girl|man|men|guys?|woman|women|people|person|relatives?)"
    rf"|(?:the )?{OPAQUE})"
)
_FRIGHTEN: Final = r"(?:scar|frighten|intimidat|threaten|terrif|terroriz|terroris|kill|shoot)\w*"
_ARMED: Final = tuple(
    re.compile(frame)
    for frame in (
        rf"\b(?:pull|point|aim|wav|brandish|flash|fir|cock|turn|empt|discharg)\w* (?:\w+ ){{0,2}}?"
        rf"(?P<o>my {_GUN}) (?:right |straight )?(?:on|at|over|into|towards?|in) {_SOMEBODY}",
        rf"\b(?:t[ao]k|took|bring|brought|carr|pull|fir|wav|show|grab|us)\w* (?P<o>my {_GUN})\b"
        rf"[^.!?\n]{{0,60}}? to {_FRIGHTEN} (?:off )?{_SOMEBODY}",
        rf"\b(?:bring|brought|tak|took|com|walk|go|march)\w* (?:\w+ ){{0,4}}?(?P<o>my {_GUN})\b"
        r"[^.!?\n]{0,60}?\b(?:pay|sorry|regret|next|dead|die|dies)\b",
        rf"\b(?P<o>my {_GUN}) (?:is|was|are) (?:pointed|aimed|trained) (?:at|on)\b",
        rf"\b(?:shot|shoot|shooting|fired|firing|threaten\w*) (?:at |into |through |up |over )?"
        rf"{_SOMEBODY} (?:\w+ ){{0,3}}?with (?P<o>my {_GUN})\b",
    )
)
_NOT_THEIRS: Final = r"(?<!\bshe )(?<!\bhe )(?<!\bthey )(?<!\bwho )\b"
_PUBLISH: Final = (
    r"(?:post|leak|publish|upload|spread|tweet|expos|doxx?|distribut|circulat)(?:e|ed|ing|s|es)?\b"
)
_HAND_ON: Final = r"(?:shar|send|sent|sold|sell|forward|releas)(?:e|ed|ing|s|es)?\b"
_OF_SOMEBODY: Final = r"[^.!?\n]{0,40}?(?:(?<!\w)(?:her|his|their)|'s|s')(?: (?!own\b)\w+)?"
_ADDRESS: Final = r"(?:home )?address(?:es)?"
_BARE: Final = r"nudes?(?: (?:pics?|pictures?|photos?|selfies?))?"
_TO_MANY: Final = (
    r"[^.!?\n]{0,60}?\b(?:online|everyone|everybody|whole|group|groups|chat|forum|channel|followers"
    r"|strangers|internet|discord|telegram|reddit|facebook|without)\b"
)
_OTHERS: Final = (
    re.compile(rf"{_NOT_THEIRS}{_PUBLISH}{_OF_SOMEBODY} (?P<o>{_ADDRESS}|{_BARE})\b"),
    re.compile(rf"{_NOT_THEIRS}{_HAND_ON}{_OF_SOMEBODY} (?P<o>{_BARE})\b"),
    re.compile(rf"{_NOT_THEIRS}{_HAND_ON}{_OF_SOMEBODY} (?P<o>{_ADDRESS})\b{_TO_MANY}"),
    re.compile(
        rf"{_NOT_THEIRS}(?:{_PUBLISH}|{_HAND_ON})(?: \w+){{0,2}}? (?P<o>{_BARE}|{_ADDRESS})"
        r" (?:of|from|belonging to) (?!me\b|myself\b|mine\b)"
    ),
)
_CALLED: Final = re.compile(
    r"(?i:\b(?:snort|sniff|inject)\w*(?: (?:some|more|a bit of|a little))?"
    r"|\b(?:did|do|doing|took|take|taking|tried|bought|buying|need|popped|popping|smoked|smoking"
    r"|sold|selling|dropped|dropping|scored) (?:some|more|a bit of|a little)"
    r"|\b(?:lines?|grams?|bumps?|bags?|hits?|doses?|caps?|eightballs?) of"
    r"|\b(?:high|rolled|rolling|tripping|tripped|hooked|tweaking|tweaked) on"
    r"|(?P<weak>\b(?:pop(?:s|ped|ping)?|smok(?:e|es|ed|ing)|drop(?:s|ped|ping)?|sold|sell(?:s|ing)?"
    r"|scor(?:e|ed|ing)))) "
    r"(?P<o>(?i:mary jane|molly|tina|lucy|charlie))\b(?!'|-|\s[A-Z])"
    r"(?(weak)(?!\s(?:my|your|his|her|their|our|its|an?|the|this|that|some|one|two|it|at|off|home"
    r"|back|in|on|out|up|over|from|with|down|by|as|and)\b))"
)
"""Given names that are street names too: see triage/data/lexicon, STREET. Not complete."""
_CUES: Final = re.compile(
    rf"(?P<gun>\bmy {_GUN}\b)|(?P<private>\b(?:address|nudes?\b))"
    r"|(?P<drug>\b(?:mary jane|molly|tina|lucy|charlie)\b)",
)


def without_conduct(text: str, lower: str, found: list[Candidate]) -> list[Candidate]:
    """Leave out the candidates that would hide what was done, and name cannabis for what it is."""
    cues = {cue.lastgroup for cue in _CUES.finditer(lower)}
    if not cues:
        return found
    shown: list[tuple[int, int, tuple[str, ...]]] = []
    if "gun" in cues:
        shown += [
            (*item.span("o"), ("gunowner",)) for row in _ARMED for item in row.finditer(lower)
        ]
    if "private" in cues:
        shown += [
            (*item.span("o"), ("residence", "sexwork"))
            for row in _OTHERS
            for item in row.finditer(lower)
        ]
    called = [item.span("o") for item in _CALLED.finditer(text)] if "drug" in cues else []
    shown += [
        (start, end, ("name", "ethnicity", "sex", "given", "family")) for start, end in called
    ]
    kept = [item for item in found if not any(_hides(item, *row) for row in shown)]
    return [*kept, *_cannabis(lower, called)]


def _hides(item: Candidate, start: int, end: int, rules: tuple[str, ...]) -> bool:
    person = "name" in rules and item.mention is Mention.PERSON
    return item.start < end and start < item.end and (person or item.rule.startswith(rules))


def _cannabis(lower: str, called: list[tuple[int, int]]) -> Iterator[Candidate]:
    for start, end in called:
        if lower[start:end] == "mary jane":
            yield Candidate(
                start, end, ProtectedClass.CANNABIS, Mention.TRAIT, "cannabis.called", "rule"
            )
