"""The whole drill: collect, back up, destroy, rotate, restore; and no word in clear anywhere.

Backups are taken in the middle, keys are replaced at the end, and every file that any process
wrote is searched: databases, write-ahead logs, backups, Prefect's database, logs, temp folders.
"""

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.consent import withdraw_consent
from casework.records.clock_guard import confirm_clock
from casework.records.key_custody import rotate_keys
from casework.records.retention import explain_retention
from models.people import Role
from storage.checkpoints import publish
from storage.domain import Domain
from storage.drill import drill
from storage.evidence import EvidenceStore
from storage.keyring import open_key_ring
from walloff.custody import sweep_home
from walloff.upkeep import retain_all

Post = Callable[..., str]
GONE, STAYS = "Zwjqxkanarie", "Vrbtplover"
ROOT = Path(__file__).resolve().parents[2]


def forms(word: str) -> Iterator[bytes]:
    """Ways in which a word could stand in a file."""
    yield word.encode()
    yield word.encode("utf-16-le")
    yield word.encode().hex().encode()
    for shift in range(3):
        # Base64 of the word at each of the three places it may begin at, without the ragged ends.
        yield base64.b64encode(b"\0" * shift + word.encode())[4:-4]


def sightings(*folders: Path) -> set[str]:
    """Files that hold a canary, in content or in name."""
    found = set()
    for folder in folders:
        for path in folder.rglob("*"):
            body = path.name.encode() + (path.read_bytes() if path.is_file() else b"")
            if any(form in body for word in (GONE, STAYS) for form in forms(word)):
                found.add(str(path))
    return found


@pytest.fixture
def worked(office: Any, post: Post, tmp_path: Path) -> Any:
    """Two cases, worked by a process of its own with Prefect, logs and temp folder of its own."""
    gone = office.collecting(post(f"The {GONE} sang; I will beat him up at {GONE} street."))
    stays = office.collecting(post(f"Saw the {STAYS} again, what a morning."))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    logs = tmp_path / "logs"
    logs.mkdir()
    with (logs / "out").open("wb") as out, (logs / "err").open("wb") as err:
        subprocess.run(
            [sys.executable, "-m", "cli", "work", "--home", str(office.services.home.root)],
            cwd=ROOT,
            env=os.environ
            | {
                "TMPDIR": str(temporary),
                "PREFECT_LOGGING_LEVEL": "DEBUG",
                "PYTHONPATH": str(ROOT),
            },
            stdout=out,
            stderr=err,
            check=True,
            timeout=180,
        )
    return gone, stays, temporary, logs


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def test_what_was_destroyed_is_nowhere_and_the_rest_is_whole(
    office: Any, worked: Any, tmp_path: Path
) -> None:
    gone, stays, temporary, logs = worked
    home = office.services.home
    # A backup of everything, with the write-ahead log as it lies, before anything is destroyed.
    live = copied(home.root, tmp_path / "backup-live")
    assert (live / "raw.db-wal").exists()
    office.vault.compact()
    at_rest = copied(home.root, tmp_path / "backup-at-rest")

    withdraw_consent(gone, **office.who(Role.APPLICANT))
    retain_all(office.services)
    dates = explain_retention(gone, **office.who(Role.AUDITOR)).dates
    assert dates.keep_until is not None
    while office.now.date() <= dates.keep_until:
        office.clock.move(days=30)
    publish(office.vault, now=office.now)
    confirm_clock(office.now.date(), **office.who(Role.EVIDENCE_CUSTODIAN))
    done = sweep_home(office.services, actor=office.people[Role.EVIDENCE_CUSTODIAN])
    assert (done.destroyed, done.pending) == ((gone,), ())
    passphrase = home.passphrase_file.read_bytes()
    ring = open_key_ring(home, passphrase=passphrase, domains=frozenset(Domain))
    rotate_keys(ring, **office.who(Role.KEY_CUSTODIAN))

    # Today's keys over the old data: one unreadable, the other whole.
    found = drill(home, ring, at_rest / "raw.db")
    assert (found.passed, found.destroyed) == (True, 1)
    assert found.whole >= 1
    with office.vault.read() as tx:
        (item,) = EvidenceStore(tx).for_case(stays)
        assert STAYS in item.item.text.reveal()

    everywhere = (home.root, live, at_rest, temporary, logs)
    assert sightings(*everywhere) == set()
    assert any((home.root / "prefect").rglob("*.db")), "Prefect's own database was searched"
    # The search sees what lies in the open: the input that the investigator brought.
    assert sightings(office.folder)
    ring.close()


def test_the_old_key_store_opens_nothing_of_it_either(
    office: Any, worked: Any, tmp_path: Path
) -> None:
    """An old copy of keys.db over today's key file: the key that wrapped it exists no more."""
    gone, stays, *_folders = worked
    home = office.services.home
    office.vault.compact()
    old = tmp_path / "old-keys.db"
    shutil.copyfile(home.keys_database, old)
    data = tmp_path / "old-raw.db"
    shutil.copyfile(home.raw_database, data)
    passphrase = home.passphrase_file.read_bytes()
    ring = open_key_ring(home, passphrase=passphrase, domains=frozenset(Domain))
    ring.drop(gone, at=office.now)
    for domain in Domain:
        ring.rotate(domain)
    ring.close()
    office.vault.key_ring.close()
    office.services.released.close()
    today = home.keys_database.read_bytes()
    home.keys_database.write_bytes(old.read_bytes())
    stale = open_key_ring(home, passphrase=passphrase, domains={Domain.RAW})
    found = drill(home, stale, data)
    assert gone in found.broken
    assert found.whole == 0, "every lockbox in the old store lies under a destroyed key"
    stale.close()
    home.keys_database.write_bytes(today)
    fresh = open_key_ring(home, passphrase=passphrase, domains={Domain.RAW})
    found = drill(home, fresh, data)
    assert (found.passed, found.destroyed) == (True, 1)
    assert found.whole >= 1, stays
    fresh.close()
