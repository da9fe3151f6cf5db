"""The applicants' process, as a user of its own, opens nothing raw and reads back nothing it wrote.

It runs as another user with all that this user can reach: the folder, a portion of the keys, its
database connection. The attacker is given more than that: a superuser's dump of every raw row.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

import walloff
from casework.cases import find_case
from casework.disclosure import disclosure_of
from models.case import CaseState
from models.people import Role
from storage.domain import Domain
from storage.engine import transaction
from storage.exchange import ApplicantVault, FairnessVault
from storage.interface_folder import make_folder, open_folder
from storage.migrate import DATABASES, Database
from storage.portions import write_portion
from storage.roles import PROCESSES, process_statements, server_statements
from walloff.applicants import exchange_letters

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")

NOBODY = 65534
PASSPHRASE = b"correct horse battery staple"
CANARY = "quailfeather"
WRITTEN = "plumcobbler"
ROOT = Path(walloff.__file__).parents[1]
PROGRAM = """
import json, sys
from datetime import datetime
from pathlib import Path

from casework.applicant_side import desk, identify, read, write_disclosure
from models.disclosure import Disclosure
from models.errors import WalloffError
from models.ids import ActorId, CaseId
from models.letters import ShelfKind
from models.self_identification import SelfIdentification, Sex
from models.text import RawText
from storage.domain import Domain
from storage.envelope import SealingKey, unseal
from storage.exchange import ApplicantVault, letter_place
from storage.interface_folder import open_folder
from storage.letter_opener import LetterOpener
from storage.migrate import Database
from storage.postgresql import database_url

given = json.loads(sys.argv[1])
folder = Path(given["folder"])
urls = {Database.APPLICANT: database_url(given["url"])} if given["url"] else {}
applicants = open_folder(folder, folder / "portion", ApplicantVault, urls=urls)
case_id = CaseId(given["case"])
who = {
    "actor": ActorId(given["actor"]),
    "applicants": applicants,
    "now": datetime.fromisoformat(given["now"]),
}
notice = read(case_id, ShelfKind.NOTICE, **who).decode()
asked = desk(case_id, **who)

# What is written is caught on its way into the database, as a process that was taken over could.
letters = []
add = applicants.add
applicants.add = lambda one: (letters.append(one), add(one))
listed = Disclosure(name=RawText("Rowan " + given["written"]), handles=(RawText("rowan_a"),))
write_disclosure(case_id, listed, **who)
identify(case_id, SelfIdentification(sex=Sex.FEMALE), **who)

# Every key that this process has, in every use.
ring = applicants.key_ring
provider = ring.provider
keys = list(provider.wrapping.values())
provider.current_version(Domain.APPLICANT)
keys += list(provider._keys.values())
dump = json.loads((folder / "dump.json").read_text())
opened, refused = 0, 0
boxes = []
for case in {row["case"] for row in dump["rows"]} | {one.case_id for one in letters}:
    for domain in Domain:
        try:
            box = ring.lockbox(CaseId(case), domain)
            boxes.append(box)
            keys += [box.rows, box.files, SealingKey(b"\\0" * 16, box.index)]
        except WalloffError:
            refused += 1
for row in dump["rows"]:
    for key in keys:
        for domain in Domain:
            try:
                place = (domain, row["table"], row["id"], row["kind"])
                unseal(key, bytes.fromhex(row["blob"]), place)
                opened += 1
            except WalloffError:
                refused += 1
read_back = 0
for one in letters:
    for domain in Domain:
        place = (domain, *letter_place(one.id, one.case_id, one.kind))
        for box in boxes:
            try:
                box.unseal(one.body, place)
                read_back += 1
            except WalloffError:
                refused += 1
        try:
            LetterOpener(ring, domain).open(one)
            read_back += 1
        except WalloffError:
            refused += 1

seen = bytearray((folder / "dump.json").read_bytes())
unreadable = []
for place in map(Path, given["places"]):
    try:
        for path in [place, *place.rglob("*")] if place.is_dir() else [place]:
            if path.is_file():
                seen += path.read_bytes()
        list(place.iterdir()) if place.is_dir() else None
    except OSError:
        unreadable.append(str(place))
answered, denied = [], []
for statement in given["sql"]:
    try:
        with applicants._engine.connect() as connection:
            raw = connection.connection.driver_connection
            try:
                seen += repr(raw.execute(statement).fetchall()).encode()
            finally:
                raw.rollback()
        answered.append(statement)
    except Exception:
        denied.append(statement)
print(json.dumps({
    "notice": notice, "awaited": asked.awaited, "keys": len(keys), "letters": len(letters),
    "domains": sorted(ring.domains),
    "opened": opened, "read_back": read_back, "refused": refused, "seen": len(seen),
    "canaries": seen.count(given["canary"].encode()),
    "written": seen.count(given["written"].encode()),
    "unreadable": unreadable, "answered": answered, "denied": denied,
}))
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def guarded(engine_kind: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A server that asks for passwords, or None for SQLite."""
    if engine_kind == "sqlite":
        yield None
        return
    with request.getfixturevalue("postgresql_running")(passwords=True) as server:
        server.run(*server_statements())
        for role in (*DATABASES, *PROCESSES.values()):
            server.run(f"ALTER ROLE walloff_{role} PASSWORD 'secret-of-{role}'")
        yield server


def url_of(guarded: Any, database: str, role: str) -> URL:
    url: URL = guarded.url(f"walloff_{database}", f"walloff_{role}", f"secret-of-{role}")
    return url


@pytest.fixture
def home_urls(guarded: Any) -> dict[Database, URL]:
    if guarded is None:
        return {}
    for database in DATABASES:
        guarded.run(
            f"DROP DATABASE walloff_{database} WITH (FORCE)",
            *(
                line
                for line in server_statements()
                if f"DATABASE walloff_{database} " in line and "ROLE" not in line
            ),
        )
    return {database: url_of(guarded, database, database) for database in DATABASES}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place that another user can reach: the tests' own folder is root's alone."""
    made = Path(tempfile.mkdtemp(prefix="walloff-applicants-"))
    made.chmod(0o755)
    yield made / "applicants"
    shutil.rmtree(made)


@pytest.fixture
def apart(office: Any, post: Callable[..., str], folder: Path, guarded: Any) -> Any:
    """A home with evidence, and an applicants' process with a folder and a portion."""
    services = office.services
    services.home = make_folder(services.home, Database.APPLICANT, folder, group=NOBODY)
    portion = folder / "portion"
    write_portion(services.home, PASSPHRASE, {Domain.APPLICANT}, portion)
    shutil.chown(portion, NOBODY)
    if guarded is not None:
        with transaction(services.applicants._engine, "applicant", writes=True) as connection:
            for statement in process_statements(Database.APPLICANT):
                connection.execute(text(statement))
    office.screened(post(f"Tomatoes and soup. {CANARY}"))
    office.case_id = office.consented()
    exchange_letters(services)
    office.guarded, office.process_folder = guarded, folder
    return office


def as_nobody(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": sysconfig.get_path("platlib"),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@cache
def interpreter() -> str:
    """Return a Python of this version that the other user may run."""
    version = "{}.{}".format(*sys.version_info)
    for candidate in (sys.executable, f"/usr/bin/python{version}"):
        try:
            if as_nobody(candidate, "-c", "import storage.exchange").returncode == 0:
                return candidate
        except OSError:
            continue
    pytest.skip(f"needs a Python {version} and a checkout that another user can read")


def dump(office: Any) -> dict[str, list[dict[str, Any]]]:
    """Read every sealed raw row as a superuser would."""
    home, guarded = office.services.home, office.guarded
    if guarded is None:
        engine = home.engine(Database.RAW)
    else:
        parts = dict(part.split("=", 1) for part in guarded.superuser.split())
        engine = create_engine(guarded.url("walloff_raw", parts["user"], parts["password"]))
    rows = []
    with engine.connect() as connection:
        for table, kind in (("evidence", "'item'"), ("captures", "'capture'"), ("records", "kind")):
            query = f"SELECT id, case_id, {kind} AS kind, body FROM {table}"
            rows += [
                {
                    "table": table,
                    "id": row["id"],
                    "case": row["case_id"],
                    "kind": row["kind"],
                    "blob": bytes(row["body"]).hex(),
                }
                for row in connection.execute(text(query)).mappings()
            ]
    engine.dispose()
    return {"rows": rows}


def sql(office: Any) -> list[str]:
    home = office.services.home
    if office.guarded is None:
        return [
            "SELECT * FROM shelf",
            f"ATTACH DATABASE '{home.raw_database}' AS raw",
            f"ATTACH DATABASE '{home.keys_database}' AS keys",
        ]
    return [
        "SELECT * FROM shelf",
        "SELECT body FROM inbox",
        "DELETE FROM inbox",
        "UPDATE shelf SET body = ''",
        "INSERT INTO viewers VALUES ('x', 'x')",
        "SET ROLE walloff_raw",
        "SET SESSION AUTHORIZATION walloff_applicant",
        "SELECT * FROM walloff_raw.public.evidence",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'id'",
    ]


def run(office: Any) -> dict[str, Any]:
    rows = dump(office)
    assert len(rows["rows"]) > 5
    (office.process_folder / "dump.json").write_text(json.dumps(rows))
    (office.process_folder / "dump.json").chmod(0o644)
    home, guarded = office.services.home, office.guarded
    given = {
        "folder": str(office.process_folder),
        "url": None
        if guarded is None
        else url_of(guarded, "applicant", "interface").render_as_string(hide_password=False),
        "case": office.case_id,
        "actor": office.people[Role.APPLICANT].id,
        "now": office.now.isoformat(),
        "canary": CANARY,
        "written": WRITTEN,
        "sql": sql(office),
        "places": [
            str(place)
            for place in (
                office.process_folder,
                home.root,
                home.raw_database,
                home.keys_database,
                home.key_file,
                home.passphrase_file,
                home.files,
            )
        ],
    }
    done = as_nobody(interpreter(), "-c", PROGRAM, json.dumps(given))
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_process_reads_its_shelf_writes_letters_and_opens_nothing_else(apart: Any) -> None:
    found = run(apart)
    # It works: the notice is read, a list and a self-identification are written.
    assert apart.requisition.policy.notice_text.strip() in found["notice"]
    assert (found["awaited"], found["letters"]) == ("disclosure", 2)
    # And with everything that it can reach, nothing raw opens, nor what it wrote.
    assert found["domains"] == [Domain.APPLICANT]
    assert (found["opened"], found["read_back"]) == (0, 0)
    assert (found["canaries"], found["written"]) == (0, 0)
    assert found["keys"] >= 5
    assert found["refused"] > 100
    assert found["seen"] > 10_000
    assert len(found["unreadable"]) == 6, found["unreadable"]
    assert found["answered"] == ["SELECT * FROM shelf"]
    # The inside takes both in: one it opens, the other it cannot.
    exchange_letters(apart.services)
    assert find_case(apart.case_id, vault=apart.vault).state is CaseState.DISCLOSED
    with apart.vault.read() as tx:
        assert WRITTEN in disclosure_of(tx, apart.case_id).name.reveal()
    kinds = [one.kind for one in apart.services.fairness.waiting()]
    assert kinds.count("self-identification") == 1


def test_a_folder_that_everybody_reads_and_a_wrong_portion_open_nothing(apart: Any) -> None:
    from models.errors import HomeError, KeyUnavailableError

    folder = apart.process_folder
    urls = {key: url for key, url in apart.services.home.urls.items() if key == Database.APPLICANT}
    portion = folder / "portion"
    open_folder(folder, portion, ApplicantVault, urls=urls).close()
    other = folder / "other"
    write_portion(apart.services.home, PASSPHRASE, {Domain.FAIRNESS}, other)
    with pytest.raises(KeyUnavailableError):
        open_folder(folder, other, FairnessVault, urls=urls)
    folder.chmod(0o2775)
    with pytest.raises(HomeError):
        open_folder(folder, portion, ApplicantVault, urls=urls)
