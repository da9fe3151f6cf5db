"""What takes long runs behind the pages, one at a time; how far it has come is told in counts."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from casework.duties.due import reconcile
from casework.gathering.progress import Reading, Report
from models.errors import StepFailedError, WalloffError
from models.ids import CaseId
from storage.sequencer import sequence
from walloff.applicants import exchange_letters
from walloff.dispatch import claims, close_batch, take_batch
from walloff.guard import run_guarded
from walloff.services import Services, use

log = logging.getLogger(__name__)

UNFORESEEN: Final = "unforeseen"
_SOON: Final = 2.0
"""Seconds that a page waits for what is mostly done at once."""
_KEPT: Final = 500
"""Ended jobs that are remembered, for pages that still show them."""


@dataclass(frozen=True, slots=True)
class Job:
    """How far something has come."""

    what: str
    done: int = 0
    total: int = 0
    items: int = 0
    ended: bool = False
    code: str = ""
    """Why it failed; empty if it has not."""


class Background:
    """Runs what is due in this process; leases keep it apart from what others run."""

    def __init__(self, services: Services) -> None:
        self._services: Final = services
        self._thread: Final = ThreadPoolExecutor(1, thread_name_prefix="casework")
        self._lock: Final = threading.Lock()
        self._jobs: Final[dict[CaseId, Job]] = {}

    def of(self, case_id: CaseId) -> Job | None:
        """Return what was last begun for a case in this process."""
        with self._lock:
            return self._jobs.get(case_id)

    def start(
        self,
        case_id: CaseId,
        what: str,
        first: Callable[[Report], object] | None = None,
        then: Callable[[], object] | None = None,
        *,
        soon: bool = False,
    ) -> None:
        """Do something first, then whatever is due; `soon` waits a little for its end.

        What is running for the case already is not begun a second time.
        """
        with self._lock:
            running = self._jobs.get(case_id)
            if first is not None and running is not None and not running.ended:
                return
            self._jobs.pop(case_id, None)
            self._jobs[case_id] = Job(what)
            for old in list(self._jobs)[:-_KEPT]:
                del self._jobs[old]
        future: Future[None] = self._thread.submit(self._run, case_id, first, then)
        if soon:
            wait_for([future], timeout=_SOON)

    def _run(
        self,
        case_id: CaseId,
        first: Callable[[Report], object] | None,
        then: Callable[[], object] | None,
    ) -> None:
        code = ""
        try:
            if first is not None:
                first(lambda reading: self._told(case_id, reading))
            self._work(lambda reading: self._told(case_id, reading))
            if then is not None:
                then()
        except WalloffError as error:
            code = error.code
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
            code = UNFORESEEN
            log.error("a job failed", extra={"kind": type(error).__name__})  # noqa: TRY400
        self._change(case_id, ended=True, code=code)

    def _told(self, case_id: CaseId, reading: Reading) -> None:
        self._change(case_id, done=reading.files_done, total=reading.files, items=reading.items)

    def _change(self, case_id: CaseId, **changes: Any) -> None:
        with self._lock:
            if case_id in self._jobs:
                self._jobs[case_id] = replace(self._jobs[case_id], **changes)

    def _work(self, report: Report) -> None:
        """Run every segment that is queued, as `walloff work` does; a case that fails waits."""
        services = self._services
        use(services)
        exchange_letters(services)
        reconcile(vault=services.vault, now=services.wall_time())
        services.report = report
        try:
            while batches := list(claims(services)):
                for segment, batch_id in batches:
                    for case_id in take_batch(batch_id, services):
                        with suppress(StepFailedError):
                            run_guarded(segment, case_id, batch_id)
                    close_batch(batch_id, services)
            exchange_letters(services)
            sequence(services.vault)
        finally:
            services.report = None
