"""Conduct that a law protects is seen in coded text and in which classes were withheld there.

Coded text names no class, so what redaction withheld of tier T3 is told beside it, as classes. A
strike, a petition or a quarrel about pay has no such word: it is read from what meets in it,
somebody's fellows, an act in common, the terms of work and who sets them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from importlib import resources
from typing import Final

from models.criteria import Conduct
from models.finding import Proposal
from models.protected import ProtectedClass
from models.redaction import Mention, Redaction, Span, typed_token
from models.reportable import Activity
from models.text import CodedText
from triage.sentences import sentences_of
from triage.tokens import forms_of

OF_CLASS: Final[Mapping[ProtectedClass, Activity]] = {
    ProtectedClass.UNION: Activity.UNION,
    ProtectedClass.POLITICAL: Activity.POLITICAL,
    ProtectedClass.NI: Activity.POLITICAL,
    ProtectedClass.OFFDUTY: Activity.OFF_DUTY,
    ProtectedClass.SMOKER: Activity.OFF_DUTY,
    ProtectedClass.GUNOWNER: Activity.OFF_DUTY,
    ProtectedClass.CANNABIS: Activity.CANNABIS,
    ProtectedClass.EEOACT: Activity.COMPLAINT,
    ProtectedClass.JURY: Activity.JURY,
    ProtectedClass.EMERGENCY: Activity.SERVICE,
}
CRIMINAL_HISTORY: Final = frozenset(
    {ProtectedClass.ARREST, ProtectedClass.CONVICTION, ProtectedClass.PARDON}
)

_WORDS_ABOUT_OTHERS: Final = frozenset(
    {Conduct.HARASSES_A_PERSON, Conduct.DISCLOSES_SENSITIVE_INFORMATION}
)
SHIELDS: Final[Mapping[Activity, frozenset[Conduct]]] = {
    Activity.CONCERTED: _WORDS_ABOUT_OTHERS,
    Activity.UNION: _WORDS_ABOUT_OTHERS,
    Activity.COMPLAINT: _WORDS_ABOUT_OTHERS,
    Activity.JURY: _WORDS_ABOUT_OTHERS,
    Activity.POLITICAL: frozenset({Conduct.HARASSES_A_PERSON}),
    Activity.OFF_DUTY: frozenset(),
    Activity.CANNABIS: frozenset(),
    Activity.SERVICE: frozenset(),
}
"""What each protects: hard words, and telling what one earns. No law protects threats or violence
(Clear Pine Mouldings, 268 NLRB 1044 (1984); Counterman v. Colorado, 600 U.S. 66 (2023)), nor
hostility to a class (11 CCR 1955(d)(3)). Lawful products and service are never found as conduct:
the criteria do not hold them, and what redaction withholds of them says nothing of what is left."""

_ABOUT_OTHERS: Final = frozenset(
    {
        Conduct.THREATENS_VIOLENCE,
        Conduct.PRAISES_VIOLENCE,
        Conduct.DEMEANS_A_PROTECTED_GROUP,
        Conduct.CALLS_FOR_HARM_TO_A_PROTECTED_GROUP,
        Conduct.DISCLOSES_SENSITIVE_INFORMATION,
    }
)
_WRITER: Final = re.compile(r"\b(?:i|im|ive|me|my|mine|myself)\b", re.IGNORECASE)
_REACH: Final = 1
"""Sentences around a passage in which the activity may be told."""


def activities(
    coded: CodedText, passage: CodedText, classes: AbstractSet[ProtectedClass]
) -> frozenset[Activity]:
    """Return the protected activity of which a passage is part.

    `classes` are those withheld in the item as traits. They count where the passage or a sentence
    next to it holds a trait's token; in doubt about whose token it is, they count.
    """
    near = _around(coded, passage)
    found = set()
    if any(typed_token(Mention.TRAIT) in sentence for sentence in near):
        found = {OF_CLASS[one] for one in classes if one in OF_CLASS}
    shown = {
        name: {part for part, entries in parts.items() if _holds(near, entries)}
        for name, parts in _tables().items()
    }
    concerted = shown[Activity.CONCERTED]
    if concerted >= {"together", "terms", "employer"} or (
        concerted >= {"together", "action"} and not concerted.isdisjoint({"terms", "employer"})
    ):
        found.add(Activity.CONCERTED)
    if "office" in shown[Activity.POLITICAL] or (
        "act" in shown[Activity.POLITICAL] and Activity.POLITICAL in found
    ):
        found.add(Activity.POLITICAL)
    if "act" in shown[Activity.COMPLAINT] and "employer" in concerted:
        found.add(Activity.COMPLAINT)
    return frozenset(found)


def traits(spans: Iterable[Span]) -> frozenset[ProtectedClass]:
    """Return the classes withheld as what somebody is or does, not as whom it is about."""
    return frozenset(span.protected_class for span in spans if span.mention is Mention.TRAIT)


def tells_criminal_history(redaction: Redaction, proposal: Proposal) -> bool:
    """Say whether a proposal rests on telling the writer's arrest, conviction or pardon.

    Who wants others jailed tells no history: of threats and hostility, and of what is seen in a
    jail, it must be the writer's own.
    """
    if not any(span.protected_class in CRIMINAL_HISTORY for span in redaction.spans):
        return False
    return any(
        typed_token(mention) in sentence
        and (proposal.conduct not in _ABOUT_OTHERS or _WRITER.search(sentence) is not None)
        for sentence in _around(redaction.coded, proposal.passage)
        for mention in (Mention.TRAIT, Mention.GROUP)
    )


def _around(coded: CodedText, passage: CodedText) -> list[str]:
    sentences = [sentence.text for sentence in sentences_of(coded)]
    told = {number for number, sentence in enumerate(sentences) if sentence and sentence in passage}
    near = {number + step for number in told for step in range(-_REACH, _REACH + 1)}
    return [sentence for number, sentence in enumerate(sentences) if number in near] or [passage]


Entries = frozenset[tuple[str, ...]]


def _holds(sentences: list[str], entries: Entries) -> bool:
    longest = max(len(entry) for entry in entries)
    for sentence in sentences:
        forms = forms_of(sentence)
        for start in range(len(forms)):
            if any(forms[start : start + size] in entries for size in range(1, longest + 1)):
                return True
    return False


@cache
def _tables() -> Mapping[Activity, Mapping[str, Entries]]:
    text = (resources.files("triage") / "data" / "activity.toml").read_text("utf-8")
    return {
        Activity(name): {
            part: frozenset(forms_of(line) for line in lines.splitlines() if line.strip())
            for part, lines in table.items()
        }
        for name, table in tomllib.loads(text).items()
    }
