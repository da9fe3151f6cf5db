"""The transition table holds the promises that design and policy make about it."""

import csv
from itertools import product
from pathlib import Path

import pytest

from models.case import BEFORE_RELEASE, TRANSITIONS, CaseState, may_move
from models.protected import ProtectedClass, tier_of

S = CaseState


def _reachable(start: CaseState, without: frozenset[CaseState]) -> set[CaseState]:
    seen, todo = set(), [start]
    while todo:
        state = todo.pop()
        if state in seen or state in without:
            continue
        seen.add(state)
        todo += TRANSITIONS[state]
    return seen


def test_every_state_has_a_row_and_can_be_reached() -> None:
    assert set(TRANSITIONS) == set(CaseState)
    assert _reachable(S.DRAFT, frozenset()) == set(CaseState)


def test_no_way_to_release_skips_review() -> None:
    assert S.RELEASED not in _reachable(S.DRAFT, frozenset({S.REVIEWED}))


def test_no_way_to_release_skips_the_applicant_s_answer() -> None:
    assert S.RELEASED not in _reachable(S.DRAFT, frozenset({S.REBUTTAL}))


def test_nothing_goes_back_to_collecting_after_release() -> None:
    assert S.COLLECTING not in _reachable(S.RELEASED, frozenset())


def test_a_recalled_package_is_reviewed_again_before_anything_else() -> None:
    assert TRANSITIONS[S.RECALLED] == {S.REVIEWED}


def test_collecting_needs_notice_consent_and_disclosure() -> None:
    for gate in (S.NOTICED, S.CONSENTED, S.DISCLOSED):
        assert S.COLLECTING not in _reachable(S.DRAFT, frozenset({gate}))


@pytest.mark.parametrize("state", BEFORE_RELEASE)
def test_the_applicant_may_withdraw_until_release(state: CaseState) -> None:
    assert may_move(state, S.WITHDRAWN)


@pytest.mark.parametrize("state", [S.RELEASED, S.ADVERSE, S.DESTROYED])
def test_withdrawal_comes_too_late_after_release(state: CaseState) -> None:
    assert not may_move(state, S.WITHDRAWN)


def test_an_adverse_decision_always_waits() -> None:
    """There is no automatic rejection, and no adverse step without the pre-adverse one."""
    before = {origin for origin, to in product(S, S) if may_move(origin, to) and to is S.ADVERSE}
    assert before == {S.PENDING_ADVERSE}


def test_destroyed_is_the_end_and_comes_only_from_retention() -> None:
    assert not TRANSITIONS[S.DESTROYED]
    assert {origin for origin in S if may_move(origin, S.DESTROYED)} == {S.RETAINED}


def test_classes_and_tiers_are_those_of_the_law_table() -> None:
    table = Path(__file__).resolve().parents[2] / "policy/data/protected_classes.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = {row["class_id"]: row["tier"] for row in csv.DictReader(file)}
    assert rows == {item.value: tier_of(item).value for item in ProtectedClass}
