"""Row Q2: the log is whole, work is looked at a second time blind, and exercises stay inside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.gathering.source import register_source
from casework.people.drawing import draw_sample, draw_samples, drawn, rank
from casework.people.people_gates import require_searcher
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import release
from casework.reviewing.quality_report import quality_report
from casework.reviewing.review import approve, open_desk, waiting_for_person, weigh_finding
from casework.reviewing.second_review import give_second_review, open_blind_desk
from casework.reviewing.seeds import place_seeds, seeds_of
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import TRANSITIONS, CaseState
from models.errors import (
    AuditBrokenError,
    InputError,
    NotPermittedError,
    RecordNotFoundError,
    SeparationOfDutiesError,
    UnreviewedError,
    WalloffError,
)
from models.finding import FindingState
from models.people import Role
from models.quality import DrawnFor, QualityOutcome, SamplePlan, SeedChoice
from models.search_clauses import ExerciseError
from models.segment import Segment
from storage.audit import AuditLog
from storage.findings import FindingStore
from storage.migrate import Database
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.registers import RegisterKind, RegisterStore

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
DRUGS = "We snorted cocaine all night at the lake house and I would do it again."


def by(office: Any, actor: Any) -> dict[str, Any]:
    return {"actor": actor, "vault": office.vault, "now": office.now}


def screened(office: Any, *posts: str) -> Any:
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
    register_source(case_id, folder, device=office.staff.device_id, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    return case_id


def look(office: Any, case_id: Any, who: Any) -> Any:
    return open_desk(case_id, screener=office.services.screener_of(case_id), **by(office, who))


def reviewers(office: Any) -> tuple[Any, Any]:
    return office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer


def reviewed(office: Any, *posts: str, withheld: bool = False) -> Any:
    case_id = screened(office, *posts)
    for reviewer in reviewers(office):
        desk = look(office, case_id, reviewer)
        for finding, _evidence, _redaction in desk.findings:
            if reviewer is reviewers(office)[0]:
                weigh_finding(case_id, finding.id, stands=not withheld, **by(office, reviewer))
    for reviewer in reviewers(office):
        approve(case_id, **by(office, reviewer))
    return case_id


def refused(office: Any, code: str, case_id: Any, act: Callable[[], object]) -> None:
    before = find_case(case_id, vault=office.vault)
    with pytest.raises(WalloffError) as caught:
        act()
    assert caught.value.code == code
    with office.vault.read() as tx:
        entry = AuditLog(tx).entries(case_id)[-1]
    assert (entry.action, entry.code) == (AuditAction.DENIED, code)
    assert find_case(case_id, vault=office.vault) == before


@pytest.fixture
def office(office: Any, staff: Any) -> Any:
    """An office whose policy has a people table, and whose people meet it."""
    office.staff = staff
    staff.gated()
    staff.ready()
    return office


@pytest.fixture
def third(office: Any) -> Any:
    """Somebody who had no part in any case."""
    person = office.staff.add("third-reviewer", Role.WALL_OFF_REVIEWER)
    office.staff.competent(person)
    return person


# --- the log --------------------------------------------------------------------------------------


def without_guards(office: Any, *statements: str) -> None:
    """Alter the database as somebody who holds its file would."""
    with office.vault.home.engine(Database.RAW).connect() as connection:
        raw = connection.connection.driver_connection
        names = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)
        raw.commit()


def test_q2_a_missing_entry_stops_the_next_gated_step(office: Any, post: Post) -> None:
    case_id = screened(office, post(DRUGS))
    reviewer = reviewers(office)[0]
    look(office, case_id, reviewer)
    without_guards(office, "DELETE FROM audit_leaves WHERE position = 7")
    refused(office, "E-Q2-LOG-BROKEN", case_id, lambda: look(office, case_id, reviewer))


def test_q2_an_altered_entry_of_the_case_stops_it_too(office: Any, post: Post) -> None:
    case_id = screened(office, post(DRUGS))
    without_guards(
        office,
        "UPDATE audit_leaves SET body = replace(body, 'captured', 'screened')"
        f" WHERE object_id = '{case_id}'",
    )
    with pytest.raises(AuditBrokenError):
        look(office, case_id, reviewers(office)[0])


def test_q2_a_part_that_no_entry_speaks_of_is_a_gap(office: Any, post: Post) -> None:
    """Completeness: who gathered, approved, released or decided stands in the log."""
    case_id = screened(office, post(DRUGS))
    without_guards(
        office,
        "INSERT INTO duties (case_id, actor, duty, at)"
        f" SELECT case_id, 'nobody', 'collected', at FROM duties WHERE case_id = '{case_id}'",
    )
    with pytest.raises(AuditBrokenError, match="collected"):
        look(office, case_id, reviewers(office)[0])


# --- the sample -----------------------------------------------------------------------------------


def test_q2_a_case_is_drawn_by_the_sealed_seed_alone(office: Any, post: Post) -> None:
    """Ten percent of two, rounded up, is the one that the seed puts first; drawn once."""
    cases = [reviewed(office, post(DRUGS)), reviewed(office, post("Rain again."))]
    supervisor = office.who(Role.SUPERVISOR)
    with office.vault.read() as tx:
        plan = RegisterStore(tx).latest(RegisterKind.SAMPLE_PLAN, office.requisition.id, SamplePlan)
        planned = [
            entry
            for entry in AuditLog(tx).entries(office.requisition.id)
            if entry.action is AuditAction.QUALITY_PLANNED
        ]
    assert plan is not None
    assert len(planned) == 1
    assert plan.seed not in planned[0].code
    (added,) = draw_sample(office.requisition.id, **supervisor)
    assert added.case_id == min(cases, key=lambda one: rank(plan.seed, one))
    assert added.why is DrawnFor.SAMPLE
    assert {one.id for one in reviewers(office)} < added.people
    assert office.people[Role.INVESTIGATOR].id in added.people
    assert draw_sample(office.requisition.id, **supervisor) == []


def test_q2_nothing_is_drawn_before_review_and_the_system_draws_by_itself(
    office: Any, post: Post
) -> None:
    screened(office, post(DRUGS))
    assert draw_samples(vault=office.vault, now=office.now) == 0
    reviewed(office, post(DRUGS))
    assert draw_samples(vault=office.vault, now=office.now) == 1


def test_q2_reviewers_do_not_draw(office: Any) -> None:
    with pytest.raises(NotPermittedError):
        draw_sample(office.requisition.id, **office.who(Role.WALL_OFF_REVIEWER))


# --- the second review ----------------------------------------------------------------------------


def test_q2_the_second_review_is_blind_and_is_compared(office: Any, third: Any, post: Post) -> None:
    case_id = reviewed(office, post(DRUGS), withheld=True)
    screener = office.services.screener_of(case_id)
    with pytest.raises(RecordNotFoundError, match="not drawn"):
        open_blind_desk(case_id, screener=screener, **by(office, third))
    draw_samples(vault=office.vault, now=office.now)
    desk = open_blind_desk(case_id, screener=screener, **by(office, third))
    assert [finding.state for finding, _item, _red in desk.findings] == [FindingState.PROPOSED]
    assert all(item.grade is None for _finding, item, _red in desk.findings)
    with pytest.raises(UnreviewedError):
        give_second_review(case_id, stands={}, confirmed={}, **by(office, third))
    stands = {finding.id: True for finding, _item, _red in desk.findings}
    given = give_second_review(case_id, stands=stands, confirmed={}, **by(office, third))
    assert given.outcome is QualityOutcome.DIFFERS
    assert given.pairs == ((False, True),)
    with pytest.raises(RecordNotFoundError, match="before"):
        open_blind_desk(case_id, screener=screener, **by(office, third))


def test_q2_agreement_upholds(office: Any, third: Any, post: Post) -> None:
    case_id = reviewed(office, post(DRUGS))
    draw_samples(vault=office.vault, now=office.now)
    screener = office.services.screener_of(case_id)
    desk = open_blind_desk(case_id, screener=screener, **by(office, third))
    stands = {finding.id: True for finding, _item, _red in desk.findings}
    given = give_second_review(case_id, stands=stands, confirmed={}, **by(office, third))
    assert given.outcome is QualityOutcome.UPHELD


def test_q2_who_had_part_in_a_case_does_not_review_it_a_second_time(
    office: Any, post: Post
) -> None:
    case_id = reviewed(office, post(DRUGS))
    draw_samples(vault=office.vault, now=office.now)
    screener = office.services.screener_of(case_id)
    for person in reviewers(office):
        with pytest.raises(SeparationOfDutiesError):
            open_blind_desk(case_id, screener=screener, **by(office, person))


def test_q2_overdue_quality_stops_its_people_and_its_release(
    office: Any, third: Any, post: Post
) -> None:
    case_id = reviewed(office, post(DRUGS))
    reviewer = reviewers(office)[0]
    offer_rebuttal(case_id, **by(office, reviewer))
    draw_samples(vault=office.vault, now=office.now)
    office.clock.move(days=30)
    officer = office.people[Role.RELEASING_OFFICER]
    refused(office, "E-Q2-QA-OVERDUE", case_id, lambda: release(case_id, **by(office, officer)))
    with (
        pytest.raises(WalloffError) as caught,
        step(
            office.vault,
            case_id,
            actor=reviewer,
            permission=Permission.WEIGH_FINDING,
            now=office.now,
        ) as work,
    ):
        require_searcher(work)
    assert caught.value.code == "E-Q2-QA-OVERDUE"
    screener = office.services.screener_of(case_id)
    desk = open_blind_desk(case_id, screener=screener, **by(office, third))
    stands = {finding.id: True for finding, _item, _red in desk.findings}
    give_second_review(case_id, stands=stands, confirmed={}, **by(office, third))
    with step(
        office.vault,
        case_id,
        actor=reviewer,
        permission=Permission.WEIGH_FINDING,
        now=office.now,
    ) as work:
        require_searcher(work)


# --- exercises ------------------------------------------------------------------------------------


def exercised(office: Any, post: Post, count: int = 12) -> Any:
    office.staff.gated(exercise=True)
    case_id = screened(office, post(DRUGS))
    place_seeds(case_id, count, **office.who(Role.TRAINING_OFFICER))
    return case_id


def test_q2_a_real_applicant_s_desk_is_never_seeded(office: Any, post: Post) -> None:
    case_id = screened(office, post(DRUGS))
    officer = office.who(Role.TRAINING_OFFICER)
    refused(office, "exercise", case_id, lambda: place_seeds(case_id, 3, **officer))
    with office.vault.read() as tx:
        assert seeds_of(tx, case_id) == []


def test_q2_fewer_seeds_than_one_are_refused_by_code(office: Any, post: Post) -> None:
    case_id = exercised(office, post, count=1)
    for count in (0, -1):
        refused(
            office,
            InputError.code,
            case_id,
            lambda count=count: place_seeds(case_id, count, **office.who(Role.TRAINING_OFFICER)),
        )
    with office.vault.read() as tx:
        assert len(seeds_of(tx, case_id)) == 1


def test_q2_seeds_look_like_findings_and_are_none(office: Any, post: Post) -> None:
    case_id = exercised(office, post)
    reviewer = reviewers(office)[0]
    desk = look(office, case_id, reviewer)
    with office.vault.read() as tx:
        seeds = {item.id: item for item in seeds_of(tx, case_id)}
        real = FindingStore(tx).for_case(case_id)
        before = PackageStore(tx).current(case_id)
    assert len(seeds) >= 10
    assert {line[0].id for line in desk.findings} == set(seeds) | {one.id for one in real}
    with pytest.raises(UnreviewedError):
        approve(case_id, **by(office, reviewer))
    for seed in seeds:
        weigh_finding(case_id, seed, stands=True, **by(office, reviewer))
    with office.vault.read() as tx:
        assert FindingStore(tx).for_case(case_id) == real
        assert PackageStore(tx).current(case_id) == before
    assert before is not None
    for finding, evidence, _redaction in desk.findings:
        if finding.id in seeds:
            assert evidence.item.text.reveal().encode() not in before.payload
            assert finding.excerpt is None or finding.excerpt.encode() not in before.payload


def weighed(office: Any, case_id: Any, *, right: bool) -> None:
    """Both reviewers judge everything; the seeded items as they should, or the other way."""
    with office.vault.read() as tx:
        seeds = {item.id: item for item in seeds_of(tx, case_id)}
    for reviewer in reviewers(office):
        look(office, case_id, reviewer)
        for finding_id in waiting_for_person(case_id, vault=office.vault)[0]:
            weigh_finding(case_id, finding_id, stands=True, **by(office, reviewer))
        for seed in seeds.values():
            stands = seed.should_stand is right
            weigh_finding(case_id, seed.id, stands=stands, **by(office, reviewer))


def test_q2_an_exercise_reaches_nobody(office: Any, post: Post) -> None:
    """No step leads outward, and nothing waits to be delivered."""
    case_id = exercised(office, post, 2)
    weighed(office, case_id, right=True)
    for reviewer in reviewers(office):
        approve(case_id, **by(office, reviewer))
    assert find_case(case_id, vault=office.vault).state is CaseState.REVIEWED
    reviewer = by(office, reviewers(office)[0])
    refused(office, "exercise", case_id, lambda: offer_rebuttal(case_id, **reviewer))
    with pytest.raises(WalloffError):
        release(case_id, **office.who(Role.RELEASING_OFFICER))
    with office.vault.read() as tx:
        assert OutboxStore(tx).pending("deliver", case_id=case_id) == []
    assert office.services.released.all() == []


@pytest.mark.parametrize("to", [CaseState.REBUTTAL, CaseState.RELEASED])
def test_q2_no_edge_outward_is_open_to_an_exercise(office: Any, post: Post, to: CaseState) -> None:
    case_id = exercised(office, post, 1)
    with (
        pytest.raises(ExerciseError),
        step(
            office.vault,
            case_id,
            actor=reviewers(office)[0],
            permission=Permission.WEIGH_FINDING,
            now=office.now,
        ) as work,
    ):
        work.move(to)


def test_q2_every_way_to_a_manager_leads_through_what_an_exercise_is_barred_from() -> None:
    """Without rebuttal and release no state is left in which somebody outside sees anything."""
    reached, todo = set(), [CaseState.DRAFT]
    while todo:
        state = todo.pop()
        if state not in reached and state not in (CaseState.REBUTTAL, CaseState.RELEASED):
            reached.add(state)
            todo += TRANSITIONS[state]
    outside = {
        CaseState.FAVOURABLE,
        CaseState.PENDING_ADVERSE,
        CaseState.ADVERSE,
    }
    assert not reached & outside


def test_q2_misses_are_told_with_their_interval_and_agreement(office: Any, post: Post) -> None:
    case_id = exercised(office, post)
    weighed(office, case_id, right=False)
    report = quality_report(office.requisition.id, **office.who(Role.SUPERVISOR))
    with office.vault.read() as tx:
        choices = RegisterStore(tx).all(
            RegisterKind.SEED_CHOICE, SeedChoice, about=office.requisition.id
        )
    assert not any(choice.correct for choice in choices)
    assert report.alpha == pytest.approx(1)
    for one in report.reviewers:
        assert one.missed is not None
        assert one.missed.share == 1
        assert 0.6 < one.missed.low < 1


def test_q2_fewer_than_ten_are_not_told_and_a_first_choice_counts(office: Any, post: Post) -> None:
    case_id = exercised(office, post, 3)
    weighed(office, case_id, right=False)
    weighed(office, case_id, right=True)
    report = quality_report(office.requisition.id, **office.who(Role.AUDITOR))
    assert report.alpha is None
    assert [one.missed for one in report.reviewers] == [None, None]
    with pytest.raises(NotPermittedError):
        quality_report(office.requisition.id, **office.who(Role.WALL_OFF_REVIEWER))


def test_q2_drawn_cases_are_told_by_number(office: Any, post: Post) -> None:
    reviewed(office, post(DRUGS))
    draw_samples(vault=office.vault, now=office.now)
    supervisor = office.who(Role.SUPERVISOR)
    assert quality_report(office.requisition.id, **supervisor).overdue == ()
    office.clock.move(days=31)
    supervisor = office.who(Role.SUPERVISOR)
    report = quality_report(office.requisition.id, **supervisor)
    with office.vault.read() as tx:
        (one,) = drawn(tx, office.requisition.id)
    assert (report.drawn, report.reviewed, report.overdue) == (1, 0, (one.case_id,))
    assert one.due_at == one.drawn_at + timedelta(days=30)
