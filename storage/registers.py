"""What an agency writes down about its own work: one sealed value a row, the newest standing.

A register is of people, devices, platforms or requisitions, never of a case: what belongs to a
case is a record (`storage.records`) and is destroyed with it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Row, Select, insert, select

from models.ids import new_id
from models.value import Value
from storage.domain import HOME
from storage.shape import code
from storage.tables.records import REGISTERS
from storage.transaction import Transaction, dumped, parsed

V = TypeVar("V", bound=Value)


class RegisterKind(StrEnum):
    """Which register an entry belongs to."""

    AUTHORIZATION = "authorization"
    TRAINING = "training"
    DEVICE = "device"
    PLATFORM_TERMS = "platform-terms"
    PERSONA = "persona"
    CREDENTIAL = "credential"
    PRACTICAL = "practical"
    PRACTICAL_RESULT = "practical-result"
    STATEMENT = "statement"
    KNOWLEDGE_GAP = "knowledge-gap"
    PLATFORM_CHANGE = "platform-change"
    SELECTION_PANEL = "selection-panel"
    SAMPLE_PLAN = "sample-plan"
    DRAWN_CASE = "drawn-case"
    QUALITY_REVIEW = "quality-review"
    SEED_CHOICE = "seed-choice"
    POLICY_KEY = "policy-key"
    POLICY_SIGNATURE = "policy-signature"
    MONITORING_NOTICE = "monitoring-notice"
    ACCOUNT_CHANGE = "account-change"
    ADVERSE_STEP = "adverse-step"
    IMPACT_ASSESSMENT = "impact-assessment"


class RegisterStore:
    """The registers of a home."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, kind: RegisterKind, about: str, value: Value, *, now: datetime) -> str:
        """Append an entry about an opaque id or code, and return the id of the entry.

        Raises `ConstraintError` if it is about neither.
        """
        entry_id = new_id()
        self._tx.execute(
            insert(REGISTERS).values(
                id=entry_id,
                kind=kind,
                about=code(about, "what a register is about"),
                at=now,
                body=self._tx.seal(HOME, ("registers", entry_id, kind), dumped(value)),
            )
        )
        return entry_id

    def latest(self, kind: RegisterKind, about: str, type_: type[V]) -> V | None:
        """Return the newest entry about it, or None. Raises `SealBrokenError`."""
        query = _of(kind, about).order_by(REGISTERS.c.seq.desc()).limit(1)
        row = self._tx.execute(query).first()
        return None if row is None else self._opened(row, type_)

    def all(self, kind: RegisterKind, type_: type[V], about: str | None = None) -> list[V]:
        """Return a register's entries, oldest first. Raises `SealBrokenError`."""
        rows = self._tx.execute(_of(kind, about).order_by(REGISTERS.c.seq))
        return [self._opened(row, type_) for row in rows]

    def knows(self, about: str) -> bool:
        """Say whether any register has an entry about it."""
        query = select(REGISTERS.c.id).where(REGISTERS.c.about == about).limit(1)
        return self._tx.execute(query).first() is not None

    def _opened(self, row: Row[Any], type_: type[V]) -> V:
        place = ("registers", row.id, row.kind)
        return parsed(type_, self._tx.unseal(HOME, place, row.body))


def _of(kind: RegisterKind, about: str | None) -> Select[tuple[Any, ...]]:
    query = select(REGISTERS).where(REGISTERS.c.kind == kind)
    return query if about is None else query.where(REGISTERS.c.about == about)
