"""What may not be reported never existed for the manager; reviewers see why, auditors count."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from casework.attribution.attribute import settle_attribution
from casework.attribution.attribution_desk import (
    confirm_account,
    decide_account,
    open_attribution_desk,
    second_decision,
    state_account_facts,
)
from casework.deciding.coming_of_age import state_coming_of_age
from casework.preview.package import build_package, shown_of
from casework.requisition.requisitions import open_requisition
from casework.screening.exclusions import LEAST, count_exclusions, read_exclusions
from casework.screening.reportability import state_stage
from models.attribution import (
    AccountConfirmation,
    AccountFacts,
    AccountHistory,
    Basis,
    Grounds,
    Identifier,
    Sign,
    Source,
)
from models.audit import AuditAction
from models.clauses import UnprovedAttributionError
from models.errors import (
    NotPermittedError,
    RecordNotFoundError,
    SeparationOfDutiesError,
    WrongStateError,
)
from models.finding import Recency
from models.ids import ActorId, EvidenceId, new_id
from models.people import Actor, Role
from models.reportable import Exclusion, Exclusions, HiringStage
from models.reporting_rules import ReportingRules
from models.requisition import EmployerType
from models.segment import Segment
from policy.defaults import default_draft
from storage.audit import AuditLog
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore

Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
DRUGS = "I snorted cocaine off the desk again last night, third time this week."
HISTORY = "I got arrested for selling meth, sold meth to half the town and I would sell it again."
HARMLESS = "We planted tomatoes and the soup turned out great."
SECOND = Actor(id=ActorId("another-analyst"), roles=frozenset({Role.ATTRIBUTION_ANALYST}))
THREE = tuple(
    Basis(identifier=one, source=Source.PROFILE)
    for one in (Identifier.NAME, Identifier.E_MAIL, Identifier.PLACE)
)


def refusals(office: Any, case_id: Any) -> list[str]:
    with office.vault.read() as tx:
        entries = AuditLog(tx).entries(case_id)
    return [entry.code for entry in entries if entry.action is AuditAction.DENIED]


def package(office: Any, case_id: Any) -> bytes:
    with office.vault.read() as tx:
        shown = shown_of(tx, case_id, office.requisition, office.now)
    return bytes(build_package(office.requisition, shown).payload())


def excluded(office: Any, case_id: Any) -> list[str]:
    found = read_exclusions(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    return sorted({one.exclusion.rule for one in found})


def comes_of_age(office: Any, case_id: Any, day: date, role: Role = Role.INVESTIGATOR) -> None:
    state_coming_of_age(case_id, day, released=office.services.released, **office.who(role))


def gathered(office: Any, *posts: str) -> Any:
    case_id = office.collecting(*posts)
    office.run(Segment.COLLECT, case_id)
    return case_id


# --- reportability ----------------------------------------------------------------------------


def test_criminal_history_never_existed_before_the_conditional_offer(
    office: Any, post: Post
) -> None:
    """2 CCR 11017.1(a)(1); a criminal justice agency is excepted, so the employer is private."""
    office.requisition = office.open(notice_lead_days=0, employer_type=EmployerType.PRIVATE)
    twin = office.screened(post(THREAT))
    case_id = gathered(office, post(HISTORY), post(THREAT))
    office.run(Segment.SCREEN, case_id)
    assert package(office, case_id) == package(office, twin)
    assert "RG-26" in excluded(office, case_id)
    offered = gathered(office, post(HISTORY), post(THREAT))
    state_stage(offered, HiringStage.CONDITIONAL_OFFER, **office.who(Role.INVESTIGATOR))
    office.run(Segment.SCREEN, offered)
    assert "RG-26" not in excluded(office, offered)


def test_what_was_said_before_coming_of_age_never_existed(office: Any, post: Post) -> None:
    twin = office.screened(post(THREAT, days_ago=10))
    case_id = gathered(office, post(DRUGS, days_ago=400), post(THREAT, days_ago=10))
    came = (office.now - timedelta(days=100)).date()
    comes_of_age(office, case_id, came)
    office.run(Segment.SCREEN, case_id)
    assert package(office, case_id) == package(office, twin)
    assert excluded(office, case_id) == ["adult-at-posting"]


def test_too_old_is_excluded_with_its_reason(office: Any, post: Post) -> None:
    """15 USC 1681c(a)(5); collection leaves out what is older than the consent's lookback."""
    case_id = office.screened(post(THREAT, created_at=None))
    assert excluded(office, case_id) == ["no-date"]


def test_a_criterion_that_cites_why_looks_further_back(office: Any, post: Post) -> None:
    draft = default_draft()
    criteria = tuple(
        one.model_copy(update={"beyond_seven_years": "11 CCR 1955", "lookback_years": 20})
        for one in draft.criteria.criteria
    )
    policy = draft.policy.model_copy(update={"notice_lead_days": 0, "lookback_years": 20})
    pack = draft.criteria.model_copy(update={"criteria": criteria})
    office.requisition = open_requisition(
        draft.title, policy, pack, **office.who(Role.POLICY_OWNER)
    )
    case_id = office.screened(post(THREAT, days_ago=365 * 9))
    with office.vault.read() as tx:
        shown = shown_of(tx, case_id, office.requisition, office.now)
    assert [one.recency for _id, one in shown] == [Recency.OVER_SEVEN_YEARS]


def test_a_stage_is_not_taken_back_and_a_day_to_come_is_none(office: Any) -> None:
    case_id = office.disclosed()
    who = office.who(Role.INVESTIGATOR)
    state_stage(case_id, HiringStage.CONDITIONAL_OFFER, **who)
    with pytest.raises(WrongStateError):
        state_stage(case_id, HiringStage.INTERVIEW, **who)
    with pytest.raises(WrongStateError):
        comes_of_age(office, case_id, date(2100, 1, 1))


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.AUDITOR])
def test_stage_and_age_are_not_the_deciders_to_state(office: Any, role: Role) -> None:
    case_id = office.disclosed()
    with pytest.raises(NotPermittedError):
        state_stage(case_id, HiringStage.INTERVIEW, **office.who(role))
    with pytest.raises(NotPermittedError):
        comes_of_age(office, case_id, date(2020, 1, 1), role)
    assert refusals(office, case_id) == [NotPermittedError.code] * 2


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.INVESTIGATOR, Role.AUDITOR])
def test_only_a_reviewer_sees_what_was_excluded(office: Any, post: Post, role: Role) -> None:
    case_id = office.screened(post(THREAT, created_at=None))
    with pytest.raises(NotPermittedError):
        read_exclusions(case_id, **office.who(role))
    [one] = read_exclusions(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert one.evidence.item.text.reveal() == THREAT


@pytest.mark.parametrize(("cases", "told"), [(LEAST, {"RG-07": LEAST}), (LEAST - 1, {})])
def test_an_auditor_counts_applicants_and_never_fewer_than_ten(
    office: Any, cases: int, told: dict[str, int]
) -> None:
    for _ in range(cases):
        case_id = office.drafted()
        one = Exclusion(evidence_id=EvidenceId(new_id()), criterion="conduct", rule="RG-07")
        with office.vault.write(case_id) as tx:
            value = Exclusions(entries=(one, one))
            RecordStore(tx).put(case_id, RecordKind.EXCLUSIONS, value, now=office.now)
    counted = count_exclusions(office.requisition.id, **office.who(Role.AUDITOR))
    assert counted == told
    with pytest.raises(NotPermittedError):
        count_exclusions(office.requisition.id, **office.who(Role.HIRING_MANAGER))


# --- attribution ------------------------------------------------------------------------------


def account(office: Any, case_id: Any) -> Any:
    [desk] = open_attribution_desk(case_id, **office.who(Role.ATTRIBUTION_ANALYST))
    return desk


def waiting(office: Any, post: Post, *, author: str = "nightowl") -> Any:
    case_id = gathered(office, post(THREAT, author=author), post(DRUGS))
    office.run(Segment.SCREEN, case_id)
    return case_id


def settle(office: Any, case_id: Any, *items: Any) -> None:
    who = office.who(Role.ATTRIBUTION_ANALYST)
    settle_attribution(case_id, confirmed=frozenset(items), **who)
    office.run(Segment.SCREEN, case_id)


def test_what_nobody_attributed_never_existed(office: Any, post: Post) -> None:
    """The package is that of a case whose folder never held the account."""
    twin = office.screened(post(DRUGS))
    case_id = waiting(office, post)
    settle(office, case_id)
    assert package(office, case_id) == package(office, twin)


def test_three_identifiers_stated_attribute_an_account(office: Any, post: Post) -> None:
    office.requisition = office.open(notice_lead_days=0, reporting=ReportingRules())
    case_id = waiting(office, post)
    desk = account(office, case_id)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    with pytest.raises(UnprovedAttributionError):
        settle_attribution(case_id, confirmed=frozenset({desk.items[0].id}), **analyst)
    with pytest.raises(UnprovedAttributionError):
        decide_account(case_id, desk.account, Grounds.IDENTIFIERS, basis=THREE[:2], **analyst)
    assert refusals(office, case_id) == ["E-FCRA15-UNPROVED"] * 2
    with office.vault.read() as tx:
        grades = {one.grade for one in EvidenceStore(tx).for_case(case_id)}
    assert None in grades
    decide_account(case_id, desk.account, Grounds.IDENTIFIERS, basis=THREE, **analyst)
    before = package(office, case_id)
    settle(office, case_id, desk.items[0].id)
    assert package(office, case_id) != before


def test_a_second_look_is_another_analysts(office: Any, post: Post) -> None:
    rules = ReportingRules(second_look=True)
    office.requisition = office.open(notice_lead_days=0, reporting=rules)
    case_id = waiting(office, post)
    desk = account(office, case_id)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    decide_account(case_id, desk.account, Grounds.IDENTIFIERS, basis=THREE, **analyst)
    item = frozenset({desk.items[0].id})
    with pytest.raises(UnprovedAttributionError):
        settle_attribution(case_id, confirmed=item, **analyst)
    with pytest.raises(SeparationOfDutiesError):
        second_decision(case_id, desk.account, **analyst)
    with pytest.raises(NotPermittedError):
        second_decision(case_id, desk.account, **office.who(Role.INVESTIGATOR))
    second_decision(case_id, desk.account, actor=SECOND, vault=office.vault, now=office.now)
    settle_attribution(case_id, confirmed=item, **analyst)


def test_the_applicants_word_needs_the_applicants_word(office: Any, post: Post) -> None:
    case_id = waiting(office, post)
    desk = account(office, case_id)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    grounds = Grounds.CONFIRMED_BY_APPLICANT
    with pytest.raises(UnprovedAttributionError):
        decide_account(case_id, desk.account, grounds, **analyst)
    word = AccountConfirmation(account=desk.account, mine=True, said_at=office.now)
    with pytest.raises(NotPermittedError):
        confirm_account(case_id, word, **analyst)
    confirm_account(case_id, word, **office.who(Role.APPLICANT))
    assert decide_account(case_id, desk.account, grounds, **analyst).attributes


def test_signs_are_shown_and_decide_nothing(office: Any, post: Post) -> None:
    case_id = waiting(office, post)
    desk = account(office, case_id)
    history = AccountHistory(created_at=office.now + timedelta(days=1))
    facts = AccountFacts(account=desk.account, history=history, contradictions=2)
    with pytest.raises(NotPermittedError):
        state_account_facts(case_id, facts, **office.who(Role.APPLICANT))
    state_account_facts(case_id, facts, **office.who(Role.INVESTIGATOR))
    stolen = AccountConfirmation(
        account=desk.account,
        mine=True,
        stolen_from=office.now - timedelta(days=200),
        said_at=office.now,
    )
    confirm_account(case_id, stolen, **office.who(Role.APPLICANT))
    shown = account(office, case_id)
    assert shown.signs == (
        Sign.YOUNGER_THAN_NOTICE,
        Sign.CONTRADICTING_FACT,
        Sign.WHILE_STOLEN,
    )
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    decision = decide_account(case_id, desk.account, Grounds.IDENTIFIERS, basis=THREE, **analyst)
    assert decision.attributes
    assert decision.signs == shown.signs


def test_a_handle_that_spells_the_name_is_not_an_identifier_of_its_own(
    office: Any, post: Post
) -> None:
    case_id = waiting(office, post, author="rowan.applegate")
    desk = account(office, case_id)
    assert desk.handle_is_name
    stated = tuple(
        Basis(identifier=one, source=Source.PROFILE)
        for one in (Identifier.NAME, Identifier.HANDLE, Identifier.PLACE)
    )
    with pytest.raises(UnprovedAttributionError):
        decide_account(
            case_id,
            desk.account,
            Grounds.IDENTIFIERS,
            basis=stated,
            **office.who(Role.ATTRIBUTION_ANALYST),
        )


def test_an_account_that_does_not_wait_is_not_decided(office: Any, post: Post) -> None:
    case_id = waiting(office, post)
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    with pytest.raises(RecordNotFoundError):
        decide_account(case_id, "0" * 64, Grounds.NOT_PROVED, **analyst)
    with pytest.raises(RecordNotFoundError):
        second_decision(case_id, "0" * 64, **analyst)


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.AUDITOR, Role.APPLICANT])
def test_the_desk_is_closed_to_others(office: Any, post: Post, role: Role) -> None:
    case_id = waiting(office, post)
    with pytest.raises(NotPermittedError):
        open_attribution_desk(case_id, **office.who(role))
    assert len(open_attribution_desk(case_id, **office.who(Role.ATTRIBUTION_ANALYST))) == 1
