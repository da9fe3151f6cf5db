"""A process has a name that no later process on any machine will bear again."""

from functools import cache
from pathlib import Path
from typing import Final

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_STARTED: Final = 19
"""Index of `starttime` in /proc/<pid>/stat, counted after the command's closing bracket."""


@cache
def _machine() -> str:
    """Return a name for this boot and PID namespace: containers share the one, not the other."""
    namespace = Path("/proc/self/ns/pid").readlink().name
    return f"{_BOOT.read_text().strip()}:{''.join(filter(str.isdigit, namespace))}"


def this_process() -> str:
    """Return this process's name: machine, process id and the clock tick it was started at."""
    pid = int(Path("/proc/self").readlink().name)
    return f"{_machine()}/{pid}/{_started(pid)}"


def is_dead(process: str) -> bool:
    """Say whether a process ran on this machine, since its last boot, and runs no longer.

    A process of another machine, boot or container is never called dead here: its lease runs out
    by itself.
    """
    machine, pid, started = process.split("/")
    return machine == _machine() and _started(int(pid)) != started


def _started(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[_STARTED]
