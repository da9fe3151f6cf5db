"""What supervisors, trainers and searchers type: each command in its grant and in a denial."""

from typing import Any

import pytest

from models.people import Role
from models.people_rules import Module

SUPERVISOR = {"role": Role.SUPERVISOR}
TRAINER = {"role": Role.TRAINING_OFFICER}
INVESTIGATOR = {"role": Role.INVESTIGATOR}
NOBODY = {"role": Role.HIRING_MANAGER}
UNTIL = ("--until", "2027-03-01")


@pytest.fixture(scope="module")
def ines(prepared: Any) -> str:
    return str(prepared.people[Role.INVESTIGATOR].id)


def test_people_are_added_by_an_administrator_and_listed(typed: Any) -> None:
    added = ("people", "add", "new-one", "--role", "auditor", "--label", "New", "--json")
    typed(*added, **NOBODY).refused("not-permitted")
    assert typed(*added, role=Role.ADMINISTRATOR).code == 0
    listed = typed("people", "list", "--json").json
    assert {"id": "new-one", "label": "New", "roles": ["auditor"]} in listed
    assert "new-one" in typed("people", "list").out


def test_a_search_is_authorised_and_the_authorisation_taken_back(typed: Any, ines: str) -> None:
    how = ("--basis", "order 7", *UNTIL, "--background-cleared", "--json")
    authorise = ("people", "authorise", ines, *how, "--employment")
    typed(*authorise, "civilian", **NOBODY).refused("not-permitted")
    typed(*authorise, "intern", **SUPERVISOR).refused("E-S1-FORBIDDEN-TYPE")
    assert typed(*authorise, "civilian", **SUPERVISOR).json["person"] == ines
    revoke = ("people", "revoke", ines, "--json")
    typed(*revoke, **INVESTIGATOR).refused("not-permitted")
    assert typed(*revoke, **SUPERVISOR).json["person"] == ines


def test_the_panel_of_a_requisition_is_named(typed: Any, prepared: Any, ines: str) -> None:
    panel = ("people", "panel", prepared.requisition.id, "--member", "the-hiring-manager", "--json")
    typed(*panel, **NOBODY).refused("not-permitted")
    assert typed(*panel, role=Role.POLICY_OWNER).json["members"] == ["the-hiring-manager"]


def test_a_device_is_registered_and_retired(typed: Any) -> None:
    how = ("--egress", "unattributed", "--geolocation-blocked", *UNTIL, "--json")
    typed("people", "device", "w-7", *how, "--owner", "agency", **NOBODY).refused("not-permitted")
    typed("people", "device", "w-7", *how, "--owner", "personal", **SUPERVISOR).refused(
        "E-S7-DEVICE"
    )
    assert typed("people", "device", "w-7", *how, "--owner", "agency", **SUPERVISOR).json
    retire = ("people", "retire-device", "w-7", "--json")
    typed(*retire, **INVESTIGATOR).refused("not-permitted")
    assert typed(*retire, **SUPERVISOR).json
    typed("people", "retire-device", "w-8", **SUPERVISOR).refused("E-S7-DEVICE")


def test_training_is_recorded_by_a_trainer_s_word(typed: Any, ines: str) -> None:
    trainer = ("people", "trainer", "the-supervisor", "--basis", "certificate 12", *UNTIL, "--json")
    typed(*trainer, "--module", "opsec", **NOBODY).refused("not-permitted")
    assert typed(*trainer, "--module", "opsec", **TRAINER).json["trainer"] == "the-supervisor"
    how = ("--trainer", "the-supervisor", *UNTIL, "--json", "--score")
    train = ("people", "train", ines, Module.OPSEC, *how)
    typed(*train, "95", **INVESTIGATOR).refused("not-permitted")
    typed(*train, "10", **TRAINER).refused("E-Q1-UNTRAINED")
    assert typed(*train, "95", **TRAINER).json["person"] == ines


def test_a_platform_changes_and_gaps_are_declared_and_closed(typed: Any, ines: str) -> None:
    change = ("people", "platform-change", "forum", "--change", "new settings", "--json")
    change = (*change, "--effective", "2026-09-02")
    typed(*change, **NOBODY).refused("not-permitted")
    assert typed(*change, **TRAINER).json["platform"] == "forum"
    gap = ("people", "gap", "forum", "--json")
    typed(*gap, **NOBODY).refused("not-permitted")
    assert typed(*gap, **INVESTIGATOR).json
    close = ("people", "close-gap", ines, "forum", "--json")
    typed(*close, **INVESTIGATOR).refused("not-permitted")
    assert typed(*close, **TRAINER).json


def test_the_practical_is_one_s_own_and_the_statement_is_signed(typed: Any) -> None:
    typed("people", "practical", "--json", **NOBODY).refused("not-permitted")
    assert "a)" in typed("people", "practical", **INVESTIGATOR).out
    paper = typed("people", "practical", "--json", **INVESTIGATOR).json
    letters = ["a"] * len(paper["questions"])
    answer = ("people", "answer", paper["paper"], *letters, "--json")
    typed(*answer, role=Role.WALL_OFF_REVIEWER).refused("record-not-found")
    typed(*answer[:3], "ab", **INVESTIGATOR).refused("input", exit_code=2)
    assert 0 <= typed(*answer, **INVESTIGATOR).json["percent"] <= 100
    typed("people", "sign", "--json", **NOBODY).refused("not-permitted")
    assert typed("people", "sign", "--json", **INVESTIGATOR).json["text"]


def test_the_exposure_ledger_is_read_by_few(typed: Any) -> None:
    typed("people", "exposure", "--json", **NOBODY).refused("not-permitted")
    assert typed("people", "exposure", "--json", role=Role.AUDITOR).json == []
    assert typed("people", "exposure", role=Role.EVIDENCE_CUSTODIAN).code == 0


def test_nobody_acts_without_a_name(typed: Any) -> None:
    typed("people", "sign").refused("settings", exit_code=4)
    typed("people", "sign", actor="somebody-unknown").refused("person-not-found")
