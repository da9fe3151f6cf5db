"""Inside the box: one process waits, and for each file forks another that reads it and ends.

The waiting process never looks into a file. The one that reads holds no key, no environment, no
socket and no other file, and gives up every right that reading does not need before it begins.
"""

import gc
import importlib
import json
import os
import platform
import resource
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

from pydantic import BaseModel

from collection.box.box_lines import (
    ACCEPTED,
    DIGEST,
    END,
    FAILED,
    ITEM,
    LEAD,
    MAX_BESIDE,
    MAX_REQUEST,
    PAGE,
    PROBLEM,
    SOFTWARE,
    BoxedDigest,
    BoxedEnd,
    BoxedName,
    BoxedProblem,
    BoxedSoftware,
    Failure,
)
from collection.box.syscalls import can_refuse, refuse
from collection.files.contraband import digests_within
from collection.files.reader import Problem
from models.errors import InputError

_BUFFER: Final = 64 * 1024
_FILES: Final = 128
_SEAL: Final = {"seal": True}


def main(table: str, folder: str) -> None:
    """Serve requests on standard input until the other side closes it."""
    formats = {one.name: one for one in importlib.import_module(table).FORMATS}
    for one in formats.values():
        for module in one.preload:
            importlib.import_module(module)
    os.environ.clear()
    asked = socket.socket(fileno=os.dup(0))
    gc.collect()
    gc.freeze()
    asked.send(b"ready")
    while True:
        request, files, _, _ = socket.recv_fds(asked, MAX_REQUEST, MAX_BESIDE + 2)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            asked.close()
            _serve(json.loads(request), files, formats, Path(folder))
        for number in files:
            os.close(number)
        os.waitpid(pid, 0)
        _end_of(pid)
        shutil.rmtree(Path(folder, "in"), ignore_errors=True)
        asked.send(b"done")


def _end_of(pid: int) -> None:
    """Leave nothing of a reader running: in a box, everything else there is of it."""
    try:
        if os.getpid() == 1:
            os.kill(-1, signal.SIGKILL)
            while True:
                os.waitpid(-1, 0)
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, ChildProcessError, PermissionError):
        pass


def _serve(
    request: dict[str, Any], files: list[int], formats: dict[str, Any], folder: Path
) -> NoReturn:
    out = _Out(files[0])
    try:
        os.setpgid(0, 0)
        path = _laid_out(folder / "in", request["names"], files[1:])
        chosen = [formats[name] for name in request["formats"]]
        if not _limited(request, folder):
            out.line(FAILED, Failure(why="unprotected"))
        else:
            count = 0
            for mark, value in _answers(request["what"], chosen, path):
                out.line(mark, value)
                count += 1
            out.line(END, BoxedEnd(count=count))
    except MemoryError:
        out.line(FAILED, Failure(why="memory"))
    except OSError:
        out.line(FAILED, Failure(why="unreadable"))
    except BaseException:  # noqa: BLE001 - what a parser raises may hold words of the file
        out.line(FAILED, Failure(why="failed"))
    finally:
        out.flush()
        os._exit(0)


def _laid_out(folder: Path, names: list[str], files: list[int]) -> Path:
    """Give the open files their names again, and nothing else."""
    folder.mkdir(mode=0o700)
    for name, number in zip(names, files, strict=True):
        (folder / name).symlink_to(f"/proc/self/fd/{number}")
    os.chdir("/")
    return folder / names[0]


def _limited(request: dict[str, Any], folder: Path) -> bool:
    """Give up what reading does not need; say whether that was possible."""
    programs = bool(request["programs"])
    if programs:
        scratch = folder / "in" / ".scratch"
        scratch.mkdir(mode=0o700)
        os.environ.update(PATH="/usr/bin:/bin", TMPDIR=str(scratch), OMP_THREAD_LIMIT="1")
    limits = {
        resource.RLIMIT_AS: request["memory"],
        resource.RLIMIT_CPU: request["cpu_seconds"],
        resource.RLIMIT_FSIZE: request["scratch"],
        resource.RLIMIT_NOFILE: _FILES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: 64 if programs else 0,
    }
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # the write fails instead
    machine = platform.machine() or os.uname().machine
    return refuse(machine, programs=programs) or not can_refuse(machine)


def _answers(what: str, formats: list[Any], path: Path) -> Iterator[tuple[bytes, BaseModel]]:
    match what:
        case "accepts":
            found = next((one.name for one in formats if one.reader.accepts(path)), "")
            yield ACCEPTED, BoxedName(name=found)
        case "read":
            for part in formats[0].reader.read(path):
                if isinstance(part, Problem):
                    yield PROBLEM, BoxedProblem(fault=part.fault, pointer=part.pointer)
                else:
                    yield ITEM, part
        case "leads":
            for part in formats[0].leads(path):
                if isinstance(part, Problem):
                    yield PROBLEM, BoxedProblem(fault=part.fault, pointer=part.pointer)
                else:
                    yield LEAD, part
        case "recording":
            recording = formats[0].recording(path)
            yield SOFTWARE, BoxedSoftware(software=recording.software)
            for page in recording.pages:
                yield PAGE, page
        case "digests":
            try:
                for digest in digests_within(path):
                    yield DIGEST, BoxedDigest(sha256=digest.hex())
            except InputError as unchecked:
                yield PROBLEM, BoxedProblem(fault=unchecked.fault, pointer="file:0")


class _Out:
    """Lines on their way out, a buffer at a time."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._held = bytearray()

    def line(self, mark: bytes, value: BaseModel) -> None:
        """Add a line."""
        self._held += mark
        self._held += value.model_dump_json(context=_SEAL).encode()
        self._held += b"\n"
        if len(self._held) > _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        view = memoryview(bytes(self._held))
        self._held.clear()
        while view:
            try:
                view = view[os.write(self._number, view) :]
            except OSError:  # nobody listens any more
                return
