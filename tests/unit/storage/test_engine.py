"""Connections hold every setting, readers cannot write, migrations happen whole or not at all."""

from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

import storage.engine
import storage.tables.audit
import storage.tables.cases
import storage.tables.consents
import storage.tables.evidence
import storage.tables.keys
import storage.tables.packages
import storage.tables.records
import storage.tables.released
from models.case import CaseState
from models.errors import HomeError
from storage.duties import Duty
from storage.engine import Journal, Sync, sqlite_engine, transaction
from storage.home import HomeMode, create_home
from storage.migrate import DATABASES, HEADS, Database, check, configuration, upgrade
from storage.tables import base

METADATA = {
    Database.RAW: base.RAW,
    Database.RELEASED: base.RELEASED,
    Database.KEYS: base.KEYS,
}


def empty(path: Path) -> Path:
    path.touch(mode=0o600)
    return path


@pytest.mark.parametrize(
    ("journal", "sync"), [(Journal.WAL, Sync.FULL), (Journal.ROLLBACK, Sync.EXTRA)]
)
def test_every_setting_holds(tmp_path: Path, journal: Journal, sync: Sync) -> None:
    engine = sqlite_engine(empty(tmp_path / "a.db"), journal=journal, sync=sync)
    with transaction(engine, "a", writes=True) as connection:

        def found(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert found("journal_mode") == journal
        assert str(found("synchronous")) == sync
        assert (found("secure_delete"), found("foreign_keys"), found("trusted_schema")) == (1, 1, 0)
        assert found("busy_timeout") == 20_000
    engine.dispose()


def test_a_setting_that_does_not_hold_is_refused() -> None:
    """An in-memory database, for one, has no write-ahead log."""
    with pytest.raises(HomeError, match="journal_mode"):
        storage.engine._configure(sqlite.connect(":memory:"), journal=Journal.WAL, sync=Sync.FULL)


def test_an_old_library_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite before 3.51.3 can corrupt a database in WAL mode."""
    monkeypatch.setattr(sqlite, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(HomeError, match=r"3\.51\.3"):
        sqlite_engine(empty(tmp_path / "a.db"), journal=Journal.WAL)


def test_a_missing_or_foreign_file_does_not_open(tmp_path: Path) -> None:
    letter = tmp_path / "letter"
    letter.write_text("words " * 1000)
    for path in (tmp_path / "missing.db", letter):
        engine = sqlite_engine(path, journal=Journal.WAL)
        with pytest.raises(HomeError), transaction(engine, "a", writes=False):
            pass
    assert not (tmp_path / "missing.db").exists()


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    engine = sqlite_engine(empty(tmp_path / "a.db"), journal=Journal.WAL)
    with transaction(engine, "a", writes=True) as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    with pytest.raises(HomeError), transaction(engine, "a", writes=False) as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    with transaction(engine, "a", writes=True) as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
    engine.dispose()


def test_an_error_text_shows_no_values(tmp_path: Path) -> None:
    engine = sqlite_engine(empty(tmp_path / "a.db"), journal=Journal.WAL)
    with pytest.raises(HomeError) as caught, transaction(engine, "a", writes=True) as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (:x)"), {"x": "canary"})
    assert "canary" not in str(caught.value)
    assert "canary" not in str(caught.value.__cause__)
    engine.dispose()


@pytest.mark.parametrize("database", DATABASES)
def test_migrations_give_the_tables_that_the_code_describes(
    tmp_path: Path, database: Database
) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    engine = sqlite_engine(home.database(database), journal=Journal.ROLLBACK)
    with transaction(engine, database, writes=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, METADATA[database])
        checks = connection.execute(text("SELECT sql FROM sqlite_master")).scalars().all()
    engine.dispose()
    assert differences == []
    if database is Database.RAW:
        words = " ".join(sql for sql in checks if sql)
        for value in (*CaseState, *Duty):
            assert f"'{value}'" in words


@pytest.mark.parametrize("database", DATABASES)
def test_the_code_expects_the_newest_migration(database: Database) -> None:
    scripts = ScriptDirectory.from_config(configuration(database))
    assert scripts.get_heads() == [HEADS[database]]


def statements_of(path: Path, database: Database) -> int:
    """Count the statements of a whole upgrade."""
    count = 0

    def counted(*_args: Any) -> None:
        nonlocal count
        count += 1

    engine = sqlite_engine(empty(path), journal=Journal.ROLLBACK)
    event.listen(engine, "before_cursor_execute", counted)
    upgrade(engine, database, home_id="0" * 32, mode="rehearsal")
    engine.dispose()
    return count


@pytest.mark.parametrize("database", DATABASES)
def test_a_migration_killed_at_any_statement_leaves_nothing(
    tmp_path: Path, database: Database
) -> None:
    """With Alembic's defaults a half-made table stays and the next upgrade fails on it."""
    total = statements_of(tmp_path / "whole.db", database)
    assert total > 10
    path = empty(tmp_path / "killed.db")
    for stop in range(1, total + 1):
        engine = sqlite_engine(path, journal=Journal.ROLLBACK)
        seen = iter(range(1, total + 1))

        def kill(*_args: Any, stop: int = stop, seen: Any = seen) -> None:
            if next(seen) == stop:
                raise KeyboardInterrupt

        event.listen(engine, "before_cursor_execute", kill)
        with pytest.raises(KeyboardInterrupt):
            upgrade(engine, database, home_id="0" * 32, mode="rehearsal")
        engine.dispose()
        with sqlite.connect(str(path)) as plain:
            assert plain.execute("SELECT name FROM sqlite_master").fetchall() == []
        plain.close()
    engine = sqlite_engine(path, journal=Journal.ROLLBACK)
    upgrade(engine, database, home_id="0" * 32, mode="rehearsal")
    upgrade(engine, database, home_id="0" * 32, mode="rehearsal")
    check(engine, database, home_id="0" * 32, mode="rehearsal")
    engine.dispose()


def test_an_older_or_newer_form_is_refused(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home", HomeMode.REHEARSAL)
    engine = sqlite_engine(home.raw_database, journal=Journal.WAL)
    with transaction(engine, "raw", writes=True) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'raw9999'"))
    with pytest.raises(HomeError, match="form"):
        check(engine, Database.RAW, home_id=home.id, mode=str(home.mode))
    engine.dispose()


def test_a_busy_database_is_a_home_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.engine, "BUSY_MS", 50)
    path = empty(tmp_path / "a.db")
    one, two = (sqlite_engine(path, journal=Journal.WAL) for _ in range(2))
    with (
        transaction(one, "a", writes=True),
        pytest.raises(HomeError, match="locked") as caught,
        transaction(two, "a", writes=True),
    ):
        pass
    assert isinstance(caught.value.__cause__, OperationalError)
    one.dispose()
    two.dispose()
