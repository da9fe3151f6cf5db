"""Each gate of what is reported cites its row and its date, and is shut where law is unknown.

For one gate the most exact row that holds on the day decides: that of the state before that of the
country, that of the employer's kind before that of every employer. A place without a row is
unknown law, and there the gate is shut. An exception for some employers that is known from memory
alone opens nothing until the policy names its row as confirmed.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import Field, field_validator

from models.reportable import Activity, Gates, HiringStage
from models.requisition import NoticeStage, Policy
from models.retention import Confidence
from models.value import Value
from policy.law import read_rows

_FILE: Final = Path(__file__).parent / "data" / "reporting_gates.csv"
_ANY: Final = "*"
UNKNOWN: Final = "unknown-law"
"""Stands before the gate's name where no row says anything."""
CRIMINAL_HISTORY: Final = "criminal-history"
EVERYTHING: Final = "everything"


class Effect(StrEnum):
    """What a row does to what it is about."""

    BARRED = "barred"
    UNTIL_CONDITIONAL_OFFER = "until-conditional-offer"
    ALLOWED = "allowed"


class GateRow(Value):
    """One row of the table."""

    id: str = Field(pattern=r"^RG-[0-9]{2}$")
    gate: str
    jurisdiction: str
    employer_type: str
    effect: Effect
    effective: date | None
    basis: str
    """The row of legal_params.csv, or the class of protected_classes.csv, that it rests on."""
    citation: str = Field(min_length=1)
    confidence: Confidence

    @field_validator("effective", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    def fits(self, policy: Policy, on: date) -> bool:
        """Say whether the row holds for an agency on a day."""
        return (
            self.jurisdiction in (policy.jurisdiction, policy.jurisdiction[:2])
            and self.employer_type in (_ANY, policy.employer_type)
            and (self.effective is None or self.effective <= on)
        )

    @property
    def doubtful(self) -> bool:
        """Whether the row is an exception for some employers, known from memory alone."""
        return (
            self.effect is Effect.ALLOWED
            and self.employer_type != _ANY
            and self.confidence is Confidence.FROM_MEMORY
        )

    @property
    def exactness(self) -> tuple[int, bool]:
        """The order in which rows go before each other."""
        return len(self.jurisdiction), self.employer_type != _ANY


@lru_cache(maxsize=1)
def gate_rows() -> tuple[GateRow, ...]:
    """Return the rows of reporting_gates.csv. Raises `PolicyError` with a faulty one's line."""
    return tuple(read_rows(_FILE, GateRow))


def gates_of(
    policy: Policy, *, stage: HiringStage, on: date, came_of_age: date | None = None
) -> Gates:
    """Return the gates that are shut for a case of this policy, on a day, at a stage."""
    rows = _decisive(policy, on)
    shut = {
        gate: rule
        for gate in (*Activity, CRIMINAL_HISTORY, EVERYTHING)
        if (rule := _shut_by(gate, rows, stage)) is not None
    }
    return Gates(
        protected={activity: shut[activity] for activity in Activity if activity in shut},
        criminal_history=shut.get(CRIMINAL_HISTORY),
        too_early=shut.get(EVERYTHING),
        adult_from=came_of_age,
        adult_unknown=policy.reporting is None or policy.reporting.adult_unknown_reported,
    )


def stage_of(policy: Policy, stated: HiringStage | None) -> HiringStage:
    """Return the later of the stage at which applicants are told and the stage stated."""
    told = {
        NoticeStage.INTERVIEW: HiringStage.INTERVIEW,
        NoticeStage.CONDITIONAL_OFFER: HiringStage.CONDITIONAL_OFFER,
    }.get(policy.notice_stage, HiringStage.APPLICATION)
    order = list(HiringStage)
    return max(told, stated or told, key=order.index)


def rule_text(rule: str) -> str:
    """Return what a gate's rule id stands for, in one line for a reviewer."""
    row = next((row for row in gate_rows() if row.id == rule), None)
    return "" if row is None else f"{row.gate}: {row.citation} ({row.basis}, {row.confidence})"


def _decisive(policy: Policy, on: date) -> Mapping[str, GateRow]:
    confirmed = frozenset() if policy.reporting is None else policy.reporting.confirmed_gates
    fitting = [
        row
        for row in gate_rows()
        if row.fits(policy, on) and (row.id in confirmed or not row.doubtful)
    ]
    return {row.gate: row for row in sorted(fitting, key=lambda row: row.exactness)}


def _shut_by(gate: str, rows: Mapping[str, GateRow], stage: HiringStage) -> str | None:
    row = rows.get(gate)
    if row is None:
        return f"{UNKNOWN}-{gate}"
    if row.effect is Effect.ALLOWED:
        return None
    if row.effect is Effect.UNTIL_CONDITIONAL_OFFER and stage is HiringStage.CONDITIONAL_OFFER:
        return None
    return row.id
