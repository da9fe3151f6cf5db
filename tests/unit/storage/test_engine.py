"""Connections hold every setting, readers cannot write, migrations happen whole or not at all."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, inspect, text
from sqlalchemy.exc import OperationalError

import storage.engine
from models.case import CaseState
from models.errors import HomeError
from storage.duties import Duty
from storage.engine import Journal, Sync, sqlite_engine, transaction
from storage.home import HomeMode, create_home
from storage.migrate import DATABASES, HEADS, SIGNIN, Database, check, configuration, upgrade
from storage.postgresql import postgresql_engine
from storage.rows import METADATA
from storage.tables.base import SIGNIN as SIGNIN_TABLES
from storage.tables.signin import ACCOUNTS  # fills the collection

ROOT = Path(storage.engine.__file__).parents[1]


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


@pytest.fixture
def place(
    tmp_path: Path, engine_name: str, request: pytest.FixtureRequest
) -> Iterator[Callable[[], Engine]]:
    """Return a maker of engines on one empty database."""
    if engine_name == "sqlite":
        path = empty(tmp_path / "empty.db")
        yield lambda: sqlite_engine(path, journal=Journal.ROLLBACK)
        return
    server = request.getfixturevalue("postgresql")
    url = server.url(server.database())
    yield lambda: postgresql_engine(url)
    server.drop(url.database)


def made(engine: Engine) -> set[str]:
    """Return whatever an upgrade makes: tables, rules, functions."""
    if engine.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master"
    else:
        query = (
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
    with transaction(engine, "a", writes=False) as connection:
        return set(connection.execute(text(query)).scalars())


@pytest.mark.parametrize("database", [*DATABASES, SIGNIN])
def test_migrations_give_the_tables_that_the_code_describes(
    place: Callable[[], Engine], database: str
) -> None:
    engine = place()
    assert ACCOUNTS.metadata is SIGNIN_TABLES
    upgrade(engine, database, home_id="0" * 32, mode="rehearsal")
    with transaction(engine, database, writes=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, {**METADATA, SIGNIN: SIGNIN_TABLES}[database]) == []
        if database is Database.RAW:
            inspector = inspect(connection)
            words = " ".join(
                check["sqltext"]
                for table in ("cases", "duties")
                for check in inspector.get_check_constraints(table)
            )
            for value in (*CaseState, *Duty):
                assert f"'{value}'" in words
    engine.dispose()


@pytest.mark.parametrize("database", [*DATABASES, SIGNIN])
def test_the_code_expects_the_newest_migration(database: str) -> None:
    scripts = ScriptDirectory.from_config(configuration(database))
    assert scripts.get_heads() == [HEADS[database]]


def left_by_a_kill(engine: Engine, spare: Path) -> set[str]:
    """Return what would be there if the process died now.

    PostgreSQL shows it to any other connection. Of SQLite it is what opens from a copy of the
    files as they lie.
    """
    if engine.dialect.name != "sqlite":
        return made(engine)
    with engine.connect() as connection:
        path = Path(connection.exec_driver_sql("PRAGMA database_list").one()[2])
    for suffix in ("", "-journal"):
        spare.with_name(spare.name + suffix).unlink(missing_ok=True)
        if path.with_name(path.name + suffix).exists():
            shutil.copy(path.with_name(path.name + suffix), spare.with_name(spare.name + suffix))
    with sqlite.connect(str(spare)) as plain:
        found = {row[0] for row in plain.execute("SELECT name FROM sqlite_master")}
    plain.close()
    return found


@pytest.mark.parametrize("database", [*DATABASES, SIGNIN])
def test_a_migration_killed_at_any_statement_leaves_nothing(
    place: Callable[[], Engine], database: str, tmp_path: Path
) -> None:
    """With Alembic's defaults a half-made table stays and the next upgrade fails on it."""
    engine, other = place(), place()
    before = made(other)
    left = []

    def look(*_args: Any) -> None:
        left.append(left_by_a_kill(other, tmp_path / "spare.db"))

    event.listen(engine, "before_cursor_execute", look)
    upgrade(engine, database, home_id="0" * 32, mode="rehearsal")
    assert len(left) > 10
    assert all(found == before for found in left)
    assert made(other) > before
    event.remove(engine, "before_cursor_execute", look)
    upgrade(engine, database, home_id="0" * 32, mode="rehearsal")
    check(engine, database, home_id="0" * 32, mode="rehearsal")
    engine.dispose()
    other.dispose()


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
from storage.engine import Journal, sqlite_engine
from storage.migrate import Database, upgrade
from storage.postgresql import database_url, postgresql_engine

place, stop = sys.argv[1:]
if place.startswith("postgresql"):
    engine = postgresql_engine(database_url(place))
else:
    engine = sqlite_engine(Path(place), journal=Journal.ROLLBACK)
left = int(stop)

def kill(*_args):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(engine, "before_cursor_execute", kill)
upgrade(engine, Database.RAW, home_id="0" * 32, mode="rehearsal")
"""


@pytest.mark.parametrize("stop", [40, 80])
def test_a_migration_whose_process_is_killed_leaves_nothing(
    place: Callable[[], Engine], stop: int
) -> None:
    engine = place()
    before = made(engine)
    where = str(engine.url.render_as_string(hide_password=False))
    if engine.dialect.name == "sqlite":
        with transaction(engine, "a", writes=False) as connection:
            where = connection.exec_driver_sql("PRAGMA database_list").one()[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, where, str(stop)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert made(engine) == before
    upgrade(engine, Database.RAW, home_id="0" * 32, mode="rehearsal")
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
