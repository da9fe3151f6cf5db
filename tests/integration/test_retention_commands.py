"""What a records custodian types: why a case is kept, what is due, the end and its certificate."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.applicant.consent import sign_consent
from casework.records.retention import retain_ended
from cli.main import main
from models.people import Role
from walloff.clock import SystemClock

Walloff = Callable[..., tuple[int, str, str]]


@pytest.fixture
def walloff(
    office: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Walloff:
    """Run a command in the office's home, at the office's time."""
    monkeypatch.setattr(SystemClock, "now", lambda _self: office.now)
    monkeypatch.setenv("COLUMNS", "250")

    def run(*arguments: str, role: Role | None = None) -> tuple[int, str, str]:
        actor = [] if role is None else ["--actor", office.people[role].id]
        home = ["--home", str(office.services.home.root)]
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *actor, *home])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


@pytest.fixture
def case(office: Any) -> str:
    """A case that the applicant refused, in retention."""
    case_id: str = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    assert retain_ended(vault=office.vault, now=office.now) == 1
    return case_id


def until_due(office: Any, walloff: Walloff) -> None:
    (line,) = json.loads(
        walloff("retention", "sweep", "--dry-run", "--json", role=Role.EVIDENCE_CUSTODIAN)[1]
    )
    last = datetime.fromisoformat(line["keep_until"])
    office.clock.moment = last.replace(tzinfo=UTC) + timedelta(days=2)


def test_explain_prints_every_rule_and_then_the_two_clocks(case: str, walloff: Walloff) -> None:
    code, told, _ = walloff("retention", "explain", case, role=Role.AUDITOR)
    assert code == 0
    # Refused on 1 September 2026: four years by California's rule, five by the agency's.
    for expected in (
        "REC-07",
        "Gov Code 12946",
        "only in US-MN",
        "Keep until: 2030-09-01",
        "Destroy by: 2031-09-01",
        "Today (retained): it is kept",
    ):
        assert expected in told
    code, told, _ = walloff("retention", "explain", case, "--json", role=Role.AUDITOR)
    found = json.loads(told)
    assert code == 0
    assert (found["keep_until"], found["destroy_by"]) == ("2030-09-01", "2031-09-01")
    rules = {one["rule"]["id"]: one for one in found["rules"]}
    assert rules["REC-07"]["until"] == "2030-09-01"
    assert rules["REC-08"]["effective"] == "2025-10-01"
    assert not rules["REC-01"]["applies"]
    assert rules["REC-01"]["why"]
    assert walloff("retention", "explain", case, role=Role.HIRING_MANAGER)[0] == 3


def test_from_dry_run_to_certificate(
    case: str, office: Any, walloff: Walloff, tmp_path: Any
) -> None:
    code, told, _ = walloff("retention", "sweep", "--dry-run", role=Role.EVIDENCE_CUSTODIAN)
    assert code == 0
    for column in ("refused", "2030-09-01", "2031-09-01", "REC-07", "keep"):
        assert column in told
    until_due(office, walloff)
    assert "destroy" in walloff("retention", "sweep", "--dry-run", role=Role.EVIDENCE_CUSTODIAN)[1]
    assert walloff("retention", "sweep", role=Role.AUDITOR)[0] == 3
    assert walloff("retention", "sweep")[0] == 4, "somebody must be named"
    assert walloff("retention", "sweep", role=Role.EVIDENCE_CUSTODIAN)[0] == 3, "years of silence"
    today = ("--today", f"{office.now:%Y-%m-%d}")
    code, told, _ = walloff("retention", "sweep", *today, role=Role.EVIDENCE_CUSTODIAN)
    assert (code, told) == (0, "1 destroyed, 1 certified\n")
    code, told, _ = walloff("retention", "sweep", "--json", role=Role.EVIDENCE_CUSTODIAN)
    assert json.loads(told) == {"destroyed": [], "certified": [], "pending": []}
    file = tmp_path / "certificate.txt"
    code, told, _ = walloff("retention", "certificate", case, "--out", str(file), role=Role.AUDITOR)
    assert (code, told) == (0, "")
    code, told, _ = walloff("retention", "certificate", case, role=Role.AUDITOR)
    assert code == 0
    assert f"Case: {case}" in told
    assert "best effort" in told
    code, told, _ = walloff("keys", "verify-certificate", str(file))
    assert code == 0
    paper = tmp_path / "certificate.pdf"
    assert walloff("document", "certificate", case, str(paper), role=Role.AUDITOR)[0] == 0
    assert paper.read_bytes().startswith(b"%PDF-1.7")
    file.write_text(file.read_text().replace(case, "0" * 32))
    assert walloff("keys", "verify-certificate", str(file))[0] == 1
    assert "it is destroyed" in walloff("retention", "explain", case, role=Role.AUDITOR)[1]


def test_a_hold_is_placed_listed_and_lifted(case: str, office: Any, walloff: Walloff) -> None:
    custodian = Role.EVIDENCE_CUSTODIAN
    matter = ("--matter", "EEOC-26-1", "--kind", "charge")
    code, hold, _ = walloff("hold", "place", case, *matter, role=custodian)
    assert code == 0
    assert walloff("hold", "place", case, *matter, role=Role.INVESTIGATOR)[0] == 3
    told = walloff("retention", "explain", case, role=custodian)[1]
    assert "Holds in force: 1" in told
    assert "a charge, suit or dispute is open" in told
    (line,) = json.loads(walloff("retention", "sweep", "--dry-run", "--json", role=custodian)[1])
    assert (line["action"], line["rule"]) == ("held", "hold")
    assert "in force" in walloff("hold", "list", case, role=custodian)[1]
    assert walloff("hold", "lift", case, hold.strip(), role=custodian)[0] == 0
    (listed,) = json.loads(walloff("hold", "list", case, "--json", role=custodian)[1])
    assert listed["kind"] == "charge"
    assert listed["lifted_at"]


def test_an_outcome_is_stated(case: str, walloff: Walloff) -> None:
    custodian = Role.EVIDENCE_CUSTODIAN
    assert walloff("retention", "outcome", case, role=custodian)[0] == 2
    assert walloff("retention", "outcome", case, "--not-hired", role=Role.AUDITOR)[0] == 3
    ended = ("--hired", "--separated", "2026-08-31")
    code, told, _ = walloff("retention", "outcome", case, *ended, "--json", role=custodian)
    assert code == 0
    assert json.loads(told)["facts"]["separated"] == "2026-08-31"


def test_a_doubted_clock_is_told_in_words(case: str, office: Any, walloff: Walloff) -> None:
    office.clock.move(days=3)
    code, _, fault = walloff("retention", "sweep", role=Role.EVIDENCE_CUSTODIAN)
    assert code == 3
    assert "clock-disagrees" in fault
    assert "ahead of the newest audit entry" in fault
    assert "--today" in fault
