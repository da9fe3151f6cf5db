"""A process has a name that no later process on any machine will bear again."""

from functools import cache
from pathlib import Path
from typing import Final

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_STARTED: Final = 19
"""Index of `starttime` in /proc/<pid>/stat, counted after the command's closing bracket."""


@cache
def _boot_id() -> str:
    return _BOOT.read_text().strip()


def this_process() -> str:
    """Return this process's name: boot, process id and the clock tick it was started at."""
    pid = int(Path("/proc/self").readlink().name)
    return f"{_boot_id()}/{pid}/{_started(pid)}"


def is_dead(process: str) -> bool:
    """Say whether a process ran on this machine, since its last boot, and runs no longer.

    A process of another machine or boot is never called dead here: its lease runs out by itself.
    """
    boot, pid, started = process.split("/")
    return boot == _boot_id() and _started(int(pid)) != started


def _started(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[_STARTED]
