"""Evidence in sum: cues that prove nothing alone are conduct when enough different ones meet.

A net under the rules, for conduct told in words no rule foresaw. It reads the whole post, needs
the writer in it, and adds each group of cues once, so that one word said often weighs no more.
"""

import tomllib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from importlib import resources

from models.criteria import Conduct, Severity
from triage.patterns import Pattern, compiled
from triage.rules import Rule, shared_parts
from triage.subject import Who


@dataclass(frozen=True, slots=True)
class Group:
    """Cues of one sort: rows that show it, what it adds, and whose act it must be."""

    weight: float
    patterns: tuple[Pattern, ...]
    who: Who
    negated: bool
    """True if the rows hold their own negation."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What must come together for one kind of conduct."""

    rule: Rule
    groups: Mapping[str, Group]
    needs: tuple[frozenset[str], ...]
    """Of each set of groups, one must show."""
    threshold: float
    writer: bool
    """True if the writer must be in the post."""

    def reached(self, shown: AbstractSet[str]) -> bool:
        """Say whether these groups together are enough."""
        return (
            all(need & shown for need in self.needs)
            and sum(self.groups[name].weight for name in shown) >= self.threshold
        )


@cache
def sums() -> tuple[Sum, ...]:
    """Read the table once. Raises `PolicyError` if a row cannot be read."""
    text = (resources.files("triage") / "data" / "cues.toml").read_text("utf-8")
    table = tomllib.loads(text)
    parts = shared_parts() | table.get("parts", {})
    return tuple(
        Sum(
            rule=Rule(
                id=item["id"],
                conduct=Conduct(item["conduct"]),
                severity=Severity(item["severity"]),
                patterns=(),
                excused_by=frozenset(item["excused_by"]),
            ),
            groups={
                name: Group(
                    weight=group["weight"],
                    patterns=tuple(compiled(row, parts) for row in group["rows"]),
                    who=Who(group.get("who", "any")),
                    negated=group.get("negation") == "within",
                )
                for name, group in item["groups"].items()
            },
            needs=tuple(frozenset(need) for need in item["needs"]),
            threshold=item["threshold"],
            writer=item.get("writer", True),
        )
        for item in table["sum"]
    )
