"""Rules written as patterns: each is tried only on texts in which it can match.

A rule of `redaction/rules/*.toml` has an id, a class, a kind of mention and a pattern over the
view's text in lower case. The named group that matched, if any, is what is withheld; `{name}`
stands for the macro of that name. `digits` says that every match holds a digit: nothing else needs
to be there for the rule to be tried.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import ahocorasick

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate
from redaction.prefilter import needed_strings
from redaction.wordlists import table


class Rule(NamedTuple):
    """One rule."""

    id: str
    protected_class: ProtectedClass
    mention: Mention
    pattern: re.Pattern[str]


class Patterns:
    """The rules of some files, each tried only where a text holds what it cannot match without."""

    def __init__(self, *names: str) -> None:
        self.rules: Final[list[Rule]] = []
        self._numeric: Final[set[int]] = set()
        due: dict[str, set[int]] = {}
        macros: dict[str, str] = {}
        for name in names:
            document = table(name)
            for key, value in document.get("macros", {}).items():
                macros[key] = _expanded(value, macros)
            for row in document["rule"]:
                self._add(row, macros, due)
        self._automaton: Final = ahocorasick.Automaton()
        for needed, numbers in due.items():
            self._automaton.add_word(needed, frozenset(numbers))
        self._automaton.make_automaton()

    def _add(self, row: dict[str, Any], macros: dict[str, str], due: dict[str, set[int]]) -> None:
        # Blanks in a pattern mean one or more blanks or a line's end in the text.
        source = _BLANK.sub(r"\\s+", _expanded(" ".join(row["pattern"].split()), macros))
        pattern = re.compile(rf"(?:(?<![^\W_])|(?='))(?:{source})(?![^\W_])")
        number = len(self.rules)
        needed = needed_strings(source)
        if row.get("digits", False):
            self._numeric.add(number)
        elif needed is not None:
            for one in needed:
                due.setdefault(one, set()).add(number)
        else:
            raise ValueError(f"rule {row['id']}: nothing tells from afar whether it can match")
        self.rules.append(
            Rule(
                row["id"],
                ProtectedClass(row["class"]),
                Mention(row["mention"]),
                pattern,
            )
        )

    def propose(self, lower: str) -> Iterator[Candidate]:
        """Propose what the rules find in a view's text in lower case."""
        met = {numbers for _, numbers in self._automaton.iter(" ".join(lower.split()))}
        due: set[int] = set().union(*met)
        if self._numeric and _DIGIT.search(lower):
            due |= self._numeric
        for number in sorted(due):
            rule = self.rules[number]
            for found in rule.pattern.finditer(lower):
                start, end = found.span(found.lastgroup or 0)
                if start < end:
                    yield Candidate(start, end, rule.protected_class, rule.mention, rule.id, "rule")


_DIGIT: Final = re.compile(r"\d")
_BLANK: Final = re.compile(" (?![*?+])")
_MACRO: Final = re.compile(r"\{([a-z_]+)\}")


def _expanded(source: str, macros: dict[str, str]) -> str:
    return _MACRO.sub(lambda found: f"(?:{macros[found[1]]})", source)
