"""How long it took from when something could be seen until it was captured (I4)."""

from datetime import timedelta

from models.ids import CaptureId, EvidenceId
from models.value import Moment, Value


class ItemTime(Value):
    """The times of one item, as far as they are known."""

    evidence_id: EvidenceId
    capture_id: CaptureId
    published: Moment | None
    """When the item says that it was said."""
    seen: Moment
    """When it was first in front of somebody: its page was fetched, or its file registered."""
    captured: Moment
    """When it was saved: its page was fetched, or its file taken in."""
    taken_in: Moment

    @property
    def since_published(self) -> timedelta | None:
        """From publication to capture; None without a date, or with one that cannot be."""
        if self.published is None or self.published > self.captured:
            return None
        return self.captured - self.published

    @property
    def since_seen(self) -> timedelta:
        """From the first sight until it was in the case, where nobody can change it."""
        return self.taken_in - self.seen


class CaptureTimes(Value):
    """The times of a case: of every item, and in the middle."""

    items: tuple[ItemTime, ...]
    noticed: Moment | None
    """When the applicant was told that they would be looked at."""
    median_since_published: timedelta | None
    median_since_seen: timedelta | None
    since_notice: timedelta | None
    """From the notice to the first capture: in it lies the time that an applicant has to object,
    and to delete."""
