"""Retention schedules: dates and rule ids, in clear, one per case."""

from datetime import date

from sqlalchemy import delete, func, insert, or_, select

from models.case import CaseState
from models.errors import HomeError
from models.ids import CaseId
from models.retention import RetentionSchedule
from storage.tables.cases import CASES
from storage.tables.records import SCHEDULES
from storage.transaction import Transaction


class ScheduleStore:
    """The retention schedules of cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, schedule: RetentionSchedule) -> None:
        """Put a schedule in the place of the one before."""
        self._tx.execute(delete(SCHEDULES).where(SCHEDULES.c.case_id == schedule.case_id))
        self._tx.execute(
            insert(SCHEDULES).values(
                case_id=schedule.case_id,
                keep_until=schedule.keep_until,
                destroy_by=schedule.destroy_by,
                body=schedule.model_dump_json(),
            )
        )

    def get(self, case_id: CaseId) -> RetentionSchedule | None:
        """Return a case's schedule, or None."""
        query = select(SCHEDULES.c.body).where(SCHEDULES.c.case_id == case_id)
        body = self._tx.execute(query).scalar_one_or_none()
        return None if body is None else _parsed(body)

    def due(self, on: date) -> list[RetentionSchedule]:
        """Return the schedules of which either clock has come to a day, soonest first.

        Whether a case may be destroyed then is for the caller to weigh: a conflict, a hold or
        the other clock may forbid it. Destroyed cases are left out.
        """
        query = (
            select(SCHEDULES.c.body)
            .join(CASES, CASES.c.id == SCHEDULES.c.case_id)
            .where(
                or_(SCHEDULES.c.keep_until <= on, SCHEDULES.c.destroy_by <= on),
                CASES.c.state != CaseState.DESTROYED,
            )
            .order_by(
                func.coalesce(SCHEDULES.c.destroy_by, SCHEDULES.c.keep_until),
                SCHEDULES.c.case_id,
            )
        )
        return [_parsed(body) for body in self._tx.execute(query).scalars()]


def _parsed(body: str) -> RetentionSchedule:
    try:
        return RetentionSchedule.model_validate_json(body)
    except ValueError as exc:
        raise HomeError("a retention schedule is damaged") from exc
