"""What is typed about people who work here already: who may not is refused by name."""

from typing import Any

from models.people import Role

MANAGER = {"role": Role.HIRING_MANAGER}
AUDITOR = {"role": Role.AUDITOR}
DAY = "2026-08-20"


def test_monitoring_is_not_the_hiring_manager_s(typed: Any, prepared: Any) -> None:
    case, requisition = prepared.drafted(), prepared.requisition.id
    told = ("--requisition", requisition)
    typed("monitoring", "notice", "the-auditor", *told, "--name", "Rowan", **MANAGER).refused(
        "not-permitted"
    )
    typed("monitoring", "notices", *told, **MANAGER).refused("not-permitted")
    typed("monitoring", "trigger", "--approve", case, **MANAGER).refused("not-permitted")
    typed("monitoring", "open", case, "--closes", "2026-10-01", **MANAGER).refused("not-permitted")
    typed("monitoring", "close", case, "--why", "answered", **MANAGER).refused("not-permitted")
    typed("monitoring", "list", **MANAGER).refused("not-permitted")
    assert typed("monitoring", "list", "--json", **AUDITOR).json == []


def test_accounts_are_declared_by_their_own_people(typed: Any, prepared: Any) -> None:
    how = ("--requisition", prepared.requisition.id, "--platform", "forum", "--handle", "rowan_a")
    change = ("account", "change", "the-auditor", *how, "--event", "opened", "--on", DAY)
    typed(*change, **MANAGER).refused("not-permitted")
    omission = ("account", "omission", "the-auditor", "0" * 32, "--why", "inadvertent")
    typed(*omission, **MANAGER).refused("not-permitted")


def test_reports_of_colleagues_are_not_a_manager_s_to_read(typed: Any, prepared: Any) -> None:
    give = ("peer-report", "give", "the-auditor", "--requisition", prepared.requisition.id)
    told = typed(*give, "--allegation", "It was Rowan's cousin.", role=Role.INVESTIGATOR)
    assert told.code == 3, "this requisition monitors nobody"
    assert "cousin" not in told.err
    typed("peer-report", "list", **MANAGER).refused("not-permitted")
    assert typed("peer-report", "list", "--json", role=Role.EVIDENCE_CUSTODIAN).json == []
    step = ("peer-report", "adverse-step", "the-auditor", "--kind", "transfer", "--on", DAY)
    typed(*step, role=Role.INVESTIGATOR).refused("not-permitted")
