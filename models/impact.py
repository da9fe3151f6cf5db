"""What the fairness analysis says: rates of passing by group, and how they compare."""

from enum import StrEnum

from models.self_identification import Passage
from models.value import Value


class Caution(StrEnum):
    """Why a ratio below the threshold may say little (29 CFR 1607.4(D))."""

    SMALL_NUMBERS = "small-numbers"
    """One of the two groups is small."""
    NOT_SIGNIFICANT = "not-significant"
    """A difference as large comes about by chance more often than once in twenty."""
    ONE_PERSON = "one-person"
    """One person more passed, in place of one of the other group, and the ratio would be met."""


class GroupRate(Value):
    """One group at one passage. Without numbers, it is too small to be told."""

    group: str
    n: int | None = None
    passed: int | None = None
    rate: float | None = None
    ratio: float | None = None
    """The rate, divided by that of the group with the highest."""
    highest: bool = False
    p_value: float | None = None
    """Fisher's exact test, two-sided, against the group with the highest rate."""
    below: bool = False
    """The ratio is below the threshold."""
    cautions: tuple[Caution, ...] = ()

    @property
    def told(self) -> bool:
        """True if the group is large enough for its numbers to leave the enclave."""
        return self.n is not None


class ImpactTable(Value):
    """The groups of one kind at one passage."""

    passage: Passage
    kind: str
    groups: tuple[GroupRate, ...]


class ImpactReport(Value):
    """Everything that leaves the enclave. No group below `k`, and no total to subtract from."""

    requisition: str | None
    """None for all of them."""
    threshold: float
    citation: str
    k: int
    tables: tuple[ImpactTable, ...]
