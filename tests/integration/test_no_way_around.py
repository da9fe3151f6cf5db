"""What a manager could tell from numbers and order, and ways around a gate that were once open."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import expire_consents, withdraw_consent
from casework.attribution.attribute import unattributed
from casework.attribution.attribution_desk import (
    decide_account,
    open_attribution_desk,
    second_decision,
)
from casework.criminal.referral import flag_referral
from casework.criminal.referral_custody import read_referral, receive, record_report, referrals_due
from casework.deciding.disputes import open_dispute, resolve_dispute
from casework.deciding.manager import decide, view
from casework.deciding.recall import recall
from casework.gathering.source import register_source
from casework.preview.window import window_of
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver, release
from casework.releasing.results import results_date, show_results
from casework.reviewing.adjudication import adjudicate
from casework.reviewing.review import approve, open_desk, weigh_finding
from casework.screening.exclusions import read_exclusions
from casework.screening.referral_thread import resume_vetting
from casework.screening.statements import settle_statement
from casework.steps.sealing import shown_null
from casework.steps.step import step
from models.attribution import Grounds
from models.case import CaseState
from models.decision import OtherEvidence, Outcome, Reason
from models.decision_rules import DecisionRules
from models.dispute import DisputeOutcome, RecallReason
from models.errors import (
    ConstraintError,
    RebuttalUnansweredError,
    RecordNotFoundError,
    SealedError,
    WaitingTimeError,
    WalloffError,
)
from models.people import Role
from models.rebuttal import Claim
from models.referral import OffenceRule, Route, Thread
from models.reporting_rules import ReportingRules
from models.segment import Segment
from models.text import RawText
from storage.findings import FindingStore
from storage.packages import PackageStore
from storage.tables.released import DELIVERIES

Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
DRUGS = "I snorted cocaine off the desk again last night, third time this week."
HARMLESS = "We planted tomatoes and the soup turned out great."
MANAGER = Role.HIRING_MANAGER
REVIEWER = Role.WALL_OFF_REVIEWER
OTHER_GROUND = (Reason(criterion="threats-violence", evidence=OtherEvidence.INTERVIEW),)


def reviewers(office: Any) -> tuple[Any, Any]:
    return office.people[REVIEWER], office.second_reviewer


def looked_at(office: Any, case_id: Any) -> None:
    for who in reviewers(office):
        screener = office.services.screener_of(case_id)
        open_desk(case_id, screener=screener, actor=who, vault=office.vault, now=office.now)


def approved(office: Any, case_id: Any) -> None:
    for who in reviewers(office):
        approve(case_id, actor=who, vault=office.vault, now=office.now)


def findings(office: Any, case_id: Any) -> list[Any]:
    with office.vault.read() as tx:
        return list(FindingStore(tx).for_case(case_id))


def undelivered(office: Any, case_id: Any) -> Any:
    looked_at(office, case_id)
    for one in findings(office, case_id):
        if one.waits_for_person:
            weigh_finding(case_id, one.id, stands=True, **office.who(REVIEWER))
    approved(office, case_id)
    offer_rebuttal(case_id, **office.who(REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    return case_id


def delivered(office: Any, case_id: Any) -> Any:
    undelivered(office, case_id)
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    return case_id


def taken_back(office: Any, case_id: Any) -> None:
    released = office.services.released
    recall(case_id, RecallReason.ERROR, released=released, **office.who(REVIEWER))


def dated(office: Any, **changes: Any) -> None:
    rules = DecisionRules(results_after_days=40)
    office.requisition = office.open(notice_lead_days=0, decision=rules, **changes)


def shown_on_the_next_date(office: Any) -> int:
    day = results_date(office.requisition, office.now)
    assert day is not None
    office.clock.moment = day
    return show_results(vault=office.vault, released=office.services.released, now=office.now)


def rows(office: Any) -> list[Any]:
    """Every delivery as it lies in the manager's own database, in the order in which it came."""
    with office.services.released._connection(writes=False) as connection:
        return list(connection.execute(DELIVERIES.select()))


def decided(office: Any, case_id: Any, outcome: Outcome, **changes: Any) -> Any:
    keywords = {"reasons": OTHER_GROUND, "assessment": "Interviewed.", **office.who(MANAGER)}
    return decide(case_id, outcome, released=office.services.released, **(keywords | changes))


def flagged(office: Any, case_id: Any) -> Any:
    """A referral of a place: no copy, so that the case's own desk receives it."""
    place = RawText("the third post")
    return flag_referral(case_id, "threat", locator=place, **office.who(Role.INVESTIGATOR))


def freezing(office: Any) -> None:
    own = {"offence": "threat", "label": "Own", "route": Route.CUSTODIAN, "citation": "Order 12"}
    rule = OffenceRule.model_validate(own | {"vetting": Thread.FREEZE})
    dated(office, reporting=ReportingRules(offences=(rule,)))


# --- what numbers and order tell -------------------------------------------------------------


def test_a_delivery_is_numbered_by_what_the_manager_was_given(office: Any, post: Post) -> None:
    """How often a package was built inside would tell that something was withheld."""
    clean = delivered(office, office.screened(post(HARMLESS)))
    withheld = office.screened(post(THREAT), post(HARMLESS))
    looked_at(office, withheld)
    for one in findings(office, withheld):
        weigh_finding(withheld, one.id, stands=False, **office.who(REVIEWER))
    delivered(office, withheld)
    with office.vault.read() as tx:
        assert PackageStore(tx).current(withheld).version > 1  # type: ignore[union-attr]
    assert {row.version for row in rows(office)} == {1}
    view_of = office.services.released.view
    assert view_of(clean) == view_of(withheld)


def test_a_corrected_release_has_the_next_number_and_is_seen(office: Any, post: Post) -> None:
    case_id = delivered(office, office.screened(post(THREAT)))
    taken_back(office, case_id)
    looked_at(office, case_id)
    approved(office, case_id)
    offer_rebuttal(case_id, **office.who(REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    assert [(row.version, row.withdrawn_at) for row in rows(office)] == [(2, None)]
    assert len(view_bytes(office, case_id)) > 0


def view_bytes(office: Any, case_id: Any) -> bytes:
    return bytes(office.services.released.view(case_id))


def test_results_come_in_an_order_that_tells_nothing(office: Any, post: Post) -> None:
    """In the manager's database rows lie in the order in which they came."""
    dated(office)
    clean = [undelivered(office, office.screened(post(HARMLESS))) for _ in range(2)]
    ended = [office.consented() for _ in range(6)]
    for case_id in ended:
        withdraw_consent(case_id, **office.who(Role.APPLICANT))
    assert shown_on_the_next_date(office) == len(clean) + len(ended)
    came = office.services.released
    with came._connection(writes=False) as connection:
        order = connection.exec_driver_sql("select case_id from deliveries order by rowid")
        assert [row.case_id for row in order] == sorted(clean + ended)


def test_what_is_still_missing_before_an_adverse_decision_reads_the_same(
    office: Any, post: Post
) -> None:
    dated(office)
    clean = undelivered(office, office.screened(post(HARMLESS)))
    ended = office.consented()
    withdraw_consent(ended, **office.who(Role.APPLICANT))
    shown_on_the_next_date(office)
    said = set()
    for case_id in (clean, ended):
        decided(office, case_id, Outcome.PENDING_ADVERSE)
        with pytest.raises(WaitingTimeError) as caught:
            decided(office, case_id, Outcome.ADVERSE)
        said.add(str(caught.value))
    assert len(said) == 1


# --- the null state is over once there is a release ------------------------------------------


def test_a_release_takes_the_place_of_the_null_state_with_all_its_gates(
    office: Any, post: Post
) -> None:
    """Else the case keeps the null state's way to a decision: no copy, no packet, no move."""
    freezing(office)
    case_id = office.screened(post(THREAT), post(DRUGS))
    referral = flagged(office, case_id)
    assert shown_on_the_next_date(office) == 1
    assert view(case_id, released=office.services.released, **office.who(MANAGER)).findings == ()
    receive(case_id, referral.id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert resume_vetting(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))
    office.run(Segment.SCREEN, case_id)
    undelivered(office, case_id)
    assert shown_on_the_next_date(office) == 1
    assert view(case_id, released=office.services.released, **office.who(MANAGER)).findings
    with office.vault.read() as tx:
        assert not shown_null(tx, case_id)
    decided(office, case_id, Outcome.PENDING_ADVERSE)
    assert find_case(case_id, vault=office.vault).state is CaseState.PENDING_ADVERSE
    office.clock.move(days=30)
    with pytest.raises(WaitingTimeError):  # no packet reached the applicant
        decided(office, case_id, Outcome.ADVERSE)


def test_a_recalled_case_that_is_withdrawn_stops_no_other_s_result(office: Any, post: Post) -> None:
    """It was released once: nothing is shown of it, and all the others are shown."""
    dated(office)
    case_id = undelivered(office, office.screened(post(THREAT)))
    assert shown_on_the_next_date(office) == 1
    taken_back(office, case_id)
    approved(office, case_id)
    other = office.consented()
    for one in (case_id, other):
        withdraw_consent(one, **office.who(Role.APPLICANT))
    assert shown_on_the_next_date(office) == 1
    assert view(other, released=office.services.released, **office.who(MANAGER)).findings == ()
    with pytest.raises(RecordNotFoundError):
        view(case_id, released=office.services.released, **office.who(MANAGER))
    with office.vault.read() as tx:
        assert not shown_null(tx, case_id)


# --- a recall and a delivery at once ---------------------------------------------------------


def test_nothing_is_recalled_while_it_is_on_its_way(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recall between two databases would leave the manager a copy that nobody takes back."""
    case_id = undelivered(office, office.screened(post(THREAT)))
    released = office.services.released
    real = released.deliver

    def during(*arguments: Any) -> None:
        with suppress(ConstraintError):  # the step has the transaction: a recall waits for it
            taken_back(office, case_id)
        real(*arguments)

    monkeypatch.setattr(released, "deliver", during)
    assert deliver(case_id, vault=office.vault, released=released, now=office.now) == 1
    assert find_case(case_id, vault=office.vault).state is CaseState.RELEASED
    taken_back(office, case_id)
    with pytest.raises(RecordNotFoundError):
        released.view(case_id)


def test_what_was_recalled_before_its_delivery_never_comes(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = undelivered(office, office.screened(post(THREAT)))
    real = step

    def after_a_recall(*arguments: Any, **keywords: Any) -> Any:
        monkeypatch.setattr("casework.releasing.release.step", real)
        taken_back(office, case_id)
        return real(*arguments, **keywords)

    monkeypatch.setattr("casework.releasing.release.step", after_a_recall)
    released = office.services.released
    assert deliver(case_id, vault=office.vault, released=released, now=office.now) == 0
    assert rows(office) == []


# --- what went in a dispute is not put back --------------------------------------------------


@pytest.mark.parametrize("outcome", [DisputeOutcome.UNVERIFIED, DisputeOutcome.CORRECTED])
def test_a_finding_that_went_in_a_dispute_is_not_put_back(
    office: Any, post: Post, outcome: DisputeOutcome
) -> None:
    """15 USC 1681i(a)(5): neither by weighing it again nor by ruling on a denial."""
    case_id = delivered(office, office.screened(post(THREAT)))
    with office.vault.read() as tx:
        shown = window_of(tx, case_id).shown
    redactor = office.services.screener_of(case_id).redactor
    about = {"redactor": redactor, **office.who(Role.APPLICANT)}
    open_dispute(case_id, shown, Claim.FALSE, None, **about)
    released = office.services.released
    resolve_dispute(case_id, outcome, released=released, **office.who(REVIEWER))
    with pytest.raises(RebuttalUnansweredError):
        weigh_finding(case_id, shown[0], stands=True, **office.who(REVIEWER))
    weigh_finding(case_id, shown[0], stands=False, **office.who(REVIEWER))
    with office.vault.read() as tx:
        assert b"threats-violence" not in PackageStore(tx).current(case_id).payload  # type: ignore[union-attr]


def test_a_finding_that_was_verified_may_be_weighed_again(office: Any, post: Post) -> None:
    case_id = delivered(office, office.screened(post(THREAT)))
    with office.vault.read() as tx:
        shown = window_of(tx, case_id).shown
    redactor = office.services.screener_of(case_id).redactor
    about = {"redactor": redactor, **office.who(Role.APPLICANT)}
    open_dispute(case_id, shown, Claim.CONTEXT, None, **about)
    released = office.services.released
    verified = DisputeOutcome.VERIFIED
    resolve_dispute(case_id, verified, released=released, **office.who(REVIEWER))
    taken_back(office, case_id)
    weigh_finding(case_id, shown[0], stands=True, **office.who(REVIEWER))


# --- withdrawal and referral do not stand in each other's way --------------------------------


def test_a_withdrawal_leaves_a_referral_its_report_and_receipt(office: Any, post: Post) -> None:
    """S11: the applicant ends the vetting, and no duty that evidence of a crime brought."""
    own = {"offence": "threat", "label": "Own", "citation": "Order 12"}
    rule = OffenceRule.model_validate(own | {"route": Route.MANDATORY_REPORT})
    office.requisition = office.open(notice_lead_days=0, reporting=ReportingRules(offences=(rule,)))
    case_id = office.collecting(post(THREAT))
    office.run(Segment.COLLECT, case_id)
    referral = flagged(office, case_id)
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    assert read_referral(case_id, referral.id, **custodian)[0].locator is not None
    record_report(case_id, referral.id, reference=RawText("report 4"), **custodian)
    receive(case_id, referral.id, **custodian)
    assert referrals_due(vault=office.vault, now=office.now + timedelta(days=90)) == []
    with pytest.raises(SealedError):
        unattributed(case_id, **office.who(Role.ATTRIBUTION_ANALYST))


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_a_consent_ends_in_a_case_that_a_referral_stopped(
    office: Any, post: Post, how: str
) -> None:
    """N3: before release the applicant may always withdraw, and could else tell a referral."""
    freezing(office)
    case_id = office.screened(post(THREAT))
    flagged(office, case_id)
    assert find_case(case_id, vault=office.vault).state is CaseState.CRIMINAL_HOLD
    if how == "withdrawn":
        withdraw_consent(case_id, **office.who(Role.APPLICANT))
    else:
        office.clock.move(days=4000)
        assert expire_consents(vault=office.vault, now=office.now) == [case_id]
    assert find_case(case_id, vault=office.vault).state is CaseState(how)


# --- the gates of people stand wherever raw evidence is shown or weighed ---------------------


def test_who_is_not_authorised_finds_no_other_way_to_the_evidence(
    office: Any, staff: Any, post: Post
) -> None:
    """S1: the desks, the excluded items and the rulings ask what review and attribution ask."""
    staff.gated()
    staff.ready()
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text(post(THREAT, author="somebody") + "\n")
    register_source(case_id, folder, device=staff.device_id, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    analyst = office.people[Role.ATTRIBUTION_ANALYST]
    account = open_attribution_desk(case_id, **staff.by(analyst))[0].account
    assert read_exclusions(case_id, **staff.by(office.people[REVIEWER])) == []
    stranger = staff.by(staff.add("ana", Role.ATTRIBUTION_ANALYST, REVIEWER))
    for way in (
        lambda: unattributed(case_id, **stranger),
        lambda: open_attribution_desk(case_id, **stranger),
        lambda: decide_account(case_id, account, Grounds.NOT_PROVED, **stranger),
        lambda: second_decision(case_id, account, **stranger),
        lambda: read_exclusions(case_id, **stranger),
    ):
        with pytest.raises(WalloffError) as caught:
            way()
        assert caught.value.code == "E-S1-UNAUTHORISED"


def test_who_is_not_authorised_rules_on_no_answer(office: Any, staff: Any, post: Post) -> None:
    staff.gated()
    staff.ready()
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text(post(THREAT) + "\n")
    register_source(case_id, folder, device=staff.device_id, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    looked_at(office, case_id)
    for one in findings(office, case_id):
        if one.waits_for_person:
            weigh_finding(case_id, one.id, stands=True, **office.who(REVIEWER))
    approved(office, case_id)
    offer_rebuttal(case_id, **office.who(REVIEWER))
    stranger = staff.by(staff.add("rex", REVIEWER))
    finding = findings(office, case_id)[0].id
    redactor = office.services.screener_of(case_id).redactor
    for way in (
        lambda: adjudicate(case_id, finding, upheld=False, **stranger),
        lambda: settle_statement(case_id, finding, None, redactor=redactor, **stranger),
    ):
        with pytest.raises(WalloffError) as caught:
            way()
        assert caught.value.code == "E-S1-UNAUTHORISED"
