"""The collectors' process, as a user of its own, opens nothing raw and reads back nothing it wrote.

It gathers files full of canaries, which are then taken out of its reach. Whoever takes it over gets
all that its user can reach, a superuser's dump of every raw row, and every byte that it wrote.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.gathering.source import order_collection
from models.ids import CaseId
from models.people import Role
from storage.collector_folder import make_collector
from storage.evidence import EvidenceStore
from storage.migrate import DATABASES
from storage.roles import PROCESSES
from walloff.collectors import serve_collectors

CANARY = "quailfeather"
GATHER = """
import json, sys
from datetime import datetime
from pathlib import Path
from casework.gathering.collector_side import gather
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
from casework.gathering.deliveries import delivery_context
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


@pytest.fixture
def apart(office: Any, post: Callable[..., str], reachable: Path, nobody: Any) -> Any:
    """A home with evidence of another case, and a collector with an order and files."""
    services = office.services
    services.home = make_collector(
        services.home, reachable / "collector", "north", group=nobody.uid
    )
    services.vault._home = services.home
    office.screened(post(f"Tomatoes and soup. {CANARY}"))
    case_id = office.disclosed()
    order_collection(case_id, "north", **office.who(Role.INVESTIGATOR))
    serve_collectors(services)
    files = reachable / "files"
    files.mkdir()
    lines = [post(f"The pond, day {n}. {CANARY}") for n in range(40)]
    (files / "posts.jsonl").write_text("".join(f"{line}\n" for line in lines))
    office.case_id, office.files, office.collector = case_id, files, reachable / "collector"
    return office


def test_the_process_gathers_and_opens_nothing_not_even_what_it_wrote(
    apart: Any, guarded: Any, reachable: Path, dump: Any, nobody: Any
) -> None:
    home, case_id = apart.services.home, CaseId(apart.case_id)
    temporary = reachable / "temporary"
    temporary.mkdir()
    shutil.chown(temporary, nobody.uid, nobody.uid)
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
    assert nobody.told(GATHER, given, temporary=temporary) == {
        "items": 40,
        "deliveries": 1,
        "loaded": [],
    }
    shutil.move(apart.files, apart.folder / "gone")
    (reachable / "dump.json").write_text(json.dumps(dump(home)))
    orders = apart.collector / "orders" / f"{case_id}.json"
    given |= {
        "dump": str(reachable / "dump.json"),
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
    found = nobody.told(ATTACK, given, temporary=temporary)
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
