"""Employees declare new and changed accounts where the policy asks it, and a late one is a remark.

A declaration tells where an account is, and nothing is looked at for it: only a trigger opens a
search. Leaving one out is coded, inadvertent until shown otherwise, and is no finding (S2, POL-08).
"""

from datetime import date, datetime, timedelta

from casework.after_hire.monitoring_notice import monitoring_policy, require_monitoring_notice
from casework.steps.permissions import Permission, authorize
from casework.steps.registering import registering
from collection.egress.credentials import refuse_credentials
from models.account_changes import AccountChange, AccountEvent, Omission
from models.after_hire_rules import AfterHireRules
from models.audit import AuditAction
from models.clauses import LateNoticeError, MonitoringNoticeError
from models.disclosure import Account
from models.errors import (
    DisclosureIncompleteError,
    InputError,
    NotPermittedError,
    RecordNotFoundError,
    WrongStateError,
)
from models.ids import ActorId, RequisitionId, new_id
from models.people import Actor, Role
from models.requisition import Policy
from storage.registers import RegisterKind, RegisterStore
from storage.transaction import Transaction
from storage.vault import Vault


def declare_account(
    requisition_id: RequisitionId,
    employee: ActorId,
    account: Account,
    event: AccountEvent,
    happened_on: date,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> AccountChange:
    """Write down a change that an employee declares, and say whether it came late.

    It is late only where the policy asks for it and the employee was told; the log then has
    W-S2-LATE-NOTICE as a remark, and the step goes on. Raises `NotPermittedError` for another
    employee's account, `CredentialRefusedError`, `InputError` for a day that has not come.
    """
    with registering(
        employee, permission=Permission.DECLARE_ACCOUNT, actor=actor, vault=vault, now=now
    ) as work:
        if work.role is Role.APPLICANT and actor.id != employee:
            raise NotPermittedError("nobody declares the account of somebody else")
        policy = monitoring_policy(work.tx, requisition_id)
        _require_sense(account, happened_on, now)
        due_on = _due(work.tx, policy, employee, happened_on)
        late = due_on is not None and now.date() > due_on
        change = AccountChange(
            id=new_id(),
            employee=employee,
            account=account,
            event=event,
            happened_on=happened_on,
            declared_at=now,
            declared_by=actor.id,
            due_on=due_on,
            late=late,
            omission=Omission.INADVERTENT if late else None,
        )
        work.put(RegisterKind.ACCOUNT_CHANGE, change)
        work.log(AuditAction.ACCOUNT_DECLARED, code=LateNoticeError.code if late else event)
        return change


def code_omission(
    employee: ActorId,
    change_id: str,
    omission: Omission,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> AccountChange:
    """Say why a change was declared late. It stays a remark, whichever it is.

    Raises `RecordNotFoundError`, and `WrongStateError` for a change that was in time.
    """
    with registering(
        employee, permission=Permission.CODE_OMISSION, actor=actor, vault=vault, now=now
    ) as work:
        work.require_another(employee)
        found = next((one for one in _changes(work.tx, employee) if one.id == change_id), None)
        if found is None:
            raise RecordNotFoundError("no such change of this employee")
        if not found.late:
            raise WrongStateError("it was declared in time: nothing was left out")
        coded = found.model_copy(update={"omission": omission, "coded_by": actor.id})
        work.put(RegisterKind.ACCOUNT_CHANGE, coded)
        work.log(AuditAction.OMISSION_CODED, code=omission)
        return coded


def account_changes(employee: ActorId, *, actor: Actor, vault: Vault) -> list[AccountChange]:
    """Return an employee's changes as they stand, to the employee or to investigators.

    Raises `NotPermittedError`.
    """
    role = authorize(actor, Permission.DECLARE_ACCOUNT)
    if role is Role.APPLICANT and actor.id != employee:
        raise NotPermittedError("nobody reads the accounts of somebody else")
    with vault.read() as tx:
        return _changes(tx, employee)


def declared_accounts(tx: Transaction, employee: ActorId) -> tuple[Account, ...]:
    """Return every account that an employee has declared; a closed one was theirs as well."""
    return tuple(dict.fromkeys(one.account for one in _changes(tx, employee)))


def _changes(tx: Transaction, employee: ActorId) -> list[AccountChange]:
    found = RegisterStore(tx).all(RegisterKind.ACCOUNT_CHANGE, AccountChange, about=employee)
    return list({one.id: one for one in found}.values())


def _due(tx: Transaction, policy: Policy, employee: ActorId, happened_on: date) -> date | None:
    """Return the last day in time: none where nobody is asked, or was not told of it."""
    days = (policy.after_hire or AfterHireRules()).change_notice_days
    if days is None:
        return None
    try:
        notice = require_monitoring_notice(tx, policy, employee)
    except MonitoringNoticeError:
        return None
    told_on = happened_on if notice.delivered_at is None else notice.delivered_at.date()
    return max(happened_on, told_on) + timedelta(days=days)


def _require_sense(account: Account, happened_on: date, now: datetime) -> None:
    if not account.handle.reveal().strip() or not account.platform.reveal().strip():
        raise DisclosureIncompleteError("an account has a platform and a name on it")
    if happened_on > now.date():
        raise InputError("the change has not happened yet")
    for where, text in (("platform", account.platform), ("handle", account.handle)):
        refuse_credentials(text.reveal(), where=where)
