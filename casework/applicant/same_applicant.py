"""Cases that share an e-mail address or a handle are found without opening any of them.

An earlier case of the same applicant matters twice: whoever saw its raw evidence knows the
applicant and is never the hiring manager of the later one; and a person who asks what is kept of
them is told of every case. A shared handle is no proof that two people are one, and nothing but
these two uses rests on it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from casework.steps.permissions import Permission, authorize
from casework.steps.step import Work, entry, refusals_logged, step
from models.audit import AuditAction
from models.case import Case, CaseState
from models.ids import CaseId
from models.people import Actor
from models.text import RawText
from storage.audit import AuditLog
from storage.blind_index import BlindIndex, IndexedKind
from storage.cases import CaseStore
from storage.exposures import ExposureStore
from storage.schedules import ScheduleStore
from storage.transaction import Transaction
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class SameApplicant:
    """A case that shares a value, by its id and dates alone."""

    case: Case
    shared: frozenset[IndexedKind]
    keep_until: date | None
    destroy_by: date | None


def find_by(
    kind: IndexedKind, value: RawText, *, actor: Actor, vault: Vault, now: datetime
) -> list[SameApplicant]:
    """Return the cases whose applicant named an address or a handle: for a request for access.

    The audit log has how many were found, never the value. Raises `NotPermittedError`.
    """
    home_id = vault.home.id
    with refusals_logged(home_id, actor=actor, vault=vault, now=now), vault.write() as tx:
        role = authorize(actor, Permission.FIND_CASES)
        found = [
            _same(tx, case_id, frozenset({kind})) for case_id in BlindIndex(tx).cases(kind, value)
        ]
        AuditLog(tx).append(
            entry(
                AuditAction.CASES_FOUND,
                actor=actor,
                role=role,
                object_id=home_id,
                now=now,
                code=kind,
                count=len(found),
            )
        )
    return found


def earlier_cases(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[SameApplicant]:
    """Return the other cases that share an address or a handle with one.

    Raises `NotPermittedError`, `CaseNotFoundError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.COMPARE_CASES, now=now) as work:
        shared = BlindIndex(work.tx).shared_with(case_id)
        found = [_same(work.tx, other_id, kinds) for other_id, kinds in shared.items()]
        work.log(AuditAction.CASES_FOUND, count=len(found))
    return found


def note_identities(work: Work) -> None:
    """Index what the case's applicant named, and take over who has seen their earlier cases.

    Whoever saw raw evidence of an earlier case counts as having seen this one's, from now on.
    """
    index = BlindIndex(work.tx)
    index.add_case(work.case.id)
    exposures = ExposureStore(work.tx)
    for other_id in index.shared_with(work.case.id):
        for actor_id in exposures.of(other_id):
            exposures.record(actor_id, work.case.id, work.now)


def _same(tx: Transaction, case_id: CaseId, kinds: frozenset[IndexedKind]) -> SameApplicant:
    case = CaseStore(tx).get(case_id)
    dates = ScheduleStore(tx).get(case_id) if case.state is CaseState.RETAINED else None
    return SameApplicant(
        case=case,
        shared=kinds,
        keep_until=None if dates is None else dates.keep_until,
        destroy_by=None if dates is None else dates.destroy_by,
    )
