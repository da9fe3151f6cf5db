"""The custodian's and the auditors' processes, as users of their own, open nothing raw.

Each runs as another user with all that this user can reach: one folder, for the custodian a portion
of the keys, one database connection. Whoever takes one over is given more: every raw row and every
lockbox as a superuser would dump them.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casework.steps.permissions import Permission
from casework.steps.sealed_domain import put_away
from casework.steps.step import step
from models.audit import AuditAction
from models.disclosure import Disclosure
from models.errors import AuditBrokenError, KeyUnavailableError
from models.people import Role
from models.text import RawText
from storage.audit import AuditLog
from storage.domain import Domain
from storage.engine import transaction
from storage.exposures import ExposureStore
from storage.handing_over import hand_over
from storage.letter_opener import LetterOpener
from storage.migrate import Database
from storage.roles import PROCESSES
from walloff.custodians import serve_custodian
from walloff.upkeep import publish_checkpoint

PASSPHRASE = b"correct horse battery staple"
CANARY = "quailfeather"
ASIDE = "plumcobbler"
HEAD = """
import json, sys
from datetime import datetime
from pathlib import Path
from models.errors import WalloffError
from models.ids import ActorId, CaseId
from storage.domain import Domain
from storage.envelope import SealingKey, unseal
from storage.interface_folder import folder_home, open_folder
from storage.migrate import Database
from storage.postgresql import database_url

given = json.loads(sys.argv[1])
folder = Path(given["folder"])
database = Database(given["database"])
urls = {database: database_url(given["url"])} if given["url"] else {}
"""
CUSTODIAN = (
    HEAD
    + """
from casework.records.custodian import list_kept, receipts_given, show_kept
from storage.exchange import SealedVault
sealed = open_folder(folder, folder / "portion", SealedVault, urls=urls)
engine, provider = sealed._engine, sealed.key_ring.provider
actor, now = ActorId(given["actor"]), datetime.fromisoformat(given["now"])
listed = list_kept(sealed, actor=actor)
told = {"kinds": [one.kind for one in listed], "shown": [], "refused": []}
for one in listed:
    told["shown"].append(show_kept(sealed, one.id, actor=actor, now=now).decode())
    try:
        show_kept(sealed, one.id, actor=ActorId("somebody"), now=now)
    except WalloffError as error:
        told["refused"].append(error.code)
told["others"] = len(list_kept(sealed, actor=ActorId("somebody")))
told["receipts"] = len(receipts_given(sealed, actor=actor, limit=5))
keys = list(provider.wrapping.values())
provider.current_version(Domain.SEALED)
keys += list(provider._keys.values())
cases = {row["case"] for row in json.loads((folder / "dump.json").read_text())["rows"]}
for case in cases:
    for domain in Domain:
        try:
            box = sealed.key_ring.lockbox(CaseId(case), domain)
            keys += [box.rows, box.files, SealingKey(b"\\0" * 16, box.index)]
        except WalloffError:
            pass
told["domains"] = sorted(sealed.key_ring.domains)
"""
)
AUDITOR = (
    HEAD
    + """
from storage.auditors import AuditorsLog
from storage.export_files import MANIFEST, log_files, write_export
log = AuditorsLog(folder_home(folder, urls=urls))
engine, keys, provider = log._engine, [], None
found = log.verify()
parts, signed = log.log()
files = log_files(parts) | {MANIFEST: signed}
told = {
    "size": found.size, "faults": found.faults, "actions": [one.action for one in log.entries()],
    "files": len(files), "text": sum(raw.count(given["canary"].encode()) for raw in files.values()),
    "domains": [],
}
"""
)
TAKEN_OVER = """
dump = json.loads((folder / "dump.json").read_text())
opened = 0
for row in dump["lockboxes"]:
    if provider is None or row["domain"] == str(database):
        continue
    for domain in (Domain(str(database)), Domain(row["domain"])):
        try:
            place = ("lockbox", given["home"], "production", row["case"])
            provider.unwrap(domain, row["version"], bytes.fromhex(row["wrapped"]), place)
            opened += 1
        except WalloffError:
            pass
for row in dump["rows"]:
    for key in keys:
        for domain in Domain:
            try:
                place = (domain, row["table"], row["id"], row["kind"])
                unseal(key, bytes.fromhex(row["blob"]), place)
                opened += 1
            except WalloffError:
                pass
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
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            try:
                seen += repr(raw.execute(statement).fetchall()).encode()
            finally:
                raw.rollback()
        answered.append(statement)
    except Exception as error:
        known = "no results to fetch" in str(error) or "the last operation" in str(error)
        (answered if known else denied).append(statement)
print(json.dumps(told | {
    "opened": opened, "keys": len(keys), "seen": len(seen), "unreadable": unreadable,
    "canaries": seen.count(given["canary"].encode()), "answered": answered, "denied": denied,
}))
"""


@dataclass
class Other:
    """Runs a program as the other user, with all that it is given."""

    nobody: Any
    dump: Any
    url_of: Any


@pytest.fixture
def other(nobody: Any, dump: Any, url_of: Any) -> Other:
    return Other(nobody, dump, url_of)


@pytest.fixture
def apart(
    office: Any,
    post: Callable[..., str],
    given_to: Any,
    reachable: Path,
    guarded: Any,
    other: Other,
) -> Iterator[Any]:
    """A home with evidence, something put away, and a folder for each of the two processes."""
    services = office.services
    for database in (Database.SEALED, Database.AUDIT):
        services.home = given_to(services.home, database, reachable / database)
    office.case_id = office.screened(post(f"Tomatoes and soup. {CANARY}"))
    who = {"actor": office.people[Role.INVESTIGATOR], "now": office.now}
    permission = Permission.DISCLOSE
    with step(office.vault, office.case_id, permission=permission, **who) as work:
        put_away(work, "criminal-copy", Disclosure(name=RawText(ASIDE), handles=()))
    serve_custodian(services)
    publish_checkpoint(services)
    office.guarded, office.folders, office.other = guarded, reachable, other
    yield office
    services.sealed.close()
    services.auditors.close()


def run(office: Any, database: Database, program: str) -> dict[str, Any]:
    """Run a program as the other user and return what it prints."""
    guarded, home = office.guarded, office.services.home
    folder = office.folders / database
    (folder / "dump.json").write_text(json.dumps(office.other.dump(home)))
    (folder / "dump.json").chmod(0o644)
    others = {Database.SEALED, Database.AUDIT} - {database}
    given = {
        "folder": str(folder),
        "database": database,
        "url": office.other.url_of(database, PROCESSES[database]),
        "actor": office.people[Role.EVIDENCE_CUSTODIAN].id,
        "now": office.now.isoformat(),
        "home": home.id,
        "canary": CANARY,
        "places": [
            str(home.root),
            str(home.raw_database),
            str(home.keys_database),
            str(home.key_file),
            *(str(office.folders / other / f"{other}.db") for other in others if guarded is None),
        ],
        "sql": attacks(office, database),
    }
    found: dict[str, Any] = office.other.nobody.told(program + TAKEN_OVER, given)
    return found


def attacks(office: Any, database: Database) -> list[str]:
    """Statements that whoever took the process over would try; none is for it to be answered."""
    home = office.services.home
    if office.guarded is None:
        return [
            f"ATTACH DATABASE '{home.raw_database}' AS raw",
            f"ATTACH DATABASE '{home.keys_database}' AS keys",
            "SELECT load_extension('/usr/lib/none')",
        ]
    own = {
        Database.SEALED: ["UPDATE accesses SET actor = 'x'", "DELETE FROM inbox"],
        Database.AUDIT: [
            "UPDATE audit_leaves SET body = 'x'",
            "DELETE FROM alarms",
            "INSERT INTO audit_checkpoints VALUES (999, 'x', 'x', 'x', 'x')",
        ],
    }
    return [
        *own[database],
        "SET ROLE walloff_raw",
        "SELECT * FROM walloff_raw.public.evidence",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "CREATE TABLE t (x text)",
        "DROP TABLE home",
    ]


def test_the_custodian_alone_reads_what_was_put_away(apart: Any) -> None:
    """And nothing raw: 0 rows, 0 canaries, one domain."""
    with pytest.raises(KeyUnavailableError):
        LetterOpener(apart.vault.key_ring, Domain.SEALED)
    found = run(apart, Database.SEALED, CUSTODIAN)
    assert found["kinds"] == ["criminal-copy"]
    (shown,) = found["shown"]
    assert ASIDE in shown
    assert found["others"] == 0
    assert found["receipts"] == 0
    assert found["refused"] == ["not-permitted"]
    assert found["domains"] == ["sealed"]
    assert found["keys"] > 1
    assert (found["opened"], found["canaries"]) == (0, 0)
    assert found["answered"] == []
    assert len(found["denied"]) >= 3
    assert str(apart.services.home.root) in found["unreadable"]
    assert str(apart.services.home.keys_database) in found["unreadable"]


def test_the_custodians_look_is_in_the_log_and_counts_as_exposure(apart: Any) -> None:
    run(apart, Database.SEALED, CUSTODIAN)
    serve_custodian(apart.services)
    custodian = apart.people[Role.EVIDENCE_CUSTODIAN].id
    with apart.vault.read() as tx:
        entries = AuditLog(tx).entries(apart.case_id)
        looks = [one for one in entries if one.actor == custodian]
        assert [one.action for one in looks] == [AuditAction.VIEWED]
        refused = [one for one in entries if one.actor == "somebody"]
        assert [(one.action, one.code) for one in refused] == [
            (AuditAction.DENIED, "not-permitted")
        ]
        assert ExposureStore(tx).exposed(custodian, apart.case_id)
        assert AuditAction.PUT_AWAY in {one.action for one in entries}


def test_the_auditors_verify_the_log_and_open_nothing(apart: Any) -> None:
    """No key at all: 0 raw rows, 0 canaries."""
    found = run(apart, Database.AUDIT, AUDITOR)
    assert found["faults"] == []
    with apart.vault.read() as tx:
        entries = AuditLog(tx).entries()
    assert found["size"] == len(found["actions"]) == len(entries)
    assert found["files"] > 5
    assert found["text"] == 0
    assert (found["opened"], found["keys"], found["canaries"]) == (0, 0, 0)
    assert found["answered"] == []
    assert str(apart.services.home.keys_database) in found["unreadable"]
    assert not (apart.folders / "audit" / "keys.json").exists()


def test_the_auditors_see_what_was_rewritten_after_they_had_it(apart: Any) -> None:
    """The inside may rewrite its own log: what was handed over stays, and the attempt is told."""
    engine = apart.services.home.engine(Database.RAW)
    with transaction(engine, "raw", writes=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_leaves_not_updated")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_leaves DISABLE TRIGGER USER")
        change = "UPDATE audit_leaves SET body = replace(body, 'the-', 'tha-') WHERE position = 1"
        connection.execute(text(change))
    engine.dispose()
    services = apart.services
    with pytest.raises(AuditBrokenError):
        hand_over(services.vault, services.auditors, now=apart.now)
    found = run(apart, Database.AUDIT, AUDITOR)
    assert any("refused at the hand-over" in fault for fault in found["faults"])
