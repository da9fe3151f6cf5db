"""A prepared statement gives and takes what SQLAlchemy would, and its errors are ours."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, select, update

import storage.postgresql
from models.errors import ConstraintError, HomeError
from models.ids import CaseId, new_id
from storage.prepared import Prepared
from storage.tables.audit import LEAVES
from storage.tables.cases import OUTBOX

_ADD = Prepared(insert(OUTBOX).inline(), "id", "kind", "case_id", "payload", "created_at")
_ALL = Prepared(select(OUTBOX).where(OUTBOX.c.kind == bindparam("wanted")).order_by(OUTBOX.c.seq))
_DONE = Prepared(
    update(OUTBOX).where(OUTBOX.c.kind == bindparam("wanted")).values(done_at=bindparam("at"))
)
_LEAF = Prepared(insert(LEAVES).inline(), "position", "at", "object_id", "body", "hash")


def _row(kind: str, payload: bytes | None = None) -> dict[str, object]:
    at = datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=timezone(timedelta(hours=-5)))
    return {"id": new_id(), "kind": kind, "case_id": None, "payload": payload, "created_at": at}


def test_a_prepared_query_gives_what_sqlalchemy_gives(agency: Any) -> None:
    with agency.vault.write() as tx:
        assert tx.run(_ADD, _row("one", b"\x00\xff")) == 1
        assert tx.run(_ADD, [_row("many"), _row("many", b""), _row("many")]) == 3
        for kind in ("one", "many", "none"):
            plain = tx.execute(select(OUTBOX).where(OUTBOX.c.kind == kind).order_by(OUTBOX.c.seq))
            rows = tx.rows(_ALL, {"wanted": kind})
            assert [tuple(row) for row in rows] == [tuple(row) for row in plain]
    assert rows == []
    with agency.vault.read() as tx:
        (row,) = tx.rows(_ALL, {"wanted": "one"})
        assert row.created_at == datetime(2026, 3, 29, 6, 30, 0, 7, tzinfo=UTC)
        assert bytes(row.payload) == b"\x00\xff"


def test_a_prepared_change_says_how_many_rows_it_changed(agency: Any) -> None:
    with agency.vault.write() as tx:
        tx.run(_ADD, [_row("many"), _row("many")])
        assert tx.run(_DONE, {"wanted": "many", "at": agency.now}) == 2
        assert tx.run(_DONE, {"wanted": "none", "at": agency.now}) == 0


def test_what_the_database_refuses_is_our_error_and_leaves_nothing(agency: Any) -> None:
    row = _row("twice")
    with pytest.raises(ConstraintError), agency.vault.write() as tx:
        tx.run(_ADD, [row, row])
    with agency.vault.read() as tx:
        assert tx.rows(_ALL, {"wanted": "twice"}) == []


def test_a_time_without_offset_is_refused_as_everywhere(agency: Any) -> None:
    with pytest.raises(ValueError, match="offset"), agency.vault.write() as tx:
        tx.run(_ADD, {**_row("one"), "created_at": datetime(2026, 1, 1)})  # noqa: DTZ001 - so it is


def test_a_transaction_that_only_reads_cannot_write_by_a_prepared_statement(agency: Any) -> None:
    with pytest.raises(HomeError), agency.vault.read() as tx:
        tx.run(_ADD, _row("one"))


def test_an_error_of_a_prepared_statement_repeats_no_value(agency: Any) -> None:
    secret = "wordsofsomebody"
    row = {"position": 0, "at": agency.now, "object_id": secret, "body": secret, "hash": b"1"}
    with pytest.raises(ConstraintError) as refused, agency.vault.write() as tx:
        tx.run(_LEAF, [row, row])
    assert secret not in str(refused.value)


def test_threads_share_a_prepared_statement(agency: Any) -> None:
    fresh = Prepared(insert(OUTBOX).inline(), "id", "kind", "case_id", "payload", "created_at")

    def add() -> None:
        with agency.vault.write(CaseId(new_id())) as tx:
            tx.run(fresh, _row("thread"))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with agency.vault.read() as tx:
        query = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.kind == "thread")
        assert tx.execute(query).scalar_one() == 8


def test_a_connection_that_died_while_idle_is_replaced(
    agency: Any, postgresql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if agency.vault._alone:
        pytest.skip("about a server")
    monkeypatch.setattr(storage.postgresql, "IDLE_SECONDS", 0.0)
    with agency.vault.read() as tx:
        pid = tx._connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    postgresql.run(f"SELECT pg_terminate_backend({pid}, 5000)")
    with agency.vault.write() as tx:
        tx.run(_ADD, _row("after"))


def test_a_step_leaves_nothing_if_its_connection_dies(agency: Any, postgresql: Any) -> None:
    """The driver begins nothing of its own, so our own BEGIN is all that holds a step together."""
    if agency.vault._alone:
        pytest.skip("about a server")

    def die(tx: Any) -> None:
        tx.run(_ADD, _row("lost"))
        pid = tx._connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        postgresql.run(f"SELECT pg_terminate_backend({pid}, 5000)")
        tx.run(_ADD, _row("lost"))

    with pytest.raises(HomeError), agency.vault.write() as tx:
        die(tx)
    with agency.vault.read() as tx:
        assert tx.rows(_ALL, {"wanted": "lost"}) == []
