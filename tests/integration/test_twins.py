"""Two homes whose applicants differ only in what they are: the manager's whole side is the same."""

import re
import sqlite3
from pathlib import Path
from typing import Any, Final

import pytest

from casework.deciding.manager import decide, view
from models.decision import OtherEvidence, Outcome, Reason
from models.people import Role

THREAT: Final = "I am going to kill my boss on Monday, I swear I will beat him to death."
ONE: Final = (
    THREAT,
    "Praying at the mosque with my husband before Eid.",
    "I am pregnant and my lupus is back.",
    "Those damn christians should all be shot on sight, I will kill them.",
)
OTHER: Final = (
    THREAT,
    "Praying at the synagogue with my wife before Purim.",
    "I am infertile and my epilepsy is back.",
    "Those damn muslims should all be shot on sight, I will kill them.",
)
PLAIN: Final = (
    THREAT,
    "Eating at the diner with my friend before noon.",
    "I am tired and my bike is back.",
    "Those damn christians should all be shot on sight, I will kill them.",
)
KEYED: Final = frozenset({"digest", "id", "event_id", "home_id"})
"""Columns that are random, or keyed by the case."""


def rows(path: Path) -> dict[str, list[Any]]:
    """Every row of a database: of what is sealed, its length; of an id, that it is one."""
    with sqlite3.connect(path) as database:
        tables = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found: dict[str, list[Any]] = {}
        for table in sorted(tables):
            cursor = database.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            found[table] = [
                {name: _shown(value) for name, value in zip(names, row, strict=True)}
                | dict.fromkeys(KEYED & set(names), "")
                for row in cursor
            ]
    return found


def _shown(value: object) -> object:
    if isinstance(value, bytes):
        return len(value)
    is_id = isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}", value)
    return "an id" if is_id else value


def managers_side(office: Any, post: Any, texts: tuple[str, ...], caplog: Any) -> dict[str, Any]:
    """Take a case to a decision; return all that the manager's side then holds."""
    office.clock.moment = type(office.clock)().moment
    caplog.clear()
    case_id = office.released(*(post(text) for text in texts))
    released = office.services.released
    who = office.who(Role.HIRING_MANAGER) | {"released": released}
    package = view(case_id, **who)
    evidence = OtherEvidence.BACKGROUND_INVESTIGATION
    reason = Reason(criterion="threats-violence", finding=1, evidence=evidence)
    decide(case_id, Outcome.PENDING_ADVERSE, reasons=(reason,), assessment="A.", **who)
    return {
        "package": package.payload(),
        "bytes": released.view(case_id),
        "rows": rows(office.services.home.root / "released.db"),
        "logged": [(one.name, one.getMessage()) for one in caplog.records],
    }


@pytest.mark.parametrize("texts", [OTHER, PLAIN], ids=["others", "none"])
def test_nothing_on_the_managers_side_tells_twins_apart(
    office: Any, another_office: Any, post: Any, texts: Any, tmp_path: Path, caplog: Any
) -> None:
    second = another_office(tmp_path / "second", {})
    one = managers_side(office, post, ONE, caplog)
    other = managers_side(second, post, texts, caplog)
    assert one["rows"]["deliveries"]
    for part, found in one.items():
        assert other[part] == found, part
