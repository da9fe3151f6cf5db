"""Two of three shares open the keys, one does not, and every earlier escrow is void."""

import dataclasses
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.errors import HomeError, InputError, KeyUnavailableError
from models.ids import CaseId, new_id
from storage.domain import Domain
from storage.escrow import (
    SHARES,
    THRESHOLD,
    open_by_shares,
    open_shares,
    reset_passphrase,
    split_keys,
)
from storage.home import HomeMode
from storage.key_file import encoded
from storage.keyring import change_passphrase, open_key_ring
from storage.passphrase import KdfCost
from storage.sealed_write import ReadingKey

CHEAP = KdfCost(memory_kib=64, iterations=1, lanes=1)


@pytest.fixture
def sheets(agency: Any, tmp_path: Path) -> list[str]:
    escrow = split_keys(agency.home, agency.passphrase, tmp_path / "shares")
    return [path.read_text() for path in escrow.files]


def test_any_two_shares_open_every_lockbox(agency: Any, sheets: list[str]) -> None:
    case = CaseId(new_id())
    boxes = {domain: agency.ring.lockbox(case, domain, create=True) for domain in Domain}
    assert len(sheets) == SHARES
    for two in itertools.permutations(sheets, THRESHOLD):
        ring = open_by_shares(agency.home, open_shares(two))
        assert {domain: ring.lockbox(case, domain) for domain in Domain} == boxes
        ring.close()
    assert open_shares(sheets) == open_shares(sheets[1:])


def test_one_share_opens_nothing_not_even_twice(sheets: list[str]) -> None:
    for share in sheets:
        for too_few in ([], [share], [share, share], [share, share.upper()]):
            with pytest.raises(KeyUnavailableError):
                open_shares(too_few)


def test_a_share_that_is_named_twice_is_no_hindrance(sheets: list[str]) -> None:
    assert open_shares([sheets[0], sheets[0], sheets[1]]) == open_shares(sheets[:2])


def test_a_share_stands_in_a_file_of_its_own_that_only_its_owner_reads(
    agency: Any, tmp_path: Path
) -> None:
    escrow = split_keys(agency.home, agency.passphrase, tmp_path / "shares")
    assert len(set(escrow.files)) == SHARES
    for path in escrow.files:
        assert path.stat().st_mode & 0o777 == 0o600
        body = path.read_bytes()
        assert agency.passphrase not in body
        for other in escrow.files:
            assert (
                path == other or path.read_text().split()[-20:] != other.read_text().split()[-20:]
            )
    for path in agency.home.root.rglob("*"):
        if path.is_file():
            words = escrow.files[0].read_text().splitlines()[-1].encode()
            assert words not in path.read_bytes()


def test_shares_stay_good_through_rotations_and_another_passphrase(
    agency: Any, sheets: list[str]
) -> None:
    case = CaseId(new_id())
    box = agency.ring.lockbox(case, Domain.RAW, create=True)
    agency.ring.rotate(Domain.RAW)
    change_passphrase(agency.home, agency.passphrase, b"new", cost=CHEAP)
    ring = open_by_shares(agency.home, open_shares(sheets[:2]))
    assert ring.lockbox(case, Domain.RAW) == box
    ring.close()


def test_a_new_passphrase_set_by_shares_opens_and_the_lost_one_does_not(
    agency: Any, sheets: list[str]
) -> None:
    case = CaseId(new_id())
    box = agency.ring.lockbox(case, Domain.RAW, create=True)
    reset_passphrase(agency.home, open_shares(sheets[1:]), b"new", cost=CHEAP)
    ring = open_key_ring(agency.home, passphrase=b"new", domains={Domain.RAW})
    assert ring.lockbox(case, Domain.RAW) == box
    ring.close()
    with pytest.raises(KeyUnavailableError):
        agency.ring_for(Domain.RAW)
    again = open_by_shares(agency.home, open_shares(sheets[:2]))
    assert again.lockbox(case, Domain.RAW) == box
    again.close()


def test_a_second_escrow_voids_the_first(agency: Any, sheets: list[str], tmp_path: Path) -> None:
    later = split_keys(agency.home, agency.passphrase, tmp_path / "shares")
    with pytest.raises(KeyUnavailableError, match="another escrow"):
        open_by_shares(agency.home, open_shares(sheets[:2]))
    with pytest.raises(KeyUnavailableError):
        open_shares([sheets[0], later.files[0].read_text()])
    open_by_shares(agency.home, open_shares([p.read_text() for p in later.files[:2]])).close()


def test_shares_of_another_home_open_nothing(
    make_agency: Callable[[str], Any], tmp_path: Path
) -> None:
    one, two = make_agency("one"), make_agency("two")
    escrow = split_keys(one.home, one.passphrase, tmp_path / "shares")
    reading = open_shares([path.read_text() for path in escrow.files])
    with pytest.raises(KeyUnavailableError, match="no escrow"):
        open_by_shares(two.home, reading)
    entry = json.loads(one.home.key_file.read_text())["recovery"]
    content = json.loads(two.home.key_file.read_text()) | {"recovery": entry}
    two.home.key_file.write_text(json.dumps(content))
    with pytest.raises(KeyUnavailableError):
        open_by_shares(two.home, reading)


def test_a_split_needs_the_passphrase(agency: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError):
        split_keys(agency.home, b"wrong", tmp_path / "shares")
    assert not (tmp_path / "shares").exists()
    assert agency.ring.provider.escrow is None


def test_a_recovery_key_that_was_put_in_its_place_is_never_used(
    agency: Any, sheets: list[str]
) -> None:
    """Whoever can write to the key file waits for the next change of passphrase in vain."""
    content = json.loads(agency.home.key_file.read_text())
    content["recovery"]["public"] = encoded(ReadingKey(b"e" * 32).writing.public)
    agency.home.key_file.write_text(json.dumps(content))
    with pytest.raises(KeyUnavailableError, match="escrow"):
        change_passphrase(agency.home, agency.passphrase, b"new", cost=CHEAP)
    assert json.loads(agency.home.key_file.read_text()) == content


@pytest.mark.parametrize("damage", [{}, {"public": "x"}, {"public": ""}, [], None, {"domains": {}}])
def test_a_damaged_escrow_opens_nothing(agency: Any, sheets: list[str], damage: Any) -> None:
    content = json.loads(agency.home.key_file.read_text())
    if damage == {"domains": {}}:
        damage = content["recovery"] | damage
    content["recovery"] = damage
    agency.home.key_file.write_text(json.dumps(content))
    with pytest.raises(KeyUnavailableError):
        open_by_shares(agency.home, open_shares(sheets[:2]))


def test_a_mistyped_word_is_noticed(sheets: list[str]) -> None:
    lines = sheets[0].splitlines()
    words = lines[-1].split()
    words[-1] = "academic" if words[-1] != "academic" else "acid"
    typed = "\n".join([*lines[:-1], " ".join(words)])
    with pytest.raises(KeyUnavailableError) as refusal:
        open_shares([typed, sheets[1]])
    assert not any(word in str(refusal.value) for word in words)


@pytest.mark.parametrize("sheet", ["", "# only a remark", "12 34", "é" * 5, "word " * 2000])
def test_what_is_no_share_is_refused(sheets: list[str], sheet: str) -> None:
    with pytest.raises(InputError):
        open_shares([sheet, sheets[0]])


def test_a_production_home_takes_no_cheap_passphrase_by_shares(
    agency: Any, sheets: list[str]
) -> None:
    home = dataclasses.replace(agency.home, mode=HomeMode.PRODUCTION)
    with pytest.raises(HomeError):
        reset_passphrase(home, open_shares(sheets[:2]), b"new", cost=CHEAP)


def test_a_share_that_is_there_is_not_written_over(
    agency: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.escrow.secrets.token_bytes", lambda size: b"s" * size)
    split_keys(agency.home, agency.passphrase, tmp_path / "shares")
    with pytest.raises(HomeError):
        split_keys(agency.home, agency.passphrase, tmp_path / "shares")
