"""PostgreSQL is used as its settings say, by a role that owns little, and quotes nothing."""

import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text

import storage.postgresql
from models.errors import ConstraintError, HomeError, SeparationOfDutiesError
from models.ids import ActorId, CaseId, new_id
from storage.duties import Duty, DutyStore
from storage.engine import transaction
from storage.packages import PackageStore
from storage.people import PersonStore
from storage.postgresql import database_url, postgresql_engine, reachable


@pytest.fixture
def engine(postgresql: Any) -> Any:
    url = postgresql.url(postgresql.database())
    made = postgresql_engine(url)
    yield made
    made.dispose()
    postgresql.drop(url.database)


@pytest.fixture
def engine_name() -> str:
    """Every agency of this module is on PostgreSQL."""
    return "postgresql"


def test_every_setting_holds(engine: Engine) -> None:
    with transaction(engine, "a", writes=True) as connection:

        def found(name: str) -> object:
            return connection.exec_driver_sql(f"SHOW {name}").scalar()

        assert (found("synchronous_commit"), found("fsync")) == ("on", "on")
        assert (found("timezone"), found("lock_timeout")) == ("UTC", "20s")
        assert found("transaction_isolation") == "read committed"
        assert found("log_parameter_max_length_on_error") == "0"
    with transaction(engine, "a", writes=False) as connection:
        assert found("transaction_read_only") == "on"
        assert found("transaction_isolation") == "repeatable read"


def test_a_role_that_may_do_more_than_its_own_work_is_refused(postgresql: Any) -> None:
    name = postgresql.database()
    for attribute in ("SUPERUSER", "BYPASSRLS", "CREATEDB", "CREATEROLE", "REPLICATION"):
        postgresql.run(f"CREATE ROLE mighty LOGIN {attribute}")
        engine = postgresql_engine(postgresql.url(name, "mighty"))
        with pytest.raises(HomeError, match="role"), transaction(engine, "a", writes=False):
            pass
        assert "role" in str(reachable(engine))
        engine.dispose()
        postgresql.run("DROP ROLE mighty")
    postgresql.drop(name)


def test_a_database_that_sorts_by_language_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Times and ids are compared as text."""
    with engine.connect() as connection:
        assert connection.execute(storage.postgresql._COLLATION).scalar_one() is True
    engine.dispose()
    monkeypatch.setattr(storage.postgresql, "_COLLATION", text("SELECT false"))
    with pytest.raises(HomeError, match="bytes"), transaction(engine, "a", writes=False):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:canary@db.example.org/raw",
        "postgresql://ann:canary@/raw?host=db.example.org&sslmode=prefer",
        "sqlite:///raw.db",
        "postgresql://ann:canary@localhost",
        "postgresql://localhost:canary/raw",
        "canary",
    ],
)
def test_a_url_that_will_not_do_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(HomeError) as caught:
        database_url(url)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_url_shows_its_password_to_nobody() -> None:
    url = database_url("postgresql://ann:canary@db.example.org/raw?sslmode=verify-full")
    assert "canary" not in f"{url!r} {postgresql_engine(url)!r}"


def test_a_server_that_does_not_answer_is_a_home_error_without_its_address(postgresql: Any) -> None:
    engine = postgresql_engine(postgresql.url("canary", "nobody-canary", "canary"))
    with pytest.raises(HomeError) as caught, transaction(engine, "a", writes=False):
        pass
    assert "canary" not in str(caught.value)


def test_an_error_text_shows_no_values(engine: Engine) -> None:
    """The server's own words would: it quotes the row that it refuses."""
    with transaction(engine, "a", writes=True) as connection:
        connection.execute(text("CREATE TABLE t (x text PRIMARY KEY, n int CHECK (n > 0))"))
        connection.execute(text("INSERT INTO t VALUES ('canary', 1)"))
    for statement in (
        "INSERT INTO t VALUES (:x, 1)",
        "INSERT INTO t VALUES (:x || '2', 0)",
        "INSERT INTO t VALUES ('y', CAST(:x AS int))",
        "INSERT INTO nowhere VALUES (:x)",
    ):
        with (
            pytest.raises((ConstraintError, HomeError)) as caught,
            transaction(engine, "a", writes=True) as connection,
        ):
            connection.execute(text(statement), {"x": "canary"})
        assert "canary" not in "".join(traceback.format_exception(caught.value))


def test_a_reader_cannot_write(engine: Engine) -> None:
    with pytest.raises(HomeError), transaction(engine, "a", writes=False) as connection:
        connection.execute(text("CREATE TABLE t (x text)"))


def test_steps_on_different_cases_run_beside_each_other(agency: Any) -> None:
    one, two = agency.case(), agency.case()
    passed = []

    def other() -> None:
        with agency.vault.write(two.id) as tx:
            DutyStore(tx).record(two.id, ActorId("ann"), Duty.COLLECTED, agency.now)
        passed.append(two.id)

    with agency.vault.write(one.id) as tx:
        DutyStore(tx).record(one.id, ActorId("ann"), Duty.COLLECTED, agency.now)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join(20)
        assert passed == [two.id]


@pytest.mark.parametrize("alone", [True, False])
def test_a_step_on_the_same_case_or_on_all_waits(agency: Any, alone: bool) -> None:
    case = agency.case()
    order = []

    def other() -> None:
        with agency.vault.write(None if alone else case.id):
            order.append("second")

    with agency.vault.write(case.id):
        thread = threading.Thread(target=other)
        thread.start()
        with agency.vault.read() as tx:
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            for _ in range(2000):
                if tx.execute(waits).scalar_one():
                    break
                time.sleep(0.01)
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


def test_two_who_act_at_once_past_the_vault_cannot_both_be_in_time(agency: Any) -> None:
    """One collects while the same person approves: each transaction alone would be lawful."""
    case = agency.case()
    with agency.vault.write() as tx:
        package = PackageStore(tx).put(case.id, b"payload", now=agency.now).id
    url = agency.home.urls["raw"].set(drivername="postgresql")
    plain = url.render_as_string(hide_password=False)
    values = {"case": case.id, "package": package}
    outcomes = []

    def approve(connection: Any) -> None:
        try:
            connection.execute("INSERT INTO approvals VALUES (%(package)s, 1, 'ann')", values)
            connection.commit()
            outcomes.append("approved")
        except psycopg.errors.IntegrityError as error:
            outcomes.append(str(error.diag.message_primary))

    with psycopg.connect(plain) as one, psycopg.connect(plain) as two:
        one.execute("INSERT INTO duties VALUES (%(case)s, 'ann', 'collected', 'now')", values)
        thread = threading.Thread(target=approve, args=(two,))
        thread.start()
        for _ in range(2000):
            waits = one.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            if waits and waits[0]:
                break
            time.sleep(0.01)
        one.commit()
        thread.join(20)
    assert outcomes == ["E-S1-SOD who collected never reviews or releases"]


def test_what_is_never_deleted_is_never_emptied(agency: Any) -> None:
    agency.case()
    for table in ("cases", "duties", "audit_leaves", "exposures", "home"):
        with pytest.raises(ConstraintError, match="emptied"), agency.vault.write() as tx:
            tx.execute(text(f"TRUNCATE {table} CASCADE"))


def test_a_busy_database_is_a_home_error(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(engine, "a", writes=True, case_id=CaseId(new_id())):
        monkeypatch.setitem(storage.postgresql._SESSION, "lock_timeout", "50ms")
        with pytest.raises(HomeError, match="busy"), transaction(engine, "a", writes=True):
            pass


def test_a_trigger_s_code_becomes_its_error(agency: Any) -> None:
    case = agency.case()
    with agency.vault.write() as tx:
        DutyStore(tx).record(case.id, ActorId("ann"), Duty.COLLECTED, agency.now)
    with pytest.raises(SeparationOfDutiesError), agency.vault.write() as tx:
        DutyStore(tx).record(case.id, ActorId("ann"), Duty.REVIEWED, agency.now)
    with agency.vault.read() as tx:
        assert PersonStore(tx).all() == []


_STARTING = """
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location("tests_conftest", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["tests_conftest"] = module
spec.loader.exec_module(module)
with module.running() as server:
    print(server.socket, flush=True)
    time.sleep(600)
"""


def test_the_server_of_a_killed_run_is_ended_by_the_next_one(postgresql_running: Any) -> None:
    """Otherwise each killed run leaves a server, and its databases in memory, for good."""
    conftest = sys.modules[postgresql_running.__wrapped__.__module__]
    run = subprocess.Popen(
        [sys.executable, "-c", _STARTING, str(conftest.__file__)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    data = Path(run.stdout.readline().strip())
    folder = next(one for one in (data, *data.parents) if one.name.startswith(conftest.PREFIX))
    server = conftest._postmaster(folder / "data")
    assert server is not None
    conftest.reap(folder.parent)
    assert server.is_running(), "its run is alive"
    run.kill()
    run.wait()
    run.stdout.close()
    conftest.reap(folder.parent)
    assert not server.is_running()
    assert not folder.exists()
