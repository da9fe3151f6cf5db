"""A rule names conduct, how grave it is, the rows that show it, and what would excuse it.

The tables lie in `triage/data/rules`, one file a criterion; shared parts of rows in `shared.toml`.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final

from models.criteria import Conduct, Mitigator, Severity
from models.errors import PolicyError
from triage.patterns import Pattern, compiled
from triage.subject import Who

_KEYS: Final = frozenset(
    {"id", "conduct", "severity", "rows", "negation", "excused_by", "doubt", "figurative"}
    | {"asked", "who", "also", "yields"}
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `negated`: the rows hold the negation themselves, so that one nearby does not undo them.
    `excused_by`: settings (game, fiction, news, …) in which the words are not the conduct.
    `doubt`: a person decides. `figurative`: a joke reading is possible, and noted.
    `asked`: a question counts as much as a statement. `who`: whose act it must be.
    `also`: a tag that must stand somewhere in the post. `yields`: drops out of a sentence that
    calls for harm to a group, which says the same more exactly.
    """

    id: str
    conduct: Conduct
    severity: Severity
    patterns: tuple[Pattern, ...]
    negated: bool = False
    excused_by: frozenset[str] = frozenset()
    doubt: bool = False
    asked: bool = False
    who: Who = Who.ANY
    also: str | None = None
    yields: bool = False
    mitigators: frozenset[Mitigator] = frozenset()


@cache
def rules() -> tuple[Rule, ...]:
    """Read the tables once. Raises `PolicyError` naming the file if one cannot be read."""
    shared = shared_parts()
    found: dict[str, Rule] = {}
    for file in _files():
        if file.name == "shared.toml":
            continue
        table = tomllib.loads(file.read_text("utf-8"))
        for row in table["rule"]:
            rule = _rule(row, table, shared | table.get("parts", {}), file.name)
            if rule.id in found:
                raise PolicyError(f"rule {rule.id} is there twice", file=file.name)
            found[rule.id] = rule
    return tuple(found.values())


@cache
def shared_parts() -> dict[str, str]:
    """Read the parts of rows that all tables share."""
    table = tomllib.loads((_folder() / "shared.toml").read_text("utf-8"))
    return {name: str(part) for name, part in table["parts"].items()}


@cache
def tables_version() -> str:
    """Return a short digest of every table: the same words and rules give the same verdicts."""
    digest = hashlib.sha256()
    data = resources.files("triage") / "data"
    for folder in (data / "lexicon", data / "rules"):
        for file in sorted(folder.iterdir(), key=lambda item: item.name):
            digest.update(file.read_bytes())
    for name in ("cues.toml", "spelling.toml", "weights.json.gz"):
        digest.update((data / name).read_bytes())
    return digest.hexdigest()[:12]


def _rule(row: dict[str, Any], table: dict[str, Any], parts: dict[str, str], file: str) -> Rule:
    unknown = set(row) - _KEYS
    if unknown:
        raise PolicyError(f"rule {row.get('id')} has unknown keys {sorted(unknown)}", file=file)
    figurative = {Mitigator.FIGURATIVE_READING_POSSIBLE} if row.get("figurative") else set()
    try:
        return Rule(
            id=row["id"],
            conduct=Conduct(str(row.get("conduct", table.get("conduct")))),
            severity=Severity(row["severity"]),
            patterns=tuple(compiled(text, parts) for text in row["rows"]),
            negated=row.get("negation") == "within",
            excused_by=frozenset(row.get("excused_by", table.get("excused_by", ()))),
            doubt=row.get("doubt", False),
            asked=row.get("asked", table.get("asked", False)),
            who=Who(row.get("who", "any")),
            also=row.get("also"),
            yields=row.get("yields", False),
            mitigators=frozenset(figurative),
        )
    except KeyError as exc:
        raise PolicyError(f"rule {row.get('id')} lacks {exc}", file=file) from exc


def _folder() -> Traversable:
    return resources.files("triage") / "data" / "rules"


def _files() -> Iterator[Traversable]:
    for file in sorted(_folder().iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            yield file
