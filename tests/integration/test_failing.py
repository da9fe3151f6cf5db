"""A case whose segment fails is tried again later and later, and at once when it has recovered."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from casework.applicant.consent import withdraw_consent
from casework.duties.due import next_segment, reconcile
from casework.steps.dispatching import outbox_kind
from casework.steps.failing import FIRST_WAIT, LONGEST_WAIT, failing_cases, wait_after
from cli.main import build
from models.audit import AuditAction
from models.errors import HomeError, LeaseLostError, StepFailedError
from models.ids import CaseId
from models.people import Role
from models.segment import OF_CASES, Segment
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.outbox import OutboxStore
from storage.vault import Vault
from walloff import dispatch, segments
from walloff.dispatch import drain, take_batch, work_off
from walloff.guard import run_guarded
from walloff.services import Services

Post = Callable[..., str]


class Broken:
    """A collection that fails until it is mended, and counts its tries."""

    def __init__(self) -> None:
        self.tries: Counter[CaseId] = Counter()
        self.fault: Exception | None = HomeError("the disk is full")
        self.works = segments.collect_case

    def __call__(self, case_id: CaseId, *rest: Any) -> int:
        self.tries[case_id] += 1
        if self.fault is not None:
            raise self.fault
        return self.works(case_id, *rest)


@pytest.fixture
def broken(office: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Broken:
    """Segments run without Prefect, by the test's clock; collection is broken, screening idle."""
    made = Broken()
    monkeypatch.setitem(segments._RUN, Segment.SCREEN, lambda *_: 0)
    monkeypatch.setitem(segments._RUN, Segment.COLLECT, made)
    monkeypatch.setattr(Services, "wall_time", lambda _self: clock.now())

    def plain(segment: Segment) -> Callable[[str], None]:
        def run(batch_id: str) -> None:
            for case_id in take_batch(batch_id, office.services):
                try:
                    run_guarded(segment, case_id, batch_id)
                except StepFailedError:
                    continue

        return run

    for segment in OF_CASES:
        monkeypatch.setitem(dispatch._registry, segment, plain(segment))
    return made


def waits_for(office: Any, case_id: CaseId) -> Segment | None:
    with office.vault.read() as tx:
        return next_segment(tx, CaseStore(tx).get(case_id))


@given(st.integers(min_value=0, max_value=10_000))
def test_waits_grow_to_a_day_and_no_further(failures: int) -> None:
    assert wait_after(failures) <= wait_after(failures + 1) <= LONGEST_WAIT
    assert wait_after(1) == FIRST_WAIT
    assert wait_after(2) == 2 * FIRST_WAIT
    assert wait_after(0) == timedelta(0)


def test_a_failing_case_is_tried_when_its_wait_is_over_and_each_wait_is_longer(
    office: Any, post: Post, broken: Broken, clock: Any
) -> None:
    case_id = office.collecting(post("The pond again."))
    work_off(office.services)
    assert broken.tries[case_id] == 1
    for failures in range(1, 6):
        (failing,) = failing_cases(vault=office.vault)
        assert failing.failures == failures
        assert failing.tried_again_at - failing.failed_at == wait_after(failures)
        for _look in range(3):
            work_off(office.services)
        clock.move(seconds=wait_after(failures).total_seconds() - 1)
        work_off(office.services)
        assert broken.tries[case_id] == failures, "within its wait"
        clock.move(seconds=1)
        work_off(office.services)
        assert broken.tries[case_id] == failures + 1, "after its wait"
    with office.vault.read() as tx:
        done = Counter(entry.action for entry in AuditLog(tx).entries(case_id))
    assert done[AuditAction.STEP_FAILED] == 6, "one entry a try, and not one a look"


def test_another_case_is_not_held_up(office: Any, post: Post, broken: Broken) -> None:
    failing = office.collecting(post("The pond again."))
    work_off(office.services)
    broken.fault = None
    sound = office.collecting(post("A newer bicycle."))
    work_off(office.services)
    assert waits_for(office, failing) is Segment.COLLECT
    assert waits_for(office, sound) is Segment.SCREEN


def test_a_case_that_has_recovered_is_not_delayed_further(
    office: Any, post: Post, broken: Broken, clock: Any
) -> None:
    """Nor is its next segment."""
    case_id = office.collecting(post("The pond again."))
    for failures in range(1, 4):
        work_off(office.services)
        clock.move(seconds=wait_after(failures).total_seconds())
    broken.fault = None
    work_off(office.services)
    assert waits_for(office, case_id) is Segment.SCREEN
    assert failing_cases(vault=office.vault) == []
    assert reconcile(vault=office.vault, now=office.now) == 1, "queued at once"


def test_the_wait_stands_after_a_restart_and_names_case_and_code(
    office: Any, post: Post, broken: Broken
) -> None:
    case_id = office.collecting(post("The pond again."))
    work_off(office.services)
    again = Vault(office.services.home, office.vault.key_ring)
    try:
        (failing,) = failing_cases(vault=again)
        assert reconcile(vault=again, now=office.now) == 0
    finally:
        again.close()
    assert (failing.case_id, failing.segment) == (case_id, Segment.COLLECT)
    assert failing.code == HomeError.code
    assert "disk" not in repr(failing)


def test_what_a_person_queues_is_tried_at_once(office: Any, post: Post, broken: Broken) -> None:
    case_id = office.collecting(post("The pond again."))
    work_off(office.services)
    with office.vault.write() as tx:
        OutboxStore(tx).add(outbox_kind(Segment.COLLECT), case_id, now=office.now)
    drain(office.services)
    assert broken.tries[case_id] == 2
    (failing,) = failing_cases(vault=office.vault)
    assert failing.failures == 1, "within the wait it is the same failure"


def test_a_lease_that_was_lost_is_no_failure_of_the_case(
    office: Any, post: Post, broken: Broken
) -> None:
    """Another worker has it."""
    case_id = office.collecting(post("The pond again."))
    broken.fault = LeaseLostError("the lease is lost")
    work_off(office.services)
    assert failing_cases(vault=office.vault) == []
    work_off(office.services)
    assert broken.tries[case_id] == 2


def test_a_case_that_no_longer_waits_for_the_segment_fails_no_more(
    office: Any, post: Post, broken: Broken
) -> None:
    case_id = office.collecting(post("The pond again."))
    work_off(office.services)
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    work_off(office.services)
    assert failing_cases(vault=office.vault) == []
    assert broken.tries[case_id] == 1


def test_an_operator_sees_failing_cases_and_may_have_them_tried_at_once(
    office: Any, post: Post, broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = office.collecting(post("The pond again."))
    work_off(office.services)
    monkeypatch.setattr("cli.work.open_session", lambda _home: office.services)
    monkeypatch.setattr(
        "cli.work.run_due", lambda services, *, at_once: work_off(services, at_once=at_once)
    )
    waits = CliRunner().invoke(build(), ("work", "--json"))
    (told,) = json.loads(waits.stdout)["failing"]
    assert (told["case"], told["segment"], told["code"]) == (case_id, "collect", HomeError.code)
    assert broken.tries[case_id] == 1
    home = str(office.services.home.root)
    doctor = CliRunner().invoke(build(), ("doctor", "--home", home, "--json"))
    said = [one["found"] for one in json.loads(doctor.stdout) if one["name"] == "failing case"]
    assert len(said) == 1
    assert said[0].startswith(f"{case_id} failed: collect:{HomeError.code}, 1 x")
    broken.fault = None
    tried = CliRunner().invoke(build(), ("work", "--now"))
    assert tried.exit_code == 0, tried.output
    assert case_id not in tried.stdout
    assert waits_for(office, case_id) is Segment.SCREEN
