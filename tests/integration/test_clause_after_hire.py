"""M1-M4, S2, G1-G9: people who work here: told, triggered, bounded; reporters not shown."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from casework.after_hire.account_changes import account_changes, code_omission, declare_account
from casework.after_hire.monitoring import close_monitoring, list_monitoring, open_monitoring
from casework.after_hire.monitoring_notice import (
    give_monitoring_notice,
    list_monitoring_notices,
    prove_monitoring_notice,
)
from casework.after_hire.peer_reports import give_peer_report, list_peer_reports, read_peer_report
from casework.after_hire.retaliation import note_adverse_step
from casework.after_hire.triggers import Statement, Trigger, approve_trigger, state_trigger
from casework.applicant.cases import find_case, open_case
from casework.applicant.consent import expire_consents, sign_consent, withdraw_consent
from casework.applicant.disclosure import disclose
from casework.applicant.notice import request_notice, send_notice
from casework.attribution.attribute import settle_attribution, unattributed
from casework.duties.deadlines import fire_due
from casework.gathering.captures import captures_of
from casework.gathering.source import register_source
from casework.people.people import add_person
from casework.preview.package import shown_of
from casework.records.custodian import list_kept, show_kept
from casework.records.retention import explain_retention
from casework.releasing.rebuttal import answer, offer_rebuttal, shown_findings
from casework.releasing.release import release
from casework.requisition.requisitions import open_requisition
from casework.reviewing.review import approve, open_desk
from casework.screening.stated_findings import safety_notices, state_finding
from casework.screening.third_party import capture_third_party_item
from casework.steps.step import standing_of
from models.account_changes import AccountEvent, Omission
from models.after_hire_rules import AfterHireRules, SensitiveCategory, TriggerKind
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import (
    AnonymousReportError,
    FishingError,
    MonitoringNoticeError,
    NoTriggerError,
    ReporterExposedError,
    ThirdPartyOverreachError,
)
from models.consent import PlatformKind
from models.criteria import Conduct, Severity
from models.disclosure import Account, Applicant, Disclosure
from models.errors import (
    ConsentExpiredError,
    CredentialRefusedError,
    NoConsentError,
    NotPermittedError,
    OutOfScopeError,
    PolicyError,
    RebuttalWindowOpenError,
    SeparationOfDutiesError,
    WrongStateError,
)
from models.finding import FindingSource
from models.forms import DeliveryProof
from models.ids import ActorId, CaseId
from models.monitoring import Closing, MonitoringNotice, MonitoringScope, Scope, TriggerSource
from models.peer_reports import AdverseKind, ReporterGuard
from models.people import SYSTEM, Actor, Role
from models.rebuttal import Claim, RebuttalAnswer
from models.retention import RetentionOutcome
from models.search_clauses import UnauthorisedError
from models.segment import Segment
from models.text import RawText
from models.third_party import Relation, ThirdPartyFind
from policy.criteria import load_pack
from policy.defaults import default_draft
from policy.retention import outcomes_of
from storage.audit import AuditLog
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.exchange import SealedVault
from storage.findings import FindingStore
from storage.keyring import open_key_ring
from storage.records import RecordKind, RecordStore
from storage.registers import RegisterKind, RegisterStore
from walloff.custodians import serve_custodian

Post = Callable[..., str]
EMPLOYEE = ActorId("officer-12")
SCREENERS: dict[str, Any] = {}
"""Built once for all tests: it takes a second."""
TOLD = "On Tuesday a resident complained that the officer posted threats against her on a forum."
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
LIE = "I forged the time sheets again and got paid for a week that I never worked."


@dataclass
class Agency:
    """An office whose requisition is about people who work there."""

    office: Any
    requisition: Any

    @property
    def screener(self) -> Any:
        key = self.requisition.criteria_sha256
        if key not in SCREENERS:
            SCREENERS[key] = self.office.services.screener(self.requisition)
        return SCREENERS[key]

    def told(self, employee: ActorId = EMPLOYEE) -> None:
        owner = self.office.who(Role.POLICY_OWNER)
        give_monitoring_notice(self.requisition.id, employee, name=RawText("Sam Birch"), **owner)
        prove_monitoring_notice(employee, DeliveryProof.HANDED_OVER, **owner)

    def reach(self, **changes: Any) -> Scope:
        today = self.office.now.date()
        plain = {
            "platforms": frozenset({PlatformKind.FORUM}),
            "since": today - timedelta(days=200),
            "until": today,
            "criteria": frozenset({"G8"}),
        }
        return Scope(**(plain | changes))

    def statement(self, *, reach: Scope | None = None, **changes: Any) -> Statement:
        plain = {
            "kind": TriggerKind.COMPLAINT,
            "source": TriggerSource.MEMBER_OF_THE_PUBLIC,
            "on": self.office.now.date() - timedelta(days=2),
            "description": RawText(TOLD),
            "reach": reach or self.reach(),
            "accounts": (Account(platform=RawText("forum"), handle=RawText("sam_b")),),
        }
        return Statement(**(plain | changes))

    def stated(self, *, by: Role = Role.INVESTIGATOR, report: Any = None, **changes: Any) -> CaseId:
        return state_trigger(
            self.requisition.id,
            EMPLOYEE,
            self.statement(**changes),
            screener=self.screener,
            report=report,
            **self.office.who(by),
        )

    def approved(self, **changes: Any) -> CaseId:
        case_id = self.stated(**changes)
        approve_trigger(case_id, **self.office.who(Role.SUPERVISOR))
        return case_id

    def opened(self, *, days: int = 30, scope: Scope | None = None, **changes: Any) -> CaseId:
        case_id = self.approved(**changes)
        self.open(case_id, days=days, scope=scope)
        return case_id

    def open(self, case_id: CaseId, *, days: int = 30, **more: Any) -> Any:
        closes_on = self.office.now.date() + timedelta(days=days)
        who = self.office.who(more.pop("by", Role.SUPERVISOR))
        return open_monitoring(case_id, closes_on=closes_on, **more, **who)

    def gathering(self, case_id: CaseId, *posts: str) -> CaseId:
        folder = self.office.folder / case_id
        folder.mkdir()
        (folder / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
        register_source(case_id, folder, **self.office.who(Role.INVESTIGATOR))
        self.office.run(Segment.COLLECT, case_id)
        return case_id


def agency_of(office: Any, *, rules: AfterHireRules | None = None, **changes: Any) -> Agency:
    policy = default_draft().policy.model_copy(
        update={"notice_lead_days": 0, "after_hire": rules or AfterHireRules()} | changes
    )
    pack = load_pack("conduct-general-use")
    requisition = open_requisition("Conduct", policy, pack, **office.who(Role.POLICY_OWNER))
    office.requisition = requisition
    return Agency(office, requisition)


@pytest.fixture
def agency(office: Any) -> Agency:
    employee = Actor(id=EMPLOYEE, roles=frozenset({Role.APPLICANT}))
    add_person(employee, "Sam Birch", **office.who(Role.ADMINISTRATOR))
    office.people[Role.APPLICANT] = employee
    return agency_of(office)


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def logged(office: Any, about: str) -> list[tuple[AuditAction, str]]:
    with office.vault.read() as tx:
        return [(entry.action, entry.code) for entry in AuditLog(tx).entries(about)]


def refused(error: Any, office: Any, about: str, act: Callable[[], Any]) -> None:
    """The refusal has its code, stands in the log, and is the one thing that was written."""
    before = logged(office, about)
    with pytest.raises(error):
        act()
    assert logged(office, about) == [*before, (AuditAction.DENIED, error.code)]


def all_denied(office: Any) -> list[str]:
    with office.vault.read() as tx:
        return [one.code for one in AuditLog(tx).entries() if one.action is AuditAction.DENIED]


# --- M1: the notice --------------------------------------------------------------------------


def test_m1_no_trigger_and_no_case_without_a_proved_notice(agency: Agency) -> None:
    """M1, E-M1-NO-NOTICE: not sent, then sent without proof, then proved."""
    office = agency.office
    owner = office.who(Role.POLICY_OWNER)
    with pytest.raises(MonitoringNoticeError):
        agency.stated()
    give_monitoring_notice(agency.requisition.id, EMPLOYEE, name=RawText("Sam Birch"), **owner)
    with pytest.raises(MonitoringNoticeError):
        agency.stated()
    assert all_denied(office) == ["E-M1-NO-NOTICE"] * 2
    assert not list_monitoring(actor=office.people[Role.AUDITOR], vault=office.vault)
    prove_monitoring_notice(EMPLOYEE, DeliveryProof.HANDED_OVER, **owner)
    case_id = agency.approved()
    agency.open(case_id)
    assert state(office, case_id) is CaseState.DISCLOSED
    assert [code for _action, code in logged(office, EMPLOYEE)][1:] == ["sent", "handed-over"]


def test_m1_a_case_is_not_opened_if_the_notice_is_gone_from_under_it(agency: Agency) -> None:
    """M1: the notice is asked for again when the case opens; one without proof stands newest."""
    office = agency.office
    agency.told()
    case_id = agency.approved()
    owner = office.who(Role.POLICY_OWNER)
    give_monitoring_notice(agency.requisition.id, EMPLOYEE, name=RawText("Sam Birch"), **owner)
    refused(MonitoringNoticeError, office, case_id, lambda: agency.open(case_id))
    assert state(office, case_id) is CaseState.DRAFT


def test_m1_a_notice_in_other_words_does_not_count(agency: Agency) -> None:
    """M1: everybody is told the same; a requisition with other words needs another notice."""
    office = agency.office
    agency.told()
    other = agency_of(office, notice_text="We may look at what you post.")
    with pytest.raises(MonitoringNoticeError):
        other.stated()
    auditor = {"actor": office.people[Role.AUDITOR], "vault": office.vault}
    assert [one.counts for one in list_monitoring_notices(other.requisition.id, **auditor)] == [
        False
    ]
    agency = Agency(office, agency.requisition)
    assert [one.counts for one in list_monitoring_notices(agency.requisition.id, **auditor)] == [
        True
    ]


def test_m1_paper_needs_its_digest_and_proof_comes_once(agency: Agency) -> None:
    """M1: a signed receipt without a scan is none, and a notice that nobody sent has no proof."""
    office = agency.office
    owner = office.who(Role.POLICY_OWNER)

    def prove(proof: DeliveryProof) -> None:
        prove_monitoring_notice(EMPLOYEE, proof, **owner)

    refused(MonitoringNoticeError, office, EMPLOYEE, lambda: prove(DeliveryProof.HANDED_OVER))
    give_monitoring_notice(agency.requisition.id, EMPLOYEE, name=RawText("Sam Birch"), **owner)
    refused(WrongStateError, office, EMPLOYEE, lambda: prove(DeliveryProof.SIGNED_RECEIPT))
    prove(DeliveryProof.OWN_SESSION)
    refused(WrongStateError, office, EMPLOYEE, lambda: prove(DeliveryProof.HANDED_OVER))


def test_m1_only_the_policy_owner_tells(agency: Agency) -> None:
    """M1: a supervisor who would then monitor does not also write that everybody was told."""
    office = agency.office
    refused(
        NotPermittedError,
        office,
        EMPLOYEE,
        lambda: give_monitoring_notice(
            agency.requisition.id, EMPLOYEE, name=RawText("S"), **office.who(Role.SUPERVISOR)
        ),
    )
    with office.vault.read() as tx:
        assert not RegisterStore(tx).all(RegisterKind.MONITORING_NOTICE, MonitoringNotice)


# --- M2: the trigger -------------------------------------------------------------------------


def test_m2_a_case_opens_on_a_trigger_that_another_approved(agency: Agency) -> None:
    """M2, E-M2-NO-TRIGGER: stated is not approved; whoever stated it does not approve it."""
    office = agency.office
    agency.told()
    case_id = agency.stated(by=Role.SUPERVISOR)
    refused(NoTriggerError, office, case_id, lambda: agency.open(case_id))
    supervisor = office.who(Role.SUPERVISOR)
    refused(
        SeparationOfDutiesError, office, case_id, lambda: approve_trigger(case_id, **supervisor)
    )
    investigator = office.who(Role.INVESTIGATOR)
    refused(NotPermittedError, office, case_id, lambda: approve_trigger(case_id, **investigator))
    second = Actor(id=ActorId("second-supervisor"), roles=frozenset({Role.SUPERVISOR}))
    approve_trigger(case_id, actor=second, vault=office.vault, now=office.now)
    agency.open(case_id)
    assert (AuditAction.MONITORING_OPENED, "complaint") in logged(office, case_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"description": RawText("Seems suspicious.")},
        {"on": "tomorrow"},
        {"on": "long-ago"},
    ],
)
def test_m2_a_trigger_says_what_happened_and_when(agency: Agency, changes: Any) -> None:
    """M2, E-M2-NO-TRIGGER: a suspicion is no trigger, nor what is to come or long over."""
    office = agency.office
    agency.told()
    today = office.now.date()
    days = {"tomorrow": today + timedelta(days=1), "long-ago": today - timedelta(days=400)}
    if "on" in changes:
        changes = {"on": days[changes["on"]]}
    with pytest.raises(NoTriggerError):
        agency.stated(**changes)
    assert all_denied(office) == ["E-M2-NO-TRIGGER"]
    assert agency.stated()


def test_m2_a_kind_that_the_policy_does_not_name_opens_nothing(agency: Agency) -> None:
    """M2: the policy says in answer to what a search is made."""
    office = agency.office
    narrow = agency_of(
        office, rules=AfterHireRules(trigger_kinds=frozenset({TriggerKind.INFORMATION}))
    )
    narrow.told()
    with pytest.raises(NoTriggerError):
        narrow.stated()
    assert narrow.stated(kind=TriggerKind.INFORMATION)


def test_m2_protected_activity_is_no_trigger(agency: Agency) -> None:
    """M2, M3: a strike over pay is nobody's concern (29 USC 157); a threat made there is."""
    agency.told()
    strike = (
        "She and her coworkers posted that they will all walk out together on Friday until our"
        " employer raises wages and pays overtime."
    )
    with pytest.raises(NoTriggerError):
        agency.stated(description=RawText(strike))
    assert agency.stated(description=RawText(f"{strike} {THREAT}"))


def test_m2_an_approval_lapses(agency: Agency) -> None:
    """M2: what was approved long ago is no specific concern of today."""
    office = agency.office
    agency.told()
    case_id = agency.approved()
    office.clock.move(days=31)
    refused(NoTriggerError, office, case_id, lambda: agency.open(case_id))


def test_m2_one_trigger_opens_one_case_once(agency: Agency) -> None:
    """M2: an open or closed case is not opened again on the same trigger."""
    office = agency.office
    agency.told()
    case_id = agency.opened()
    refused(NoTriggerError, office, case_id, lambda: agency.open(case_id))
    close_monitoring(case_id, Closing.UNFOUNDED, **office.who(Role.SUPERVISOR))
    refused(NoTriggerError, office, case_id, lambda: agency.open(case_id))


# --- M2: the scope ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wider",
    [
        {"criteria": frozenset({"G8", "G1"})},
        {"platforms": frozenset({PlatformKind.FORUM, PlatformKind.BLOG})},
        {"since": -201},
        {"until": 1},
    ],
)
def test_m2_the_scope_lies_within_the_trigger(agency: Agency, wider: Any) -> None:
    """M2, E-M2-FISHING: a criterion, a platform, a day more, and nothing is opened."""
    office = agency.office
    agency.told()
    case_id = agency.approved()
    today = office.now.date()
    changes = {
        name: today + timedelta(days=value) if isinstance(value, int) else value
        for name, value in wider.items()
    }
    scope = agency.reach(**changes)
    refused(FishingError, office, case_id, lambda: agency.open(case_id, scope=scope))
    assert state(office, case_id) is CaseState.DRAFT
    with office.vault.read() as tx:
        records = RecordStore(tx)
        assert records.latest(case_id, RecordKind.MONITORING_SCOPE, MonitoringScope) is None
    narrower = agency.reach(since=today - timedelta(days=10))
    assert agency.open(case_id, scope=narrower).scope == narrower


@pytest.mark.parametrize(
    "reach",
    [
        {"criteria": frozenset(f"G{number}" for number in range(1, 10))},
        {"criteria": frozenset({"G8", "anything"})},
        {"platforms": frozenset(PlatformKind)},
        {"since": -400},
        {"until": 1},
    ],
)
def test_m2_a_trigger_that_asks_for_everything_is_a_fishing_net(agency: Agency, reach: Any) -> None:
    """M2, E-M2-FISHING: the whole pack, every platform, years of content, days to come."""
    office = agency.office
    agency.told()
    today = office.now.date()
    changes = {
        name: today + timedelta(days=value) if isinstance(value, int) else value
        for name, value in reach.items()
    }
    with pytest.raises(FishingError):
        agency.stated(reach=agency.reach(**changes))
    assert all_denied(office) == ["E-M2-FISHING"]
    assert not list_monitoring(actor=office.people[Role.AUDITOR], vault=office.vault)


@pytest.mark.parametrize("days", [-1, 61])
def test_m2_a_case_without_an_end_is_not_opened(agency: Agency, days: int) -> None:
    """M2: the auto-close date is asked for, and no further off than the policy's."""
    office = agency.office
    agency.told()
    case_id = agency.approved()
    refused(FishingError, office, case_id, lambda: agency.open(case_id, days=days))
    agency.open(case_id, days=60)


def test_m2_only_what_lies_within_the_scope_is_gathered_and_weighed(
    agency: Agency, post: Post
) -> None:
    """M2, M4: other days, other people's accounts, other criteria: not stored, not weighed."""
    office = agency.office
    agency.told()
    case_id = agency.gathering(
        agency.opened(),
        post(THREAT, author="sam_b"),
        post(LIE, author="sam_b"),
        post(THREAT, author="sam_b", days_ago=250),
        post(THREAT, author="the_spouse"),
        post(THREAT, author="sam_b", platform="blog"),
    )
    with office.vault.read() as tx:
        kept = [one.item.text.reveal() for one in EvidenceStore(tx).for_case(case_id)]
    assert kept == [THREAT, LIE]
    refusals = {
        entry.code: entry.count
        for entry in entries(office, case_id)
        if entry.action is AuditAction.INPUT_REFUSED
    }
    assert refusals[FishingError.code] == 1
    assert refusals[ThirdPartyOverreachError.code] == 1
    office.run(Segment.SCREEN, case_id)
    assert state(office, case_id) is CaseState.COLLECTING, "whose account it is, a person says"

    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    waiting = frozenset(one.id for one in unattributed(case_id, **analyst))
    settle_attribution(case_id, confirmed=waiting, **analyst)
    office.run(Segment.SCREEN, case_id)
    with office.vault.read() as tx:
        found = [one.proposal.criterion for one in FindingStore(tx).for_case(case_id)]
    assert found == ["G8"], "the lie is no part of this complaint"


def entries(office: Any, about: str) -> Any:
    with office.vault.read() as tx:
        return list(AuditLog(tx).entries(about))


# --- M2: the end -----------------------------------------------------------------------------


def test_m2_the_case_closes_by_itself_on_its_date(agency: Agency, post: Post) -> None:
    """M2: after its last day nothing is gathered, and upkeep ends it."""
    office = agency.office
    agency.told()
    case_id = agency.opened(days=10)
    office.clock.move(days=10)
    assert expire_consents(vault=office.vault, now=office.now) == []
    office.clock.move(days=1)
    folder = office.folder / "late"
    folder.mkdir()
    (folder / "posts.jsonl").write_text(post(THREAT, author="sam_b") + "\n")
    refused(
        ConsentExpiredError,
        office,
        case_id,
        lambda: register_source(case_id, folder, **office.who(Role.INVESTIGATOR)),
    )
    assert expire_consents(vault=office.vault, now=office.now) == [case_id]
    assert state(office, case_id) is CaseState.EXPIRED
    assert logged(office, case_id)[-1] == (AuditAction.MONITORING_CLOSED, "date")


def test_m2_a_draft_that_nobody_opened_is_closed(agency: Agency) -> None:
    """M2: a suspicion does not lie about for years."""
    office = agency.office
    agency.told()
    case_id = agency.approved()
    sides = {"vault": office.vault, "released": office.services.released}
    office.clock.move(days=90)
    fire_due(now=office.now, **sides)
    assert state(office, case_id) is CaseState.DRAFT
    office.clock.move(days=1)
    fire_due(now=office.now, **sides)
    assert state(office, case_id) is CaseState.EXPIRED
    assert logged(office, case_id)[-1] == (AuditAction.MONITORING_CLOSED, "not-opened")


def test_m2_only_a_supervisor_closes_and_only_what_is_monitored(agency: Agency) -> None:
    """M2: an applicant's case is not closed in this way; the employee does not close their own."""
    office = agency.office
    agency.told()
    case_id = agency.opened()
    applicant = office.who(Role.APPLICANT)
    refused(
        NotPermittedError,
        office,
        case_id,
        lambda: close_monitoring(case_id, Closing.UNFOUNDED, **applicant),
    )
    refused(NoConsentError, office, case_id, lambda: withdraw_consent(case_id, **applicant))
    supervisor = office.who(Role.SUPERVISOR)
    close_monitoring(case_id, Closing.ANSWERED, **supervisor)
    assert state(office, case_id) is CaseState.EXPIRED
    office.requisition = office.open(notice_lead_days=0)
    other = office.drafted()
    refused(
        WrongStateError,
        office,
        other,
        lambda: close_monitoring(other, Closing.ANSWERED, **supervisor),
    )


def test_m2_who_approved_does_not_investigate(agency: Agency, post: Post) -> None:
    """M2: one person with both roles is refused where they would gather."""
    office = agency.office
    agency.told()
    both = Actor(id=ActorId("both"), roles=frozenset({Role.SUPERVISOR, Role.INVESTIGATOR}))
    case_id = agency.stated()
    approve_trigger(case_id, actor=both, vault=office.vault, now=office.now)
    agency.open(case_id)
    folder = office.folder / "own"
    folder.mkdir()
    (folder / "posts.jsonl").write_text(post(THREAT, author="sam_b") + "\n")
    refused(
        SeparationOfDutiesError,
        office,
        case_id,
        lambda: register_source(case_id, folder, actor=both, vault=office.vault, now=office.now),
    )
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))


# --- M2: no other way in ---------------------------------------------------------------------


def test_m2_no_other_step_opens_a_case_about_an_employee(agency: Agency) -> None:
    """M2: the steps of an applicant's case lead nowhere in a requisition of employees."""
    office = agency.office
    agency.told()
    with pytest.raises(NoTriggerError):
        open_case(
            agency.requisition.id,
            Applicant(name=RawText("Sam Birch"), actor=EMPLOYEE),
            **office.who(Role.INVESTIGATOR),
        )
    case_id = agency.approved()
    stage = agency.requisition.policy.notice_stage
    request_notice(case_id, stage=stage, **office.who(Role.INVESTIGATOR))
    with pytest.raises(NoTriggerError):
        send_notice(case_id, vault=office.vault, now=office.now)
    with pytest.raises(Exception, match="notice"):
        sign_consent(
            case_id,
            granted=agency.requisition.policy.consent_items,
            refused=frozenset(),
            consequence_acknowledged=True,
            **office.who(Role.APPLICANT),
        )
    with pytest.raises(WrongStateError):
        disclose(case_id, Disclosure(name=RawText("Sam")), **office.who(Role.APPLICANT))
    assert state(office, case_id) is CaseState.DRAFT


def test_the_system_opens_nothing(agency: Agency) -> None:
    """M2: no schedule, no flow, no clock: a person states, another approves, a supervisor opens."""
    office = agency.office
    agency.told()
    case_id = agency.approved()
    system = {"actor": SYSTEM, "vault": office.vault, "now": office.now}
    closes_on = office.now.date()
    refused(
        NotPermittedError,
        office,
        case_id,
        lambda: open_monitoring(case_id, closes_on=closes_on, **system),
    )
    refused(NotPermittedError, office, case_id, lambda: approve_trigger(case_id, **system))


def test_criteria_of_employees_weigh_no_applicant(office: Any) -> None:
    """G1-G9: the pack opens with a policy that monitors, and with no other."""
    draft = default_draft()
    pack = load_pack("conduct-general-use")
    owner = office.who(Role.POLICY_OWNER)
    with pytest.raises(PolicyError):
        open_requisition("Deputy", draft.policy, pack, **owner)
    assert all_denied(office) == ["policy"]
    policy = draft.policy.model_copy(update={"after_hire": AfterHireRules()})
    assert open_requisition("Conduct", policy, pack, **owner)


# --- retention -------------------------------------------------------------------------------


def test_a_closed_case_is_kept_by_the_rules_of_monitoring(agency: Agency) -> None:
    """The agency need not say that somebody who was monitored works there."""
    office = agency.office
    agency.told()
    case_id = agency.opened()
    close_monitoring(case_id, Closing.UNFOUNDED, **office.who(Role.SUPERVISOR))
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    facts = explain_retention(case_id, **custodian).dates.facts
    assert facts is not None
    assert outcomes_of(facts) == {RetentionOutcome.MONITORED}


def test_a_trigger_is_sealed_with_its_case(agency: Agency) -> None:
    """What somebody is suspected of stands in no register, and goes when its case goes."""
    office = agency.office
    agency.told()
    case_id = agency.stated()
    with office.vault.read() as tx:
        found = RecordStore(tx).latest(case_id, RecordKind.TRIGGER, Trigger)
    assert found is not None
    assert found.description.reveal() == TOLD
    assert TOLD.encode() not in b"".join(
        path.read_bytes() for path in office.services.home.root.rglob("*") if path.is_file()
    )


COLLEAGUE = Actor(id=ActorId("officer-44"), roles=frozenset({Role.TRIAGE_ANALYST}))
SEEN = "He posts threats against his boss on a public forum, most nights."
STRIKE = (
    "She and her coworkers posted that they will all walk out together on Friday until our"
    " employer raises wages and pays overtime."
)


@pytest.fixture
def colleague(agency: Agency) -> Actor:
    add_person(COLLEAGUE, "Robin Quillfeather", **agency.office.who(Role.ADMINISTRATOR))
    return COLLEAGUE


def give(agency: Agency, by: Actor, text: str = SEEN, **more: Any) -> Any:
    return give_peer_report(
        agency.requisition.id,
        EMPLOYEE,
        RawText(text),
        screener=agency.screener,
        actor=by,
        vault=agency.office.vault,
        now=agency.office.now,
        **more,
    )


def put_away_of(office: Any, case_id: Any) -> list[tuple[str, Any]]:
    """What the custodian finds, in the custodian's own process."""
    serve_custodian(office.services)
    custodian = office.people[Role.EVIDENCE_CUSTODIAN].id
    sealed = office.services.sealed
    return [
        (one.kind, one.id) for one in list_kept(sealed, actor=custodian) if one.case_id == case_id
    ]


# --- M3: reporters ---------------------------------------------------------------------------


def test_m3_who_reported_stands_nowhere_inside(agency: Agency, colleague: Actor) -> None:
    """M3: the log names the system, the records hold digests, the custodian has the name."""
    office = agency.office
    case_id = give(agency, colleague)
    assert {str(entry.actor) for entry in entries(office, case_id)} == {"system"}
    assert (AuditAction.PEER_REPORTED, "") in logged(office, case_id)
    assert not entries(office, colleague.id)[1:], "registered, and nothing else"
    report = read_peer_report(case_id, **office.who(Role.SUPERVISOR))
    assert report.allegation.reveal() == SEEN
    with office.vault.read() as tx:
        records = RecordStore(tx)
        inside = records.latest(case_id, RecordKind.REPORTER_GUARD, ReporterGuard)
    assert inside is not None
    assert "quillfeather" not in str(inside).casefold()
    assert colleague.id not in str(inside)
    assert [kind for kind, _id in put_away_of(office, case_id)] == ["peer-reporter"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INVESTIGATOR, Role.EVIDENCE_CUSTODIAN])
def test_m3_no_list_shows_a_reporter(agency: Agency, colleague: Actor, role: Role) -> None:
    """M3, E-M3-REPORTER-EXPOSED: inside not even the custodian asks; the list itself is there."""
    office = agency.office
    case_id = give(agency, colleague)
    who = office.who(role)
    refused(
        ReporterExposedError,
        office,
        office.vault.home.id,
        lambda: list_peer_reports(reporters=True, **who),
    )
    assert [one.case_id for one in list_peer_reports(**who)] == [case_id]
    with pytest.raises(NotPermittedError):
        list_peer_reports(**office.who(Role.HIRING_MANAGER))


def test_m3_words_that_name_the_reporter_are_refused(agency: Agency, colleague: Actor) -> None:
    """M3: in the report, and later in a trigger that somebody else writes."""
    office = agency.office
    for text in (f"{SEEN} Robin Quillfeather saw it.", f"{SEEN} Ask officer-44."):
        with pytest.raises(ReporterExposedError):
            give(agency, colleague, text)
    assert all_denied(office) == ["E-M3-REPORTER-EXPOSED"] * 2
    assert not list_peer_reports(**office.who(Role.SUPERVISOR))
    case_id = give(agency, colleague)
    agency.told()
    named = RawText("A letter by Robin Quillfeather says that he threatened a neighbour online.")
    refused(
        ReporterExposedError,
        office,
        case_id,
        lambda: agency.stated(report=case_id, description=named),
    )
    assert agency.stated(report=case_id) == case_id


def test_m3_a_report_in_somebody_s_name_is_the_custodian_s_alone(
    agency: Agency, colleague: Actor
) -> None:
    """M3: a supervisor who took it down would know who came."""
    office = agency.office
    supervisor = office.people[Role.SUPERVISOR]
    with pytest.raises(ReporterExposedError):
        give(agency, supervisor, reporter=colleague.id)
    assert all_denied(office) == ["E-M3-REPORTER-EXPOSED"]
    assert give(agency, office.people[Role.EVIDENCE_CUSTODIAN], reporter=colleague.id)


def test_m3_a_custodian_of_two_roles_is_a_custodian(agency: Agency, colleague: Actor) -> None:
    """M3: any role of theirs will do, whichever the table names first."""
    custodian = Actor(
        id=ActorId("two-roles"), roles=frozenset({Role.EVIDENCE_CUSTODIAN, Role.INVESTIGATOR})
    )
    add_person(custodian, "C", **agency.office.who(Role.ADMINISTRATOR))
    assert give(agency, custodian, reporter=colleague.id)


def test_m3_anonymous_only_where_the_policy_takes_it(agency: Agency, colleague: Actor) -> None:
    """M3, E-M3-ANON-NOT-ALLOWED; where it is taken, nobody learns the name, nor the custodian."""
    office = agency.office
    with pytest.raises(AnonymousReportError):
        give(agency, colleague, anonymous=True)
    assert all_denied(office) == ["E-M3-ANON-NOT-ALLOWED"]
    open_to_it = agency_of(office, rules=AfterHireRules(anonymous_reports=True))
    case_id = give(open_to_it, colleague, anonymous=True)
    assert put_away_of(office, case_id) == []
    with office.vault.read() as tx:
        guard = RecordStore(tx).latest(case_id, RecordKind.REPORTER_GUARD, ReporterGuard)
    assert guard is None


def test_m3_a_password_is_refused_before_it_is_stored(agency: Agency, colleague: Actor) -> None:
    """M3, E-S5-CREDENTIAL-REFUSED: "here is her login" is no report."""
    office = agency.office
    with pytest.raises(CredentialRefusedError):
        give(agency, colleague, f"{SEEN} Her password is: Tr0ub4dor&3xyz")
    assert all_denied(office) == ["E-S5-CREDENTIAL-REFUSED"]
    assert not list_peer_reports(**office.who(Role.SUPERVISOR))


def test_m3_concerted_activity_sets_nothing_in_motion(agency: Agency, colleague: Actor) -> None:
    """M3: a report of a strike is kept as such, and is no trigger (29 USC 157)."""
    office = agency.office
    agency.told()
    strike, threat = give(agency, colleague, STRIKE), give(agency, colleague, f"{STRIKE} {THREAT}")
    listed = {
        one.case_id: one.protected for one in list_peer_reports(**office.who(Role.SUPERVISOR))
    }
    assert listed == {strike: ("concerted",), threat: ()}
    refused(NoTriggerError, office, strike, lambda: agency.stated(report=strike))
    assert agency.stated(report=threat) == threat


def test_m3_a_report_opens_nothing_by_itself(agency: Agency, colleague: Actor) -> None:
    """M2, M3: it lies in a draft until somebody states a trigger and another approves it."""
    office = agency.office
    agency.told()
    case_id = give(agency, colleague)
    refused(NoTriggerError, office, case_id, lambda: agency.open(case_id))
    agency.stated(report=case_id)
    approve_trigger(case_id, **office.who(Role.SUPERVISOR))
    agency.open(case_id)
    assert state(office, case_id) is CaseState.DISCLOSED


def test_m3_retaliation_is_told_to_the_custodian_alone(agency: Agency, colleague: Actor) -> None:
    """M3: every watch is told of each week, harmed or not, so that the telling tells nothing."""
    office = agency.office
    harmed = give(agency, colleague)
    calm = give(agency, office.people[Role.AUDITOR])
    office.clock.move(days=2)
    supervisor = office.who(Role.SUPERVISOR)
    note_adverse_step(colleague.id, AdverseKind.TRANSFER, office.now.date(), **supervisor)
    office.clock.move(days=6)
    sides = {"vault": office.vault, "released": office.services.released}
    fire_due(now=office.now, **sides)
    fire_due(now=office.now, **sides)
    kinds = ["peer-reporter", "retaliation-watch"]
    assert [kind for kind, _id in put_away_of(office, harmed)] == kinds
    assert [kind for kind, _id in put_away_of(office, calm)] == kinds
    assert [(one.action, one.code, one.count) for one in entries(office, harmed)] == [
        (one.action, one.code, one.count) for one in entries(office, calm)
    ], "the log is the same for both"
    custodian = office.people[Role.EVIDENCE_CUSTODIAN].id

    ring = open_key_ring(
        office.services.home,
        passphrase=office.services.home.passphrase_file.read_bytes(),
        domains=frozenset({Domain.SEALED}),
    )
    desk = SealedVault(office.services.home, ring)
    told = {}
    for case_id in (harmed, calm):
        watch = next(i for kind, i in put_away_of(office, case_id) if kind == "retaliation-watch")
        told[case_id] = json.loads(show_kept(desk, watch, actor=custodian, now=office.now))["steps"]
    desk.close()
    assert [step["kind"] for step in told[harmed]] == ["transfer"]
    assert told[calm] == []


# --- M4: relatives ---------------------------------------------------------------------------


def find(agency: Agency, **changes: Any) -> ThirdPartyFind:
    plain = {
        "category": SensitiveCategory.SAFETY_OF_A_PERSON,
        "relation": Relation.FAMILY,
        "platform": RawText("forum"),
        "kind": PlatformKind.FORUM,
        "account": RawText("the_spouse"),
        "url": RawText("https://forum.example/p/9"),
        "said_at": agency.office.now - timedelta(days=5),
        "words": RawText("His team leaves the back gate at five every morning in the grey van."),
    }
    return ThirdPartyFind(**(plain | changes))


def redacted(agency: Agency, post: Post, *posts: str, **scope: Any) -> Any:
    office = agency.office
    agency.told()
    case_id = agency.opened(reach=agency.reach(**scope))
    agency.gathering(case_id, *(posts or [post(THREAT, author="sam_b")]))
    office.run(Segment.SCREEN, case_id)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    waiting = frozenset(one.id for one in unattributed(case_id, **analyst))
    settle_attribution(case_id, confirmed=waiting, **analyst)
    office.run(Segment.SCREEN, case_id)
    assert state(office, case_id) is CaseState.REDACTED
    return case_id


def take(agency: Agency, case_id: Any, criterion: str = "G8", **changes: Any) -> Any:
    return capture_third_party_item(
        case_id,
        find(agency, **changes),
        criterion,
        Severity.MODERATE,
        screener=agency.screener,
        **agency.office.who(Role.INVESTIGATOR),
    )


def test_m4_only_agency_information_is_taken_from_a_relative(agency: Agency, post: Post) -> None:
    """M4, E-M4-THIRD-PARTY-OVERREACH: category, words, number, account; and the item itself."""
    office = agency.office
    case_id = redacted(agency, post, criteria=frozenset({"G8", "G1"}))
    long = RawText("word " * 61)
    for overreach in (
        {"words": long},
        {"account": RawText("sam_b")},
        {"criterion": "G1"},
    ):
        step = partial(take, agency, case_id, **overreach)
        refused(ThirdPartyOverreachError, office, case_id, step)
    old = office.now - timedelta(days=300)
    refused(FishingError, office, case_id, lambda: take(agency, case_id, said_at=old))
    finding_id = take(agency, case_id)
    with office.vault.read() as tx:
        found = next(one for one in FindingStore(tx).for_case(case_id) if one.id == finding_id)
        assert EvidenceStore(tx).count(case_id) == 2
    assert found.source is FindingSource.THIRD_PARTY_ACCOUNT
    assert found.waits_for_person, "a reviewer confirms that it is agency information"
    assert (AuditAction.CAPTURED, "third-party-account") in logged(office, case_id)
    take(agency, case_id, words=RawText("The roster of the night shift hangs behind us there."))
    refused(ThirdPartyOverreachError, office, case_id, lambda: take(agency, case_id))
    _captures, faults = captures_of(case_id, **office.who(Role.INVESTIGATOR))
    assert faults == []


def test_m4_s1_an_item_of_a_relative_is_captured_by_somebody_who_may_capture(
    agency: Agency, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M4, S1, S7: the gate of every capture, with the device and the platform of this item."""
    office = agency.office
    case_id = redacted(agency, post)
    asked: list[Any] = []

    def closed(_tx: Any, _case: Any, person: Any, **about: Any) -> None:
        asked.append((person, about["device"], about["platforms"]))
        raise UnauthorisedError("nobody has authorised this person to search")

    with monkeypatch.context() as patched:
        patched.setattr("casework.screening.third_party.require_capture", closed)
        refused(UnauthorisedError, office, case_id, lambda: take(agency, case_id))
    assert asked == [(office.people[Role.INVESTIGATOR].id, None, frozenset({"forum"}))]
    assert take(agency, case_id)


def test_m4_a_category_that_the_policy_does_not_name_is_left_alone(
    office: Any, agency: Agency, post: Post
) -> None:
    """M4: which information an employee answers for elsewhere is said beforehand."""
    narrow = agency_of(
        office,
        rules=AfterHireRules(sensitive_categories=frozenset({SensitiveCategory.FAIR_TRIAL})),
    )
    case_id = redacted(narrow, post)
    refused(ThirdPartyOverreachError, office, case_id, lambda: take(narrow, case_id))
    assert take(narrow, case_id, category=SensitiveCategory.FAIR_TRIAL)


# --- G1-G9 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["state", "capture"])
def test_m4_g_nothing_is_read_for_somebody_who_may_not_state_it(
    agency: Agency, post: Post, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S10: evidence and what the employee disclosed are read inside the step that allows it."""
    office = agency.office
    case_id = redacted(agency, post, criteria=frozenset({"G2", "G8"}))
    with office.vault.read() as tx:
        item = next(iter(EvidenceStore(tx).for_case(case_id)))
    read: list[str] = []
    latest = RecordStore.latest

    def spied(self: Any, about: Any, kind: RecordKind, type_: Any) -> Any:
        read.extend(["disclosure"] if kind is RecordKind.DISCLOSURE else [])
        return latest(self, about, kind, type_)

    monkeypatch.setattr(EvidenceStore, "for_case", lambda *_: read.append("evidence") or [])
    monkeypatch.setattr(RecordStore, "latest", spied)
    manager = {"screener": agency.screener, **office.who(Role.HIRING_MANAGER)}

    def asked() -> Any:
        if act == "state":
            conduct = Conduct.OMITS_A_DISCLAIMER
            return state_finding(case_id, item.id, "G2", conduct, Severity.LOW, **manager)
        return capture_third_party_item(case_id, find(agency), "G8", Severity.LOW, **manager)

    refused(NotPermittedError, office, case_id, asked)
    assert read == []


def stated(agency: Agency, case_id: Any, criterion: str, conduct: Conduct) -> Any:
    office = agency.office
    with office.vault.read() as tx:
        item = next(iter(EvidenceStore(tx).for_case(case_id)))
    return state_finding(
        case_id,
        item.id,
        criterion,
        conduct,
        Severity.LOW,
        screener=agency.screener,
        **office.who(Role.INVESTIGATOR),
    )


def test_g_what_no_machine_reads_a_person_states_within_the_trigger(
    agency: Agency, post: Post
) -> None:
    """G2, G3: a criterion of the trigger, conduct that meets it, and a reviewer who confirms."""
    office = agency.office
    patch = post(
        "Here I am with the patch on my sleeve, and we think the tax is a mistake.", author="sam_b"
    )
    case_id = redacted(agency, post, patch, criteria=frozenset({"G2"}))
    refused(
        FishingError,
        office,
        case_id,
        lambda: stated(agency, case_id, "G3", Conduct.USES_AGENCY_IDENTITY),
    )
    before = logged(office, case_id)
    with pytest.raises(OutOfScopeError):
        stated(agency, case_id, "G2", Conduct.DECEIVES)
    assert logged(office, case_id) == [*before, (AuditAction.DENIED, "E-N3-OUT-OF-SCOPE")]
    finding_id = stated(agency, case_id, "G2", Conduct.OMITS_A_DISCLAIMER)
    with office.vault.read() as tx:
        found = FindingStore(tx).for_case(case_id)
    assert [one.id for one in found] == [finding_id]
    assert found[0].waits_for_person


def test_g9_exposure_warns_the_employee_and_finds_nothing(agency: Agency, post: Post) -> None:
    """G9: the employee reads a warning; no finding, and not one byte of the package, changes."""
    office = agency.office
    case_id = redacted(agency, post, criteria=frozenset({"G8", "G9"}))

    with office.vault.read() as tx:
        before = shown_of(tx, case_id, office.requisition, office.now)
        findings = FindingStore(tx).for_case(case_id)
    assert stated(agency, case_id, "G9", Conduct.USES_AGENCY_IDENTITY) is None
    with office.vault.read() as tx:
        assert shown_of(tx, case_id, office.requisition, office.now) == before
        assert FindingStore(tx).for_case(case_id) == findings
    notices = safety_notices(case_id, **office.who(Role.APPLICANT))
    assert len(notices) == 1
    assert "no finding" in notices[0].text
    refused(
        NotPermittedError,
        office,
        case_id,
        lambda: safety_notices(case_id, **office.who(Role.HIRING_MANAGER)),
    )


def test_findings_are_stated_captured_and_warned_of_at_the_command_line(
    typed: Any, prepared: Any, post: Post, tmp_path: Path
) -> None:
    """M4, G2, G9: words come from a file, and no refusal repeats one."""
    employee = Actor(id=EMPLOYEE, roles=frozenset({Role.APPLICANT}))
    add_person(employee, "Sam Birch", **prepared.who(Role.ADMINISTRATOR))
    prepared.people[Role.APPLICANT] = employee
    agency = agency_of(prepared)
    case = redacted(agency, post, criteria=frozenset({"G2", "G8", "G9"}))
    with prepared.vault.read() as tx:
        item = next(iter(EvidenceStore(tx).for_case(case))).id
    manager, investigator = {"role": Role.HIRING_MANAGER}, {"role": Role.INVESTIGATOR}
    state_it = ("finding", "state", case, "--item", item, "--json", "--conduct")
    disclaimer = (*state_it, "omits-a-disclaimer", "--criterion", "G2")
    typed(*disclaimer, **manager).refused("not-permitted")
    typed(*state_it, "deceives", "--criterion", "G2", **investigator).refused("E-N3-OUT-OF-SCOPE")
    assert typed(*state_it, "deceives", "--criterion", "G9", **investigator).json["warned"]
    warnings = ("finding", "warnings", case)
    typed(*warnings, **manager).refused("not-permitted")
    assert "no finding" in typed(*warnings, "--json", role=Role.APPLICANT).json[0]["text"]
    assert "safety" in typed(*warnings, role=Role.APPLICANT).out
    found = find(agency).model_dump(mode="json")
    lines = {key: value for key, value in found.items() if key != "words"}
    words = "His cousin opens the back gate at five every morning in the grey van."
    toml = "".join(f'{key} = "{value}"\n' for key, value in lines.items()) + f'words = "{words}"\n'
    capture = ("finding", "capture", case, "--criterion", "G8", "--json", "--file")
    file = tmp_path / "cousin.toml"
    typed(*capture, file, **investigator).refused("input", exit_code=2)
    file.write_text(toml + 'cousin = "boss"\n')
    typed(*capture, file, **investigator).refused("input", exit_code=2)
    file.write_text(toml)
    typed(*capture, file, **manager).refused("not-permitted")
    told = typed(*capture, "-", stdin=toml, **investigator)
    assert told.json["finding"]
    assert "cousin" not in told.out + told.err


# --- S2: changes of accounts -----------------------------------------------------------------


def declare(agency: Agency, *, days_ago: int, by: Role = Role.APPLICANT, **more: Any) -> Any:
    account = Account(platform=RawText("forum"), handle=RawText(more.pop("handle", "sam_new")))
    day = agency.office.now.date() - timedelta(days=days_ago)
    return declare_account(
        agency.requisition.id,
        more.pop("employee", EMPLOYEE),
        account,
        AccountEvent.OPENED,
        day,
        **agency.office.who(by),
    )


def test_s2_a_late_notice_is_a_remark_and_nothing_else(agency: Agency) -> None:
    """S2, W-S2-LATE-NOTICE: the step goes on; no case opens and nothing is found."""
    office = agency.office
    agency = agency_of(office, rules=AfterHireRules(change_notice_days=30))
    agency.told()
    office.clock.move(days=60)
    assert not declare(agency, days_ago=10).late
    late = declare(agency, days_ago=45, handle="sam_old")
    assert late.late
    assert late.omission is Omission.INADVERTENT
    assert logged(office, EMPLOYEE)[-1] == (AuditAction.ACCOUNT_DECLARED, "W-S2-LATE-NOTICE")
    supervisor = office.who(Role.SUPERVISOR)
    code_omission(EMPLOYEE, late.id, Omission.KNOWING, **supervisor)
    listed = account_changes(EMPLOYEE, actor=office.people[Role.INVESTIGATOR], vault=office.vault)
    assert [one.omission for one in listed] == [None, Omission.KNOWING]
    refused(
        WrongStateError,
        office,
        EMPLOYEE,
        lambda: code_omission(EMPLOYEE, listed[0].id, Omission.KNOWING, **supervisor),
    )
    with office.vault.read() as tx:
        assert not RecordStore(tx).cases_with(RecordKind.TRIGGER)


@pytest.mark.parametrize(("rules", "told"), [(None, True), (30, False)])
def test_s2_nobody_is_late_who_was_not_asked_or_not_told(
    agency: Agency, rules: int | None, told: bool
) -> None:
    """S2: only if the policy is on, and the employee was notified."""
    agency = agency_of(agency.office, rules=AfterHireRules(change_notice_days=rules))
    if told:
        agency.told()
    agency.office.clock.move(days=100)
    assert not declare(agency, days_ago=90).late


def test_s2_an_account_of_one_s_own_and_no_password(agency: Agency) -> None:
    """S2: nobody declares for a colleague; a password in the field is refused unseen."""
    office = agency.office
    other = ActorId("officer-99")
    agency.told(other)
    refused(NotPermittedError, office, other, lambda: declare(agency, days_ago=1, employee=other))
    refused(
        CredentialRefusedError,
        office,
        EMPLOYEE,
        lambda: declare(agency, days_ago=1, handle="password: Tr0ub4dor&3xyz"),
    )
    assert declare(agency, days_ago=1)
    with pytest.raises(NotPermittedError):
        account_changes(EMPLOYEE, actor=COLLEAGUE, vault=office.vault)


def test_s2_declared_accounts_are_the_employee_s_own_in_a_case(agency: Agency, post: Post) -> None:
    """S2: what was declared is attributed as an applicant's own list is."""
    office = agency.office
    agency.told()
    declare(agency, days_ago=1, handle="sam_b")
    case_id = agency.gathering(agency.opened(accounts=()), post(THREAT, author="sam_b"))
    office.run(Segment.SCREEN, case_id)
    assert state(office, case_id) is CaseState.REDACTED


# --- the same machine ------------------------------------------------------------------------


def test_an_employee_answers_first_and_the_one_who_decides_sees_a_package_alone(
    agency: Agency, post: Post
) -> None:
    """M5, S10: the employee's rebuttal is an applicant's; who opened the case decides nothing."""
    office = agency.office
    case_id = redacted(agency, post)
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        who = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=agency.screener, **who)
        approve(case_id, **who)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    applicant = office.who(Role.APPLICANT)
    finding = shown_findings(case_id, **applicant)[0]
    said = RebuttalAnswer(finding_id=finding, claim=Claim.CONTEXT)
    officer = office.who(Role.RELEASING_OFFICER)
    refused(RebuttalWindowOpenError, office, case_id, lambda: release(case_id, **officer))
    answer(case_id, (said,), redactor=agency.screener.redactor, **applicant)
    assert AuditAction.REBUTTAL_SUBMITTED in [action for action, _code in logged(office, case_id)]
    with office.vault.read() as tx:
        opener = standing_of(tx, office.people[Role.SUPERVISOR], case_id)
        decider = standing_of(tx, office.people[Role.HIRING_MANAGER], case_id)
    assert opener.exposed, "who knows the suspicion is never the one who decides"
    assert not decider.exposed
