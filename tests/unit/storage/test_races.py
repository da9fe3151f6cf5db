"""Of two people, or two hands of one, who race for duties that exclude each other, one wins.

Both write at the same moment, past the vault's order by case, so that the database alone decides.
A rule on separation of duties that has no race here fails the last tests.
"""

import threading
from collections.abc import Callable
from typing import Any, Final

import pytest
from sqlalchemy import text

from casework.steps.permissions import GRANTS
from models.errors import SeparationOfDutiesError, TaintedDeciderError, WalloffError
from models.ids import ActorId, CaseId, new_id
from storage.duties import Duty, DutyStore
from storage.packages import PackageStore
from storage.transaction import Transaction

ANN, BOB, CAT = ActorId("ann"), ActorId("bob"), ActorId("cat")
SOD, TAINTED = SeparationOfDutiesError.code, TaintedDeciderError.code

Act = Callable[[Transaction, Any], object]


def approves(who: ActorId) -> Act:
    return lambda tx, place: PackageStore(tx).approve(place.package, reviewer=who)


def does(duty: Duty, who: ActorId = ANN) -> Act:
    return lambda tx, place: DutyStore(tx).record(place.case, who, duty, place.now)


RACES: Final[dict[str, tuple[frozenset[str], tuple[Act, ...], Act, Act, frozenset[str]]]] = {
    # the rules that refuse, what came before, the two acts, and the codes that the loser may get
    "collects, approves": (
        frozenset({"approvals_not_by_collector", "duties_collector"}),
        (),
        does(Duty.COLLECTED),
        approves(ANN),
        frozenset({SOD}),
    ),
    "collects, reviews": (
        frozenset({"duties_collector"}),
        (),
        does(Duty.COLLECTED),
        does(Duty.REVIEWED),
        frozenset({SOD}),
    ),
    "collects, releases": (
        frozenset({"duties_collector"}),
        (),
        does(Duty.COLLECTED),
        does(Duty.RELEASED),
        frozenset({SOD}),
    ),
    "approves, approves again": (
        frozenset({"approvals_by_two"}),
        (),
        approves(ANN),
        approves(ANN),
        frozenset({SOD}),
    ),
    "two want the second approval": (
        frozenset({"approvals_at_most_two"}),
        (approves(BOB),),
        approves(ANN),
        approves(CAT),
        frozenset({SOD}),
    ),
    "decides, approves": (
        frozenset({"approvals_not_by_decider", "duties_decider"}),
        (),
        does(Duty.DECIDED),
        approves(ANN),
        frozenset({SOD, TAINTED}),
    ),
    "decides, collects": (
        frozenset({"duties_decider", "duties_after_decision"}),
        (),
        does(Duty.DECIDED),
        does(Duty.COLLECTED),
        frozenset({SOD, TAINTED}),
    ),
    "decides, reviews": (
        frozenset({"duties_decider", "duties_after_decision"}),
        (),
        does(Duty.DECIDED),
        does(Duty.REVIEWED),
        frozenset({SOD, TAINTED}),
    ),
    "decides, releases": (
        frozenset({"duties_decider_released", "duties_after_decision"}),
        (),
        does(Duty.DECIDED),
        does(Duty.RELEASED),
        frozenset({SOD, TAINTED}),
    ),
}

ONE_WAY: Final = frozenset({"duties_releaser"})
"""Refused after the other and not before: the case's state orders the two."""

IN_STEPS: Final = {
    "collected_nothing": {"approvals_not_by_collector", "duties_collector"},
    "approved_nothing": {"approvals_by_two"},
    "reviewed_nothing": {"duties_releaser"},
    "never_exposed": {"duties_decider"},
    "decided_nothing": {"duties_after_decision", "approvals_not_by_decider"},
}
"""The conditions of the permission table that separate duties, and the rules that hold them."""

OF_ANOTHER_KIND: Final = frozenset({"own_case"})
"""Conditions that say who somebody is, not what they did before."""


class Place:
    """Where a race is run."""

    def __init__(self, agency: Any) -> None:
        self.now, self.case = agency.now, agency.case().id
        with agency.vault.write() as tx:
            self.package = PackageStore(tx).put(self.case, b"payload", now=agency.now).id


@pytest.mark.parametrize("name", RACES)
def test_exactly_one_wins_and_the_other_is_told_why(agency: Any, name: str) -> None:
    _rules, before, *acts, codes = RACES[name]
    winners: set[int] = set()
    for _round in range(5):
        place = Place(agency)
        for act in before:
            with agency.vault.write() as tx:
                act(tx, place)
        start, told = threading.Barrier(2), ["", ""]

        def run(
            at: int, act: Act, start: Any = start, told: Any = told, place: Any = place
        ) -> None:
            start.wait(20)
            try:
                # Under another case's lock: on PostgreSQL nothing but the rule is in the way.
                with agency.vault.write(CaseId(new_id())) as tx:
                    act(tx, place)
            except WalloffError as refused:
                told[at] = refused.code

        threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert told.count("") == 1, told
        assert set(told) - {""} <= codes
        winners.add(told.index(""))
    assert winners <= {0, 1}


def test_every_rule_of_the_database_on_duties_has_a_race(agency: Any) -> None:
    queries = {
        True: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
        False: "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid",
    }
    with agency.vault.read() as tx:
        found = tx.execute(text(queries[agency.vault._alone])).all()
    rules = {name for name, source in found if SOD in source or TAINTED in source}
    raced = frozenset().union(*(race[0] for race in RACES.values()))
    assert rules - raced - ONE_WAY == set(), "a rule without its race"
    assert (raced | ONE_WAY) - rules == set(), "a race whose rule is gone"


def test_every_condition_that_separates_duties_is_held_by_a_rule_that_is_raced() -> None:
    """A new condition of the permission table is named here, or this fails."""
    used = {
        condition.__name__
        for clauses in GRANTS.values()
        for clause in clauses
        for condition in clause.conditions
    }
    assert used - OF_ANOTHER_KIND == set(IN_STEPS)
    raced = frozenset().union(*(race[0] for race in RACES.values()))
    for name, rules in IN_STEPS.items():
        assert rules <= raced | ONE_WAY, name
