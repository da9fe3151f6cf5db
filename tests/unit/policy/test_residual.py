"""A class that releases tell is found, one that they do not is not, small groups stay untold."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import PolicyError
from models.ids import RequisitionId
from models.residual import Chance, ResidualReport, Shown
from models.self_identification import RaceEthnicity, SelfIdentification, Sex
from policy.residual import auroc, cross_validated, interval, residual_report

R = RequisitionId("r" * 32)
WORDS = [f"word={number}" for number in range(20)]


def people(
    each: int, *, telling: float = 0.0, seed: int = 1
) -> list[tuple[SelfIdentification, Shown]]:
    """So many of each sex; with a share of women whose package has a mark that no man's has."""
    draw = random.Random(seed)
    found = []
    for sex in Sex:
        for _ in range(each):
            marks = set(draw.sample(WORDS, 5))
            if sex is Sex.FEMALE and draw.random() < telling:
                marks.add("word=telling")
            answer = SelfIdentification(sex=sex)
            found.append((answer, Shown(requisition=R, marks=frozenset(marks))))
    return found


def report(*args: object, **kwargs: object) -> ResidualReport:
    return residual_report(*args, requisition=None, permutations=200, **kwargs)  # type: ignore[arg-type]


def test_a_planted_word_raises_the_alarm() -> None:
    found = report(people(40, telling=0.6))
    first = found.groups[0]
    assert first.finding is Chance.ABOVE
    assert first.within_gate is False
    assert first.auroc is not None
    assert first.auroc > 0.7
    assert first.low is not None
    assert first.low > 0.5
    assert not found.passes
    assert len(found.alarms) == 2


def test_words_that_tell_nothing_raise_no_more_than_one_in_twenty() -> None:
    """A test at five in a hundred may be wrong that often, and no more."""
    alarms = [seed for seed in range(20) if report(people(30, seed=seed)).alarms]
    assert len(alarms) <= 2, alarms


def test_packages_that_are_all_alike_are_chance_exactly() -> None:
    """The null state: nobody can tell anything from the same bytes."""
    alike = Shown(requisition=R, marks=frozenset({"findings#0"}))
    found = report([(SelfIdentification(sex=sex), alike) for sex in Sex for _ in range(12)])
    assert [one.auroc for one in found.groups[:2]] == [0.5, 0.5]
    assert found.passes


def test_a_group_below_ten_is_named_and_nothing_of_it_is_told() -> None:
    given_ = people(20)
    small = [
        (SelfIdentification(race_ethnicity=RaceEthnicity.ASIAN), shown) for _, shown in given_[:9]
    ]
    large = [
        (SelfIdentification(race_ethnicity=race), shown)
        for race in (RaceEthnicity.WHITE, RaceEthnicity.BLACK)
        for _, shown in given_[:15]
    ]
    with_small = report(small + large)
    without = report(large)
    asian = next(one for one in with_small.groups if one.group == RaceEthnicity.ASIAN)
    assert not asian.told
    assert with_small.groups == without.groups, "no figure depends on a group that is too small"


def test_one_group_alone_is_not_told() -> None:
    one_sided = [(SelfIdentification(sex=Sex.MALE), shown) for _, shown in people(20)]
    assert not any(one.told for one in report(one_sided).groups)


def test_k_is_never_below_ten_and_shuffles_are_needed() -> None:
    with pytest.raises(PolicyError):
        report(people(12), k=9)
    with pytest.raises(PolicyError):
        residual_report(people(12), requisition=None, permutations=0)


def test_the_same_letters_give_the_same_figures_in_any_order() -> None:
    given_ = people(15, telling=0.3)
    assert report(given_) == report(list(reversed(given_)))


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30).filter(
        lambda rows: len({label for _, label in rows}) == 2
    )
)
@settings(max_examples=50)
def test_the_area_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    scores, labels = [float(score) for score, _ in rows], [label for _, label in rows]
    inside = [score for score, label in zip(scores, labels, strict=True) if label]
    outside = [score for score, label in zip(scores, labels, strict=True) if not label]
    pairs = [(a > b) + (a == b) / 2 for a in inside for b in outside]
    assert auroc(scores, labels) == pytest.approx(sum(pairs) / len(pairs))


def test_a_classifier_is_never_scored_on_what_it_was_trained_on() -> None:
    """A mark of one's own tells nothing of anybody else: with training data it would be certain."""
    packages = [frozenset({f"own={at}"}) for at in range(40)]
    labels = [at % 2 == 0 for at in range(40)]
    assert cross_validated(packages, labels) == pytest.approx(0.5)


def test_the_interval_holds_the_value_and_narrows_with_numbers() -> None:
    wide, narrow = interval(0.6, 20, 20), interval(0.6, 200, 200)
    assert wide[0] < narrow[0] < 0.6 < narrow[1] < wide[1]


def test_a_small_group_with_rare_words_is_not_told_by_its_size() -> None:
    """Smoothing that ignored the sizes would lean every rare word to the smaller group."""
    draw = random.Random(7)
    rare = [f"word={number}" for number in range(120)]
    packages = [frozenset(draw.sample(rare, draw.choice([2, 30]))) for _ in range(220)]
    values = []
    for _ in range(20):
        labels = [True] * 20 + [False] * 200
        draw.shuffle(labels)
        values.append(cross_validated(packages, labels))
    assert sum(values) / len(values) == pytest.approx(0.5, abs=0.05)
