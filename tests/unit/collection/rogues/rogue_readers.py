"""Readers that do what a parser does once a hostile file has taken it over."""

import ctypes
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from collection.files.reader import Problem
from collection.formats.registry import Format, Needs
from collection.reports.posts import PostsReader
from collection.samples.sample_files import posts_sample
from models.documentation import CaptureMethod
from models.evidence import AccessGate, SourceItem

SECRET = "kumquat wistaria"


def opens_a_socket(path: Path) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def connects_by_a_unix_socket(path: Path) -> None:
    socket.socket(socket.AF_UNIX).connect("/run/anything")


def writes_a_file(path: Path) -> None:
    Path("/tmp/kept").write_text(SECRET)


def writes_over_its_input(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"x")


def makes_a_folder(path: Path) -> None:
    Path("/tmp/folder").mkdir()


def forks(path: Path) -> None:
    if os.fork() == 0:
        time.sleep(600)


def starts_a_program(path: Path) -> None:
    subprocess.run(["/bin/true"], check=True)


def kills_the_one_that_waits(path: Path) -> None:
    os.kill(os.getppid(), 9)


def looks_into_the_one_that_waits(path: Path) -> None:
    if ctypes.CDLL(None, use_errno=True).ptrace(16, os.getppid(), 0, 0) != 0:
        raise PermissionError


def eats_memory(path: Path) -> None:
    held = []
    while True:
        held.append(bytearray(16 << 20))


def loops(path: Path) -> None:
    while True:
        pass


def sleeps(path: Path) -> None:
    time.sleep(600)


def raises_words(path: Path) -> None:
    raise ValueError(SECRET)


def exits(path: Path) -> None:
    os._exit(0)


def crashes(path: Path) -> None:
    ctypes.string_at(0)


def prints(path: Path) -> None:
    sys.stdout.write(SECRET + "\n")
    sys.stdout.flush()
    sys.stderr.write(SECRET + "\n")
    os.write(1, SECRET.encode())


def prints_garbage(path: Path) -> None:
    for number in range(3, 64):
        try:
            os.write(number, b"\0\xffnothing that was asked for\n")
        except OSError:
            continue


def floods(path: Path) -> None:
    for number in range(3, 64):
        try:
            while True:
                os.write(number, b"I" + b"x" * (1 << 20))
        except OSError:
            continue


def reads_the_home(path: Path) -> None:
    """The interpreter may live in a home; then its folder is there, and nothing beside it."""
    base = Path(sys.base_prefix)
    places = [Path(place) for place in ("/root", "/home", "/etc/passwd")]
    there = [one for place in places for one in (place, *place.glob("*"), *place.glob("*/*"))]
    strange = [one for one in there if not (base.is_relative_to(one) or one.is_relative_to(base))]
    if os.environ or any(one.exists() for one in strange):
        raise ValueError("something is there that should not be")


def starts_a_thread(path: Path) -> None:
    threading.Thread(target=time.sleep, args=(0,)).start()


ROGUES: dict[str, Callable[[Path], None]] = {
    one.__name__: one
    for one in (
        opens_a_socket,
        connects_by_a_unix_socket,
        writes_a_file,
        writes_over_its_input,
        makes_a_folder,
        forks,
        starts_a_program,
        kills_the_one_that_waits,
        looks_into_the_one_that_waits,
        eats_memory,
        loops,
        sleeps,
        raises_words,
        exits,
        crashes,
        prints_garbage,
        floods,
    )
}
HARMLESS: dict[str, Callable[[Path], None]] = {
    one.__name__: one for one in (prints, reads_the_home)
}


class Rogue:
    """Does one thing that it should not, and then reads as if nothing were."""

    version = "1"
    seen_versions = ()
    gate = AccessGate.NONE

    def __init__(self, deed: Callable[[Path], None]) -> None:
        self.name = deed.__name__
        self._deed = deed

    def accepts(self, path: Path) -> bool:
        self._deed(path)
        return True

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        self._deed(path)
        yield from PostsReader().read(path)


class Liar(Rogue):
    """Yields what no honest reader of such a file does."""

    def __init__(self, name: str, change: dict[str, object] | Problem) -> None:
        self.name = name
        self._change = change

    def read(self, path: Path) -> Iterator[SourceItem | Problem]:
        for part in PostsReader().read(path):
            if isinstance(self._change, Problem):
                yield self._change
            elif isinstance(part, SourceItem):
                yield part.model_copy(update=self._change)


LIARS = (
    Liar("says-it-was-given", {"gate": AccessGate.GIVEN}),
    Liar("points-nowhere", {"pointer": "line:x"}),
    Liar("gives-no-time-zone", {"created_at": "yesterday"}),
    Liar("says-words-in-a-problem", Problem("caf\u00e9 " + SECRET, "line:1")),
    Liar("says-much-in-a-problem", Problem("a" * 300, "line:1")),
)


def _form(reader: Rogue) -> Format:
    return Format(
        reader=reader,
        endings=(".jsonl",),
        method=CaptureMethod.LISTED_POSTS,
        not_read=(),
        sample=posts_sample,
        needs=Needs(memory=600 << 20, cpu_seconds=1, wall_seconds=5),
    )


FORMATS = (
    *(_form(Rogue(deed)) for deed in (*ROGUES.values(), *HARMLESS.values())),
    *(_form(liar) for liar in LIARS),
    Format(
        reader=PostsReader(),
        endings=(".jsonl",),
        method=CaptureMethod.LISTED_POSTS,
        not_read=(),
        sample=posts_sample,
    ),
)
