"""A batch is run once, by the process that took it; workers keep on when the server does not."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from casework.applicant.cases import find_case
from models.case import CaseState
from models.errors import LeaseLostError
from models.ids import BatchId
from models.segment import Segment
from storage.leases import LeaseStore
from walloff import dispatch, process
from walloff.dispatch import claims, close_batch, free_dead_leases, take_batch
from walloff.segments import run_segment
from walloff.working import Worker

Post = Callable[..., str]


def collecting(office: Any, post: Post) -> Any:
    """A case that waits for collection, and nothing else: its notice was given by hand."""
    case_id = office.collecting(post("The pond again."))
    segment, stale = next(claims(office.services))
    assert segment is Segment.NOTIFY
    close_batch(stale, office.services)
    return case_id


@pytest.fixture
def batch(office: Any, post: Post) -> tuple[BatchId, Any]:
    case_id = collecting(office, post)
    ((segment, batch_id),) = claims(office.services)
    assert segment is Segment.COLLECT
    return batch_id, case_id


def test_a_batch_is_taken_by_one_process(
    office: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that comes a second time, in whatever process, does nothing."""
    batch_id, case_id = batch
    assert take_batch(batch_id, office.services) == (case_id,)
    assert take_batch(batch_id, office.services) == (case_id,), "again, in the same process"
    monkeypatch.setattr(dispatch, "this_process", lambda: "another/1/1")
    with pytest.raises(LeaseLostError):
        take_batch(batch_id, office.services)


def test_a_batch_lives_and_dies_with_who_took_it(
    office: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not with the worker that sent it."""
    batch_id, _case_id = batch
    sender = process.this_process()
    monkeypatch.setattr(dispatch, "this_process", lambda: "another/1/1")
    take_batch(batch_id, office.services)
    monkeypatch.setattr(dispatch, "is_dead", lambda name: name == sender)
    assert free_dead_leases(office.services) == 0
    monkeypatch.setattr(dispatch, "is_dead", lambda name: name == "another/1/1")
    assert free_dead_leases(office.services) == 1
    with office.vault.read() as tx:
        assert LeaseStore(tx).unfinished_batches() == []


def test_a_case_whose_lease_was_lost_is_not_taken_with_its_batch(office: Any, batch: Any) -> None:
    batch_id, _case_id = batch
    close_batch(batch_id, office.services)
    assert take_batch(batch_id, office.services) == ()


def test_nothing_is_claimed_once_told_to_stop(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    collecting(office, post)
    monkeypatch.setattr(dispatch, "stopping", lambda: True)
    assert list(claims(office.services)) == []


class Server:
    """A Prefect server as a worker sees it; it can be down."""

    def __init__(self, services: Any) -> None:
        self.services = services
        self.down = False
        self.sent: dict[BatchId, Segment] = {}
        self.waiting: list[BatchId] = []

    def _answer(self) -> None:
        if self.down:
            raise ConnectionError("down")

    def send(self, segment: Segment, batch_id: BatchId) -> None:
        if batch_id not in self.sent:
            self.waiting.append(batch_id)
        self.sent[batch_id] = segment
        self._answer()  # it took the run and died before it could say so

    def take(self) -> BatchId | None:
        self._answer()
        return self.waiting.pop(0) if self.waiting else None

    def run(self, taken: BatchId) -> bool:
        for case_id in take_batch(taken, self.services):
            run_segment(self.sent[taken], case_id, taken, self.services)
        close_batch(taken, self.services)
        return True

    def clear_dead(self) -> int:
        self._answer()
        return 0


def test_a_worker_sends_a_batch_until_the_server_has_it_once(office: Any, post: Post) -> None:
    """The answer was lost, so it is sent again under the same key: one run."""
    case_id = collecting(office, post)
    server = Server(office.services)
    worker = Worker(server, office.services)
    assert worker.turn() is False
    assert worker.turn() is True
    server.down = True
    with pytest.raises(ConnectionError):
        worker.turn()
    server.down = False
    # The screening of what was collected comes next; the server dies while it is sent.
    original, server.take = server.take, lambda: None  # type: ignore[method-assign]
    server.down = True
    with pytest.raises(ConnectionError):
        worker.turn()
    server.down, server.take = False, original  # type: ignore[method-assign]
    assert worker.turn() is False
    assert worker.turn() is True
    assert len(server.sent) == 2
    assert find_case(case_id, vault=office.vault).state is CaseState.REDACTED


def test_a_worker_told_to_stop_gives_back_what_it_could_not_send(office: Any, post: Post) -> None:
    collecting(office, post)
    server = Server(office.services)
    server.send = lambda *_batch: server._answer()  # type: ignore[method-assign]
    worker = Worker(server, office.services)
    stop = threading.Event()

    def taken() -> None:
        server.down = True
        stop.set()

    server.take = taken  # type: ignore[assignment,method-assign]
    assert worker.work(stop, pause=0) == 0
    with office.vault.read() as tx:
        assert LeaseStore(tx).unfinished_batches() == []
