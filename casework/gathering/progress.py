"""How far a long reading has come is told in opaque counts: files, bytes, items, never names."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from casework.steps.polling import POLL_INTERVAL, Live
from collection.sources import Source


@dataclass(frozen=True, slots=True)
class Reading:
    """How far it has come."""

    files: int
    files_done: int
    size: int
    """Bytes of all the files."""
    done: int
    """Bytes of those that were read, or had been before."""
    items: int
    """Read in this run, kept or not; told every few items."""
    seconds: float

    @property
    def seconds_left(self) -> float | None:
        """About how long it takes yet, None while there is nothing to tell it by."""
        if not self.done or not self.seconds:
            return None
        return self.seconds * (self.size - self.done) / self.done


Report = Callable[[Reading], None]


@dataclass(slots=True)
class Progress:
    """Counts, and reports at every change."""

    report: Report | None = None
    clock: Callable[[], float] = time.monotonic
    _files: int = 0
    _files_done: int = 0
    _size: int = 0
    _done: int = 0
    _items: int = 0
    _within: int = 0
    _asked: bool = False
    _begun: float = field(default=0.0)

    def begin(self, sources: Iterable[Source]) -> None:
        """Take note of what there is to read."""
        sizes = [source.path.stat().st_size for source in sources]
        self._files, self._size, self._begun = len(sizes), sum(sizes), self.clock()
        self._tell()

    def watched(self, live: Live) -> Live:
        """Return the check that is asked every few items of a file, and count by it."""

        def watching() -> None:
            live()
            if self._asked:
                self._within += POLL_INTERVAL
                self._tell()
            self._asked = True

        return watching

    def done(self, size: int, items: int = 0) -> None:
        """Note that a file is done, now or in an earlier run."""
        self._files_done += 1
        self._done += size
        self._items += items
        self._within, self._asked = 0, False
        self._tell()

    def _tell(self) -> None:
        if self.report is None:
            return
        items, seconds = self._items + self._within, self.clock() - self._begun
        self.report(Reading(self._files, self._files_done, self._size, self._done, items, seconds))
