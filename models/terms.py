"""An agency's own terms, classes, exceptions and patterns: part of its policy, frozen with it."""

from collections.abc import Iterator

from pydantic import AliasChoices, Field, field_validator

from models.protected import ProtectedClass
from models.redaction import Mention
from models.value import Value

LONGEST = 200
"""Letters of a term or phrase."""
_CLASS = AliasChoices("class", "protected_class")
_RULE = r"^[a-z][a-z0-9-]{0,40}$"


def _worded(text: str) -> str:
    if not any(map(str.isalnum, text)):
        raise ValueError("holds no letter and no digit")
    if text != text.strip():
        raise ValueError("begins or ends with a blank")
    return text


class OperatorTerm(Value):
    """A word or phrase to withhold wherever it stands."""

    term: str = Field(min_length=2, max_length=LONGEST)
    protected_class: ProtectedClass = Field(validation_alias=_CLASS)
    mention: Mention = Mention.TRAIT
    inflect: bool = True
    rule: str = Field(default="term", pattern=_RULE)
    """Spans show it as `operator.<rule>`."""

    @field_validator("term")
    @classmethod
    def _has_letters(cls, term: str) -> str:
        return _worded(term)


class OperatorClass(Value):
    """A class that local law or the agency protects besides the product's, with its words.

    It is treated as one of the product's classes, whose tier and gates it takes.
    """

    id: str = Field(pattern=_RULE)
    title: str = Field(min_length=2, max_length=LONGEST)
    treated_as: ProtectedClass
    terms: tuple[str, ...] = Field(min_length=1)
    mention: Mention = Mention.TRAIT
    inflect: bool = True

    @field_validator("terms")
    @classmethod
    def _have_letters(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        for term in terms:
            if not 2 <= len(term) <= LONGEST:
                raise ValueError(f"a term has 2 to {LONGEST} letters")
            _worded(term)
        return terms


class OperatorException(Value):
    """A phrase in which no listed term counts as found, such as the name of a street."""

    phrase: str = Field(min_length=2, max_length=LONGEST)

    @field_validator("phrase")
    @classmethod
    def _has_letters(cls, phrase: str) -> str:
        return _worded(phrase)


class OperatorPattern(Value):
    """A pattern in the syntax of the `regex` module, tried on text in plain letters, any case."""

    regex: str = Field(min_length=2, max_length=1000)
    protected_class: ProtectedClass = Field(validation_alias=_CLASS)
    mention: Mention = Mention.TRAIT
    rule: str = Field(pattern=_RULE)
    """The pattern's id; spans show it as `operator.<rule>`."""


class OperatorLists(Value):
    """Everything that an agency adds and excepts."""

    terms: tuple[OperatorTerm, ...] = ()
    classes: tuple[OperatorClass, ...] = ()
    exceptions: tuple[OperatorException, ...] = ()
    patterns: tuple[OperatorPattern, ...] = ()

    def every_term(self) -> Iterator[OperatorTerm]:
        """Yield the terms, then those of the classes, each under its class's id."""
        yield from self.terms
        for own in self.classes:
            for term in own.terms:
                yield OperatorTerm(
                    term=term,
                    protected_class=own.treated_as,
                    mention=own.mention,
                    inflect=own.inflect,
                    rule=own.id,
                )

    def joined(self, more: "OperatorLists") -> "OperatorLists":
        """Return both lists as one; a row that both have stands once."""
        return OperatorLists(
            terms=tuple(dict.fromkeys(self.terms + more.terms)),
            classes=tuple(dict.fromkeys(self.classes + more.classes)),
            exceptions=tuple(dict.fromkeys(self.exceptions + more.exceptions)),
            patterns=tuple(dict.fromkeys(self.patterns + more.patterns)),
        )
