"""What redaction withholds and what it lets through."""

import re
from enum import StrEnum
from typing import Final

from pydantic import Field, model_validator

from models.protected import ProtectedClass, Tier, tier_of
from models.text import WITHHELD, CodedText, RedactedText
from models.value import Value


class Audience(StrEnum):
    """For whom a redaction is shown."""

    MANAGER = "manager"
    REVIEWER = "reviewer"


class Mention(StrEnum):
    """What kind of thing a withheld span named: all that triage may know about it.

    It never says which class. A group, an identity and a slur are told apart because an attack
    on somebody is conduct, and what somebody is, is not.
    """

    GROUP = "group"
    """People by a protected class, or a person as one of them: "Muslims", "a trans man"."""
    TRAIT = "trait"
    """A protected attribute, event or circumstance that is not a person: "Ramadan", "diabetes"."""
    SLUR = "slur"
    """A word that demeans a protected group."""
    HATE = "hate"
    """An organisation, creed or sign whose purpose is hatred of a protected group, or terror."""
    PERSON = "person"
    """A name or handle of somebody."""
    PLACE = "place"
    """A place or an institution."""
    TIME = "time"
    """A date, a year, an age."""


class Span(Value):
    """One stretch withheld. Offsets count characters of the input, end exclusive."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)
    protected_class: ProtectedClass
    mention: Mention
    proposer: str
    """What proposed it: `gazetteer`, `rule`, `case`, `spancat`, …"""
    rule: str
    """The rule's id, for example `religion.adherent`."""
    version: str
    """The version of the rule set or model."""
    score: float = Field(default=1.0, ge=0.0, le=1.0)

    @model_validator(mode="after")
    def _ordered(self) -> "Span":
        if self.start >= self.end:
            raise ValueError("a span holds at least one character")
        return self

    @property
    def tier(self) -> Tier:
        """The tier of the span's class."""
        return tier_of(self.protected_class)


class Outcome(StrEnum):
    """Whether a text could be redacted."""

    PASSED = "passed"
    UNSUPPORTED_LANGUAGE = "unsupported-language"
    LEAKAGE = "leakage"
    """The leakage check found something that the spans had missed."""


class Redaction(Value):
    """The result of redacting one text.

    `text` is what the manager's side may see: the neutral text, or the fixed token alone when
    the outcome is not `passed`. `coded` is the same with typed tokens, for triage; it holds every
    sentence, also those too much withheld to be in `text`, and is empty unless passed.
    """

    outcome: Outcome
    text: RedactedText
    coded: CodedText
    spans: tuple[Span, ...]


_TYPED: Final = re.compile("⟦(?:" + "|".join(Mention) + ")⟧")


def typed_token(mention: Mention) -> str:
    """Return the token that stands in coded text for a mention of this kind."""
    return f"⟦{mention}⟧"


def untyped(coded: str) -> RedactedText:
    """Turn coded text into what may cross the wall: every typed token becomes the fixed one."""
    return RedactedText(_TYPED.sub(WITHHELD, coded))
