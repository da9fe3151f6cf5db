"""Agreement and rates, against figures worked out by hand or published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reviewing.agreement import cohen_kappa, krippendorff_alpha, suppressed, wilson


def test_wilson_gives_the_published_intervals() -> None:
    """Q2: 0 of 10 misses is no proof of none. z = 1.96: high = z² / (n + z²)."""
    none = wilson(0, 10)
    assert none.low == pytest.approx(0, abs=1e-12)
    assert none.high == pytest.approx(3.8415 / 13.8415, abs=1e-4)
    half = wilson(5, 10)
    assert (half.low, half.high) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_wilson_of_nothing_is_refused() -> None:
    for hits, of in ((0, 0), (-1, 5), (6, 5)):
        with pytest.raises(ValueError, match="rate"):
            wilson(hits, of)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(case: tuple[int, int]) -> None:
    rate = wilson(*case)
    assert 0 <= rate.low <= rate.share + 1e-12
    assert rate.share - 1e-12 <= rate.high <= 1


def test_fewer_than_ten_are_not_told() -> None:
    assert suppressed(3, 9) is None
    assert suppressed(3, 10) is not None


def test_kappa_by_hand() -> None:
    """20 both yes, 5 and 10 apart, 15 both no: observed 0.7, by chance 0.5, kappa 0.4."""
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_is_not_defined_where_nobody_could_differ() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([(True, True)] * 12) is None


def test_kappa_is_minus_one_where_two_always_differ_evenly() -> None:
    assert cohen_kappa([(True, False), (False, True)] * 6) == pytest.approx(-1)


ANN = "1 2 3 3 2 1 4 1 2 . . ."
BOB = "1 2 3 3 2 2 4 1 2 5 . 3"
CAT = ". 3 3 3 2 3 4 2 2 5 1 ."
DAN = "1 2 3 3 2 4 4 1 2 5 1 ."


def test_alpha_is_krippendorff_s_own_example() -> None:
    """Computing Krippendorff's Alpha-Reliability (2011), section C: nominal, four observers."""
    columns = zip(*(row.split() for row in (ANN, BOB, CAT, DAN)), strict=True)
    units = [[answer for answer in unit if answer != "."] for unit in columns]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_alpha_by_hand_for_two() -> None:
    """Two units apart, two together: D_o = 0.5, D_e = 4·4·2 / (8·7) = 4/7, alpha = 1/8."""
    assert krippendorff_alpha([(0, 1), (1, 0), (0, 0), (1, 1)]) == pytest.approx(1 / 8)


def test_alpha_is_not_defined_without_difference_or_pairs() -> None:
    assert krippendorff_alpha([(1, 1), (1, 1, 1)]) is None
    assert krippendorff_alpha([(1,), ()]) is None
