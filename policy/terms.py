r"""An agency's own terms, exceptions and patterns, in a TOML file of their own.

    [[terms]]
    term = "Tri-County Islamic Center"
    class = "religion"
    mention = "place"          # group, trait (the default), slur, person, place or time
    inflect = false            # true by default: plural and possessive follow by rule

    [[exceptions]]
    phrase = "St. Mary's Street"

    [[patterns]]
    regex = 'badge\s+no\.?\s*\d{4,6}'
    class = "military"
    rule = "badge-number"

A term or pattern adds to what is withheld; nothing here can take a protected class out.
"""

import hashlib
from pathlib import Path
from typing import Any, Final, TypeVar

import regex  # type: ignore[import-untyped]  # it has no stubs
from pydantic import BaseModel, Field, field_validator

from models.errors import PolicyError
from models.protected import ProtectedClass
from models.redaction import Mention
from models.value import Value
from policy.digest import canonical
from policy.toml_file import TomlFile

LISTS: Final = ("terms", "exceptions", "patterns")
_LONGEST: Final = 200
_MOST: Final = 5000
"""Rows of one list: more is a mistake, or another product's dictionary."""
_PROBE_SECONDS: Final = 0.25
_PROBES: Final = ("", "a" * 64 + "!", "a b " * 24 + "!", "1" * 64 + "x", "ab1_-." * 16 + "\n")
"""Texts on which patterns that backtrack without end are slow already."""

RowT = TypeVar("RowT", bound=BaseModel)


class OperatorTerm(Value):
    """A word or phrase to withhold wherever it stands."""

    term: str = Field(min_length=2, max_length=_LONGEST)
    protected_class: ProtectedClass = Field(alias="class")
    mention: Mention = Mention.TRAIT
    inflect: bool = True

    @field_validator("term")
    @classmethod
    def _has_letters(cls, term: str) -> str:
        return _worded(term)


class OperatorException(Value):
    """A phrase in which no listed term counts as found, such as the name of a street."""

    phrase: str = Field(min_length=2, max_length=_LONGEST)

    @field_validator("phrase")
    @classmethod
    def _has_letters(cls, phrase: str) -> str:
        return _worded(phrase)


class OperatorPattern(Value):
    """A pattern in the syntax of the `regex` module, tried on text in plain letters, any case."""

    regex: str = Field(min_length=2, max_length=1000)
    protected_class: ProtectedClass = Field(alias="class")
    mention: Mention = Mention.TRAIT
    rule: str = Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")
    """The pattern's id; spans show it as `operator.<rule>`."""

    @field_validator("regex")
    @classmethod
    def _sound(cls, source: str) -> str:
        try:
            pattern = regex.compile(source, regex.IGNORECASE)
        except (regex.error, OverflowError, RecursionError, ValueError) as exc:
            raise ValueError(f"not a pattern: {exc}") from exc
        for probe in _PROBES:
            try:
                found = pattern.search(probe, timeout=_PROBE_SECONDS)
            except TimeoutError as exc:
                raise ValueError("backtracks without end on short texts") from exc
            if found is not None and found.start() == found.end():
                raise ValueError("matches where there is nothing")
        return source


class OperatorTerms(Value):
    """Everything that one file adds and excepts."""

    terms: tuple[OperatorTerm, ...] = ()
    exceptions: tuple[OperatorException, ...] = ()
    patterns: tuple[OperatorPattern, ...] = ()

    @property
    def sha256(self) -> str:
        """Return the digest of the content: equal lists, however written, have equal digests."""
        return hashlib.sha256(canonical(self)).hexdigest()


def load_terms(path: Path) -> OperatorTerms:
    """Read a file of operator lists.

    Raises `PolicyError` with file, line and rule: for an unknown class or key, an empty or doubled
    term, a doubled rule id, or a pattern that is none, matches nothing, or never ends.
    """
    file = TomlFile(path)
    for key in file.fields:
        if key not in LISTS:
            raise file.fault(f"{key}: a key that the format does not have", key)
    terms = _rows(file, "terms", OperatorTerm)
    exceptions = _rows(file, "exceptions", OperatorException)
    patterns = _rows(file, "patterns", OperatorPattern)
    _once(file, "terms", [row.term.casefold() for row in terms])
    _once(file, "exceptions", [row.phrase.casefold() for row in exceptions])
    _once(file, "patterns", [row.rule for row in patterns])
    return OperatorTerms(terms=tuple(terms), exceptions=tuple(exceptions), patterns=tuple(patterns))


def _rows(file: TomlFile, name: str, kind: type[RowT]) -> list[RowT]:
    rows: Any = file.fields.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise file.fault(f"{name}: write each row as a table [[{name}]]", name)
    if len(rows) > _MOST:
        raise file.fault(f"{name}: more than {_MOST} rows", name)
    return [file.model(kind, row, name, at) for at, row in enumerate(rows)]


def _once(file: TomlFile, name: str, keys: list[str]) -> None:
    seen: set[str] = set()
    for at, key in enumerate(keys):
        if key in seen:
            raise _doubled(file, name, at)
        seen.add(key)


def _doubled(file: TomlFile, name: str, at: int) -> PolicyError:
    return file.fault(f"{name}: the same row a second time", name, at)


def _worded(text: str) -> str:
    if not any(map(str.isalnum, text)):
        raise ValueError("holds no letter and no digit")
    if text != text.strip():
        raise ValueError("begins or ends with a blank")
    return text
