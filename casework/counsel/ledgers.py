"""Auditors find in their copy of the log what concerns a consent, a look, a destruction.

A ledger is those entries of the log that are of one kind; no entry is in two. All of it comes from
ids and codes: nothing that this module imports reaches a raw store or a key that opens content.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from casework.steps.permissions import Permission, authorize
from models.audit import AuditAction
from models.errors import RecordNotFoundError
from models.people import SYSTEM, Actor
from storage.auditors import AuditorsLog
from storage.log_index import Asked, LogIndex, Numbered, Part

_A = AuditAction


class Ledger(StrEnum):
    """What entries are about, as auditors ask for them."""

    CONSENTS = "consents"
    ACCESS = "access"
    RETENTION = "retention"
    DESTRUCTION = "destruction"
    QUALITY = "quality"


ACTIONS: Final[Mapping[Ledger, tuple[AuditAction, ...]]] = {
    Ledger.CONSENTS: (
        _A.NOTICE_SENT,
        _A.NOTICE_DELIVERED,
        _A.CONSENT_SIGNED,
        _A.CONSENT_REFUSED,
        _A.REFUSAL_SETTLED,
        _A.CONSENT_WITHDRAWN,
        _A.CONSENT_EXPIRED,
        _A.MONITORING_NOTICED,
    ),
    Ledger.ACCESS: (
        _A.RAW_READ,
        _A.VIEWED,
        _A.PREVIEWED,
        _A.FILE_COPY_GIVEN,
        _A.RESULT_SHOWN,
        _A.COPY_SENT,
        _A.CASES_FOUND,
        _A.CUSTODY_EXPORTED,
        _A.PRODUCTION_MADE,
        _A.EXPOSURES_READ,
        _A.SAFETY_NOTICE_READ,
        _A.AUDIT_EXPORTED,
        _A.DENIED,
    ),
    Ledger.RETENTION: (
        _A.RETAINED,
        _A.EMPLOYMENT_STATED,
        _A.HOLD_PLACED,
        _A.HOLD_LIFTED,
        _A.SWEEP_PLANNED,
        _A.SWEPT,
        _A.CLOCK_CONFIRMED,
    ),
    Ledger.DESTRUCTION: (_A.DESTROYED, _A.CERTIFIED),
    Ledger.QUALITY: (
        _A.QUALITY_PLANNED,
        _A.QUALITY_DRAWN,
        _A.QUALITY_REVIEWED,
        _A.QUALITY_READ,
        _A.SEEDED,
        _A.SEED_WEIGHED,
        _A.PRACTICAL_SCORED,
        _A.CONSISTENCY_READ,
        _A.EXCLUSIONS_COUNTED,
    ),
}
"""Every action that is in a ledger; the rest stand in the whole log alone."""

SIGHTS: Final[Mapping[AuditAction, str]] = {
    _A.RAW_READ: "read-raw",
    _A.SOURCE_REGISTERED: "gathered",
    _A.CAPTURED: "gathered",
    _A.PAGE_CAPTURED: "gathered",
    _A.APPROVED: "approved",
    _A.RELEASED: "released",
    _A.VIEWED: "saw-release",
    _A.DECIDED: "decided",
    _A.PREVIEWED: "saw-preview",
    _A.CUSTODY_EXPORTED: "exported",
    _A.PRODUCTION_MADE: "produced",
}
"""What a step gives whoever took it: a part in the case."""

PARTS: Final = tuple(dict.fromkeys(SIGHTS.values()))

APART: Final = (
    ("read-raw", "decided"),
    ("read-raw", "saw-release"),
    ("gathered", "approved"),
    ("gathered", "released"),
    ("gathered", "decided"),
    ("approved", "released"),
    ("approved", "decided"),
)
"""Parts that one person never has in one case (the permissions refuse it)."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Somebody who has two parts in a case that are to be apart."""

    object_id: str
    actor: str
    first: Part
    second: Part


def index_of(log: AuditorsLog) -> LogIndex:
    """Return an index of the auditors' copy, to be shared by all; the first question fills it."""
    ledgers = {action: str(ledger) for ledger, actions in ACTIONS.items() for action in actions}
    return LogIndex(log, ledgers=ledgers, parts=SIGHTS)


def read_entries(
    index: LogIndex, asked: Asked, *, actor: Actor, after: str = "", limit: int
) -> list[Numbered]:
    """Return entries newest first, with what was handed over last. Raises `NotPermittedError`."""
    _allowed(actor, index)
    if asked.ledger and asked.action and asked.action not in ACTIONS[Ledger(asked.ledger)]:
        return []
    return index.entries(asked, after=after, limit=limit)


def every_entry(index: LogIndex, asked: Asked, *, actor: Actor) -> Iterator[Numbered]:
    """Yield all entries that are asked for, newest first. Raises `NotPermittedError`."""
    after = ""
    while found := read_entries(index, asked, actor=actor, after=after, limit=1000):
        yield from found
        after = found[-1].key


def read_entry(index: LogIndex, position: int, *, actor: Actor) -> Numbered:
    """Return one entry by its number. Raises `NotPermittedError`, `RecordNotFoundError`."""
    _allowed(actor, index)
    found = index.at(position)
    if found is None:
        raise RecordNotFoundError("no such entry")
    return found


def read_months(index: LogIndex, ledger: str, *, actor: Actor) -> dict[str, dict[str, int]]:
    """Return how many entries of each action each month has. Raises `NotPermittedError`."""
    _allowed(actor, index)
    return index.months(ledger)


def read_parts(
    index: LogIndex,
    *,
    person: str = "",
    case_id: str = "",
    part: str = "",
    after: str = "",
    limit: int,
    actor: Actor,
) -> list[Part]:
    """Return who had which part in which case, by case. Raises `NotPermittedError`."""
    _allowed(actor, index)
    return index.parts(actor=person, object_id=case_id, part=part, after=after, limit=limit)


def read_crossings(index: LogIndex, *, actor: Actor, limit: int) -> list[Crossing]:
    """Return whoever has two parts in a case that are to be apart. Raises `NotPermittedError`.

    The automatic steps are nobody's: what the system did is left out.
    """
    _allowed(actor, index)
    found = []
    for one, other in APART:
        for first, second in index.both(one, other, limit=limit):
            if first.actor != SYSTEM.id:
                found.append(Crossing(first.object_id, first.actor, first, second))
    return sorted(found, key=lambda each: (each.object_id, each.actor))[:limit]


def _allowed(actor: Actor, index: LogIndex) -> None:
    authorize(actor, Permission.READ_AUDIT)
    index.refresh()
