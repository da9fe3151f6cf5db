"""What is typed to keep a number and sensitive identifiers out of every query (S4, S8)."""

import json
from typing import Any

import pytest

from models.people import Role

CUSTODIAN = {"role": Role.EVIDENCE_CUSTODIAN}
INVESTIGATOR = {"role": Role.INVESTIGATOR}
MANAGER = {"role": Role.HIRING_MANAGER}


def test_s4_what_the_applicant_handed_over_is_guarded(typed: Any, prepared: Any) -> None:
    case = prepared.disclosed()
    listed = "uc.cousin@agency.example\n\n  @nightjar_77  \n"
    guard = ("guard", "identifiers", case, "--json")
    typed(*guard, stdin=listed, **INVESTIGATOR).refused("not-permitted")
    typed(*guard, stdin=listed, **MANAGER).refused("not-permitted")
    typed(*guard, stdin=" \n", **CUSTODIAN).refused("input", exit_code=2)
    make = ("query", "make", case, "--json")
    assert typed(*make, stdin="forum night jar 77", **INVESTIGATOR).json["query"] == 1
    told = typed(*guard, stdin=listed, **CUSTODIAN)
    assert told.json["guarded"] == 2
    assert "cousin" not in told.out + told.err
    for text in ("forum nightjar_77", "night jar 77", "uc cousin at agency dot example"):
        typed(*make, stdin=text, **INVESTIGATOR).refused("E-S4-SENSITIVE-IDENTIFIER")
    assert typed(*make, stdin="forum harbour regatta", **INVESTIGATOR).json["query"] == 2


@pytest.mark.parametrize("wrapped", [True, False])
def test_s4_what_custody_show_printed_is_guarded_as_it_is(
    typed: Any, prepared: Any, wrapped: bool
) -> None:
    case = prepared.disclosed()
    kept = json.dumps({"identifiers": ["Night Heron"]})
    shown = json.dumps({"id": "x", "content": kept}) if wrapped else kept
    guard = ("guard", "identifiers", case, "--json")
    for wrong in ('{"identifiers": "cousin"}', '{"cousin": 1}', "{cousin", '{"content": 7}'):
        typed(*guard, stdin=wrong, **CUSTODIAN).refused("input", exit_code=2)
    assert typed(*guard, stdin=shown, **CUSTODIAN).json["guarded"] == 1
    make = ("query", "make", case, "--json")
    typed(*make, stdin="n1ght h3ron", **INVESTIGATOR).refused("E-S4-SENSITIVE-IDENTIFIER")


def test_s8_the_number_given_for_proof_is_guarded(typed: Any, prepared: Any) -> None:
    case = prepared.disclosed()
    guard = ("guard", "number", case, "--json")
    typed(*guard, stdin="900-12-3456", **INVESTIGATOR).refused("not-permitted")
    typed(*guard, stdin="900-12", **CUSTODIAN).refused("input", exit_code=2)
    told = typed(*guard, stdin="900-12-3456\n", role=Role.APPLICANT)
    assert told.json["guarded"] == 1
    assert "900" not in told.out + told.err
    make = ("query", "make", case, "--json")
    typed(*make, stdin="lake 9OO street I2 3456", **INVESTIGATOR).refused("E-S8-SSN-EGRESS")
    assert typed(*make, stdin="lake street 34", **INVESTIGATOR).json["query"] == 1
