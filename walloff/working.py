"""A worker of several: takes runs from the Prefect server, and sends new batches when idle.

A batch is claimed only by a worker that has nothing to do, so no batch waits longer than a lease.
What a worker that died held comes again by `reconcile`; nothing is done twice.
"""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from casework.duties.due import reconcile
from models.errors import WalloffError
from models.ids import BatchId
from models.segment import Segment
from walloff.dispatch import claims, close_batch, free_dead_leases
from walloff.services import Services

log = logging.getLogger(__name__)

_LONGEST: Final = 60.0
"""Seconds that a worker waits, at most, for a server that does not answer."""


class Runs(Protocol):
    """The server, as a worker sees it. Every method raises `ConnectionError`."""

    def send(self, segment: Segment, batch_id: BatchId) -> None:
        """Have a batch run once."""

    def take(self) -> Any | None:
        """Take the next run that is due."""

    def run(self, taken: Any) -> bool:
        """Run what was taken in this process."""

    def clear_dead(self) -> int:
        """Clear away the runs of processes that are gone."""


class Worker:
    """One worker: `turn` does one thing, `work` does so until it is told to stop."""

    def __init__(self, runs: Runs, services: Services, *, mend_seconds: float = 60.0) -> None:
        self._runs = runs
        self._services = services
        self._unsent: list[tuple[Segment, BatchId]] = []
        self._mend = timedelta(seconds=mend_seconds)
        self._mended: datetime | None = None

    def work(self, stop: threading.Event, *, pause: float = 1.0) -> int:
        """Work until told to stop; return how many runs were done here."""
        done, wait = 0, pause
        while not stop.is_set():
            try:
                found = self.turn()
            except ConnectionError:
                log.warning("server not reached")
            except WalloffError as refusal:
                log.error("worker refused", extra={"code": refusal.code})  # noqa: TRY400 - no words
            except Exception as error:  # noqa: BLE001 - a worker outlives what it cannot foresee
                log.error("worker failed", extra={"kind": type(error).__name__})  # noqa: TRY400
            else:
                done += found is True
                wait = pause
                if found is None:
                    stop.wait(pause)
                continue
            stop.wait(wait)
            wait = min(2 * wait, _LONGEST)
        self._give_back()
        return done

    def turn(self) -> bool | None:
        """Do one thing: True if a run was done, False if work was sent, None if there was none.

        Raises `ConnectionError`.
        """
        self._mend_if_due()
        if self._send_unsent():
            return False
        if (taken := self._runs.take()) is not None:
            self._runs.run(taken)
            return True
        for claimed in claims(self._services):
            self._unsent.append(claimed)
            break  # another idle worker takes the next segment
        return False if self._send_unsent() else None

    def _send_unsent(self) -> bool:
        sent = False
        while self._unsent:
            self._runs.send(*self._unsent[0])  # under the same key, so never twice
            del self._unsent[0]
            sent = True
        return sent

    def _mend_if_due(self) -> None:
        now = self._services.wall_time()
        if self._mended is not None and now - self._mended < self._mend:
            return
        self._runs.clear_dead()
        free_dead_leases(self._services)
        reconcile(vault=self._services.vault, now=now)
        self._mended = now

    def _give_back(self) -> None:
        for _segment, batch_id in self._unsent:
            close_batch(batch_id, self._services)
        self._unsent.clear()
