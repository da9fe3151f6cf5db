"""An agency's own terms and patterns become proposers; they can only add to what is withheld.

Terms and exceptions join the gazetteer, inflected by its rules and part of its version. Patterns
run on each text in the `regex` module under a time limit, never in `re`: a text on which one does
not end is withheld whole.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

import regex  # type: ignore[import-untyped]  # it has no stubs

from models.errors import PolicyError
from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate
from redaction.gazetteer import Entry, Gazetteer, Part, load_gazetteer
from redaction.inflection import Family, expand

TIMEOUT_RULE: Final = "operator.timeout"
"""The rule of a candidate that covers a whole text because a pattern did not end on it."""
SECONDS: Final = 0.25
"""How long one pattern may take on one text."""


class TermRow(Protocol):
    """A row of `[[terms]]`."""

    @property
    def term(self) -> str: ...  # noqa: D102 - a column
    @property
    def protected_class(self) -> ProtectedClass: ...  # noqa: D102 - a column
    @property
    def mention(self) -> Mention: ...  # noqa: D102 - a column
    @property
    def inflect(self) -> bool: ...  # noqa: D102 - a column
    @property
    def rule(self) -> str: ...  # noqa: D102 - a column


class ExceptionRow(Protocol):
    """A row of `[[exceptions]]`."""

    @property
    def phrase(self) -> str: ...  # noqa: D102 - a column


class PatternRow(Protocol):
    """A row of `[[patterns]]`."""

    @property
    def regex(self) -> str: ...  # noqa: D102 - a column
    @property
    def protected_class(self) -> ProtectedClass: ...  # noqa: D102 - a column
    @property
    def mention(self) -> Mention: ...  # noqa: D102 - a column
    @property
    def rule(self) -> str: ...  # noqa: D102 - a column


def operator_gazetteer(
    terms: Iterable[TermRow] = (), exceptions: Iterable[ExceptionRow] = ()
) -> Gazetteer:
    """Return the package's gazetteer with an agency's terms and exceptions.

    Raises `PolicyError` for an exception that is itself a listed term: it would open the wall.
    """
    phrases = [row.phrase for row in exceptions]
    for number, phrase in enumerate(phrases, start=1):
        if is_protected_term(phrase):
            raise PolicyError(f"exceptions, row {number}: it is a protected term itself")
    return load_gazetteer(extra=tuple(operator_entries(terms)), exceptions=phrases)


def is_protected_term(phrase: str) -> bool:
    """Say whether a phrase is itself on the package's lists: it cannot be excepted."""
    return any(not entry.ambiguous for entry in load_gazetteer().lookup(phrase))


def operator_entries(terms: Iterable[TermRow]) -> Iterator[Entry]:
    """Give every surface form of an agency's terms."""
    for row in terms:
        family = Family.NOUN if row.inflect else Family.NONE
        for form in expand(row.term.replace("|", " "), family, Part.NOUN):
            yield Entry(
                form.surface, row.protected_class, row.mention, f"operator.{row.rule}", form.part
            )


class OperatorPatterns:
    """An agency's patterns as a proposer over views' texts.

    Where a pattern has a group named `w` that took part in the match, that group is withheld,
    else the whole match.
    """

    def __init__(self, rows: Iterable[PatternRow], *, seconds: float = SECONDS) -> None:
        self._rows: Final = [(row, regex.compile(row.regex, regex.IGNORECASE)) for row in rows]
        self._seconds: Final = seconds
        digest = hashlib.sha256()
        for row, _pattern in self._rows:
            parts = (row.rule, row.protected_class, row.mention, row.regex)
            digest.update("\0".join(parts).encode() + b"\n")
        self.version: str = f"operator-{digest.hexdigest()[:12]}"

    def propose(self, texts: Sequence[str]) -> Iterator[list[Candidate]]:
        """Yield the candidates of each text; one that covers it all where a pattern did not end."""
        for text in texts:
            yield self._of(text)

    def _of(self, text: str) -> list[Candidate]:
        found: list[Candidate] = []
        for row, pattern in self._rows:
            try:
                matches = list(pattern.finditer(text, timeout=self._seconds))
            except TimeoutError:
                return [_whole(text, row)]
            found += [_candidate(match, row) for match in matches if match.start() < match.end()]
        return found


def _candidate(match: Any, row: PatternRow) -> Candidate:
    start, end = match.span("w") if "w" in match.re.groupindex else (-1, -1)
    if start >= end:
        start, end = match.span()
    return Candidate(
        start, end, row.protected_class, row.mention, f"operator.{row.rule}", "operator"
    )


def _whole(text: str, row: PatternRow) -> Candidate:
    return Candidate(0, len(text), row.protected_class, row.mention, TIMEOUT_RULE, "operator")
