"""When each flow on the home runs: by its own process on one machine, by Prefect's at scale.

`deployments/prefect.yaml` says the same; a test compares. Whoever starts runs everything once, so
that nothing that was missed while nothing ran is missed for long.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from models.segment import Segment

_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Runs a flow every so often, at so much after the full day, hour or minutes; UTC."""

    segment: Segment
    every: timedelta
    past: timedelta = timedelta(0)

    def next_after(self, moment: datetime) -> datetime:
        """Return the first time to run that is later than a moment."""
        begun = _EPOCH + self.past
        return begun + ((moment - begun) // self.every + 1) * self.every

    @property
    def cron(self) -> str:
        """The same in the five fields of cron."""
        minutes = int(self.past.total_seconds()) // 60
        if self.every == timedelta(days=1):
            return f"{minutes % 60} {minutes // 60} * * *"
        if self.every == timedelta(hours=1):
            return f"{minutes} * * * *"
        return f"*/{int(self.every.total_seconds()) // 60} * * * *"


SCHEDULES: Final = (
    Schedule(Segment.RECONCILE, timedelta(minutes=5)),
    Schedule(Segment.AUDIT_PUBLISH, timedelta(hours=1), timedelta(minutes=47)),
    Schedule(Segment.RETENTION_SWEEP, timedelta(days=1), timedelta(hours=3, minutes=17)),
)
"""In the order in which they run if several are due."""
