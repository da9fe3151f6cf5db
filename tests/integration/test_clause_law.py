"""Rows of the law in the steps that they govern: what is refused, logged, withheld and kept."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.applicant.consent import sign_consent
from casework.deciding.applicant_file import applicant_file
from casework.deciding.disputes import open_dispute
from casework.gathering.captures import captures_of
from casework.preview.attachments import attach
from casework.preview.window import window_of
from casework.records.certificates import certificate_of
from casework.records.clock_guard import confirm_clock
from casework.records.retention import explain_retention, retain
from casework.requisition.requisitions import open_requisition
from models.applicant_rules import ApplicantRules
from models.audit import AuditAction
from models.case import CaseState
from models.errors import PolicyError
from models.evidence import AccessGate
from models.people import Role
from models.rebuttal import Claim
from models.requisition import VettingMode
from models.search import AccessWay
from models.text import RawText
from policy.defaults import default_draft
from policy.law import legal_param
from policy.obligations import law_obligations
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.evidence import EvidenceStore
from storage.findings import FindingStore
from storage.requisitions import RequisitionStore
from walloff.custody import sweep_home

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."


def denied(office: Any) -> list[str]:
    with office.vault.read() as tx:
        entries = AuditLog(tx).entries()
    return [one.code for one in entries if one.action is AuditAction.DENIED]


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        ("AI-02", {"jurisdiction": "US-NY"}),
        ("FCRA-14", {"mode": VettingMode.VENDOR}),
        ("FCRA-19", {}),
        ("POL-10", {}),
    ],
)
def test_a_requisition_that_relies_on_a_row_and_does_not_meet_it_does_not_open(
    office: Any, row: str, changes: dict[str, Any]
) -> None:
    """AI-02, FCRA-14, FCRA-19, POL-10: refused, logged with its code, and nothing is written."""
    draft = default_draft()

    def attempt(*rows: str) -> Any:
        rules = ApplicantRules(employer_name="Sampleton", confirmed_rows=frozenset(rows))
        policy = draft.policy.model_copy(update={"applicant": rules} | changes)
        return open_requisition("Deputy", policy, draft.criteria, **office.who(Role.POLICY_OWNER))

    with office.vault.read() as tx:
        before = RequisitionStore(tx).all()
    with pytest.raises(PolicyError, match=row):
        attempt(row)
    assert denied(office) == [PolicyError.code]
    with office.vault.read() as tx:
        assert RequisitionStore(tx).all() == before
    assert attempt()


@pytest.mark.parametrize(
    ("row", "said", "withheld"),
    [
        ("EEO-01", "I am a Black Catholic woman and I fixed the fence.", ("Black", "Catholic")),
        ("EEO-02", "I turned 58 last week and I fixed the fence.", ("58",)),
        ("EEO-03", "I was born in 1961 and I fixed the fence.", ("1961",)),
        ("EEO-13", "My green card came and I fixed the fence.", ("green card",)),
        ("EEO-14", "I served in the Army Reserve and I fixed the fence.", ("Army Reserve",)),
        ("EEO-15", "I filed for chapter 7 bankruptcy and I fixed the fence.", ("bankruptcy",)),
        ("UK-01", "I am gay and pregnant, and I fixed the fence.", ("gay", "pregnant")),
    ],
)
def test_what_a_row_protects_reaches_nobody_who_decides(
    office: Any, row: str, said: str, withheld: tuple[str, ...]
) -> None:
    """The classes that a row names are withheld, and what is nobody's class is left."""
    assert any(one.row == row and one.classes for one in law_obligations())
    redactor = office.services.screener(office.requisition).redactor
    redaction = redactor.redact(RawText(said))
    shown = str(redaction.coded)
    assert not [word for word in withheld if word.casefold() in shown.casefold()]
    assert "fixed the fence" in shown


def test_what_no_rule_keeps_is_destroyed_beyond_reading_and_the_log_stays(office: Any) -> None:
    """DISP-01: keys gone, certified, backups too. AI-07: the log outlives the case by years."""
    case_id = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    retain(case_id, vault=office.vault, now=office.now)
    entries = log_of(office, case_id)
    last = explain_retention(case_id, **office.who(Role.AUDITOR)).dates.keep_until
    assert last is not None
    assert last > (office.now + timedelta(days=183)).date()
    office.clock.moment = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    office.clock.move(days=1)
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    confirm_clock(office.now.date(), **custodian)
    sweep_home(office.services, actor=custodian["actor"])
    found = certificate_of(case_id, actor=custodian["actor"], vault=office.vault)
    assert legal_param("DISP-01").citation.split("(")[0] in found.method
    assert "backups" in found.method
    assert found.keys.complete
    assert log_of(office, case_id)[: len(entries)] == entries


def test_a_capture_says_by_which_way_its_page_was_reached(office: Any, post: Post) -> None:
    """EEO-07: public or by permission; here somebody looked without an account, at what is open."""
    case_id = office.screened(post("We planted tomatoes."))
    captures, faults = captures_of(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert faults == []
    assert all(one.documentation.way in set(AccessWay) for one in captures)
    with office.vault.read() as tx:
        kept = list(EvidenceStore(tx).for_case(case_id))
    assert [one.item.gate for one in kept] == [AccessGate.NONE]


def test_a_dispute_says_whether_there_is_a_source_to_tell(office: Any, post: Post) -> None:
    """FCRA-11: what the applicant handed over and what stands in public has no furnisher."""
    case_id = office.released(post(THREAT))
    with office.vault.read() as tx:
        finding = FindingStore(tx).for_case(case_id)[0].id
    taken = office.who(Role.APPLICANT)
    redactor = office.services.screener_of(case_id).redactor
    open_dispute(case_id, [finding], Claim.FALSE, None, redactor=redactor, **taken)
    with office.vault.read() as tx:
        said = [
            one.code
            for one in AuditLog(tx).entries(case_id)
            if one.action is AuditAction.DISPUTE_SOURCE
        ]
    assert said == ["no-furnisher"]


def test_the_applicant_s_file_has_what_they_handed_in(office: Any, post: Post) -> None:
    """FCRA-08: attachments, papers, lists and answers stand in it, each in every version."""
    case_id = office.offered(post(THREAT))
    with office.vault.read() as tx:
        finding = window_of(tx, case_id).shown[0]
    attach(case_id, finding, RawText("film.txt"), b"the script", **office.who(Role.APPLICANT))
    with office.vault.read() as tx:
        found = applicant_file(tx, CaseStore(tx).get(case_id))
    assert [base64.b64decode(one["content"]) for one in found["attachments"]] == [b"the script"]
    assert found["disclosure"]["handles"] == ["rowan_a"]
    assert found["earlier_disclosures"] == []
    assert len(found["consents"]) == 1
    assert "the-wall-off-reviewer" not in json.dumps(found)


@pytest.mark.parametrize(
    "state", [CaseState.COLLECTING, CaseState.REDACTED, CaseState.CRIMINAL_HOLD]
)
def test_no_copy_tells_that_something_was_referred(office: Any, state: CaseState) -> None:
    case_id = office.noticed()
    with office.vault.read() as tx:
        case = CaseStore(tx).get(case_id).model_copy(update={"state": state})
        assert applicant_file(tx, case)["state"] == "in-review"


def log_of(office: Any, case_id: Any) -> list[str]:
    with office.vault.read() as tx:
        return [one.event_id for one in AuditLog(tx).entries(case_id)]


@pytest.mark.parametrize(("days_ago", "codes"), [(400, ["W-I4-STALE"]), (300, [])])
def test_a_file_is_about_no_later_than_its_newest_item(
    office: Any, post: Post, days_ago: int, codes: list[str]
) -> None:
    """I4, W-I4-STALE: registering an old list today does not make it new."""
    lines = (post("We planted tomatoes.", days_ago=days_ago), post("The bus.", days_ago=900))
    case_id = office.screened(*lines)
    _captures, faults = captures_of(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert [one.code for one in faults] == codes
    with office.vault.read() as tx:
        captured = [
            one.code for one in AuditLog(tx).entries(case_id) if one.action is AuditAction.CAPTURED
        ]
    assert captured == (codes or [""])
