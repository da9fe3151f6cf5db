"""Adverse impact by the four-fifths rule: 29 CFR 1607.4(D), rows EEO-10 and EEO-11.

A group's selection rate is compared with that of the group with the highest. A ratio below four
fifths is regarded as evidence of adverse impact; differences that rest on small numbers and are
not significant may not be. Groups too small to be told are left out before anything is compared,
and no total is given, so that nothing about them can be worked out by subtraction.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from models.errors import PolicyError
from models.impact import Caution, GroupRate, ImpactReport, ImpactTable
from models.self_identification import Passage, Passed, RaceEthnicity, SelfIdentification, Sex
from policy.law import legal_param

K: Final = 10
"""Fewest applicants of whom a group's numbers are told."""

SMALL: Final = 30
"""Applicants in a group below which a caution goes with its ratio. Custom, not law."""

SIGNIFICANT: Final = 0.05

_ROW: Final = "EEO-10"
_KINDS: Final = {"sex": tuple(Sex), "race-ethnicity": tuple(RaceEthnicity)}


def threshold() -> Fraction:
    """Return the ratio that row EEO-10 sets. Raises `PolicyError` if the row sets none."""
    words = legal_param(_ROW).value.split()
    try:
        return Fraction(words[0])
    except (IndexError, ValueError):
        raise PolicyError(f"{_ROW}: the row begins with no ratio") from None


def impact_report(
    people: Iterable[tuple[SelfIdentification, Passed]], *, requisition: str | None, k: int = K
) -> ImpactReport:
    """Return the analysis of those who identified themselves, of one requisition or of all.

    Raises `PolicyError` for a `k` below `K`.
    """
    if k < K:
        raise PolicyError(f"groups below {K} are never told")
    wanted = [
        (answer, outcome)
        for answer, outcome in people
        if requisition is None or outcome.requisition == requisition
    ]
    tables = []
    for passage in Passage:
        for kind, groups in _KINDS.items():
            counts: dict[str, tuple[int, int]] = {}
            reached: Counter[str] = Counter()
            passed: Counter[str] = Counter()
            for answer, outcome in wanted:
                group = answer.sex if kind == "sex" else answer.race_ethnicity
                if group is not None and passage in outcome.passed | outcome.missed:
                    reached[group] += 1
                    passed[group] += passage in outcome.passed
            counts = {group: (passed[group], reached[group]) for group in groups}
            tables.append(ImpactTable(passage=passage, kind=kind, groups=compare(counts, k=k)))
    return ImpactReport(
        requisition=requisition,
        threshold=float(threshold()),
        citation=legal_param(_ROW).citation,
        k=k,
        tables=tuple(tables),
    )


def compare(counts: Mapping[str, tuple[int, int]], *, k: int = K) -> tuple[GroupRate, ...]:
    """Compare groups, each with how many passed of how many who came so far."""
    told = {group: pair for group, pair in counts.items() if pair[1] >= k}
    best = max(told, key=lambda group: _rate(told[group]), default=None)
    return tuple(
        GroupRate(group=group)
        if group not in told or best is None
        else _compared(group, told[group], told[best], highest=group == best)
        for group in counts
    )


def exact_p(passed: int, n: int, other_passed: int, other_n: int) -> float:
    """Return the two-sided p of Fisher's exact test for two shares.

    The tables at most as likely as the one observed are summed, in whole numbers.
    """
    both = passed + other_passed
    ways = [
        math.comb(n, first) * math.comb(other_n, both - first)
        for first in range(max(0, both - other_n), min(n, both) + 1)
    ]
    observed = math.comb(n, passed) * math.comb(other_n, other_passed)
    return float(Fraction(sum(way for way in ways if way <= observed), sum(ways)))


def _compared(
    group: str, pair: tuple[int, int], best: tuple[int, int], *, highest: bool
) -> GroupRate:
    passed, n = pair
    rate, top = _rate(pair), _rate(best)
    ratio = None if top == 0 else rate / top
    below = ratio is not None and ratio < threshold()
    p_value = None if highest else exact_p(passed, n, *best)
    return GroupRate(
        group=group,
        n=n,
        passed=passed,
        rate=float(rate),
        ratio=None if ratio is None else float(ratio),
        highest=highest,
        p_value=p_value,
        below=below,
        cautions=tuple(_cautions(pair, best, p_value)) if below else (),
    )


def _cautions(
    pair: tuple[int, int], best: tuple[int, int], p_value: float | None
) -> Iterable[Caution]:
    if min(pair[1], best[1]) < SMALL:
        yield Caution.SMALL_NUMBERS
    if p_value is not None and p_value >= SIGNIFICANT:
        yield Caution.NOT_SIGNIFICANT
    one_more = _rate((min(pair[0] + 1, pair[1]), pair[1]))
    one_less = _rate((max(best[0] - 1, 0), best[1]))
    if one_less == 0 or one_more / one_less >= threshold():
        yield Caution.ONE_PERSON


def _rate(pair: tuple[int, int]) -> Fraction:
    return Fraction(*pair)
