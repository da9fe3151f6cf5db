"""The rows of a database are carried to another one, whatever engines the two have.

The rules that forbid rewriting are off for as long as the one transaction lasts, and back before
it commits: what is carried was weighed when it was first written.
"""

from typing import Final

from sqlalchemy import Connection, MetaData, Table, delete, func, insert, select, text

from models.errors import HomeError
from storage.engine import transaction
from storage.home import Home
from storage.migrate import Database, upgrade
from storage.tables import (
    audit,
    blind,
    cases,
    consents,
    evidence,
    interfaces,
    keys,
    packages,
    records,
    released,
)
from storage.tables.base import APPLICANT, AUDIT, FAIRNESS, KEYS, RAW, RELEASED, SEALED

METADATA: Final[dict[Database, MetaData]] = {
    Database.RAW: RAW,
    Database.RELEASED: RELEASED,
    Database.SEALED: SEALED,
    Database.APPLICANT: APPLICANT,
    Database.AUDIT: AUDIT,
    Database.FAIRNESS: FAIRNESS,
    Database.KEYS: KEYS,
}
"""All tables of a database: importing their modules has filled it."""

_FILLED: Final = (
    audit,
    blind,
    cases,
    consents,
    evidence,
    interfaces,
    keys,
    packages,
    records,
    released,
)
_BATCH: Final = 500
_FIRST_ROWS: Final = frozenset({"home", "audit_head", "blind_index_keys"})
"""Tables in which an empty database has rows already."""


def carry(source: Home, target: Home, database: Database) -> int:
    """Copy every row into a database that is empty, and return how many there were.

    Both belong to the same home. The source is read as it is at one moment. Raises `HomeError`
    if the target holds anything, or a form of the tables that the source has not.
    """
    metadata = METADATA[database]
    origin, engine = source.engine(database), target.engine(database)
    count = 0
    try:
        upgrade(engine, database, home_id=target.id, mode=str(target.mode))
        with (
            transaction(origin, database, writes=False) as reading,
            transaction(engine, database, writes=True) as writing,
        ):
            _require_same_form(reading, writing, database)
            rules = _without_rules(writing, metadata)
            for table in metadata.sorted_tables:
                if table.name not in _FIRST_ROWS and _count(writing, table):
                    raise HomeError(f"{database}: the database to fill is not empty")
                writing.execute(delete(table))
                count += _copy(reading, writing, table)
            _with_rules(writing, metadata, rules)
            _continue_sequences(writing, metadata)
    finally:
        origin.dispose()
        engine.dispose()
    return count


def _copy(reading: Connection, writing: Connection, table: Table) -> int:
    ordered = select(table).order_by(*table.primary_key.columns)
    count = 0
    found = reading.execution_options(yield_per=_BATCH).execute(ordered)
    for rows in found.mappings().partitions(_BATCH):
        writing.execute(insert(table), [dict(row) for row in rows])
        count += len(rows)
    return count


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _require_same_form(reading: Connection, writing: Connection, database: Database) -> None:
    query = text("SELECT version_num FROM alembic_version")
    forms = [connection.execute(query).scalars().all() for connection in (reading, writing)]
    if forms[0] != forms[1]:
        raise HomeError(f"{database}: the database has another form than this version expects")


def _without_rules(connection: Connection, metadata: MetaData) -> list[str]:
    """Switch the rules off; return what brings them back on SQLite."""
    if connection.dialect.name != "sqlite":
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
        return []
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = connection.execute(query).all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def _with_rules(connection: Connection, metadata: MetaData, rules: list[str]) -> None:
    for rule in rules:
        connection.exec_driver_sql(rule)
    if connection.dialect.name != "sqlite":
        # What waits for the commit to be checked would keep a table from being altered.
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE TRIGGER USER")


def _continue_sequences(connection: Connection, metadata: MetaData) -> None:
    """Let PostgreSQL count on from the highest number; SQLite does so by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        name = connection.execute(
            select(func.pg_get_serial_sequence(table.name, column.name))
        ).scalar_one()
        if name is not None:
            newest = connection.execute(select(func.max(column))).scalar_one()
            if newest is not None:
                connection.execute(select(func.setval(name, newest)))
