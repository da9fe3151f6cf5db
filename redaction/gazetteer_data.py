"""The term lists under `redaction/gazetteers/`, read and inflected into entries.

A file is TOML: `[source]` says where its facts come from, each `[[list]]` gives a class, a kind
of mention, a rule id and terms. Terms are parted by commas; `|` parts a term's alternatives, `=`
before one keeps its case, `?` marks one as ambiguous for the list's reason `marked`; with `short`
terms of up to three letters keep their case and are ambiguous for that reason. A list with
`column` takes its terms from that column of the file's `rows`, whose cells are parted by `;`.
`docs/gazetteers.md` describes the format in full.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

from models.errors import InputError
from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.gazetteer_fold import fold
from redaction.inflection import Family, Part, expand

AMBIGUOUS_FILE: Final = "ambiguous.toml"
SAFE_FILES: Final = ("safe_phrases.toml", "safe_compounds.toml")

_SHORT: Final = 3
"""Up to so many letters, a name is only taken as written, and only in context."""

_SOURCE_KEYS: Final = {"topic", "facts", "standard", "licence"}
_LIST_KEYS: Final = {
    "class",
    "mention",
    "rule",
    "part",
    "family",
    "prefixes",
    "case",
    "ambiguous",
    "marked",
    "short",
    "column",
    "terms",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One surface form and what it names.

    `ambiguous` means that the form is also ordinary English: it is withheld only where context
    agrees. `case_sensitive` means that only this very spelling counts: "VA", not "va".
    """

    term: str
    protected_class: ProtectedClass
    mention: Mention
    rule: str
    part: Part
    ambiguous: bool = False
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class TermLists:
    """All files, read: entries and safe phrases, why a form is ambiguous, and each file's source.

    `reasons` is keyed by folded form and rule; `sources` by file name.
    """

    entries: tuple[Entry, ...]
    safe_phrases: frozenset[str]
    reasons: dict[tuple[str, str], str]
    sources: dict[str, dict[str, str]]


@dataclass(slots=True)
class _Ambiguity:
    """Which forms are ordinary English, in which rules if not in all; which keep their case."""

    groups: dict[str, list[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)
    kept_case: set[str] = field(default_factory=set)
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)

    def reason(self, key: str, rule: str) -> str | None:
        for why, rules in self.groups.get(key, ()):
            if not rules or rule.startswith(rules):
                return why
        return None


def read_term_lists() -> TermLists:
    """Read every file of the package, in the order of their names.

    Raises `InputError` if a file breaks the format; its text names the file and the fault.
    """
    folder = files("redaction") / "gazetteers"
    documents: dict[str, dict[str, Any]] = {}
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.name.endswith(".toml"):
            try:
                documents[item.name] = tomllib.loads(item.read_text(encoding="utf-8"))
            except tomllib.TOMLDecodeError as exc:
                raise InputError(str(exc), file=item.name) from exc
    sources = {name: _source(name, document) for name, document in documents.items()}
    ambiguity = _ambiguity(documents.pop(AMBIGUOUS_FILE, {}))
    safe = frozenset(
        phrase for name in SAFE_FILES for phrase in _safe_phrases(documents.pop(name, {}))
    )
    entries = tuple(
        entry
        for name, document in documents.items()
        for entry in _entries(name, document, ambiguity)
    )
    return TermLists(entries, safe, ambiguity.reasons, sources)


def _source(name: str, document: dict[str, Any]) -> dict[str, str]:
    source = document.get("source", {})
    if set(source) != _SOURCE_KEYS:
        raise InputError(f"[source] needs exactly {sorted(_SOURCE_KEYS)}", file=name)
    return dict(source)


def _ambiguity(document: dict[str, Any]) -> _Ambiguity:
    table = _Ambiguity()
    for group in document.get("list", ()):
        rules = tuple(group.get("rules", ()))
        for term in _split(group["terms"]):
            if group.get("case", False):
                table.kept_case.add(fold(term))
                continue
            table.groups.setdefault(fold(term), []).append((group["why"], rules))
    return table


def _safe_phrases(document: dict[str, Any]) -> Iterator[str]:
    for group in document.get("list", ()):
        family = Family(group.get("family", Family.NONE))
        before = [f"{word} " for word in _split(group.get("before", ""))] or [""]
        for term in _split(group["terms"]):
            for form in expand(term, family, Part.PHRASE):
                for word in before:
                    yield word + form.surface


def _split(terms: str) -> Iterator[str]:
    for line in terms.splitlines():
        if not line.startswith("#"):
            for term in line.split(","):
                stripped = term.strip()
                if stripped:
                    yield stripped


def _cells(document: dict[str, Any], column: int) -> Iterator[str]:
    for row in document["rows"].splitlines():
        cells = row.split(";")
        if column < len(cells):
            yield cells[column]


def _entries(
    name: str,
    document: dict[str, Any],
    ambiguity: _Ambiguity,
) -> Iterator[Entry]:
    for number, group in enumerate(document.get("list", ()), start=1):
        try:
            yield from _group_entries(document, group, ambiguity)
        except (KeyError, ValueError) as exc:
            raise InputError(f"list {number}: {exc}", file=name) from exc


def _group_entries(
    document: dict[str, Any],
    group: dict[str, Any],
    ambiguity: _Ambiguity,
) -> Iterator[Entry]:
    unknown = set(group) - _LIST_KEYS
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    protected_class = ProtectedClass(group["class"])
    mention = Mention(group["mention"])
    people = Mention.GROUP if mention is Mention.TRAIT else mention
    rule: str = group["rule"]
    part = Part(group.get("part", Part.NOUN))
    family = Family(group.get("family", Family.NONE))
    prefixes = group.get("prefixes", ())
    whole: str | None = group.get("ambiguous")
    column: int | None = group.get("column")
    terms = group["terms"] if column is None else "\n".join(_cells(document, column))
    for raw in _split(terms):
        term = raw.lstrip("?=")
        marks = raw[: len(raw) - len(term)]
        if "?" in marks and "marked" not in group:
            raise ValueError("a term marked `?` needs the list's reason `marked`")
        why: str | None = group["marked"] if "?" in marks else whole
        case_sensitive = "=" in marks or group.get("case", False)
        if len(term) <= _SHORT and "short" in group:
            why, case_sensitive = group["short"], True
        for form in expand(term, family, part, prefixes):
            key = fold(form.surface)
            reason = why or ambiguity.reason(key, rule)
            if reason:
                ambiguity.reasons[key, rule] = reason
            yield Entry(
                form.surface,
                protected_class,
                people if form.people else mention,
                rule,
                form.part,
                reason is not None,
                case_sensitive or key in ambiguity.kept_case,
            )
