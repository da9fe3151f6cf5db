"""The applicant's side of a policy: how they are told, what they sign, what refusing means."""

import re
from enum import StrEnum
from typing import ClassVar, Final

from pydantic import Field, field_validator, model_validator

from models.consent import ConsentItem
from models.value import Value

_EMPLOYER: Final = re.compile(r"[^\W_][\w&'’.,() -]{0,79}")
_SENTENCE: Final = re.compile(
    r"(?i)\b(?:you|yours?|i|we|our|my|this|agree\w*|releas\w*|waiv\w*|consent\w*"
    r"|acknowledg\w*|liab\w*)\b"
)


class RefusalEffect(StrEnum):
    """What refusing one item leads to."""

    NONE = "none"
    DISQUALIFY = "disqualify"
    """The case ends; nobody outside the wall learns which item it was."""
    MANUAL = "manual"
    """A supervisor decides whether it goes on."""


class RefusalRule(Value):
    """The effect of refusing one item."""

    item: ConsentItem
    effect: RefusalEffect


class Translation(Value):
    """The approved texts in another language."""

    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    notice_text: str = Field(min_length=1)
    consequence_text: str = Field(min_length=1)


class StateForm(Value):
    """One state's own document, under the row of the law that asks for it."""

    row: str = Field(pattern=r"^[A-Z]+-[0-9]{2}$")
    text: str = Field(min_length=1, max_length=20_000)


class ContactCondition(StrEnum):
    """In what circumstances an applicant's friend may be spoken to."""

    NAMED_BY_APPLICANT = "named-by-applicant"
    """The applicant gave the person as somebody to ask."""
    AUTHORSHIP_IN_DOUBT = "authorship-in-doubt"
    """Whether the account is the applicant's cannot be settled otherwise."""
    DANGER_TO_SOMEBODY = "danger-to-somebody"


class ContactRules(Value):
    """When and with which words a friend may be spoken to."""

    conditions: frozenset[ContactCondition] = Field(min_length=1)
    script: str = Field(min_length=1)
    """What is said, word for word."""
    disclosure_text: str = ""
    """The disclosure of an investigative consumer report, where a vendor asks."""


class Asked(StrEnum):
    """What the applicant is asked to list; an empty list is an answer, silence is none."""

    EMAILS = "emails"
    HANDLES = "handles"
    ACCOUNTS = "accounts"
    BLOGS = "blogs"


class ChangeNotice(Value):
    """Whether somebody hired must report new profiles, and how soon."""

    within_days: int = Field(ge=1, le=365)
    lookback_years: int = Field(default=5, ge=1, le=20)


class ApplicantRules(Value):
    """The applicant's side of one policy. What is left out is the cautious choice."""

    signed_policy: bool = False
    """A requisition opens only with the signature of a policy owner."""
    notice_version: str = Field(default="1", pattern=r"^[A-Za-z0-9.-]{1,32}$")
    notice_language: str = Field(default="en", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    translations: tuple[Translation, ...] = ()
    delivery_proof: bool = True
    """The notice counts as delivered when there is proof of it."""
    alterations_count: bool = False
    """That content was changed or deleted after the notice may be a finding."""
    alteration_sentence: str = ""
    """The sentence of the notice that says so."""
    refusals: tuple[RefusalRule, ...] = ()
    """Items that are not named have no effect."""
    signature: bool = True
    witness: bool = False
    employer_name: str = ""
    """Stands in the disclosure form and nowhere else."""
    forms: tuple[StateForm, ...] = ()
    contact: ContactRules | None = None
    """None: nobody speaks to friends."""
    asks: frozenset[Asked] = frozenset(Asked)
    disclosure_lookback_years: int = Field(default=5, ge=1, le=20)
    anonymous_position: str = ""
    """The agency's position on anonymous posting, to be acknowledged."""
    change_notice: ChangeNotice | None = None
    confirmed_rows: frozenset[str] = frozenset()
    """Rows of the law whose reading the agency's counsel has confirmed."""

    added_later: ClassVar[frozenset[str]] = frozenset()

    @field_validator("employer_name")
    @classmethod
    def _only_a_name(cls, name: str) -> str:
        if name and (_EMPLOYER.fullmatch(name) is None or _SENTENCE.search(name)):
            raise ValueError("not the name of an employer alone")
        return name

    @model_validator(mode="after")
    def _consistent(self) -> "ApplicantRules":
        if self.alterations_count and not self.alteration_sentence.strip():
            raise ValueError("alterations count only by a sentence of the notice")
        languages = [self.notice_language, *(one.language for one in self.translations)]
        for what, given in (
            ("language", languages),
            ("item", [one.item for one in self.refusals]),
            ("form", [one.row for one in self.forms]),
        ):
            if len(given) != len(set(given)):
                raise ValueError(f"a {what} is given twice")
        return self

    def effect_of(self, item: ConsentItem) -> RefusalEffect:
        """Return what refusing an item leads to."""
        found = [one.effect for one in self.refusals if one.item is item]
        return found[0] if found else RefusalEffect.NONE
