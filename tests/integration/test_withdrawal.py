"""N2, E-N2-WITHDRAWN: a withdrawal stops work that is running, within one poll interval."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import withdraw_consent
from casework.gathering.live import POLL_INTERVAL, polled
from casework.screening.screen import Screener
from collection.sources import Source
from models.audit import AuditAction
from models.case import CaseState
from models.errors import ConsentWithdrawnError, WalloffError
from models.people import Role
from models.segment import Segment
from storage.audit import AuditLog
from storage.evidence import EvidenceStore
from storage.findings import FindingStore

Post = Callable[..., str]
POSTS = 5 * POLL_INTERVAL
BEFORE = POLL_INTERVAL + 3


class Halted:
    """Passes items through, and stands still before one of them until told to go on."""

    def __init__(self) -> None:
        self.passed = 0
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def through(self, items: Iterator[Any]) -> Iterator[Any]:
        for item in items:
            if self.passed == BEFORE:
                self.reached.set()
                assert self.go_on.wait(60)
            self.passed += 1
            yield item


def run_and_withdraw(office: Any, segment: Segment, case_id: Any, halted: Halted) -> Exception:
    """Run a segment in a thread of its own, and withdraw while it is in the middle."""
    raised: list[Exception] = []

    def work() -> None:
        try:
            office.run(segment, case_id)
        except WalloffError as exc:
            raised.append(exc)

    thread = threading.Thread(target=work)
    thread.start()
    assert halted.reached.wait(60)
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    halted.go_on.set()
    thread.join(60)
    assert not thread.is_alive()
    assert find_case(case_id, vault=office.vault).state is CaseState.WITHDRAWN
    return raised[0]


def test_collection_stops_in_the_middle_of_a_file(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    halted = Halted()
    read = Source.read
    monkeypatch.setattr(Source, "read", lambda self: halted.through(read(self)))
    case_id = office.collecting(*(post(f"The lake was calm, day {n}.") for n in range(POSTS)))
    stopped = run_and_withdraw(office, Segment.COLLECT, case_id, halted)
    assert isinstance(stopped, ConsentWithdrawnError)
    assert halted.passed <= BEFORE + POLL_INTERVAL
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 0
        captured = [e for e in AuditLog(tx).entries(case_id) if e.action is AuditAction.CAPTURED]
    assert captured == []


def test_screening_stops_between_two_items(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    halted = Halted()
    redact = Screener.redact
    monkeypatch.setattr(
        Screener,
        "redact",
        lambda self, evidence, disclosure: halted.through(redact(self, evidence, disclosure)),
    )
    case_id = office.collecting(*(post(f"I will beat that clerk, day {n}.") for n in range(POSTS)))
    office.run(Segment.COLLECT, case_id)
    stopped = run_and_withdraw(office, Segment.SCREEN, case_id, halted)
    assert isinstance(stopped, ConsentWithdrawnError)
    assert halted.passed <= BEFORE + POLL_INTERVAL
    with office.vault.read() as tx:
        assert FindingStore(tx).for_case(case_id) == []


def test_work_that_may_go_on_goes_on_to_its_end(office: Any, post: Post) -> None:
    case_id = office.collecting(*(post(f"The lake was calm, day {n}.") for n in range(POSTS)))
    assert office.run(Segment.COLLECT, case_id) == POSTS


def test_it_is_looked_for_before_the_first_item_and_every_interval() -> None:
    looks: list[int] = []
    items = list(polled(range(10), lambda: looks.append(1), every=4))
    assert (len(looks), items) == (3, list(range(10)))
