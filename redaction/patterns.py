"""Rules written as patterns: each looks only at texts that hold one of its anchor words.

A rule of `redaction/rules/*.toml` has an id, a class, a kind of mention, anchor words (`#` stands
for any digit) and a pattern over the view's text in lower case. The group `w`, if there is one,
is what is withheld; `{name}` in a pattern stands for the file's macro of that name.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate
from redaction.wordlists import table

DIGIT: Final = "#"


class Rule(NamedTuple):
    """One rule; `group` is 0 or the name of what is withheld."""

    id: str
    protected_class: ProtectedClass
    mention: Mention
    pattern: re.Pattern[str]
    group: int | str


class Patterns:
    """The rules of some files, by their anchors."""

    def __init__(self, *names: str) -> None:
        self._rules: Final[list[Rule]] = []
        self._by_anchor: Final[dict[str, list[int]]] = {}
        macros: dict[str, str] = {}
        for name in names:
            document = table(name)
            for key, value in document.get("macros", {}).items():
                macros[key] = _expanded(value, macros)
            for row in document["rule"]:
                self._add(row, macros)
        self._anchors: Final = frozenset(self._by_anchor)

    def _add(self, row: dict[str, Any], macros: dict[str, str]) -> None:
        # Blanks in a pattern mean one or more blanks or a line's end in the text.
        source = _BLANK.sub(r"\\s+", _expanded(" ".join(row["pattern"].split()), macros))
        pattern = re.compile(rf"(?<![^\W_])(?:{source})(?![^\W_])")
        rule = Rule(
            row["id"],
            ProtectedClass(row["class"]),
            Mention(row["mention"]),
            pattern,
            "w" if "w" in pattern.groupindex else 0,
        )
        for anchor in row["any"].split():
            self._by_anchor.setdefault(anchor, []).append(len(self._rules))
        self._rules.append(rule)

    def propose(self, lower: str, words: frozenset[str]) -> Iterator[Candidate]:
        """Propose what the rules find; `words` are the text's words, `#` among them for a digit."""
        due = {number for word in words & self._anchors for number in self._by_anchor[word]}
        for number in sorted(due):
            rule = self._rules[number]
            for found in rule.pattern.finditer(lower):
                start, end = found.span(rule.group)
                if start < 0:
                    start, end = found.span()
                if start < end:
                    yield Candidate(start, end, rule.protected_class, rule.mention, rule.id, "rule")


_BLANK: Final = re.compile(" (?![*?+])")
_MACRO: Final = re.compile(r"\{([a-z_]+)\}")


def _expanded(source: str, macros: dict[str, str]) -> str:
    return _MACRO.sub(lambda found: f"(?:{macros[found[1]]})", source)
