"""Processes beside this one: started again after a while when they die, and ended with it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it comes with the server
import pytest

from walloff.children import Children

ROOT = Path(__file__).resolve().parents[2]
WAITS = [sys.executable, "-c", "import sys; sys.stdin.read()"]
DIES = [sys.executable, "-c", "raise SystemExit(3)"]

pytestmark = pytest.mark.sqlite_only


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Make = Callable[[dict[str, list[str]]], Children]


@pytest.fixture
def made(clock: Clock) -> Iterator[Make]:
    every: list[Children] = []

    def make(commands: dict[str, list[str]]) -> Children:
        every.append(Children(commands, clock))
        return every[-1]

    yield make
    for one in every:
        one.end()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_who_dies_is_started_again_after_a_while_and_another_is_left_alone(
    made: Make, clock: Clock
) -> None:
    children = made({"one": WAITS, "two": WAITS})
    children.look()
    first = children.running()
    psutil.Process(first["one"]).kill()
    until(lambda: "one" not in children.running())
    children.look()
    assert set(children.running()) == {"two"}, "not at once"
    clock.now += 1.1
    children.look()
    assert children.running()["two"] == first["two"]
    assert children.running()["one"] != first["one"]


def test_who_dies_again_and_again_is_waited_for_longer(made: Make, clock: Clock) -> None:
    children = made({"one": DIES})
    started = []
    for _ in range(60):
        children.look()
        if children.running() or children._children["one"].began == clock.now:
            started.append(clock.now)
        until(lambda: not children.running())
        clock.now += 0.5
    assert started == [0.0, 1.5, 4.0, 8.5, 17.0]


def test_at_the_end_all_of_them_end(made: Make) -> None:
    children, stop = made({"one": WAITS, "two": WAITS}), threading.Event()
    thread = threading.Thread(target=children.watch, args=(stop,), kwargs={"pause": 0.01})
    thread.start()
    until(lambda: len(children.running()) == 2)
    processes = [psutil.Process(pid) for pid in children.running().values()]
    stop.set()
    thread.join(240)
    assert not any(one.is_running() for one in processes)


def test_children_end_with_a_parent_that_is_killed() -> None:
    code = (
        "import time\nfrom walloff.children import Children\n"
        f"children = Children({{'one': {WAITS!r}}})\nchildren.look()\n"
        "print(children.running()['one'], flush=True)\ntime.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
