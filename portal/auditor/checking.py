"""The whole log is checked behind the page, one check at a time, and every fault is kept."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from models.audit import Verification
from models.errors import AuditBrokenError
from storage.auditors import AuditorsLog
from storage.note import Verifier

log = logging.getLogger(__name__)

KEPT: Final = 200
"""Faults that a page shows; the export's verifier names them all."""


@dataclass(frozen=True, slots=True)
class State:
    """How far a check has come, and what it found once it has ended."""

    begun: datetime
    total: int
    own_key: bool
    """The auditor gave the log's key, as they had noted it down."""
    done: int = 0
    ended: datetime | None = None
    found: Verification | None = None
    failed: str = ""
    """What is wrong, where the log could not be checked at all."""

    @property
    def faults(self) -> tuple[str, ...]:
        """What was found, the first of it where there is much."""
        if self.failed:
            return (self.failed,)
        return () if self.found is None else self.found.faults[:KEPT]

    @property
    def more(self) -> int:
        """How many faults are not shown."""
        return 0 if self.found is None else max(0, len(self.found.faults) - KEPT)


class Checking:
    """The newest check of this process."""

    def __init__(
        self, auditors: AuditorsLog, witnesses: Sequence[Verifier], clock: Callable[[], datetime]
    ) -> None:
        self._auditors, self.witnesses, self._clock = auditors, tuple(witnesses), clock
        self._lock = threading.Lock()
        self._state: State | None = None
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State | None:
        """Where the newest check stands; None before the first."""
        with self._lock:
            return self._state

    def start(self, vkey: str = "") -> None:
        """Begin a check, unless one runs already. `vkey` is the key that the auditor noted."""
        with self._lock:
            if self._state is not None and self._state.ended is None:
                return
            self._state = State(self._clock(), self._auditors.size(), bool(vkey))
            self._thread = threading.Thread(target=self._run, args=(vkey,), daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the check to end, but no longer than so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, vkey: str) -> None:
        found, failed = None, ""
        try:
            found = self._auditors.verify(
                vkey=vkey or None, witnesses=self.witnesses, tell=self._told
            )
        except AuditBrokenError as error:
            failed = str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the page must not wait for ever
            failed = "the check did not come to its end"
            log.error("a check failed", extra={"kind": type(error).__name__})  # noqa: TRY400
        with self._lock:
            if self._state is not None:
                done = self._state.done if found is None else found.size
                self._state = replace(
                    self._state, done=done, found=found, failed=failed, ended=self._clock()
                )

    def _told(self, done: int) -> None:
        with self._lock:
            if self._state is not None:
                self._state = replace(self._state, done=done)
