"""Time is asked of a clock: the system's, or in a rehearsal a logical one that waits for nobody."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time that steps are dated with."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present."""
        return datetime.now(UTC)


class LogicalClock:
    """A clock that moves with the system's, and jumps ahead when told to.

    Only a rehearsal uses it: waits of days pass at once, the order of events stays.
    """

    def __init__(self, not_before: datetime | None = None) -> None:
        start = datetime.now(UTC)
        self._ahead = max(not_before - start, timedelta()) if not_before else timedelta()

    def now(self) -> datetime:
        """Return the logical present."""
        return datetime.now(UTC) + self._ahead

    def advance_to(self, moment: datetime) -> None:
        """Jump to a moment; a moment in the past changes nothing."""
        self._ahead += max(moment - self.now(), timedelta())
