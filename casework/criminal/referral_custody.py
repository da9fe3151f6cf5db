"""The custodian's part in a referral: the call, the report, the receipt, and what is shown.

Each duty is done by a person and written down with a reference; the clock runs until then.
"""

from datetime import datetime
from typing import NamedTuple

from casework.criminal.custody_chain import digest_of
from casework.criminal.referrals import (
    copy_in_case,
    linked,
    received,
    referral_of,
    referrals_of,
    save,
)
from casework.people.exposure import expose
from casework.steps.permissions import Permission, authorize
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import WrongStateError
from models.exposure import Material
from models.ids import CaseId
from models.people import Actor
from models.referral import CriminalCopy, CriminalReferral, CustodyAct, Route
from models.text import RawText
from storage.cases import CaseStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


class Due(NamedTuple):
    """One referral that waits for somebody, without a word of what it is about."""

    case_id: CaseId
    referral_id: str
    waits_for: Route
    due_at: datetime
    overdue: bool


def record_call(
    case_id: CaseId,
    referral_id: str,
    *,
    reference: RawText,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> CriminalReferral:
    """Write down that a person called the emergency services, with the incident's number.

    Raises `WrongStateError` for a referral that asks for no call or has one.
    """
    permission = Permission.RECORD_EMERGENCY_CALL
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        referral = referral_of(work.tx, case_id, referral_id)
        if not referral.imminent or referral.called_at is not None:
            raise WrongStateError("this referral does not wait for a call")
        update = {"called_at": now, "call_reference": reference}
        return _acted(work, referral, CustodyAct.CALLED, update)


def record_report(
    case_id: CaseId,
    referral_id: str,
    *,
    reference: RawText,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> CriminalReferral:
    """Write down that the report a law asks for was made, with its number.

    Raises `WrongStateError` for a referral that asks for no report or has one.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ROUTE_REFERRAL, now=now) as work:
        referral = referral_of(work.tx, case_id, referral_id)
        if not referral.mandatory_report or referral.reported_at is not None:
            raise WrongStateError("this referral does not wait for a report")
        update = {"reported_at": now, "report_reference": reference}
        return _acted(work, referral, CustodyAct.REPORTED, update)


def receive(
    case_id: CaseId, referral_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> CriminalReferral:
    """Give the custodian's receipt for a place, or for a copy that lies in the case itself.

    A copy that left for the sealed domain is received where it can be opened, by
    `casework.records.custodian.receive_kept`; here it is refused. Raises `CaptureHashError` if copy
    or chain is not what it was, and `WrongStateError` as `casework.criminal.referrals.received`
    does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.RECEIVE_REFERRAL, now=now) as work:
        referral = referral_of(work.tx, case_id, referral_id)
        if referral.copy_sealed:
            raise WrongStateError("the copy is received where it lies: walloff custody receive")
        sealed = None
        if referral.copy_id is not None:
            sealed = digest_of(copy_in_case(work, referral.copy_id))
        return received(work, referral, sealed, at=now)


def read_referral(
    case_id: CaseId, referral_id: str, *, actor: Actor, vault: Vault, now: datetime
) -> tuple[CriminalReferral, CriminalCopy | None]:
    """Show the custodian a referral, with a copy that lies in the case; the look is logged first.

    A copy in the sealed domain opens in the custodian's own process alone.
    """
    with step(vault, case_id, actor=actor, permission=Permission.READ_REFERRALS, now=now) as work:
        expose(work, Material.REFERRAL)
        work.log(AuditAction.RAW_READ, code="referral")
    with step(vault, case_id, actor=actor, permission=Permission.READ_REFERRALS, now=now) as work:
        referral = referral_of(work.tx, case_id, referral_id)
        if referral.copy_id is None or referral.copy_sealed:
            return referral, None
        return referral, copy_in_case(work, referral.copy_id)


def referrals_on(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[CriminalReferral]:
    """Return a case's referrals, oldest first. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_REFERRALS, now=now) as work:
        return referrals_of(work.tx, case_id)


def show_referrals_due(*, actor: Actor, vault: Vault, now: datetime) -> list[Due]:
    """Return what waits to the custodian alone: that a case has a referral is a finding itself.

    Raises `NotPermittedError`, to a manager `RawAccessError`.
    """
    authorize(actor, Permission.READ_REFERRALS)
    return referrals_due(vault=vault, now=now)


def _acted(
    work: Work, referral: CriminalReferral, act: CustodyAct, update: dict[str, object]
) -> CriminalReferral:
    """Write an act of a person on a referral down, with its link in the chain."""
    chain = linked(referral.chain, act, work)
    work.log(AuditAction.REFERRAL_ROUTED)
    return save(work, referral.model_copy(update={**update, "chain": chain}))


def referrals_due(*, vault: Vault, now: datetime) -> list[Due]:
    """Return every referral of the home that waits for a person, the earliest clock first."""
    due = []
    with vault.read() as tx:
        for case_id in RecordStore(tx).cases_with(RecordKind.REFERRAL):
            if CaseStore(tx).get(case_id).state is CaseState.DESTROYED:
                continue
            due += [
                Due(case_id, referral.id, duty, referral.due_at, referral.overdue(now))
                for referral in referrals_of(tx, case_id)
                if (duty := referral.waits_for) is not None
            ]
    return sorted(due, key=lambda one: one.due_at)
