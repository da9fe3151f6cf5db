"""The practical and the seeds are data that hold together; the law's course is a row."""

from collections import Counter

import pytest
from pydantic import ValidationError

from models.criteria import Conduct
from models.people_rules import ABOUT_A_PLATFORM, NEVER, EmploymentType, PeopleRules
from models.practical import PracticalResult, Score, Trap
from policy.criteria import load_pack
from policy.practical import PracticalPack, certified_course_row, practical_pack, seed_pack
from policy.requisition import load_policy


def test_the_practical_tests_every_trap_of_the_policy() -> None:
    """F2 names imposters, self versus target, and the GINA trap."""
    traps = {case.trap for case in practical_pack().cases}
    assert traps == set(Trap)
    assert {Trap.IMPOSTER, Trap.SELF_OR_TARGET, Trap.GINA} <= traps


def test_no_place_of_an_option_gives_the_answer_away() -> None:
    places = Counter(case.right for case in practical_pack().cases)
    assert max(places.values()) <= len(practical_pack().cases) // 2


def test_every_case_says_why_and_by_what() -> None:
    assert all(case.why and case.citation for case in practical_pack().cases)


def test_a_pack_with_too_few_of_a_trap_is_refused() -> None:
    pack = practical_pack()
    with pytest.raises(ValidationError):
        PracticalPack(
            version="1",
            drawn_per_trap=pack.drawn_per_trap,
            cases=tuple(case for case in pack.cases if case.trap is not Trap.GINA),
        )


def test_there_are_seeds_enough_to_tell_a_rate_and_of_both_kinds() -> None:
    seeds = seed_pack().seeds
    conduct = {one for item in load_pack("ca-post-2024").criteria for one in item.conduct}
    assert {seed.conduct for seed in seeds} <= conduct <= set(Conduct)
    assert len(seeds) >= 10
    assert {seed.should_stand for seed in seeds} == {True, False}


def test_california_asks_for_a_certified_course_and_a_private_employer_is_not_asked() -> None:
    """Q1: POST-certified training before investigating (POL-01)."""
    row = certified_course_row(load_policy("us-ca-law-enforcement"))
    assert row is not None
    assert row.id == "POL-01"
    assert certified_course_row(load_policy("us-private")) is None


def test_a_policy_may_forbid_more_types_and_never_fewer() -> None:
    """S1: definitely not the intern, whatever a policy says."""
    more = NEVER | {EmploymentType.CONTRACTOR}
    assert PeopleRules(forbidden_types=more).forbidden_types == more
    with pytest.raises(ValidationError):
        PeopleRules(forbidden_types=NEVER - {EmploymentType.INTERN})


def test_modules_about_platforms_are_among_the_modules() -> None:
    with pytest.raises(ValidationError):
        PeopleRules(modules=PeopleRules().modules - ABOUT_A_PLATFORM)


@pytest.mark.parametrize(
    ("gina", "others", "passes"),
    [(3, 15, True), (0, 15, False), (1, 15, False), (2, 12, False), (2, 13, True)],
)
def test_a_practical_is_passed_as_a_whole_and_in_every_trap(
    gina: int, others: int, passes: bool
) -> None:
    """F2: nobody passes over the GINA trap by being good at the rest."""
    left, scores = others, {}
    for trap in (one for one in Trap if one is not Trap.GINA):
        scores[trap] = Score(asked=3, right=min(3, left))
        left -= scores[trap].right
    if others < 15:
        scores = {trap: Score(asked=3, right=3) for trap in scores}
        for trap in list(scores)[: 15 - others]:
            scores[trap] = Score(asked=3, right=2)
    scores[Trap.GINA] = Score(asked=3, right=gina)
    result = PracticalResult(
        person="p",
        paper="x",
        scores=scores,
        scored_at="2026-01-01T00:00:00Z",
        expires_at="2027-01-01T00:00:00Z",
    )
    assert result.passed(pass_percent=80, trap_percent=60) is passes


def test_a_result_without_a_trap_is_no_pass() -> None:
    result = PracticalResult(
        person="p",
        paper="x",
        scores={Trap.EEO: Score(asked=3, right=3)},
        scored_at="2026-01-01T00:00:00Z",
        expires_at="2027-01-01T00:00:00Z",
    )
    assert not result.passed(pass_percent=80, trap_percent=0)
