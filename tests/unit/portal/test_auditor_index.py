"""Auditors find entries by index, newest first, and each page begins where the last one ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.counsel.ledgers import (
    ACTIONS,
    Ledger,
    every_entry,
    index_of,
    read_crossings,
    read_entries,
    read_entry,
    read_months,
    read_parts,
)
from models.audit import AuditAction, AuditEntry
from models.errors import NotPermittedError, RecordNotFoundError
from models.ids import ActorId
from models.people import Actor, Role
from storage.log_index import Asked

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
AUDITOR = Actor(id=ActorId("an-auditor"), roles=frozenset({Role.AUDITOR}))
MANAGER = Actor(id=ActorId("a-manager"), roles=frozenset({Role.HIRING_MANAGER}))


class Copy:
    """Stands for the auditors' database: leaves, in order."""

    def __init__(self, *bodies: str) -> None:
        self.bodies = list(bodies)

    def size(self) -> int:
        return len(self.bodies)

    def leaves_from(self, position: int, limit: int) -> list[tuple[int, str]]:
        return list(enumerate(self.bodies[position : position + limit], position))


def entry(number: int, action: AuditAction, **more: Any) -> str:
    said = {
        "event_id": f"event-{number}",
        "at": NOON + timedelta(minutes=number),
        "actor": "one",
        "role": Role.WALL_OFF_REVIEWER,
        "action": action,
        "object_id": "case-1",
    }
    return AuditEntry.model_validate(said | more).model_dump_json()


def index(*bodies: str) -> Any:
    return index_of(Copy(*bodies))  # type: ignore[arg-type]


def test_no_action_is_in_two_ledgers() -> None:
    every = [action for actions in ACTIONS.values() for action in actions]
    assert len(every) == len(set(every))


_ENTRIES = st.lists(
    st.builds(
        entry,
        st.integers(0, 40),
        st.sampled_from([AuditAction.RAW_READ, AuditAction.VIEWED, AuditAction.CONSENT_SIGNED]),
        actor=st.sampled_from(["one", "two"]),
        object_id=st.sampled_from(["case-1", "case-2"]),
        code=st.sampled_from(["", "review"]),
    ),
    max_size=40,
)
_ASKED = st.builds(
    Asked,
    ledger=st.sampled_from(["", Ledger.ACCESS, Ledger.CONSENTS]),
    actor=st.sampled_from(["", "one"]),
    object_id=st.sampled_from(["", "case-2"]),
    code=st.sampled_from(["", "review"]),
    since=st.none() | st.just(NOON + timedelta(minutes=5)),
    until=st.none() | st.just(NOON + timedelta(minutes=30)),
)


@settings(max_examples=60, deadline=None)
@given(_ENTRIES, _ASKED, st.integers(1, 7))
def test_pages_hold_what_is_asked_for_each_once_and_newest_first(
    bodies: list[str], asked: Asked, limit: int
) -> None:
    found, after = [], ""
    shared = index(*bodies)
    while page := read_entries(shared, asked, actor=AUDITOR, after=after, limit=limit):
        found += page
        after = page[-1].key
    wanted = [
        (one.at, number)
        for number, one in enumerate(map(AuditEntry.model_validate_json, bodies))
        if (not asked.ledger or one.action in ACTIONS[Ledger(asked.ledger)])
        and asked.actor in ("", one.actor)
        and asked.object_id in ("", one.object_id)
        and asked.code in ("", one.code)
        and (asked.since is None or one.at >= asked.since)
        and (asked.until is None or one.at < asked.until)
    ]
    assert [(one.entry.at, one.position) for one in found] == sorted(wanted, reverse=True)
    assert list(every_entry(shared, asked, actor=AUDITOR)) == found


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(ledger=Ledger.ACCESS),
        Asked(ledger=Ledger.ACCESS, actor="one"),
        Asked(action=AuditAction.RAW_READ),
        Asked(action=AuditAction.RAW_READ, actor="one"),
        Asked(object_id="case-1"),
        Asked(code="review"),
        Asked(ledger=Ledger.ACCESS, since=NOON, until=NOON + timedelta(days=1)),
    ],
)
def test_an_index_gives_every_page_in_its_order(asked: Asked) -> None:
    """No page reads the whole log, and none sorts what it found."""
    shared = index(*(entry(number, AuditAction.RAW_READ) for number in range(100)))
    shared.refresh()
    plan = shared.plan(asked)
    assert all("USING INDEX" in line for line in plan), plan
    assert not any("TEMP B-TREE" in line for line in plan), plan


def test_a_key_that_is_none_gives_nothing() -> None:
    shared = index(entry(1, AuditAction.VIEWED))
    for key in ("x", "1", "1.x", "-1.1", "1.1.1", "9" * 40 + ".1", "' OR 1=1"):
        assert read_entries(shared, Asked(), actor=AUDITOR, after=key, limit=5) == []


def test_what_is_handed_over_later_is_found_and_counted() -> None:
    copy = Copy(entry(1, AuditAction.RAW_READ))
    shared = index_of(copy)  # type: ignore[arg-type]
    assert shared.refresh() == 1
    copy.bodies.append(entry(2, AuditAction.RAW_READ, code="review"))
    assert len(read_entries(shared, Asked(), actor=AUDITOR, limit=5)) == 2
    months = read_months(shared, Ledger.ACCESS, actor=AUDITOR)
    assert months == {"2026-09": {AuditAction.RAW_READ: 2}}
    (part,) = read_parts(shared, limit=5, actor=AUDITOR)
    assert (part.count, part.last - part.first) == (2, timedelta(minutes=1))


def test_a_log_that_became_shorter_is_taken_in_anew() -> None:
    copy = Copy(entry(1, AuditAction.RAW_READ), entry(2, AuditAction.VIEWED))
    shared = index_of(copy)  # type: ignore[arg-type]
    assert shared.refresh() == 2
    del copy.bodies[0]
    (one,) = read_entries(shared, Asked(), actor=AUDITOR, limit=5)
    assert one.entry.action is AuditAction.VIEWED


def test_an_entry_that_cannot_be_read_is_numbered_and_hides_no_other() -> None:
    shared = index(entry(1, AuditAction.VIEWED), "not an entry", entry(3, AuditAction.VIEWED))
    found = read_entries(shared, Asked(), actor=AUDITOR, limit=5)
    assert shared.unreadable == (1,)
    assert [one.position for one in found] == [2, 0]


def test_whoever_has_two_parts_that_are_to_be_apart_is_named_and_others_are_not() -> None:
    shared = index(
        entry(1, AuditAction.RAW_READ, actor="one"),
        entry(2, AuditAction.DECIDED, actor="one", role=Role.HIRING_MANAGER),
        entry(3, AuditAction.DECIDED, actor="two", object_id="case-2"),
        entry(4, AuditAction.CAPTURED, actor="system", role=Role.SYSTEM),
        entry(5, AuditAction.APPROVED, actor="system", role=Role.SYSTEM),
        entry(6, AuditAction.RAW_READ, actor="two"),
    )
    (found,) = read_crossings(shared, actor=AUDITOR, limit=10)
    assert (found.actor, found.object_id) == ("one", "case-1")
    assert (found.first.part, found.second.part) == ("read-raw", "decided")


def test_only_auditors_read() -> None:
    shared = index(entry(1, AuditAction.VIEWED))
    assert read_entry(shared, 0, actor=AUDITOR).position == 0
    with pytest.raises(RecordNotFoundError):
        read_entry(shared, 1, actor=AUDITOR)
    for refused in (
        lambda: read_entries(shared, Asked(), actor=MANAGER, limit=5),
        lambda: read_entry(shared, 0, actor=MANAGER),
        lambda: read_parts(shared, actor=MANAGER, limit=5),
        lambda: read_months(shared, Ledger.ACCESS, actor=MANAGER),
        lambda: read_crossings(shared, actor=MANAGER, limit=5),
    ):
        with pytest.raises(NotPermittedError):
            refused()
