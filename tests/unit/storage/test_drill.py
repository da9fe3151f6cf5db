"""An old backup of the data with today's keys: the destroyed is unreadable, the rest is whole."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest

from models.case import CaseState
from models.errors import HomeError
from storage.audit import AuditLog
from storage.domain import Domain
from storage.drill import drill
from storage.released import ReleasedVault
from storage.shred import destroy


@pytest.fixture
def released(agency: Any) -> Any:
    vault = ReleasedVault(agency.home, agency.ring)
    yield vault
    vault.close()


def copied(agency: Any, target: Path) -> Path:
    agency.vault.compact()
    shutil.copyfile(agency.home.raw_database, target)
    return target


@pytest.mark.sqlite_only
def test_an_old_backup_shows_the_living_and_hides_the_destroyed(
    agency: Any, released: Any, tmp_path: Path
) -> None:
    """Backed up, destroyed, rotated once more, restored."""
    gone, *living = [agency.case(CaseState.RETAINED) for _ in range(4)]
    for case in (gone, *living):
        agency.evidence(case.id, "one", "two")
    agency.case()
    backup = copied(agency, tmp_path / "old.db")
    assert (drill(agency.home, agency.ring, backup).whole, gone.id) == (5, gone.id)

    def record(tx: Any, case: Any) -> None:
        AuditLog(tx).append(agency.entry(case.id))

    destroy(agency.vault, gone.id, released=released, record=record, now=agency.now)
    for domain in Domain:
        agency.ring.rotate(domain)
    before = backup.read_bytes()
    found = drill(agency.home, agency.ring_for(Domain.RAW), backup)
    assert (found.whole, found.destroyed, found.passed) == (4, 1, True)
    assert backup.read_bytes() == before
    assert not [path for path in agency.home.root.iterdir() if path.name.startswith(".drill")]


@pytest.mark.sqlite_only
def test_a_living_case_that_does_not_open_fails_the_drill(agency: Any, tmp_path: Path) -> None:
    case = agency.case()
    agency.evidence(case.id, "one")
    backup = copied(agency, tmp_path / "old.db")
    damaged = sqlite.connect(backup, isolation_level=None)
    for (name,) in damaged.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        if name.startswith("evidence"):
            damaged.execute(f"DROP TRIGGER {name}")
    damaged.execute("UPDATE evidence SET body = zeroblob(length(body))")
    damaged.close()
    found = drill(agency.home, agency.ring, backup)
    assert (found.broken, found.passed) == ((case.id,), False)


@pytest.mark.sqlite_only
def test_a_destroyed_case_that_opens_fails_the_drill(
    agency: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = agency.case()
    agency.evidence(case.id, "one")
    monkeypatch.setattr(type(agency.ring), "dropped", lambda _ring: frozenset({case.id}))
    found = drill(agency.home, agency.ring, copied(agency, tmp_path / "old.db"))
    assert (found.reopened, found.passed) == ((case.id,), False)


@pytest.mark.sqlite_only
def test_another_homes_data_and_a_missing_file_are_refused(
    make_agency: Callable[[str], Any], tmp_path: Path
) -> None:
    one, two = make_agency("one"), make_agency("two")
    with pytest.raises(HomeError):
        drill(one.home, one.ring, copied(two, tmp_path / "other.db"))
    with pytest.raises(HomeError):
        drill(one.home, one.ring, tmp_path / "nothing.db")


def test_what_is_no_home_s_data_passes_no_drill(agency: Any, tmp_path: Path) -> None:
    """A wrong file would pass otherwise, with nothing in it that opens or not."""
    other = tmp_path / "other.db"
    other.touch()
    with pytest.raises(HomeError):
        drill(agency.home, agency.ring, other)
    with sqlite.connect(other) as connection:
        connection.execute("CREATE TABLE anything (a)")
    with pytest.raises(HomeError):
        drill(agency.home, agency.ring, other)
