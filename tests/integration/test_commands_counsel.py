"""What counsel asks for, as it is typed: productions, breaches, requests, assessments, equality."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.people import Role

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
CUSTODIAN = {"role": Role.EVIDENCE_CUSTODIAN}
OWNER = {"role": Role.POLICY_OWNER}
SUPERVISOR = {"role": Role.SUPERVISOR}
REVIEWER = {"role": Role.WALL_OFF_REVIEWER}
MANAGER = {"role": Role.HIRING_MANAGER}
AUDITOR = {"role": Role.AUDITOR}
ASSESSMENT = """
policy = "us-law-enforcement"
version = "2026-1"
purpose = "To vet."
lawful_basis = "Public task."
necessity = "No milder way."
proportionality = "Public content alone."
data = ["public posts"]
recipients = ["the manager"]
review_due = 2027-03-01T00:00:00Z

[[risks]]
id = "wall"
risk = "A class becomes known."
likelihood = 2
severity = 4
measures = ["redaction"]
residual = 3
"""


@pytest.fixture
def released(prepared: Any, post: Post) -> str:
    return str(prepared.released(post(THREAT)))


def test_a_production_goes_from_demand_to_the_hands_of_who_asked(
    typed: Any, prepared: Any, post: Post, tmp_path: Path
) -> None:
    case = prepared.screened(post(THREAT))
    request = ("production", "request", case, "--matter", "12-cv-34", "--kind", "evidence")
    typed(*request, "--json", **MANAGER).refused("not-permitted")
    wanted = typed(*request, "--json", **CUSTODIAN).json["id"]
    items = ("production", "items", case, wanted, "--json")
    typed(*items, **MANAGER).refused("not-permitted")
    assert typed(*items, **CUSTODIAN).json[0]["kind"] == "evidence"
    private, public, bundle = (tmp_path / name for name in ("private", "public", "bundle"))
    assert typed("production", "key", private, public, "--json", home=False).json
    make = ("production", "make", case, wanted, "--out", bundle, "--recipient", public, "--json")
    typed(*make, **CUSTODIAN).refused("production-unapproved")
    assert not bundle.exists()
    approve = ("production", "approve", case, wanted, "--json")
    typed(*approve, **MANAGER).refused("not-permitted")
    assert typed(*approve, **CUSTODIAN).code == 0
    assert typed(*approve, **OWNER).code == 0
    hold = ("production", "withhold", case, wanted, "--ground", "medical", "--json", "--item")
    typed(*hold, "nothing", **CUSTODIAN).refused("record-not-found")
    typed(*hold, "nothing", **MANAGER).refused("not-permitted")
    made = typed(*make, **CUSTODIAN)
    assert made.json["items"] == 1
    assert "boss" not in made.out
    opened = ("production", "open", bundle, "--private", private, "--out", tmp_path / "opened")
    assert typed(*opened, "--json", home=False).json["files"]
    assert typed(*opened[:4], public, *opened[5:], home=False).code == 4
    typed("production", "list", case, **MANAGER).refused("not-permitted")
    assert typed("production", "list", case, "--json", **AUDITOR).json


def test_a_breach_is_reported_contained_and_closed(
    typed: Any, prepared: Any, released: str
) -> None:
    report = ("breach", "report", released, "--kind", "lost", "--json")
    typed(*report, role=Role.APPLICANT).refused("not-permitted")
    breach = typed(*report, **REVIEWER).json["id"]
    close = ("breach", "close", released, breach, "--json", "--told")
    now = prepared.now.isoformat()
    typed(*close, now, **OWNER).refused("breach-open")
    contain = ("breach", "contain", released, breach, "--json")
    typed(*contain, **AUDITOR).refused("not-permitted")
    assert typed(*contain, **SUPERVISOR).code == 0
    typed(*close, "yesterday", **OWNER).refused("input", exit_code=2)
    typed(*close, now, **SUPERVISOR).refused("not-permitted")
    assert typed(*close, now, **OWNER).json["closed_at"]
    listed = ("breach", "list", released, "--json")
    typed(*listed, role=Role.APPLICANT).refused("not-permitted")
    assert len(typed(*listed, **AUDITOR).json) == 1


def test_a_request_is_taken_in_extended_answered_and_lifted(
    typed: Any, prepared: Any, tmp_path: Path
) -> None:
    before, prepared.requisition = (
        prepared.requisition,
        prepared.open(notice_lead_days=0, jurisdiction="DE"),
    )
    case = prepared.drafted()
    prepared.requisition = before
    open_ = ("request", "open", case, "--json", "--kind")
    typed(*open_, "restriction", **MANAGER).refused("not-permitted")
    applicant = {"role": Role.APPLICANT}
    request = typed(*open_, "restriction", **applicant).json["id"]
    extend = ("request", "extend", case, request, "--json")
    typed(*extend, **applicant).refused("not-permitted")
    assert typed(*extend, **CUSTODIAN).json["id"] == request
    answer = ("request", "answer", case, request, "--outcome", "granted", "--json")
    typed(*answer, **MANAGER).refused("not-permitted")
    assert typed(*answer, **CUSTODIAN).json["outcome"] == "granted"
    lift = ("request", "lift", case, request, "--json")
    typed(*lift, **MANAGER).refused("not-permitted")
    assert typed(*lift, **CUSTODIAN).json["id"] == request
    typed("request", "list", case, **MANAGER).refused("not-permitted")
    assert len(typed("request", "list", case, "--json", **AUDITOR).json) == 1
    access = typed(*open_, "access", **applicant).json["id"]
    out = tmp_path / "copy"
    given = ("request", "answer", case, access, "--outcome", "granted", "--json")
    typed(*given, **CUSTODIAN).refused("input", exit_code=2)
    assert typed(*given, "--out", out, **CUSTODIAN).code == 0
    assert out.stat().st_mode & 0o77 == 0


def test_an_assessment_is_recorded_and_approved_by_another(typed: Any, tmp_path: Path) -> None:
    file = tmp_path / "assessment.toml"
    file.write_text(ASSESSMENT)
    record = ("dpia", "record", file, "--json")
    typed(*record, **MANAGER).refused("not-permitted")
    assert typed(*record, **OWNER).json["version"] == "2026-1"
    approve = ("dpia", "approve", "us-law-enforcement", "2026-1", "--json")
    typed(*approve, **OWNER).refused("E-S1-SOD")
    assert typed(*approve, **SUPERVISOR).json["approved_by"] == "the-supervisor"
    typed("dpia", "list", role=Role.APPLICANT).refused("not-permitted")
    assert typed("dpia", "list", "--json", **AUDITOR).json
    file.write_text("purpose = 1\n")
    assert typed(*record, **OWNER).code == 2


def test_equal_treatment_is_shown_and_a_deviation_approved(typed: Any, prepared: Any) -> None:
    case = prepared.disclosed()
    deviate = ("requisition", "deviate", case, "--kind", "late-search", "--json", "--reason")
    typed(*deviate, "technical", **MANAGER).refused("not-permitted")
    assert typed(*deviate, "technical", **SUPERVISOR).json["reason"] == "technical"
    shown = ("requisition", "consistency", prepared.requisition.id, "--json")
    typed(*shown, **MANAGER).refused("not-permitted")
    assert typed(*shown, **AUDITOR).json["cases"]
