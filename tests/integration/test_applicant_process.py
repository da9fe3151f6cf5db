"""The applicants' process, as a user of its own, opens nothing raw and reads back nothing it wrote.

It runs as another user with all that this user can reach: the folder, a portion of the keys, its
database connection. The attacker is given more than that: a superuser's dump of every raw row.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.disclosure import disclosure_of
from models.case import CaseState
from models.people import Role
from storage.domain import Domain
from storage.exchange import ApplicantVault, FairnessVault
from storage.interface_folder import open_folder
from storage.migrate import Database
from storage.portions import write_portion
from walloff.applicants import exchange_letters

PASSPHRASE = b"correct horse battery staple"
CANARY = "quailfeather"
WRITTEN = "plumcobbler"
PROGRAM = """
import json, sys
from datetime import datetime
from pathlib import Path

from casework.letters.applicant_side import desk, identify, read, write_disclosure
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


@pytest.fixture
def apart(
    office: Any, post: Callable[..., str], given_to: Any, reachable: Path, guarded: Any
) -> Any:
    """A home with evidence, and an applicants' process with a folder and a portion."""
    services, folder = office.services, reachable / "applicants"
    services.home = given_to(services.home, Database.APPLICANT, folder)
    office.screened(post(f"Tomatoes and soup. {CANARY}"))
    office.case_id = office.consented()
    exchange_letters(services)
    office.guarded, office.process_folder = guarded, folder
    return office


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


def run(office: Any, dump: Any, nobody: Any, url_of: Any) -> dict[str, Any]:
    rows = dump(office.services.home)
    assert len(rows["rows"]) > 5
    (office.process_folder / "dump.json").write_text(json.dumps(rows))
    (office.process_folder / "dump.json").chmod(0o644)
    home = office.services.home
    given = {
        "folder": str(office.process_folder),
        "url": url_of("applicant", "interface"),
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
    found: dict[str, Any] = nobody.told(PROGRAM, given)
    return found


def test_the_process_reads_its_shelf_writes_letters_and_opens_nothing_else(
    apart: Any, dump: Any, nobody: Any, url_of: Any
) -> None:
    found = run(apart, dump, nobody, url_of)
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
