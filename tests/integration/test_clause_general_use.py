"""G1-G8, each with its grant and its denial; M1-M5, a whole case after hire to its decision."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from casework.after_hire.monitoring import open_monitoring
from casework.after_hire.monitoring_notice import give_monitoring_notice, prove_monitoring_notice
from casework.after_hire.triggers import Statement, approve_trigger, state_trigger
from casework.applicant.cases import find_case
from casework.attribution.attribute import settle_attribution, unattributed
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.manager import decide, view
from casework.gathering.source import register_source
from casework.people.people import add_person
from casework.preview.package import shown_of
from casework.releasing.rebuttal import answer, offer_rebuttal, preview, shown_findings
from casework.releasing.release import deliver, release
from casework.requisition.requisitions import open_requisition
from casework.reviewing.review import approve, open_desk, weigh_finding
from casework.screening.stated_findings import state_finding
from models.adverse import Channel, DocumentKind
from models.after_hire_rules import AfterHireRules, TriggerKind
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import FishingError
from models.consent import PlatformKind
from models.criteria import Conduct, Severity
from models.decision import OtherEvidence, Outcome, Reason
from models.disclosure import Account
from models.errors import (
    NotPermittedError,
    OutOfScopeError,
    RebuttalWindowOpenError,
    WaitingTimeError,
    WalloffError,
)
from models.forms import DeliveryProof
from models.ids import ActorId, CaseId
from models.monitoring import Scope, TriggerSource
from models.people import Actor, Role
from models.rebuttal import Claim, RebuttalAnswer
from models.segment import Segment
from models.text import RawText
from policy.criteria import load_pack
from policy.defaults import default_draft
from storage.audit import AuditLog
from storage.evidence import EvidenceStore
from storage.findings import FindingStore

Post = Callable[..., str]
EMPLOYEE = ActorId("officer-12")
SCREENERS: dict[str, Any] = {}
"""Built once for all tests: it takes a second."""
TOLD = "On Tuesday a resident complained that the officer posted threats against her on a forum."
PLAIN = "Here I am at work again, and I think that the new tax is a mistake for all of us."
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
LIE = "I forged the time sheets again and got paid for a week that I never worked."

BY_A_PERSON: Final = {
    "G2": Conduct.OMITS_A_DISCLAIMER,
    "G3": Conduct.USES_AGENCY_IDENTITY,
    "G4": Conduct.USES_AN_UNSANCTIONED_TOOL,
    "G5": Conduct.SPEAKS_WITHOUT_COMPETENCE,
    "G6": Conduct.SPEAKS_AS_COMMAND_STAFF,
    "G7": Conduct.DISREGARDS_TRAINING,
}
BY_THE_MACHINE: Final = {"G1": (LIE, THREAT), "G8": (THREAT, LIE)}
"""What meets the criterion, and what does not."""


@pytest.fixture
def agency(office: Any) -> Any:
    """An office whose requisition is about people who work there; one of them was told."""
    employee = Actor(id=EMPLOYEE, roles=frozenset({Role.APPLICANT}))
    add_person(employee, "Sam Birch", **office.who(Role.ADMINISTRATOR))
    office.people[Role.APPLICANT] = employee
    policy = default_draft().policy.model_copy(
        update={"notice_lead_days": 0, "after_hire": AfterHireRules()}
    )
    owner = office.who(Role.POLICY_OWNER)
    pack = load_pack("conduct-general-use")
    office.requisition = open_requisition("Conduct", policy, pack, **owner)
    give_monitoring_notice(office.requisition.id, EMPLOYEE, name=RawText("Sam Birch"), **owner)
    prove_monitoring_notice(EMPLOYEE, DeliveryProof.HANDED_OVER, **owner)
    return office


def screener(office: Any) -> Any:
    key = office.requisition.criteria_sha256
    if key not in SCREENERS:
        SCREENERS[key] = office.services.screener(office.requisition)
    return SCREENERS[key]


def redacted(office: Any, *posts: str, criteria: frozenset[str]) -> CaseId:
    """State, approve and open a trigger for these criteria; gather, attribute and screen."""
    today = office.now.date()
    reach = Scope(
        platforms=frozenset({PlatformKind.FORUM}),
        since=today - timedelta(days=200),
        until=today,
        criteria=criteria,
    )
    statement = Statement(
        kind=TriggerKind.COMPLAINT,
        source=TriggerSource.MEMBER_OF_THE_PUBLIC,
        on=today - timedelta(days=2),
        description=RawText(TOLD),
        reach=reach,
        accounts=(Account(platform=RawText("forum"), handle=RawText("sam_b")),),
    )
    investigator, supervisor = office.who(Role.INVESTIGATOR), office.who(Role.SUPERVISOR)
    case_id = state_trigger(
        office.requisition.id, EMPLOYEE, statement, screener=screener(office), **investigator
    )
    approve_trigger(case_id, **supervisor)
    open_monitoring(case_id, closes_on=today + timedelta(days=30), **supervisor)
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
    register_source(case_id, folder, **investigator)
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    waiting = frozenset(one.id for one in unattributed(case_id, **analyst))
    settle_attribution(case_id, confirmed=waiting, **analyst)
    office.run(Segment.SCREEN, case_id)
    assert state(office, case_id) is CaseState.REDACTED
    return case_id


def states(office: Any, case_id: CaseId, criterion: str, conduct: Conduct) -> Any:
    with office.vault.read() as tx:
        item = next(iter(EvidenceStore(tx).for_case(case_id)))
    return state_finding(
        case_id,
        item.id,
        criterion,
        conduct,
        Severity.MODERATE,
        screener=screener(office),
        **office.who(Role.INVESTIGATOR),
    )


def found(office: Any, case_id: CaseId) -> list[str]:
    with office.vault.read() as tx:
        return sorted(one.proposal.criterion for one in FindingStore(tx).for_case(case_id))


def shown(office: Any, case_id: CaseId) -> list[str]:
    with office.vault.read() as tx:
        released = shown_of(tx, case_id, office.requisition, office.now)
    return [one.criterion for _id, one in released]


def state(office: Any, case_id: CaseId) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def logged(office: Any, case_id: CaseId) -> list[tuple[AuditAction, str]]:
    with office.vault.read() as tx:
        return [(one.action, one.code) for one in AuditLog(tx).entries(case_id)]


def refused(
    office: Any, case_id: CaseId, error: type[WalloffError], act: Callable[[], Any]
) -> None:
    """The refusal has its code, stands in the log, and is the one thing that was written."""
    before, had = logged(office, case_id), found(office, case_id)
    with pytest.raises(error):
        act()
    assert logged(office, case_id) == [*before, (AuditAction.DENIED, error.code)]
    assert found(office, case_id) == had


def reviewed(office: Any, case_id: CaseId) -> None:
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        who = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=screener(office), **who)
        approve(case_id, **who)


# --- G1-G8 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("row", sorted(BY_A_PERSON))
def test_each_row_that_a_person_states_has_its_grant_and_its_denial(
    agency: Any, post: Post, row: str
) -> None:
    """G2-G7: stated within the trigger by the row's own conduct; else E-M2-FISHING, E-N3."""
    office = agency
    other = next(one for one in BY_A_PERSON if one != row)
    case_id = redacted(office, post(PLAIN, author="sam_b"), criteria=frozenset({row}))
    fishing = lambda: states(office, case_id, other, BY_A_PERSON[other])  # noqa: E731
    refused(office, case_id, FishingError, fishing)
    beside = lambda: states(office, case_id, row, BY_A_PERSON[other])  # noqa: E731
    refused(office, case_id, OutOfScopeError, beside)
    assert found(office, case_id) == []
    finding = states(office, case_id, row, BY_A_PERSON[row])
    assert found(office, case_id) == [row]
    assert shown(office, case_id) == [], "until a reviewer confirms it"
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    open_desk(case_id, screener=screener(office), **reviewer)
    weigh_finding(case_id, finding, stands=True, **reviewer)
    assert shown(office, case_id) == [row]


@pytest.mark.parametrize("row", sorted(BY_THE_MACHINE))
def test_each_row_that_the_machine_reads_has_its_grant_and_its_denial(
    agency: Any, post: Post, row: str
) -> None:
    """G1, G8: proposed where the trigger names the row; what meets another row is not weighed."""
    meets, other = BY_THE_MACHINE[row]
    lines = (post(meets, author="sam_b"), post(other, author="sam_b"))
    case_id = redacted(agency, *lines, criteria=frozenset({row}))
    assert found(agency, case_id) == [row]
    beyond = next(one for one in BY_THE_MACHINE if one != row)
    fishing = lambda: states(agency, case_id, beyond, Conduct.DECEIVES)  # noqa: E731
    refused(agency, case_id, FishingError, fishing)
    by_manager = agency.who(Role.HIRING_MANAGER)
    with agency.vault.read() as tx:
        item = next(iter(EvidenceStore(tx).for_case(case_id)))
    asked = lambda: state_finding(  # noqa: E731
        case_id,
        item.id,
        row,
        Conduct.DECEIVES,
        Severity.LOW,
        screener=screener(agency),
        **by_manager,
    )
    refused(agency, case_id, NotPermittedError, asked)


# --- M1-M5: to the decision --------------------------------------------------------------------


def test_a_case_after_hire_goes_to_its_decision_like_any_other(agency: Any, post: Post) -> None:
    """M5, A1: answered, reviewed and shown again, released, decided in two steps with a packet."""
    office = agency
    case_id = redacted(office, post(THREAT, author="sam_b"), criteria=frozenset({"G8"}))
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    employee = office.who(Role.APPLICANT)
    officer = office.who(Role.RELEASING_OFFICER)
    refused(office, case_id, RebuttalWindowOpenError, lambda: release(case_id, **officer))
    said = RebuttalAnswer(
        finding_id=shown_findings(case_id, **employee)[0],
        claim=Claim.CONTEXT,
        statement=RawText("It was a line of a film."),
    )
    answer(case_id, (said,), redactor=screener(office).redactor, **employee)
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert preview(case_id, **employee).findings[0].answer is not None
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    released = office.services.released
    deliver(case_id, vault=office.vault, released=released, now=office.now)
    assert state(office, case_id) is CaseState.RELEASED
    manager = office.who(Role.HIRING_MANAGER) | {"released": released}
    seen = view(case_id, **manager)
    assert [one.criterion for one in seen.findings] == ["G8"]
    assert seen.findings[0].answer is not None
    assert seen.findings[0].answer.statement == "It was a line of a film."

    reason = Reason(criterion="G8", finding=0, evidence=OtherEvidence.EMPLOYMENT_RECORD)

    def decides(outcome: Outcome, by: Role = Role.HIRING_MANAGER) -> Any:
        who = office.who(by) | {"released": released}
        words = "A threat against a superior; patrol duty needs restraint."
        return decide(case_id, outcome, reasons=(reason,), assessment=words, **who)

    for opener in (Role.SUPERVISOR, Role.INVESTIGATOR):
        with pytest.raises(WalloffError):
            decides(Outcome.PENDING_ADVERSE, opener)
    decides(Outcome.PENDING_ADVERSE)
    with pytest.raises(WaitingTimeError):
        decides(Outcome.ADVERSE)
    investigator = office.who(Role.INVESTIGATOR)
    make_document(case_id, DocumentKind.PRE_ADVERSE, **investigator)
    confirm_delivery(
        case_id, DocumentKind.PRE_ADVERSE, Channel.BY_HAND, RawText("signed for"), **investigator
    )
    with pytest.raises(WaitingTimeError):
        decides(Outcome.ADVERSE)
    office.clock.move(days=14)
    assert decides(Outcome.ADVERSE).outcome is Outcome.ADVERSE
    assert state(office, case_id) is CaseState.ADVERSE


def test_a_case_after_hire_may_end_well(agency: Any, post: Post) -> None:
    """A1: the same steps, without a packet, to a favourable decision."""
    office = agency
    case_id = redacted(office, post(PLAIN, author="sam_b"), criteria=frozenset({"G8"}))
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    released = office.services.released
    deliver(case_id, vault=office.vault, released=released, now=office.now)
    done = decide(
        case_id,
        Outcome.FAVOURABLE,
        reasons=(),
        assessment="Nothing that bears on the work.",
        released=released,
        **office.who(Role.HIRING_MANAGER),
    )
    assert done.outcome is Outcome.FAVOURABLE
    assert state(office, case_id) is CaseState.FAVOURABLE
