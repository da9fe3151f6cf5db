"""A home that an earlier version made is upgraded, and everything in it is read and verified."""

import shutil
import tarfile
from pathlib import Path

import pytest

import storage.home
from models.errors import HomeError
from models.ids import ActorId
from models.people import Role
from models.search_clauses import CaptureHashError
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.checkpoints import publish
from storage.domain import Domain
from storage.duties import Duty, DutyStore
from storage.evidence import EvidenceStore
from storage.home import Home, HomeMode, create_home, open_home
from storage.keyring import KeyRing, open_key_ring
from storage.migrate import DATABASES, FIRST, Database
from storage.originals import read_original
from storage.packages import PackageStore
from storage.people import PersonStore
from storage.released import ReleasedVault
from storage.upgrade import upgrade_home
from storage.vault import Vault
from storage.verification import verify
from storage.writers import WRITTEN_TO, writer_of

DATA = Path(__file__).parents[2] / "data"
PASSPHRASE = b"correct horse battery staple"
EARLIER = sorted(path.name for path in DATA.glob("home-*.tar.xz"))
"""One home by each form of the raw database that a release had."""


@pytest.fixture(params=EARLIER)
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Home:
    with tarfile.open(DATA / request.param) as tar:
        tar.extractall(tmp_path)
    (tmp_path / "home").chmod(0o700)
    return open_home(tmp_path / "home", mode=HomeMode.REHEARSAL, earlier=True)


def opened(home: Home) -> KeyRing:
    return open_key_ring(home, passphrase=PASSPHRASE, domains=frozenset(Domain))


def test_there_is_a_home_of_an_earlier_version() -> None:
    assert EARLIER


def test_an_earlier_home_is_upgraded_and_read(home: Home) -> None:
    with pytest.raises(HomeError, match="form"):
        opened(home)
    with pytest.raises(HomeError, match="walloff upgrade"):
        open_home(home.root)
    assert upgrade_home(home, opened)[0] is Database.RAW
    home = open_home(home.root)
    ring = opened(home)
    vault, released = Vault(home, ring), ReleasedVault(home, ring)
    with vault.read() as tx:
        (case,) = CaseStore(tx).all()
        words = [item.item.text.reveal() for item in EvidenceStore(tx).for_case(case.id)]
        assert words == ["text one", "text two"]
        (capture,) = CaptureStore(tx).all(case.id)
        parts = []
        # This home was made with a capture that states another file's digest.
        with pytest.raises(CaptureHashError):
            parts.extend(read_original(tx, capture, home=home))
        assert b"".join(parts) == b"a sealed file"
        package = PackageStore(tx).current(case.id)
        assert package is not None
        assert package.payload == b"payload"
        assert PackageStore(tx).approvals(package.id) == [ActorId("rita")]
        assert DutyStore(tx).did(case.id, ActorId("ines")) == {Duty.COLLECTED}
        ((person, label),) = PersonStore(tx).all()
        assert (person.roles, label) == (frozenset({Role.HIRING_MANAGER}), "Mona")
        entries = AuditLog(tx).entries(case.id)
        assert len(entries) == 4
    assert released.view(case.id) == b"payload"
    released.publish_keys()
    with vault.write() as tx:
        AuditLog(tx).append(entries[0].model_copy(update={"event_id": "f" * 32}))
    publish(vault, now=case.opened_at)
    assert verify(vault).faults == ()
    vault.close()
    released.close()
    ring.close()


def test_an_upgrade_that_ran_before_changes_nothing(home: Home) -> None:
    upgrade_home(home, opened)
    home = open_home(home.root)
    before = [home.database(name).read_bytes() for name in DATABASES]
    assert upgrade_home(home, opened) == ()
    assert [home.database(name).read_bytes() for name in DATABASES] == before


LATER = [database for database in DATABASES if database not in FIRST]


@pytest.mark.parametrize("database", LATER)
@pytest.mark.parametrize("step", ["_make", "sync_directory", "describe"])
def test_an_upgrade_that_was_killed_leaves_no_half_made_database(
    home: Home, monkeypatch: pytest.MonkeyPatch, database: Database, step: str
) -> None:
    """Each is renamed into place whole, and the home names them last of all."""
    found = getattr(storage.home, step)
    before = home.root / "home.json"
    said = before.read_bytes()

    def killed(*args: object) -> None:
        if step == "describe" or str(database) in str(args[-1]) or step == "sync_directory":
            raise KeyboardInterrupt
        found(*args)

    with monkeypatch.context() as patch:
        patch.setattr(storage.home, step, killed)
        with pytest.raises(KeyboardInterrupt):
            upgrade_home(home, opened)
    assert before.read_bytes() == said
    assert not list(home.root.glob(".*.new*"))
    with pytest.raises(HomeError, match="walloff upgrade"):
        open_home(home.root)
    again = open_home(home.root, earlier=True)
    assert set(LATER) <= set(upgrade_home(again, opened)) | {
        one for one in LATER if (home.root / f"{one}.db").exists()
    }
    assert open_home(home.root).databases == frozenset(DATABASES)


def test_a_database_that_the_home_names_and_that_is_gone_is_not_made_anew(home: Home) -> None:
    """Or somebody could empty what was put away by deleting a file."""
    upgrade_home(home, opened)
    (home.root / "sealed.db").unlink()
    with pytest.raises(HomeError, match=r"sealed\.db is missing"):
        open_home(home.root, earlier=True)


def test_another_homes_database_in_the_place_of_a_new_one_is_refused(
    home: Home, tmp_path: Path
) -> None:
    other = create_home(tmp_path / "other", HomeMode.REHEARSAL)
    shutil.copyfile(other.root / "sealed.db", home.root / "sealed.db")
    with pytest.raises(HomeError, match="another home"):
        upgrade_home(home, opened)


def test_an_upgraded_home_can_write_for_the_custodian(home: Home) -> None:
    upgrade_home(home, opened)
    ring = opened(open_home(home.root))
    assert {writer_of(ring, domain).domain for domain in WRITTEN_TO} == WRITTEN_TO
    ring.close()
