"""The four-fifths rule gives what a person works out by hand, and tells of no small group."""

import math
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import PolicyError
from models.ids import RequisitionId
from models.impact import Caution, GroupRate
from models.self_identification import Passage, Passed, RaceEthnicity, SelfIdentification, Sex
from policy.impact import K, compare, exact_p, impact_report, threshold

R1, R2 = RequisitionId("1" * 32), RequisitionId("2" * 32)


def by_name(groups: tuple[GroupRate, ...]) -> dict[str, GroupRate]:
    return {one.group: one for one in groups}


def test_the_threshold_is_that_of_the_law_s_row() -> None:
    assert threshold() * 5 == 4


def test_the_guidelines_own_example() -> None:
    """48 of 80 and 12 of 40: 60 % and 30 %, a ratio of one half."""
    groups = by_name(compare({"white": (48, 80), "black": (12, 40)}))
    assert groups["white"].highest
    assert groups["white"].ratio == 1.0
    assert groups["black"].rate == 0.3
    assert groups["black"].ratio == 0.5
    assert groups["black"].below
    assert groups["black"].cautions == ()
    # By hand: chi-squared with Yates's correction is 8.44, of which p is 0.0037.
    assert groups["black"].p_value == pytest.approx(0.0037, abs=0.0004)


def test_exactly_four_fifths_is_not_below() -> None:
    groups = by_name(compare({"a": (50, 100), "b": (40, 100), "c": (39, 100)}))
    assert groups["b"].ratio == 0.8
    assert not groups["b"].below
    assert groups["c"].below


def test_small_numbers_come_with_their_cautions() -> None:
    """5 of 10 against 3 of 10: a ratio of 0.6 that one person more would end."""
    group = by_name(compare({"a": (5, 10), "b": (3, 10)}))["b"]
    assert group.below
    assert group.ratio == pytest.approx(0.6)
    # By hand: all tables but the likeliest, 1 - 210 * 210 / 125970.
    assert group.p_value == pytest.approx(0.6499, abs=1e-4)
    assert group.cautions == (
        Caution.SMALL_NUMBERS,
        Caution.NOT_SIGNIFICANT,
        Caution.ONE_PERSON,
    )


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ((3, 4, 1, 4), 34 / 70),  # the lady tasting tea, two-sided
        ((4, 4, 0, 4), 2 / 70),
        ((1, 10, 11, 14), 0.002759456),  # a textbook's dieters
        ((0, 5, 0, 5), 1.0),
        ((5, 5, 5, 5), 1.0),
    ],
)
def test_the_exact_test_gives_textbook_figures(table: tuple[int, int, int, int], p: float) -> None:
    assert exact_p(*table) == pytest.approx(p, rel=1e-6)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30))
def test_the_exact_test_does_not_mind_which_group_comes_first(
    a: int, n: int, b: int, m: int
) -> None:
    a, b = min(a, n), min(b, m)
    p = exact_p(a, n, b, m)
    assert 0 < p <= 1
    assert math.isclose(p, exact_p(b, m, a, n))
    assert math.isclose(p, exact_p(n - a, n, m - b, m))


@given(
    st.dictionaries(
        st.sampled_from([str(one) for one in RaceEthnicity]),
        st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: (min(p), max(p))),
        min_size=1,
    )
)
def test_a_small_group_is_named_and_nothing_of_it_is_told(
    counts: dict[str, tuple[int, int]],
) -> None:
    groups = compare(counts)
    assert [one.group for one in groups] == list(counts)
    for one in groups:
        if counts[one.group][1] < K:
            assert one == GroupRate(group=one.group)
    # What is told of the large ones does not depend on the small ones.
    large = {group: pair for group, pair in counts.items() if pair[1] >= K}
    assert tuple(one for one in groups if one.told) == compare(large)


def test_nobody_passing_is_no_ratio() -> None:
    groups = compare({"a": (0, 20), "b": (0, 20)})
    assert [one.ratio for one in groups] == [None, None]
    assert not any(one.below for one in groups)


def person(
    sex: Sex | None, passed: bool, *, requisition: RequisitionId = R1
) -> tuple[SelfIdentification, Passed]:
    here = frozenset({Passage.DECISION, Passage.OVERALL})
    none: frozenset[Passage] = frozenset()
    return SelfIdentification(sex=sex), Passed(
        requisition=requisition, passed=here if passed else none, missed=none if passed else here
    )


def test_a_report_counts_by_passage_and_kind_and_leaves_out_who_did_not_answer() -> None:
    people = [
        *repeat(person(Sex.MALE, True), 15),
        *repeat(person(Sex.MALE, False), 5),
        *repeat(person(Sex.FEMALE, True), 6),
        *repeat(person(Sex.FEMALE, False), 14),
        *repeat(person(None, True), 40),
        *repeat(person(Sex.FEMALE, True, requisition=R2), 40),
    ]
    report = impact_report(people, requisition=R1)
    tables = {(table.passage, table.kind): by_name(table.groups) for table in report.tables}
    assert len(tables) == 2 * len(Passage)
    decision = tables[Passage.DECISION, "sex"]
    assert (decision["male"].passed, decision["male"].n) == (15, 20)
    assert (decision["female"].passed, decision["female"].n) == (6, 20)
    assert decision["female"].ratio == pytest.approx(0.4)
    assert decision["female"].below
    assert tables[Passage.SCREENING, "sex"]["female"] == GroupRate(group="female")
    assert not any(one.told for one in tables[Passage.DECISION, "race-ethnicity"].values())
    assert by_name(impact_report(people, requisition=None).tables[4].groups)["female"].n == 60
    assert report.citation == "29 CFR 1607.4(D)"


def test_a_smaller_k_is_refused() -> None:
    with pytest.raises(PolicyError):
        impact_report([], requisition=None, k=K - 1)
    assert impact_report([], requisition=None, k=K + 1).k == K + 1
