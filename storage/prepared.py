"""A statement of the hot path is compiled once, and goes to the driver without a second look.

It is written in SQLAlchemy's terms like any other, with the same types, so that both engines get
the same values; only the work that SQLAlchemy would do at every execution is done at the first.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

Processor = Callable[[Any], Any]
Parameters = Mapping[str, Any]


class Prepared:
    """One statement, compiled at its first use on an engine. Safe to share between threads.

    `names` are the columns that an `INSERT` fills; a query and an `UPDATE` name theirs themselves.
    """

    def __init__(self, statement: ClauseElement, *names: str) -> None:
        self._statement = statement
        self._names = list(names) or None
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, parameters: Parameters) -> list[Any]:
        """Run a query and return its rows, as named tuples.

        Raises SQLAlchemy's errors, as `Connection.execute` does.
        """
        known = self._for(connection)
        cursor = _cursor(connection)
        try:
            bound = known.bound(parameters)
            _driven(connection, known.sql, lambda: cursor.execute(known.sql, bound))
            return known.read(cursor.fetchall())
        finally:
            cursor.close()

    def run(self, connection: Connection, parameters: Parameters | Sequence[Parameters]) -> int:
        """Run what changes rows, once or for each set of parameters; return how many it changed.

        Raises SQLAlchemy's errors, as `Connection.execute` does.
        """
        known = self._for(connection)
        cursor = _cursor(connection)
        several = [parameters] if isinstance(parameters, Mapping) else parameters
        bound = [known.bound(one) for one in several]
        try:
            if len(bound) == 1:
                _driven(connection, known.sql, lambda: cursor.execute(known.sql, bound[0]))
            else:
                _driven(connection, known.sql, lambda: cursor.executemany(known.sql, bound))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _for(self, connection: Connection) -> "_Compiled":
        dialect = connection.dialect
        known = self._compiled.get(dialect.name)
        if known is None:
            compiled = self._statement.compile(dialect=dialect, column_keys=self._names)
            assert isinstance(compiled, SQLCompiler)  # noqa: S101 - no other kind of statement runs
            known = self._compiled[dialect.name] = _Compiled.of(compiled, dialect)
        return known


def run(connection: Connection, sql: str) -> None:
    """Run statements as they are, past SQLAlchemy. Raises SQLAlchemy's errors."""
    cursor = _cursor(connection)
    try:
        _driven(connection, sql, lambda: cursor.execute(sql))
    finally:
        cursor.close()


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The text for one engine, and what its parameters and columns pass through."""

    sql: str
    order: tuple[str, ...] | None
    """The parameters by place, where the driver wants them so."""
    writing: dict[str, Processor | None]
    reading: tuple[Processor | None, ...]
    row: Callable[[Any], Any]

    @classmethod
    def of(cls, compiled: SQLCompiler, dialect: Dialect) -> "_Compiled":
        columns = list(getattr(compiled.statement, "selected_columns", ()))
        keys = [column.key for column in columns]
        return cls(
            sql=compiled.string,
            order=None if compiled.positiontup is None else tuple(compiled.positiontup),
            writing={
                name: bind.type.dialect_impl(dialect).bind_processor(dialect)
                for name, bind in compiled.binds.items()
            },
            reading=tuple(
                column.type.dialect_impl(dialect).result_processor(dialect, None)
                for column in columns
            ),
            row=_maker(keys),
        )

    def bound(self, parameters: Parameters) -> Any:
        """Return parameters as the driver takes them. Raises `KeyError` if one is missing."""
        found = {
            name: parameters[name] if process is None else process(parameters[name])
            for name, process in self.writing.items()
        }
        return found if self.order is None else [found[name] for name in self.order]

    def read(self, rows: list[Any]) -> list[Any]:
        """Return rows as named tuples of our own types."""
        if not any(self.reading):
            return [self.row(row) for row in rows]
        return [
            self.row(
                value if process is None else process(value)
                for value, process in zip(row, self.reading, strict=True)
            )
            for row in rows
        ]


def _maker(keys: list[str]) -> Callable[[Any], Any]:
    """Return what makes a row of values; a query in plain SQL names no columns."""
    kind: Any = namedtuple("Row", keys)  # type: ignore[misc]  # known at run time alone
    return kind._make if keys else tuple


def _cursor(connection: Connection) -> Any:
    driver: Final = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a connection that is open has one
    return driver.cursor()


def _driven(connection: Connection, sql: str, action: Callable[[], Any]) -> None:
    """Run something at the driver; its errors become those that SQLAlchemy would raise."""
    errors = connection.dialect.loaded_dbapi.Error
    try:
        action()
    except errors as exc:
        raise DBAPIError.instance(
            sql, None, exc, errors, hide_parameters=True, dialect=connection.dialect
        ) from exc
