"""`walloff doctor` says whether this machine and this home are fit for work."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import pysqlite3.dbapi2 as sqlite
import typer

from casework.steps.failing import failing_cases
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table
from cli.session import HomeOption, settings_for
from cli.work import failing_lines
from collection.boxed import BOXES
from collection.web.browser_box import missing_parts
from models.errors import WalloffError
from storage.engine import OLDEST
from storage.home import Home
from storage.migrate import DATABASES, check
from storage.verification import verify
from walloff.prefect_reach import Reach, not_shared, reach
from walloff.reader_box import confine_readers
from walloff.services import open_services
from walloff.settings import ReaderBox, Settings

_FREE: Final = 1 << 30
"""Bytes that should be free in the home's file system."""

_FAILING: Final = 20
"""How many failing cases are named, those with the most failures first."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's answer."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def doctor(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Check the machine, the libraries, the home, its keys and its audit log."""
    settings = settings_for(home)
    checks = [*_machine(), *_readers(settings), *_prefect(), *_home(settings)]
    if as_json:
        print_json([{"name": c.name, "ok": c.ok, "found": c.found} for c in checks])
    else:
        rows = [(c.name, "ok" if c.ok else "FAULT", c.found, c.advice) for c in checks]
        print_table("Doctor", ("check", "", "found", "advice"), rows)
    if not all(check.ok for check in checks):
        raise typer.Exit(ExitCode.NOT_READY)


def _machine() -> Iterator[Check]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("Python", sys.version_info >= (3, 11), python, "needs 3.11 or newer")
    yield Check(
        "SQLite",
        sqlite.sqlite_version_info >= OLDEST,
        sqlite.sqlite_version,
        "needs the pysqlite3 wheel",
    )
    for name in ("prefect", "spacy", "sqlalchemy", "cryptography"):
        try:
            yield Check(name, ok=True, found=version(name))
        except PackageNotFoundError:
            yield Check(name, ok=False, found="not installed", advice="run `make run`")


def _prefect() -> Iterator[Check]:
    """Check the Prefect server of a worker's machine, and what a server process is told."""
    answered = reach(os.environ)
    if answered is not None:
        advice = "PREFECT_SERVER_API_AUTH_STRING there, PREFECT_API_AUTH_STRING here"
        yield Check("Prefect server", answered is Reach.GUARDED, answered, advice)
    if apart := not_shared(os.environ):
        advice = "every server process needs deployments/env/prefect-redis.env whole"
        yield Check("Prefect on Redis", ok=False, found=f"lacks {', '.join(apart)}", advice=advice)


def _readers(settings: Settings) -> Iterator[Check]:
    confine_readers(settings)
    found = BOXES.state()
    wanted = settings.reader_box is ReaderBox.REQUIRED
    missing = missing_parts()
    yield Check(
        "capture of pages",
        ok=True,
        found=f"lacks {', '.join(missing)}" if missing else "Chromium, sandboxed, in bubblewrap",
        advice="install it to capture public pages" if missing else "",
    )
    yield Check(
        "readers' box",
        ok=found == "bubblewrap" or (found == "limits" and not wanted),
        found=found,
        advice="" if found == "bubblewrap" else "install bubblewrap, and allow user namespaces",
    )


def _home(settings: Settings) -> Iterator[Check]:
    home = settings.home
    if not home.is_dir():
        yield Check("home", ok=False, found="none", advice="make one: walloff keys init")
        return
    mode = home.stat().st_mode & 0o777
    yield Check("home's permissions", mode == 0o700, f"{mode:o}", "chmod 700")
    free = shutil.disk_usage(home).free
    yield Check("disk", free >= _FREE, f"{free >> 20} MiB free", "make room")
    try:
        services = open_services(settings)
    except WalloffError as error:
        yield Check("keys", ok=False, found=error.code, advice=str(error))
        return
    yield Check("keys", ok=True, found=f"{services.home.mode} home opens")
    yield from _databases(services.home)
    beside = settings.passphrase_file is None
    yield Check(
        "passphrase",
        ok=True,
        found="in the home" if beside else "in a file of its own",
        advice="move it to another disk before real cases" if beside else "",
    )
    for line in failing_lines(failing_cases(vault=services.vault)[:_FAILING]):
        yield Check(
            "failing case", ok=True, found=line, advice="mend the cause; walloff work --now"
        )
    found = verify(services.vault)
    yield Check("audit log", found.intact, f"{found.size} entries", "; ".join(found.faults))
    try:
        handed, refused = services.auditors.size(), services.auditors.alarms()
    except WalloffError:
        return  # said above, of its database
    said = "; ".join(fault for _, fault in refused)
    yield Check("auditors' log", not refused, f"{handed} entries handed over", said)


def _databases(home: Home) -> Iterator[Check]:
    """Check that every domain's database answers, has this version's form and is this home's."""
    for database in DATABASES:
        where = "on a server" if database in home.urls else "in the home"
        if database in home.folders:
            where = "in a folder of its own"
        engine = home.engine(database)
        try:
            check(engine, database, home_id=home.id, mode=str(home.mode))
        except WalloffError as error:
            yield Check(f"database {database}", ok=False, found=error.code, advice=str(error))
        else:
            yield Check(f"database {database}", ok=True, found=where)
        finally:
            engine.dispose()
