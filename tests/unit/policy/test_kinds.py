"""F4: three policies, three sets of powers; vetting cannot borrow those of an investigation."""

from pathlib import Path

import pytest

from models.errors import PolicyError
from models.powers import POWERS, PolicyKind, Power, require_power
from models.search_clauses import PowerBorrowedError
from policy.kinds import load_communication, load_investigation
from policy.packs import PackKind, pack_file
from policy.requisition import load_policy_file

OTHER = """
id = "detectives"
version = "1"
title = "Investigations"
kind = "investigation"
powers = ["use-persona", "enter-gated-content"]
"""


def vetting(tmp_path: Path, head: str) -> Path:
    file = tmp_path / "policy.toml"
    file.write_text(head + pack_file(PackKind.POLICY, "us-private").read_text())
    return file


def test_a_vetting_policy_grants_what_vetting_may_do(tmp_path: Path) -> None:
    head = 'kind = "vetting"\npowers = ["view-public-content"]\n'
    assert load_policy_file(vetting(tmp_path, head)).id == "us-private"


@pytest.mark.parametrize("power", sorted(POWERS[PolicyKind.INVESTIGATION] - POWERS["vetting"]))
def test_vetting_borrows_no_power_of_an_investigation(tmp_path: Path, power: Power) -> None:
    with pytest.raises(PowerBorrowedError) as refused:
        load_policy_file(vetting(tmp_path, f'\npowers = ["view-public-content", "{power}"]\n'))
    assert "policy.toml, line 2" in str(refused.value)
    with pytest.raises(PowerBorrowedError):
        require_power(PolicyKind.VETTING, power)


def test_an_investigation_policy_opens_no_requisition(tmp_path: Path) -> None:
    file = tmp_path / "detectives.toml"
    file.write_text(OTHER)
    assert load_investigation(file).powers == {Power.USE_PERSONA, Power.ENTER_GATED_CONTENT}
    with pytest.raises(PowerBorrowedError) as refused:
        load_policy_file(file)
    assert refused.value.code == "E-F4-POWER-BORROWED"
    with pytest.raises(PowerBorrowedError):
        load_communication(file)


def test_a_power_that_nobody_knows_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy_file(vetting(tmp_path, '\n\npowers = ["read-minds"]\n'))
    assert refused.value.line == 3


def test_covert_powers_belong_to_investigations_alone() -> None:
    covert = {Power.USE_PERSONA, Power.MISREPRESENT, Power.REQUEST_FRIENDSHIP}
    for kind in (PolicyKind.VETTING, PolicyKind.COMMUNICATION):
        assert not covert & POWERS[kind]
