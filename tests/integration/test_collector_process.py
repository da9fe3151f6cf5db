"""The collectors' process, as a user of its own, opens nothing raw and reads back nothing it wrote.

It gathers files full of canaries, which are then taken out of its reach. Whoever takes it over gets
all that its user can reach, a superuser's dump of every raw row, and every byte that it wrote.
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

import walloff
from casework.source import order_collection
from models.ids import CaseId
from models.people import Role
from storage.collector_folder import make_collector
from storage.evidence import EvidenceStore
from storage.migrate import DATABASES, Database
from storage.roles import PROCESSES, server_statements
from walloff.collectors import serve_collectors

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="needs root to become another user")

NOBODY = 65534
CANARY = "quailfeather"
ROOT = Path(walloff.__file__).parents[1]
GATHER = """
import json, sys
from datetime import datetime
from pathlib import Path
from casework.collector_side import gather
from models.ids import CaseId
from storage.collector_folder import open_collector

given = json.loads(sys.argv[1])
now = datetime.fromisoformat(given["now"])
folder = open_collector(Path(given["folder"]))
done = gather(CaseId(given["case"]), Path(given["files"]), folder=folder, clock=lambda: now)
loaded = [name for name in sys.modules if name in set(given["stores"])]
print(json.dumps({"items": done.items, "deliveries": done.deliveries, "loaded": loaded}))
"""
ATTACK = """
import io, json, sys
from pathlib import Path
from models.errors import WalloffError
from models.ids import CaptureId, CaseId
from casework.deliveries import delivery_context
from storage.collector_folder import open_collector
from storage.domain import Domain
from storage.envelope import SealingKey, unseal
from storage.sealed_write import (
    ReadingKey, Writer, open_written_stream, original_context, unseal_written
)

given = json.loads(sys.argv[1])
root = Path(given["folder"])
folder = open_collector(root)
writers = [Writer.parse(order.writer.encode()) for order in folder.orders()]
# Whatever there is of 16 and more bytes in the folder is tried as a secret.
secrets = [writer.key.public[at:at + 32] for writer in writers for at in range(0, 1216, 32)]
secrets += [writer.key.id * 2 for writer in writers]
secrets += [path.read_bytes()[:32].ljust(32, b"0") for path in root.rglob("*") if path.is_file()]
keys = [SealingKey.of(secret, use) for secret in secrets for use in ("rows", "files")]
readers = [ReadingKey(secret) for secret in secrets]
opened, read_back, refused = 0, 0, 0
for row in json.loads(Path(given["dump"]).read_text())["rows"]:
    place = ("raw", row["table"], row["id"], row["kind"])
    for key in keys:
        try:
            unseal(key, bytes.fromhex(row["blob"]), place)
            opened += 1
        except WalloffError:
            refused += 1
written = 0
for path in sorted((root / "inbox").iterdir()):
    if path.name == ".lock":
        continue
    written += 1
    body = path.read_bytes()
    for name in folder.waiting():
        contexts = [delivery_context(name)]
        if path.name.count("-") == 3:
            contexts.append(original_context(name.case_id, CaptureId(path.name[-32:])))
        for context in contexts:
            for reader in readers:
                for attempt in (
                    lambda: list(open_written_stream(io.BytesIO(body), reader, context)),
                    lambda: unseal_written(reader, body, context),
                ):
                    try:
                        attempt()
                        read_back += 1
                    except WalloffError:
                        refused += 1

seen, unreadable = bytearray(), []
for place in map(Path, given["places"]):
    try:
        for path in [place, *place.rglob("*")] if place.is_dir() else [place]:
            if path.is_file():
                seen += path.read_bytes()
        list(place.iterdir()) if place.is_dir() else None
    except OSError:
        unreadable.append(str(place))
for path in Path(given["temporary"]).iterdir():
    try:
        if path.is_file():
            seen += path.read_bytes()
    except OSError:
        pass
changed = []
for path in given["forbidden"]:
    try:
        Path(path).write_bytes(b"{}")
        changed.append(path)
    except OSError:
        pass
connected = []
for url in given["urls"]:
    import psycopg
    try:
        psycopg.connect(url, connect_timeout=5).close()
        connected.append(url)
    except psycopg.Error:
        pass
print(json.dumps({
    "opened": opened, "read_back": read_back, "refused": refused, "written": written,
    "seen": len(seen), "canaries": seen.count(given["canary"].encode()),
    "unreadable": unreadable, "changed": changed, "connected": connected,
}))
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def guarded(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A server that asks for passwords, or None for SQLite."""
    if request.param == "sqlite":
        yield None
        return
    with request.getfixturevalue("postgresql_running")(passwords=True) as server:
        server.run(*server_statements())
        for role in (*DATABASES, *PROCESSES.values()):
            server.run(f"ALTER ROLE walloff_{role} PASSWORD 'secret-of-{role}'")
        yield server


@pytest.fixture
def home_urls(guarded: Any) -> dict[Database, Any]:
    if guarded is None:
        return {}
    return {
        database: guarded.url(f"walloff_{database}", f"walloff_{database}", f"secret-of-{database}")
        for database in DATABASES
    }


@pytest.fixture
def place() -> Iterator[Path]:
    """A place that another user can reach: the tests' own folder is root's alone."""
    made = Path(tempfile.mkdtemp(prefix="walloff-collector-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def apart(office: Any, post: Callable[..., str], place: Path) -> Any:
    """A home with evidence of another case, and a collector with an order and files."""
    services = office.services
    services.home = make_collector(services.home, place / "collector", "north", group=NOBODY)
    services.vault._home = services.home
    office.screened(post(f"Tomatoes and soup. {CANARY}"))
    case_id = office.disclosed()
    order_collection(case_id, "north", **office.who(Role.INVESTIGATOR))
    serve_collectors(services)
    files = place / "files"
    files.mkdir()
    lines = [post(f"The pond, day {n}. {CANARY}") for n in range(40)]
    (files / "posts.jsonl").write_text("".join(f"{line}\n" for line in lines))
    office.case_id, office.files, office.collector = case_id, files, place / "collector"
    return office


def as_nobody(*command: str, temporary: Path | None = None) -> subprocess.CompletedProcess[str]:
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
            "TMPDIR": str(temporary or tempfile.gettempdir()),
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
            if as_nobody(candidate, "-c", "import storage.sealed_write").returncode == 0:
                return candidate
        except OSError:
            continue
    pytest.skip(f"needs a Python {version} and a checkout that another user can read")


def dump(office: Any, guarded: Any) -> dict[str, list[dict[str, Any]]]:
    """Read every sealed raw row as a superuser would."""
    if guarded is None:
        engine = office.services.home.engine(Database.RAW)
    else:
        parts = dict(part.split("=", 1) for part in guarded.superuser.split())
        engine = create_engine(guarded.url("walloff_raw", parts["user"], parts["password"]))
    rows = []
    with engine.connect() as connection:
        for table, kind in (("evidence", "'item'"), ("captures", "'capture'"), ("records", "kind")):
            query = f"SELECT id, {kind} AS kind, body FROM {table}"
            rows += [
                {"table": table, "id": one.id, "kind": one.kind, "blob": bytes(one.body).hex()}
                for one in connection.execute(text(query))
            ]
    engine.dispose()
    return {"rows": rows}


def run(program: str, given: dict[str, Any], *, temporary: Path | None = None) -> dict[str, Any]:
    done = as_nobody(interpreter(), "-c", program, json.dumps(given), temporary=temporary)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_process_gathers_and_opens_nothing_not_even_what_it_wrote(
    apart: Any, guarded: Any, place: Path
) -> None:
    home, case_id = apart.services.home, CaseId(apart.case_id)
    temporary = place / "temporary"
    temporary.mkdir()
    shutil.chown(temporary, NOBODY, NOBODY)
    stores = ["keyring", "vault", "transaction", "evidence", "records", "captures", "exchange"]
    given: dict[str, Any] = {
        "folder": str(apart.collector),
        "files": str(apart.files),
        "case": case_id,
        "now": apart.now.isoformat(),
        "canary": CANARY,
        "stores": [f"storage.{name}" for name in stores],
    }
    # It works: it gathers all that is in the files, and knows no store.
    assert run(GATHER, given, temporary=temporary) == {"items": 40, "deliveries": 1, "loaded": []}
    shutil.move(apart.files, apart.folder / "gone")
    (place / "dump.json").write_text(json.dumps(dump(apart, guarded)))
    orders = apart.collector / "orders" / f"{case_id}.json"
    given |= {
        "dump": str(place / "dump.json"),
        "temporary": str(temporary),
        "places": [
            str(one)
            for one in (
                apart.collector,
                home.root,
                home.raw_database,
                home.keys_database,
                home.key_file,
                home.passphrase_file,
                home.files,
            )
        ],
        "forbidden": [
            str(orders),
            str(orders.with_name("mine.json")),
            str(apart.collector / "collector.name"),
            str(apart.collector / "receipts" / "mine.json"),
        ],
        "urls": []
        if guarded is None
        else [
            f"host={guarded.socket} dbname=walloff_{database} user=walloff_{role}"
            for database in DATABASES
            for role in (database, *PROCESSES.values())
        ],
    }
    found = run(ATTACK, given, temporary=temporary)
    assert (found["opened"], found["read_back"], found["canaries"]) == (0, 0, 0)
    assert found["written"] == 3, "a delivery, its original, and the end"
    assert found["refused"] > 100
    assert found["seen"] > 3000
    assert len(found["unreadable"]) == 6, found["unreadable"]
    assert (found["changed"], found["connected"]) == ([], [])
    # The inside takes it in.
    serve_collectors(apart.services)
    with apart.vault.read() as tx:
        items = [one.item.text.reveal() for one in EvidenceStore(tx).for_case(case_id)]
    assert len(items) == 40
    assert all(CANARY in one for one in items)
