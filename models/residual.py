"""What the residual-inference report (S10) says of a class being told from what managers saw."""

from enum import StrEnum

from models.ids import RequisitionId
from models.value import Value

SHOWN = "shown"
"""The kind of a letter that holds the marks of one released package."""


class Shown(Value):
    """The marks of one released package: keyed digests of its words and codes, no word itself."""

    requisition: RequisitionId
    marks: frozenset[str]


class Chance(StrEnum):
    """What was found about one group."""

    ABOVE = "above-chance"
    NOT_ABOVE = "not-above-chance"


class GroupInference(Value):
    """One group against all others that are told. Without numbers, it is too small to be told."""

    kind: str
    group: str
    n: int | None = None
    others: int | None = None
    auroc: float | None = None
    """Cross-validated: half is guessing, one is certainty."""
    low: float | None = None
    high: float | None = None
    """The interval of 95 per cent (Hanley and McNeil)."""
    p_value: float | None = None
    """Share of shuffled labels with an AUROC as high."""
    p_holm: float | None = None
    """The same, corrected for all groups that were looked at (Holm)."""
    within_gate: bool | None = None
    finding: Chance | None = None

    @property
    def told(self) -> bool:
        """True if the group is large enough for its numbers to leave the enclave."""
        return self.n is not None


class ResidualReport(Value):
    """Everything that leaves the enclave about what releases tell."""

    requisition: str | None
    gate: float
    k: int
    folds: int
    permutations: int
    seed: str
    """Of shuffles and folds, so that the same letters give the same figures."""
    groups: tuple[GroupInference, ...]

    @property
    def alarms(self) -> tuple[GroupInference, ...]:
        """The groups that a machine can tell from what managers saw, better than by chance."""
        return tuple(one for one in self.groups if one.finding is Chance.ABOVE)

    @property
    def passes(self) -> bool:
        """True if no group that is told is above chance or outside the gate."""
        return not any(
            one.finding is Chance.ABOVE or one.within_gate is False for one in self.groups
        )
