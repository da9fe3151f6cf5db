"""What is typed around a case: proof, consent, desks, clocks of retention, and the log itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.notice import request_notice, send_notice
from casework.attribution.attribute import unattributed
from models.applicant_rules import ApplicantRules
from models.people import Role
from models.segment import Segment
from storage.findings import FindingStore

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
INVESTIGATOR = {"role": Role.INVESTIGATOR}
REVIEWER = {"role": Role.WALL_OFF_REVIEWER}
ANALYST = {"role": Role.ATTRIBUTION_ANALYST}
MANAGER = {"role": Role.HIRING_MANAGER}
AUDITOR = {"role": Role.AUDITOR}


def test_the_delivery_of_a_notice_is_proved(typed: Any, prepared: Any, tmp_path: Path) -> None:
    rules = ApplicantRules(delivery_proof=True, signature=False, asks=frozenset())
    before, prepared.requisition = (
        prepared.requisition,
        prepared.open(notice_lead_days=0, applicant=rules),
    )
    case = prepared.drafted()
    stage = prepared.requisition.policy.notice_stage
    request_notice(case, stage=stage, **prepared.who(Role.INVESTIGATOR))
    send_notice(case, vault=prepared.vault, now=prepared.now)
    prepared.requisition = before
    receipt = tmp_path / "receipt.pdf"
    receipt.write_bytes(b"signed by Rowan")
    prove = ("case", "delivered", case, "--paper", receipt, "--json", "--proof")
    typed(*prove, "signed-receipt", **MANAGER).refused("not-permitted")
    assert typed(*prove, "a-friend-said-so", **INVESTIGATOR).code == 2
    assert typed(*prove, "signed-receipt", **INVESTIGATOR).json["proof"] == "signed-receipt"


def test_consent_is_withdrawn_and_the_ledger_is_few_people_s(typed: Any, prepared: Any) -> None:
    case = prepared.consented()
    withdraw = ("consent", "withdraw", case, "--json")
    typed(*withdraw, **MANAGER).refused("not-permitted")
    assert typed(*withdraw, role=Role.APPLICANT).json["status"] == "withdrawn"
    ledger = ("consent", "ledger")
    typed(*ledger, **MANAGER).refused("not-permitted")
    rows = typed(*ledger, "--json", **AUDITOR).json
    assert case in {row["case"] for row in rows if row["withdrawn_at"]}
    assert "Consent ledger" in typed(*ledger, **AUDITOR).out


def test_attribution_is_settled_by_an_analyst(
    typed: Any, prepared: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = prepared.collecting(post(THREAT, author="nightowl"))
    prepared.run(Segment.COLLECT, case)
    prepared.run(Segment.SCREEN, case)
    settle = ("attribution", "settle", case, "--json")
    typed(*settle, **MANAGER).refused("E-S10-RAW-ACCESS")
    unattributed(case, **prepared.who(Role.ATTRIBUTION_ANALYST))
    monkeypatch.setattr("cli.case.run_due", lambda _: prepared.run(Segment.SCREEN, case))
    assert typed(*settle, **ANALYST).json["state"] == "redacted"


def test_a_finding_is_let_stand_by_whoever_looked(typed: Any, prepared: Any, post: Post) -> None:
    case = prepared.screened(post(THREAT))
    with prepared.vault.read() as tx:
        (finding,) = FindingStore(tx).for_case(case)
    confirm = ("review", "confirm", case, finding.id, "--json")
    typed(*confirm, **MANAGER).refused("E-S10-RAW-ACCESS")
    typed(*confirm, **REVIEWER).refused("E-S10-UNREVIEWED")
    assert typed("review", "show", case, **REVIEWER).code == 0
    assert typed(*confirm, **REVIEWER).code == 0
    withhold = ("review", "withhold", case, finding.id, "--json")
    typed(*withhold, **MANAGER).refused("E-S10-RAW-ACCESS")
    assert typed(*withhold, **REVIEWER).code == 0


def test_a_vetting_that_was_not_stopped_is_not_resumed(typed: Any, prepared: Any) -> None:
    resume = ("referral", "resume", prepared.disclosed(), "--json")
    typed(*resume, **INVESTIGATOR).refused("not-permitted")
    typed(*resume, role=Role.EVIDENCE_CUSTODIAN).refused("wrong-state")


def test_a_vetting_that_was_not_stopped_is_not_ended(typed: Any, prepared: Any) -> None:
    end = ("referral", "end", prepared.disclosed(), "--json")
    typed(*end, **INVESTIGATOR).refused("not-permitted")
    typed(*end, role=Role.EVIDENCE_CUSTODIAN).refused("wrong-state")


def test_that_a_case_has_a_referral_is_the_custodian_s_to_know(typed: Any) -> None:
    typed("referral", "due").refused("settings", exit_code=4)
    typed("referral", "due", **MANAGER).refused("E-S10-RAW-ACCESS")
    typed("referral", "due", **INVESTIGATOR).refused("not-permitted")
    assert typed("referral", "due", "--json", role=Role.EVIDENCE_CUSTODIAN).json == []


def test_the_schedule_of_retention_is_the_auditor_s_and_custodian_s(typed: Any) -> None:
    typed("retention", "schedule", **MANAGER).refused("not-permitted")
    assert typed("retention", "schedule", "--json", **AUDITOR).json == []
    assert "schedule" in typed("retention", "schedule", **AUDITOR).out


def test_requisitions_are_listed(typed: Any, prepared: Any) -> None:
    listed = typed("requisition", "list", "--json").json
    assert prepared.requisition.id in {one["id"] for one in listed}


def test_the_log_gives_its_key_and_takes_in_what_waits(typed: Any) -> None:
    assert typed("audit", "key", "--json").json["vkeys"]
    assert typed("audit", "sequence", "--json").json == {"moved": 0}
