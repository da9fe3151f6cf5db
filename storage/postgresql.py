"""Every PostgreSQL connection has settings read back and compared, and a role that owns little.

A transaction that writes takes an advisory lock first, where SQLite has `BEGIN IMMEDIATE`: one
writer for the whole database, or, for a step on one case, one writer for that case beside those
of other cases. A reader sees one state of the database and cannot write.
"""

import math
import os
import time
from typing import Any, Final
from weakref import WeakSet

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, Pool, QueuePool

from models.errors import HomeError
from storage.prepared import run
from storage.shape import code

OLDEST: Final = 150_000
"""First `server_version_num` that the migrations are written for."""

DRIVER: Final = "postgresql+psycopg"

_SESSION: Final = {
    "TimeZone": "UTC",
    "lock_timeout": "20s",
    "synchronous_commit": "on",
    "search_path": "public, pg_temp",
    "standard_conforming_strings": "on",
    "log_parameter_max_length_on_error": "0",
    "default_transaction_isolation": "read committed",
    "application_name": "walloff",
}
"""What a connection asks for: no value reaches the server's log, no commit is half on disk."""

_SERVER: Final = {"fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
"""What the server must have been set to: with less, a commit may be lost or torn."""

_ROLE: Final = text(
    "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    " FROM pg_roles WHERE rolname = current_user"
)
_COLLATION: Final = text(
    "SELECT datlocprovider <> 'i' AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')"
    " FROM pg_database WHERE datname = current_database()"
)
IDLE_SECONDS: Final = 1.0
"""A connection that lay idle for longer is tried before it is used."""

_SINCE: Final = "walloff_idle_since"
_HERE: Final = frozenset({None, "", "localhost", "127.0.0.1", "::1"})
_TLS: Final = frozenset({"require", "verify-ca", "verify-full"})


def database_url(text_: str) -> URL:
    """Read the URL of a PostgreSQL database, `postgresql://user@host/name`.

    Raises `HomeError`, without repeating the URL: it may hold a password.
    """
    try:
        url = make_url(text_)
    except (ArgumentError, ValueError):  # a port that is no number
        raise HomeError("a database's URL cannot be read") from None
    if url.get_backend_name() != "postgresql" or not url.database:
        raise HomeError("a database's URL begins with postgresql:// and names the database")
    host = url.query.get("host", url.host)
    local = host in _HERE or (isinstance(host, str) and host.startswith("/"))
    if not local and url.query.get("sslmode") not in _TLS:
        raise HomeError("a database on another machine needs sslmode=verify-full in its URL")
    return url.set(drivername=DRIVER)


def postgresql_engine(url: URL) -> Engine:
    """Return an engine on an existing PostgreSQL database.

    Raises `HomeError` at a connection if the server is too old or may lose a commit, if the
    database sorts otherwise than by bytes, or if the role may do more than its own work.
    """
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
        hide_parameters=True,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "checkin", _left)
    event.listen(engine, "checkout", _taken)
    event.listen(engine, "begin", _begin)
    _ENGINES.add(engine)
    return engine


WRITES: Final = "walloff_writes"
"""Execution option: the transaction writes."""

CASE: Final = "walloff_case"
"""Execution option: the one case that the transaction writes to."""


def _begin(connection: Connection) -> None:
    """Begin, with the locks, in one message to the server."""
    options = connection.get_execution_options()
    case = options.get(CASE)
    if not options.get(WRITES, False):
        run(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    elif case is None:
        run(connection, "BEGIN; SELECT pg_advisory_xact_lock(1, 0)")
    else:
        # No letter of a code needs quoting.
        run(
            connection,
            "BEGIN; SELECT pg_advisory_xact_lock_shared(1, 0);"
            f" SELECT pg_advisory_xact_lock(hashtextextended('{code(case, 'the case')}', 0))",
        )
    driver: Any = connection.connection.driver_connection
    if driver.info.transaction_status is not TransactionStatus.INTRANS:
        raise HomeError("the database began no transaction")


def _left(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_SINCE] = time.monotonic()


def _taken(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Ask a connection that has lain idle whether it still lives; if not, another one is made."""
    if time.monotonic() - record.info.get(_SINCE, math.inf) < IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
    except psycopg.Error as exc:
        raise DisconnectionError from exc


def _configure(connection: Any, _record: Any) -> None:
    """Set and check a fresh connection. Raises `HomeError`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[])"
            " AS wanted (name, value)",
            (list(_SESSION), list(_SESSION.values())),
        )
        names = list(_SESSION | _SERVER)
        cursor.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) name", (names,))
        found = dict(cursor.fetchall())
        for name, value in (_SESSION | _SERVER).items():
            if found[name] != value:
                raise HomeError(f"the database setting {name} does not hold")
        if connection.info.server_version < OLDEST:
            raise HomeError("PostgreSQL is older than 15")
        cursor.execute(_COLLATION.text)
        if cursor.fetchone() != (True,):
            raise HomeError("the database must be made with LOCALE 'C': it sorts by bytes then")
        cursor.execute(_ROLE.text)
        if cursor.fetchone() != (False,):
            raise HomeError("the database's role may do more than its own work")
    connection.commit()
    connection.autocommit = True  # the driver begins nothing of its own: `_begin` does


def reachable(engine: Engine) -> str | None:
    """Return why a database does not answer, or None."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except HomeError as exc:
        return str(exc)
    except SQLAlchemyError as exc:
        return type(exc).__name__
    return None


_ENGINES: Final["WeakSet[Engine]"] = WeakSet()
_PARENTS: Final[list[Pool]] = []


def _forked() -> None:
    """After a fork the child opens connections of its own; the parent's are not touched."""
    for engine in _ENGINES:
        _PARENTS.append(engine.pool)
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_forked)
