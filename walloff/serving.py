"""One machine's process: queued batches at once, everything else by its schedule.

Only one such process works in a home; commands of people may run beside it.
"""

import fcntl
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from models.errors import HomeError, StepFailedError, WalloffError
from models.segment import Segment
from storage.home import Home
from walloff.dispatch import drain
from walloff.schedules import SCHEDULES
from walloff.services import Services

log = logging.getLogger(__name__)

_LONGEST: Final = 60.0


@contextmanager
def alone_in(home: Home) -> Iterator[None]:
    """Hold the home for one serving process. Raises `HomeError` if another one has it."""
    with (home.root / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeError("another process serves this home already") from None
        yield


class Serving:
    """Runs what is queued, and each schedule when it is due; all of them once at the start."""

    def __init__(self, services: Services, flows: Mapping[Segment, Callable[[], object]]) -> None:
        self._services = services
        self._flows = flows
        self._due: dict[Segment, datetime] = {}

    def serve(self, stop: threading.Event, *, pause: float = 1.0) -> None:
        """Serve until told to stop. A failure is logged by its code, and tried again later."""
        wait = pause
        while not stop.is_set():
            failed = self.run_due(stop) + (not self._tried(self._drain))
            stop.wait(wait)
            wait = min(2 * wait, _LONGEST) if failed else pause

    def run_due(self, stop: threading.Event) -> int:
        """Run each schedule whose time has come; return how many failed."""
        failed = 0
        for schedule in SCHEDULES:
            now = self._services.wall_time()
            if stop.is_set() or now < self._due.get(schedule.segment, now):
                continue
            # Said first: one that fails is tried at its next time and not at once.
            self._due[schedule.segment] = schedule.next_after(now)
            failed += not self._tried(self._flows[schedule.segment])
        return failed

    def _drain(self) -> None:
        drain(self._services)

    def _tried(self, call: Callable[[], object]) -> bool:
        try:
            call()
        except StepFailedError as failure:
            log.error("step failed", extra={"step": failure.step, "code": failure.cause})  # noqa: TRY400
        except WalloffError as refusal:
            log.error("serving refused", extra={"code": refusal.code})  # noqa: TRY400
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
            log.error("serving failed", extra={"kind": type(error).__name__})  # noqa: TRY400 - no words
        else:
            return True
        return False
