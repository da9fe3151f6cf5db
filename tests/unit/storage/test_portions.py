"""A process with a portion of the keys opens its domains, never others, and needs no passphrase."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.errors import KeyUnavailableError
from models.ids import CaseId, new_id
from storage.domain import Domain
from storage.keyring import KeyRing, change_passphrase, open_key_ring
from storage.passphrase import KdfCost
from storage.portions import open_portion, write_portion

CHEAP = KdfCost(memory_kib=64, iterations=1, lanes=1)


@pytest.fixture
def portion(agency: Any, tmp_path: Path) -> Path:
    target = tmp_path / "manager.keys"
    write_portion(agency.home, agency.passphrase, {Domain.RELEASED}, target)
    return target


@pytest.fixture
def manager(agency: Any, portion: Path) -> KeyRing:
    return open_portion(agency.home, portion)


def test_a_portion_opens_its_domain_and_no_other(agency: Any, manager: KeyRing) -> None:
    case = CaseId(new_id())
    box = agency.ring.lockbox(case, Domain.RELEASED, create=True)
    agency.ring.lockbox(case, Domain.RAW, create=True)
    assert manager.domains == {Domain.RELEASED}
    assert manager.lockbox(case, Domain.RELEASED) == box
    for domain in set(Domain) - {Domain.RELEASED}:
        with pytest.raises(KeyUnavailableError):
            manager.lockbox(case, domain)


def test_a_portion_lasts_through_rotations(agency: Any, manager: KeyRing, portion: Path) -> None:
    case = CaseId(new_id())
    box = agency.ring.lockbox(case, Domain.RELEASED, create=True)
    agency.ring.rotate(Domain.RELEASED)
    assert manager.lockbox(case, Domain.RELEASED) == box
    assert open_portion(agency.home, portion).lockbox(case, Domain.RELEASED) == box


def test_a_portion_holds_nothing_that_opens_another_domain(agency: Any, portion: Path) -> None:
    whole = write_all(agency, portion.with_name("all.keys"))
    mine = portion.read_text()
    shared = [secret for domain, secret in whole.items() if secret in mine]
    assert shared == [whole[Domain.RELEASED]]


def write_all(agency: Any, target: Path) -> dict[Domain, str]:
    write_portion(agency.home, agency.passphrase, set(Domain), target)
    content = json.loads(target.read_text())
    return {Domain(name): key["secret"] for name, key in content["domains"].items()}


def test_a_portion_is_its_owners_alone(agency: Any, portion: Path) -> None:
    assert portion.stat().st_mode & 0o777 == 0o600
    portion.chmod(0o640)
    with pytest.raises(KeyUnavailableError):
        open_portion(agency.home, portion)


def test_a_wrong_passphrase_makes_no_portion(agency: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError):
        write_portion(agency.home, b"wrong", {Domain.RAW}, tmp_path / "portion")
    assert not (tmp_path / "portion").exists()


def test_another_homes_portion_is_refused(portion: Path, make_agency: Callable[[str], Any]) -> None:
    with pytest.raises(KeyUnavailableError):
        open_portion(make_agency("other").home, portion)


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"form": "walloff-portion-1"}'])
def test_a_damaged_portion_is_refused(agency: Any, portion: Path, damage: str) -> None:
    portion.write_text(damage)
    with pytest.raises(KeyUnavailableError):
        open_portion(agency.home, portion)
    portion.unlink()
    with pytest.raises(KeyUnavailableError):
        open_portion(agency.home, portion)


def test_an_altered_secret_opens_nothing(agency: Any, portion: Path) -> None:
    text = portion.read_text()
    at = text.index('"secret": "') + 11
    portion.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    with pytest.raises(KeyUnavailableError):
        open_portion(agency.home, portion)


def test_a_changed_passphrase_opens_the_same_keys_and_ends_the_portions(
    agency: Any, portion: Path
) -> None:
    case = CaseId(new_id())
    box = agency.ring.lockbox(case, Domain.RELEASED, create=True)
    agency.ring.rotate(Domain.RAW)
    with pytest.raises(KeyUnavailableError):
        change_passphrase(agency.home, b"wrong", b"new", cost=CHEAP)
    assert agency.ring_for(Domain.RELEASED).lockbox(case, Domain.RELEASED) == box
    change_passphrase(agency.home, agency.passphrase, b"new", cost=CHEAP)
    ring = open_key_ring(agency.home, passphrase=b"new", domains=set(Domain))
    assert ring.lockbox(case, Domain.RELEASED) == box
    assert ring.rotate(Domain.RELEASED).version == 2
    with pytest.raises(KeyUnavailableError):
        agency.ring_for(Domain.RELEASED)
    with pytest.raises(KeyUnavailableError):
        open_portion(agency.home, portion)
