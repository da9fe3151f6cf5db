"""A box is a process without keys, network, or files but one, in which readers do their work.

Bubblewrap makes it where it is present: new namespaces, a read-only root with nothing but Python
and this package's own code. Resource limits and a filter on system calls hold with and without.
"""

import atexit
import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pydantic

from models.errors import WalloffError

_ROOT: Final = Path(__file__).resolve().parents[2]
_CODE: Final = ("collection", "models")
"""The packages that a reader needs; the others are not even visible."""
_SITE: Final = Path(pydantic.__path__[0]).resolve().parent
"""Where the libraries lie, however this process was told."""
_PYTHON: Final = Path(sys.executable).resolve()
_TMP: Final = "/tmp"  # noqa: S108 - the box's own, which nobody else sees
_TMP_SIZE: Final = 64 << 20
_START_SECONDS: Final = 60.0
_CHUNK: Final = 1 << 20
_BOOT: Final = (
    "import sys; sys.path += sys.argv[3:]; "
    "from collection.box.box_child import main; main(sys.argv[1], sys.argv[2])"
)


class BoxError(WalloffError):
    """A reader cannot be boxed, or what was boxed did not keep to its limits."""

    code = "reader-box"


class ReaderEndedError(BoxError):
    """What was boxed said that it failed, or died; the box itself is as good as before."""


class Box:
    """One waiting process, which reads one file after another, each in a process of its own."""

    def __init__(self, *, bubblewrap: str | None, table: str, code: tuple[Path, ...] = ()) -> None:
        """Start it. Raises `BoxError` if that fails."""
        self.wrapped = bubblewrap is not None
        self._private = None if bubblewrap else tempfile.mkdtemp(prefix="walloff-box-")
        self._pid = os.getpid()
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = mine
        try:
            command = _command(bubblewrap, table, code, self._private)
            self._process = _starter().submit(_start, command, theirs).result()
        except OSError:
            mine.close()
            self._forget()
            raise BoxError("the box for readers cannot be started") from None
        finally:
            theirs.close()
        self._await(b"ready", _START_SECONDS)

    def ask(self, request: dict[str, Any], files: list[int], *, seconds: float) -> Iterator[bytes]:
        """Send a request with its open files; yield what is answered, in pieces, until its end.

        Raises `BoxError` if the answer takes longer than this, the caller's own time not counted.
        """
        reading, writing = os.pipe()
        try:
            try:
                body = json.dumps(request).encode()
                socket.send_fds(self._socket, [body], [writing, *files])
            except OSError:
                raise BoxError("the box for readers has ended") from None
            finally:
                os.close(writing)
            left = seconds
            with selectors.DefaultSelector() as ready:
                ready.register(reading, selectors.EVENT_READ)
                while True:
                    begun = time.monotonic()
                    if not ready.select(max(left, 0.0)):
                        raise BoxError("the reader took too long")
                    piece = os.read(reading, _CHUNK)
                    left -= time.monotonic() - begun
                    if not piece:
                        break
                    yield piece
        finally:
            os.close(reading)
        self._await(b"done", _START_SECONDS)

    def alive(self) -> bool:
        """Say whether it can be asked again."""
        return self._pid == os.getpid() and self._process.poll() is None

    def close(self) -> None:
        """End it, and all that runs in it."""
        self._socket.close()
        if self._pid != os.getpid():
            return  # the parent's, known to a process that was forked from it
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, 9)
        self._process.wait()
        self._forget()

    def _await(self, word: bytes, seconds: float) -> None:
        self._socket.settimeout(seconds)
        said = b""
        with suppress(OSError):
            said = self._socket.recv(16)
        if said != word:
            self.close()
            raise BoxError("the box for readers does not answer")

    def _forget(self) -> None:
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)


def bubblewrap() -> str | None:
    """Return where bubblewrap is, or None if it is missing."""
    places = ("/usr/bin/bwrap", "/bin/bwrap")
    return next((path for path in places if os.access(path, os.X_OK)), None)


def _command(
    wrap: str | None, table: str, code: tuple[Path, ...], private: str | None
) -> list[str]:
    if wrap is None:
        paths = [str(_ROOT), str(_SITE), *map(str, code)]
        return [str(_PYTHON), *_flags(), table, str(private), *paths]
    binds: list[str] = []
    for number, path in enumerate(code):
        binds += ["--ro-bind", str(path), f"/code/{number}"]
    for package in _CODE:
        binds += ["--ro-bind", str(_ROOT / package), f"/walloff/{package}"]
    base = Path(sys.base_prefix).resolve()
    if not base.is_relative_to("/usr"):
        binds += ["--ro-bind", str(base), str(base)]
    paths = ["/walloff", "/site", *(f"/code/{number}" for number in range(len(code)))]
    return [
        wrap,
        *("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"),
        *("--cap-drop", "ALL", "--as-pid-1", "--clearenv", "--hostname", "box"),
        *("--ro-bind", "/usr", "/usr"),
        *("--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
        *("--symlink", "usr/bin", "/bin"),
        *("--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
        *("--ro-bind-try", "/etc/alternatives", "/etc/alternatives"),
        *("--ro-bind", str(_SITE), "/site"),
        *binds,
        *("--proc", "/proc", "--dev", "/dev", "--size", str(_TMP_SIZE), "--tmpfs", _TMP),
        *("--chdir", "/", "--remount-ro", "/"),
        "--",
        *(str(_PYTHON), *_flags(), table, _TMP, *paths),
    ]


def _start(command: list[str], asked: socket.socket) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - fixed words, and paths of this installation
        command,
        stdin=asked.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict[str, str](),
        cwd="/",
        start_new_session=True,
    )


def _flags() -> list[str]:
    return ["-I", "-S", "-B", "-X", "utf8", "-c", _BOOT]


_started: list[ThreadPoolExecutor] = []


def _starter() -> ThreadPoolExecutor:
    """Return the thread that starts boxes: a box ends with the thread that started it."""
    if not _started:
        _started.append(ThreadPoolExecutor(1, thread_name_prefix="box"))
    return _started[0]


os.register_at_fork(after_in_child=_started.clear)
atexit.register(_started.clear)
