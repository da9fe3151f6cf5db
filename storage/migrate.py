"""Databases change form by Alembic migrations, each run whole or not at all.

The whole upgrade is one transaction, on SQLite a `BEGIN IMMEDIATE`; with the library's defaults
a migration that is killed midway stays half applied there.
"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, text

from models.errors import HomeError
from storage.engine import transaction

if TYPE_CHECKING:
    from alembic.config import Config


class Database(StrEnum):
    """One database of a home."""

    RAW = "raw"
    RELEASED = "released"
    SEALED = "sealed"
    APPLICANT = "applicant"
    AUDIT = "audit"
    FAIRNESS = "fairness"
    KEYS = "keys"


DATABASES: Final = tuple(Database)

FIRST: Final = frozenset({Database.RAW, Database.RELEASED, Database.KEYS})
"""Those that every home has; the others came later."""

SIGNIN: Final = "signin"
"""The database of whoever signs in to an application; it is no part of the home's."""

HEADS: Final[dict[str, str]] = {
    Database.RAW: "raw0007",
    Database.RELEASED: "released0003",
    Database.SEALED: "sealed0001",
    Database.APPLICANT: "applicant0001",
    Database.AUDIT: "audit0002",
    Database.FAIRNESS: "fairness0001",
    Database.KEYS: "keys0003",
    SIGNIN: "signin0001",
}
"""The revision that this code reads and writes."""


def configuration(database: str, connection: Connection | None = None) -> "Config":
    """Return the Alembic configuration of a database."""
    from alembic.config import Config  # a third of this package's start-up time, seldom needed

    config = Config()
    folder = Path(__file__).parent / "migrations" / database
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(
    engine: Engine, database: str, *, home_id: str, mode: str, part: str | None = None
) -> None:
    """Bring a database to its newest form and write into it whose it is.

    Its part of the home is its own name, unless said. Raises `HomeError` if it belongs to
    another home or is another part of it.
    """
    from alembic import command  # a third of this package's start-up time, seldom needed

    with transaction(engine, database, writes=True) as connection:
        command.upgrade(configuration(database, connection), "head")
        if connection.execute(text("SELECT count(*) FROM home")).scalar() == 0:
            connection.execute(
                text("INSERT INTO home (id, mode, part) VALUES (:id, :mode, :part)"),
                {"id": home_id, "mode": mode, "part": part or str(database)},
            )
        _check(connection, database, home_id=home_id, mode=mode, part=part)


def check(
    engine: Engine, database: str, *, home_id: str, mode: str, part: str | None = None
) -> None:
    """Raise `HomeError` unless a database has the newest form and belongs to the home."""
    with transaction(engine, database, writes=False) as connection:
        _check(connection, database, home_id=home_id, mode=mode, part=part)


def _check(
    connection: Connection, database: str, *, home_id: str, mode: str, part: str | None
) -> None:
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if found != [HEADS[database]]:
        raise HomeError(f"{database}: the database has another form than this version expects")
    owner = connection.execute(text("SELECT id, mode, part FROM home")).all()
    if [tuple(row) for row in owner] != [(home_id, mode, part or str(database))]:
        raise HomeError(f"{database}: the database belongs to another home")
