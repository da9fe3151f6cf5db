"""Processes that run beside this one: each is started again when it dies, and ends with this one.

A child holds the reading end of a pipe that nobody writes to: when this process is gone, however it
went, the pipe ends, and so does the child.
"""

import logging
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

log = logging.getLogger(__name__)

_FIRST: Final = 1.0
_LONGEST: Final = 60.0
_WELL: Final = 60.0
"""Whoever ran for so many seconds is started again without waiting longer than the first time."""
_GRACE: Final = 20.0


@dataclass
class _Child:
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    wait: float = 0.0
    due: float = 0.0


class Children:
    """The processes of these commands, by name."""

    def __init__(
        self, commands: Mapping[str, Sequence[str]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._children = {name: _Child(command) for name, command in commands.items()}
        self._clock = clock

    def watch(self, stop: threading.Event, *, pause: float = 0.5) -> None:
        """Keep them running until told to stop; then end them."""
        try:
            while not stop.is_set():
                self.look()
                stop.wait(pause)
        finally:
            self.end()

    def look(self) -> None:
        """Start whoever is to run and does not: at once the first time, later after a while."""
        for name, child in self._children.items():
            now = self._clock()
            if child.process is not None and child.process.poll() is not None:
                ran_well = now - child.began >= _WELL
                child.wait = _FIRST if ran_well else min(max(_FIRST, 2 * child.wait), _LONGEST)
                child.due = now + child.wait
                log.error("an application ended", extra={"name_of": name, "again_in": child.wait})
                _close(child.process)
                child.process = None
            if child.process is None and now >= child.due:
                child.began = now
                child.process = subprocess.Popen(  # noqa: S603 - our own command
                    child.command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
                )

    def running(self) -> dict[str, int]:
        """Return the process ids of those who run."""
        found = ((name, one.process) for name, one in self._children.items())
        return {name: one.pid for name, one in found if one is not None and one.poll() is None}

    def end(self) -> None:
        """Ask all of them to end, and end whoever does not."""
        processes = [one.process for one in self._children.values() if one.process is not None]
        for process in processes:
            process.terminate()
        until = self._clock() + _GRACE
        for process in processes:
            try:
                process.wait(max(0.1, until - self._clock()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _close(process)
        for child in self._children.values():
            child.process = None


def _close(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
