r"""An agency's own terms, classes, exceptions and patterns are read with file, line and rule.

A policy names them: `lists = "terms.toml"`, or their tables stand in it as `[[lists.terms]]`.

    [[terms]]
    term = "Tri-County Islamic Center"
    class = "religion"
    mention = "place"          # group, trait (the default), slur, person, place or time
    inflect = false            # true by default: plural and possessive follow by rule

    [[classes]]
    id = "hair-texture"        # spans show it as operator.hair-texture
    title = "Hair texture and style"
    treated_as = "race"        # the class whose tier it takes
    terms = ["locs", "box braids"]

    [[exceptions]]
    phrase = "St. Mary's Street"

    [[patterns]]
    regex = 'badge\s+no\.?\s*\d{4,6}'
    class = "military"
    rule = "badge-number"

A term or pattern adds to what is withheld; nothing here can take a protected class out.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import regex  # type: ignore[import-untyped]  # it has no stubs
from pydantic import BaseModel

from models.terms import (
    OperatorClass,
    OperatorException,
    OperatorLists,
    OperatorPattern,
    OperatorTerm,
)
from policy.toml_file import Key, TomlFile

Barred = Callable[[str], bool]
"""Says whether a phrase may not be excepted: it is a protected term itself."""

_LISTS: Final = ("terms", "classes", "exceptions", "patterns")
_MOST: Final = 5000
"""Rows of one list: more is a mistake, or another product's dictionary."""
_PROBE_SECONDS: Final = 0.25
_PROBES: Final = ("", "a" * 64 + "!", "a b " * 24 + "!", "1" * 64 + "x", "ab1_-." * 16 + "\n")
"""Texts on which patterns that backtrack without end are slow already."""

RowT = TypeVar("RowT", bound=BaseModel)


def load_terms(path: Path, *, barred: Barred | None = None) -> OperatorLists:
    """Read a file of operator lists.

    Raises `PolicyError` with file, line and rule: for an unknown class or key, an empty or doubled
    term, a doubled rule id, a pattern that is none, matches nothing, or never ends, or an
    exception that is `barred`.
    """
    return lists_of(TomlFile(path), barred=barred)


def lists_of(file: TomlFile, *keys: Key, barred: Barred | None = None) -> OperatorLists:
    """Read the lists that stand in a file, as tables under a path of keys, or by a file's name.

    Raises `PolicyError` like `load_terms`.
    """
    fields: Any = file.fields
    for key in keys:
        fields = fields[key]
    if isinstance(fields, str):
        return load_terms(file.path.parent / fields, barred=barred)
    if not isinstance(fields, dict):
        raise file.fault(f"{keys[-1]}: neither a file nor tables", *keys)
    for key in fields:
        if key not in _LISTS:
            raise file.fault(f"{key}: a key that the format does not have", *keys, key)
    lists = OperatorLists(
        terms=tuple(_rows(file, fields, OperatorTerm, *keys, "terms")),
        classes=tuple(_rows(file, fields, OperatorClass, *keys, "classes")),
        exceptions=tuple(_rows(file, fields, OperatorException, *keys, "exceptions")),
        patterns=tuple(_rows(file, fields, OperatorPattern, *keys, "patterns")),
    )
    _once(file, [row.term.casefold() for row in lists.terms], *keys, "terms")
    _once(file, [row.id for row in lists.classes], *keys, "classes")
    _once(file, [row.phrase.casefold() for row in lists.exceptions], *keys, "exceptions")
    _once(file, [row.rule for row in lists.patterns], *keys, "patterns")
    for at, pattern in enumerate(lists.patterns):
        fault = _unsound(pattern.regex)
        if fault is not None:
            raise file.fault(f"regex: {fault}", *keys, "patterns", at, "regex")
    for at, exception in enumerate(lists.exceptions):
        if barred is not None and barred(exception.phrase):
            rule = "phrase: it is a protected term itself"
            raise file.fault(rule, *keys, "exceptions", at, "phrase")
    return lists


def _rows(file: TomlFile, fields: dict[str, Any], kind: type[RowT], *keys: Key) -> list[RowT]:
    name = str(keys[-1])
    rows: Any = fields.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise file.fault(f"{name}: write each row as a table [[{name}]]", *keys)
    if len(rows) > _MOST:
        raise file.fault(f"{name}: more than {_MOST} rows", *keys)
    return [file.model(kind, row, *keys, at) for at, row in enumerate(rows)]


def _once(file: TomlFile, rows: list[str], *keys: Key) -> None:
    seen: set[str] = set()
    for at, row in enumerate(rows):
        if row in seen:
            raise file.fault(f"{keys[-1]}: the same row a second time", *keys, at)
        seen.add(row)


def _unsound(source: str) -> str | None:
    """Return what is wrong with a pattern, or None."""
    try:
        pattern = regex.compile(source, regex.IGNORECASE)
    except (regex.error, OverflowError, RecursionError, ValueError) as exc:
        return f"not a pattern: {exc}"
    for probe in _PROBES:
        try:
            found = pattern.search(probe, timeout=_PROBE_SECONDS)
        except TimeoutError:
            return "backtracks without end on short texts"
        if found is not None and found.start() == found.end():
            return "matches where there is nothing"
    return None
