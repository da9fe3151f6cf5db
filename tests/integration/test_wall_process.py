"""The manager's process, as a user of its own, opens nothing raw: not even when it is taken over.

It runs as another user with all that this user can reach: the folder, a portion of the keys, its
database connection. The attacker is given more than that: a superuser's dump of every row.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.deciding.clarifications import reply
from casework.releasing.accesses import take_up_accesses
from casework.releasing.manager_desk import name_all_managers
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver, release
from casework.reviewing.review import (
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from models.audit import AuditAction
from models.case import CaseState
from models.decision import Decision
from models.people import Role
from models.rebuttal import Question, Reply
from storage.audit import AuditLog
from storage.domain import Domain
from storage.envelope import unseal
from storage.exposures import ExposureStore
from storage.keyring import open_key_ring
from storage.migrate import DATABASES, Database
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from walloff.managers import serve_managers

PASSPHRASE = b"correct horse battery staple"
CANARY = "quailfeather"
ASSESSMENT = "Plain conduct; the interview and the references weigh more."
THREAT = f"I am going to kill my boss on Monday, I swear. {CANARY}"
HEAD = """
import json, sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from models.errors import WalloffError
from models.ids import ActorId, CaseId
from storage.interface_folder import open_folder
from storage.migrate import Database
from storage.postgresql import database_url
from storage.released import ReleasedVault

given = json.loads(sys.argv[1])
folder = Path(given["folder"])
urls = {Database.RELEASED: database_url(given["url"])} if given["url"] else {}
released = open_folder(folder, folder / "portion", ReleasedVault, urls=urls)
"""
LOOK = (
    HEAD
    + """
from casework.releasing.look import look
try:
    package = look(
        CaseId(given["case"]),
        actor=ActorId(given["actor"]),
        released=released,
        now=datetime.fromisoformat(given["now"]),
    )
    print(json.dumps({"payload": package.payload().decode()}))
except WalloffError as error:
    print(json.dumps({"refused": error.code}))
"""
)
WRITE = (
    HEAD
    + """
from casework.deciding.manager_side import receipts, replies, write_decision, write_question
from models.decision import Outcome
from models.rebuttal import Question
who = {
    "actor": ActorId(given["actor"]),
    "released": released,
    "now": datetime.fromisoformat(given["now"]),
}
case_id = CaseId(given["case"])
try:
    for outcome in given.get("decide", []):
        write_decision(
            case_id, Outcome(outcome), reasons=(), assessment=given["assessment"], **who
        )
    for question in given.get("ask", []):
        write_question(case_id, 0, Question(question), **who)
    print(json.dumps({
        "receipts": [one.model_dump(mode="json") for one in receipts(case_id, **who)],
        "replies": [one.model_dump(mode="json") for one in replies(case_id, **who)],
    }))
except WalloffError as error:
    print(json.dumps({"refused": error.code}))
"""
)
TAKEN_OVER = (
    HEAD
    + """
import os
from casework.deciding.manager_side import write_decision
from models.decision import Outcome
from storage.exchange import letter_place
from storage.letter_opener import LetterOpener
from sqlalchemy import create_engine, text
from storage.domain import Domain
from storage.engine import transaction
from storage.envelope import SealingKey, unseal

ring, engine = released._key_ring, released._engine
provider = ring.provider

# What is written is caught on its way into the database, as a process that was taken over could.
letters = []
add = released.add
released.add = lambda one: (letters.append(one), add(one))
write_decision(
    CaseId(given["case"]), Outcome.FAVOURABLE, reasons=(), assessment=given["assessment"],
    actor=ActorId(given["actor"]), released=released, now=datetime.fromisoformat(given["now"]),
)

# Every key that this process has, in every use.
keys = list(provider.wrapping.values())
provider.current_version(Domain.RELEASED)
keys += list(provider._keys.values())
opened, refused, boxes = 0, 0, []
dump = json.loads((folder / "dump.json").read_text())
for case in {row["case"] for row in dump["rows"]} | {row["case"] for row in dump["lockboxes"]}:
    for domain in Domain:
        try:
            box = ring.lockbox(CaseId(case), domain)
            boxes.append(box)
            keys += [box.rows, box.files, SealingKey(b"\\0" * 16, box.index)]
        except WalloffError:
            refused += 1
for row in dump["lockboxes"]:
    if row["domain"] == "released":
        continue
    for domain in (Domain.RELEASED, Domain(row["domain"])):
        try:
            place = ("lockbox", given["home"], "production", row["case"])
            provider.unwrap(domain, row["version"], bytes.fromhex(row["wrapped"]), place)
            opened += 1
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
        for box in boxes:
            try:
                box.unseal(one.body, (domain, *letter_place(one.id, one.case_id, one.kind)))
                read_back += 1
            except WalloffError:
                refused += 1
        try:
            LetterOpener(ring, domain).open(one)
            read_back += 1
        except WalloffError:
            refused += 1

# Every file that this user can read, of those that matter, and the inside's own process.
seen = bytearray((folder / "dump.json").read_bytes())
unreadable = []
places = [Path(place) for place in given["places"]]
for place in places:
    try:
        found = [place, *place.rglob("*")] if place.is_dir() else [place]
        for path in found:
            if path.is_file():
                seen += path.read_bytes()
        list(place.iterdir()) if place.is_dir() else None
    except OSError:
        unreadable.append(str(place))
for name in ("mem", "environ", "maps"):
    try:
        seen += Path(f"/proc/{given['inside']}/{name}").read_bytes()
    except OSError:
        unreadable.append(name)

# Whatever SQL somebody might get run on this process's connection.
answered, denied = [], []
for statement in given["sql"]:
    try:
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            try:
                rows = raw.execute(statement).fetchall()
            finally:
                try:
                    raw.rollback()
                except Exception:
                    pass
            seen += repr(rows).encode()
            answered.append(statement)
    except Exception as error:
        if "no results to fetch" in str(error) or "the last operation" in str(error):
            answered.append(statement)
        else:
            denied.append(statement)
for url in given["others"]:
    try:
        with create_engine(url).connect() as connection:
            connection.execute(text("SELECT 1"))
        answered.append(url)
    except Exception:
        denied.append(url)
print(json.dumps({
    "opened": opened, "refused": refused, "keys": len(keys),
    "canaries": seen.count(given["canary"].encode()), "seen": len(seen),
    "letters": len(letters), "read_back": read_back,
    "written": seen.count(given["assessment"].encode()),
    "unreadable": unreadable, "answered": answered, "denied": denied,
}))
"""
)


@pytest.fixture
def wall(
    office: Any,
    post: Callable[..., str],
    given_to: Any,
    reachable: Path,
    guarded: Any,
    nobody: Any,
    url_of: Any,
) -> Any:
    """A released case, and a manager's process with a folder, a portion and a database."""
    services, folder = office.services, reachable / "manager"
    services.home = given_to(services.home, Database.RELEASED, folder)
    released = services.released
    services.released = ReleasedVault(services.home, released._key_ring)
    released.close()
    office.nobody, office.url_of = nobody, url_of
    office.case_id = office.screened(post(THREAT), post(f"Tomatoes and soup. {CANARY}"))
    _released(office, office.case_id)
    office.guarded, office.manager_folder = guarded, folder
    return office


def _released(office: Any, case_id: Any) -> None:
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        who = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **who)
        findings, unreadable = waiting_for_person(case_id, vault=office.vault)
        for finding_id in findings:
            weigh_finding(case_id, finding_id, stands=True, **who)
        if unreadable:
            settle_unreadable(case_id, **who)
        approve(case_id, **who)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)


def as_manager(office: Any, program: str, **more: object) -> dict[str, Any]:
    """Run a program as the manager's user and return what it prints."""
    given = {
        "folder": str(office.manager_folder),
        "url": office.url_of("released", "manager"),
        "case": office.case_id,
        "actor": office.people[Role.HIRING_MANAGER].id,
        "now": office.now.isoformat(),
        "home": office.services.home.id,
    } | more
    found: dict[str, Any] = office.nobody.told(program, given)
    return found


def sql(office: Any) -> list[str]:
    """Statements that an attacker would try on the manager's connection."""
    home = office.services.home
    if office.guarded is None:
        return [
            "SELECT * FROM deliveries",
            "SELECT * FROM sqlite_master",
            f"ATTACH DATABASE '{home.raw_database}' AS raw",
            f"ATTACH DATABASE 'file:{home.raw_database}?mode=ro' AS raw",
            f"ATTACH DATABASE '{home.keys_database}' AS keys",
            "SELECT load_extension('/usr/lib/none')",
        ]
    return [
        "SELECT * FROM deliveries",
        "SELECT * FROM pg_database",
        "SELECT * FROM pg_stats",
        "SELECT set_config('role', 'walloff_raw', false)",
        "SET ROLE walloff_raw",
        "SET SESSION AUTHORIZATION walloff_released",
        "SELECT * FROM walloff_raw.public.evidence",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "SELECT lo_import('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "CREATE EXTENSION dblink",
        "CREATE TABLE t (x text)",
        "SELECT body FROM inbox",
        "DELETE FROM inbox",
        "UPDATE inbox SET taken_at = 'x'",
        "UPDATE shelf SET body = ''",
        "UPDATE deliveries SET payload = NULL",
        "DELETE FROM accesses",
        "UPDATE accesses SET actor = 'x'",
        "INSERT INTO viewers VALUES ('x', 'x')",
        "TRUNCATE accesses",
        "DROP TABLE accesses",
        "ALTER TABLE accesses DISABLE TRIGGER ALL",
    ]


def test_the_manager_reads_the_release_and_the_look_is_on_record(wall: Any) -> None:
    shown = as_manager(wall, LOOK)
    assert CANARY not in shown["payload"]
    assert "findings" in shown["payload"]
    assert wall.services.released.view(wall.case_id).decode() == shown["payload"]
    (access,) = wall.services.released.untaken()
    assert (access.actor, access.code) == (wall.people[Role.HIRING_MANAGER].id, "viewed")
    sides = {"vault": wall.vault, "released": wall.services.released, "now": wall.now}
    assert take_up_accesses(**sides) == 1
    assert take_up_accesses(**sides) == 0
    with wall.vault.read() as tx:
        last = AuditLog(tx).entries(wall.case_id)[-1]
    assert (last.action, last.actor, last.event_id) == (
        AuditAction.VIEWED,
        access.actor,
        access.id,
    )
    # What opens the release changes at every destruction: the folder follows.
    wall.services.released._key_ring.rotate(Domain.RELEASED)
    wall.services.released.publish_keys()
    held = json.loads((wall.manager_folder / "keys.json").read_bytes())["domains"]
    assert list(held) == [Domain.RELEASED]
    assert list(held[Domain.RELEASED]["versions"]) == ["2"]
    assert as_manager(wall, LOOK) == shown


def test_whom_the_inside_did_not_name_is_refused_and_that_is_on_record(wall: Any) -> None:
    """A reviewer has seen raw evidence; a manager who comes to see it loses the view."""
    reviewer = wall.people[Role.WALL_OFF_REVIEWER].id
    assert as_manager(wall, LOOK, actor=reviewer) == {"refused": "not-permitted"}
    manager = wall.people[Role.HIRING_MANAGER].id
    with wall.vault.write() as tx:
        ExposureStore(tx).record(manager, wall.case_id, wall.now)
    name_all_managers(vault=wall.vault, released=wall.services.released, now=wall.now)
    assert as_manager(wall, LOOK) == {"refused": "not-permitted"}
    sides = {"vault": wall.vault, "released": wall.services.released, "now": wall.now}
    assert take_up_accesses(**sides) == 2
    with wall.vault.read() as tx:
        last = AuditLog(tx).entries(wall.case_id)[-2:]
    assert [entry.action for entry in last] == [AuditAction.DENIED] * 2


def test_a_process_that_was_taken_over_opens_nothing_raw(wall: Any, dump: Any) -> None:
    rows = dump(wall.services.home)
    assert len(rows["rows"]) > 10
    assert len({row["domain"] for row in rows["lockboxes"]}) >= 2
    (wall.manager_folder / "dump.json").write_text(json.dumps(rows))
    (wall.manager_folder / "dump.json").chmod(0o644)
    home = wall.services.home
    others = []
    if wall.guarded is not None:
        for database in DATABASES:
            for role in ("manager", "raw", "keys"):
                url = wall.guarded.url(
                    f"walloff_{database}", f"walloff_{role}", "secret-of-manager"
                )
                if (database, role) != ("released", "manager"):
                    others.append(url.render_as_string(hide_password=False))
    found = as_manager(
        wall,
        TAKEN_OVER,
        sql=sql(wall),
        others=others,
        canary=CANARY,
        assessment=ASSESSMENT,
        inside=os.getpid(),
        places=[
            str(place)
            for place in (
                wall.manager_folder,
                home.root,
                home.raw_database,
                home.keys_database,
                home.key_file,
                home.passphrase_file,
                home.files,
                home.prefect,
            )
        ],
    )
    assert (found["opened"], found["canaries"]) == (0, 0)
    assert (found["letters"], found["read_back"], found["written"]) == (1, 0, 0)
    assert found["keys"] >= 5
    assert found["refused"] > 100
    assert found["seen"] > 10_000
    assert len(found["unreadable"]) == 10, found["unreadable"]
    answered = ["SELECT * FROM deliveries"]
    answered.append(
        "SELECT * FROM sqlite_master" if wall.guarded is None else "SELECT * FROM pg_database"
    )
    if wall.guarded is not None:
        answered.append("SELECT * FROM pg_stats")
    assert found["answered"] == answered
    assert len(found["denied"]) == len(sql(wall)) + len(others) - len(answered)
    _require_that_the_inside_opens(wall, rows["rows"])


def test_a_decision_and_a_question_arrive_and_the_process_reads_what_became_of_them(
    wall: Any,
) -> None:
    """The whole way and back, as another user: sealed letters out, codes and replies in."""
    assert as_manager(wall, WRITE, ask=["still-public"]) == {"receipts": [], "replies": []}
    (waiting,) = wall.services.released.waiting()
    assert b"still-public" not in waiting.body
    serve_managers(wall.services)
    told = as_manager(wall, WRITE)
    assert [(one["kind"], one["code"]) for one in told["receipts"]] == [("question", "")]
    assert [one["reply"] for one in told["replies"]] == [None]
    reviewer = wall.who(Role.WALL_OFF_REVIEWER)
    reply(wall.case_id, 0, Question.STILL_PUBLIC, Reply.NO, **reviewer)
    serve_managers(wall.services)
    assert [one["reply"] for one in as_manager(wall, WRITE)["replies"]] == ["no"]
    written = {"decide": ["favourable"], "assessment": ASSESSMENT}
    as_manager(wall, WRITE, **written)
    serve_managers(wall.services)
    assert find_case(wall.case_id, vault=wall.vault).state is CaseState.FAVOURABLE
    told = as_manager(wall, WRITE)
    became = [(one["kind"], one["code"]) for one in told["receipts"]]
    assert became == [("question", ""), ("decision", "")]
    manager = wall.people[Role.HIRING_MANAGER].id
    with wall.vault.read() as tx:
        decision = RecordStore(tx).latest(wall.case_id, RecordKind.DECISION, Decision)
        decided = [
            one for one in AuditLog(tx).entries(wall.case_id) if one.action is AuditAction.DECIDED
        ]
    assert decision is not None
    assert (decision.decider, decision.assessment) == (manager, ASSESSMENT)
    assert [(one.actor, one.code) for one in decided] == [(manager, "favourable")]
    as_manager(wall, WRITE, **written)
    serve_managers(wall.services)
    assert as_manager(wall, WRITE)["receipts"][-1]["code"] == "wrong-state"
    refused = as_manager(wall, WRITE, **written, actor="somebody-else")
    assert refused == {"refused": "not-permitted"}


def _require_that_the_inside_opens(wall: Any, rows: list[dict[str, Any]]) -> None:
    """The same dump, with the raw key: rows open, and the canary is in them."""
    ring = open_key_ring(wall.services.home, passphrase=PASSPHRASE, domains={Domain.RAW})
    words = b""
    for row in rows:
        key = ring.lockbox(row["case"], Domain.RAW).rows
        place = (Domain.RAW, row["table"], row["id"], row["kind"])
        words += unseal(key, bytes.fromhex(row["blob"]), place)
    ring.close()
    assert CANARY.encode() in words
