"""A sweep that is killed at any instant is ended by the next one, and nothing happens twice."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from casework.applicant.consent import sign_consent
from casework.records.certificates import certificate_of
from casework.records.clock_guard import confirm_clock
from casework.records.retention import retain
from models.audit import AuditAction
from models.case import CaseState
from models.disclosure import Applicant
from models.people import Role
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.checkpoints import publish
from storage.passphrase import PassphraseFileProvider
from storage.records import RecordKind, RecordStore
from storage.schedules import ScheduleStore
from storage.verification import verify
from walloff.custody import sweep_home

MOST_COMMITS = 150
KILLED = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import Engine, event
from walloff.clock import SystemClock
home, moment, stop_at = sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3])
SystemClock.now = lambda self: moment
count = 0
def committing(connection):
    global count
    count += 1
    if count == stop_at:
        os.kill(os.getpid(), signal.SIGKILL)
from cli.main import main
import cli.retention
from walloff import custody
held = custody.custody
def from_now_on(services):
    event.listen(Engine, "commit", committing)
    return held(services)
custody.custody = from_now_on
main(["retention", "sweep", "--home", home, "--actor", "the-evidence-custodian"])
"""


class Stop(BaseException):
    """What a kill looks like from inside: nobody catches it."""


def two_due_and_one_not(office: Any) -> tuple[list[Any], Any]:
    """Two cases whose last day is over, and one that ended today."""
    due = [retained(office), retained(office)]
    with office.vault.read() as tx:
        dates = ScheduleStore(tx).get(due[0])
    assert dates is not None
    last = dates.keep_until
    assert last is not None
    office.clock.moment = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    office.clock.move(days=1)
    confirm_clock(office.now.date(), **office.who(Role.EVIDENCE_CUSTODIAN))
    return due, retained(office)


def retained(office: Any) -> Any:
    case_id = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    retain(case_id, vault=office.vault, now=office.now)
    return case_id


def require_whole(office: Any, due: list[Any], stays: Any) -> None:
    """Every due case went exactly once, with one certificate; nothing else was touched."""
    office.vault.key_ring.forget()
    with office.vault.read() as tx:
        for case_id in due:
            assert CaseStore(tx).get(case_id).state is CaseState.DESTROYED
            done = Counter(one.action for one in AuditLog(tx).entries(case_id))
            assert (done[AuditAction.DESTROYED], done[AuditAction.CERTIFIED]) == (1, 1)
        assert CaseStore(tx).get(stays).state is CaseState.RETAINED
        applicant = RecordStore(tx).latest(stays, RecordKind.APPLICANT, Applicant)
    assert applicant is not None
    assert applicant.name.reveal() == "Rowan Applegate"
    auditor = office.people[Role.AUDITOR]
    for case_id in due:
        assert certificate_of(case_id, actor=auditor, vault=office.vault).keys.complete
    assert set(due) <= office.vault.key_ring.finished_dropping()
    assert office.vault.key_ring.awaiting_rotation() == frozenset()
    for status in office.vault.key_ring.status():
        assert len(status.versions) == 1, "an old key is left"
    publish(office.vault, now=office.now)
    assert verify(office.vault).intact


@contextmanager
def stopped_at(commit: int) -> Iterator[list[int]]:
    count = [0]

    def committing(_connection: Any) -> None:
        count[0] += 1
        if count[0] == commit:
            raise Stop

    event.listen(Engine, "commit", committing)
    try:
        yield count
    finally:
        event.remove(Engine, "commit", committing)


def test_a_sweep_that_stops_before_any_commit_is_ended_by_the_next(office: Any) -> None:
    """Every commit of a sweep in turn, in every database; after the last one none is left."""
    custodian = office.people[Role.EVIDENCE_CUSTODIAN]
    for commit in range(1, MOST_COMMITS):
        due, stays = two_due_and_one_not(office)
        with stopped_at(commit) as count, suppress(Stop):
            sweep_home(office.services, actor=custodian)
        if count[0] < commit:
            require_whole(office, due, stays)
            break
        sweep_home(office.services, actor=custodian)
        require_whole(office, due, stays)
    else:
        pytest.fail("the sweep has more commits than were tried")
    assert commit > 10, "the sweep has fewer commits than it must have"


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ["new_version", "destroy_version"])
def test_a_sweep_that_stops_at_a_key_is_ended_by_the_next(
    office: Any, monkeypatch: pytest.MonkeyPatch, name: str, late: bool
) -> None:
    due, stays = two_due_and_one_not(office)
    true = getattr(PassphraseFileProvider, name)

    def stopping(*args: Any) -> None:
        if late:
            true(*args)
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(PassphraseFileProvider, name, stopping)
        with pytest.raises(Stop):
            sweep_home(office.services)
    sweep_home(office.services)
    require_whole(office, due, stays)


@pytest.mark.parametrize("commit", [2, 5, 9])
def test_a_killed_process_leaves_a_sweep_that_the_next_ends(office: Any, commit: int) -> None:
    due, stays = two_due_and_one_not(office)
    command = [sys.executable, "-c", KILLED, str(office.services.home.root)]
    moment = (office.now + timedelta(minutes=1)).isoformat()
    killed = subprocess.run([*command, moment, str(commit)], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    again = subprocess.run([*command, moment, "0"], capture_output=True, check=False)
    assert again.returncode == 0, again.stderr[-2000:]
    require_whole(office, due, stays)


def test_a_certificate_that_a_crash_took_is_issued_afterwards_and_says_so(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    due, stays = two_due_and_one_not(office)

    def stopping(keys: Any, *_args: Any, **_options: Any) -> tuple[()]:
        if keys is None:
            return ()  # of what an earlier sweep left: nothing
        raise Stop

    with monkeypatch.context() as patch:
        patch.setattr("casework.records.disposition.certify", stopping)
        with pytest.raises(Stop):
            sweep_home(office.services)
    done = sweep_home(office.services)
    assert done.destroyed == ()
    assert set(done.certified) == set(due)
    auditor = office.people[Role.AUDITOR]
    found = certificate_of(due[0], actor=auditor, vault=office.vault)
    assert found.reissued
    assert found.keys.lockboxes == 0
    require_whole(office, due, stays)
