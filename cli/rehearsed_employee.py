"""The rehearsal's employee: told of monitoring, and looked at on an approved trigger alone.

They declare their accounts themselves; a declaration opens nothing. It stands beside the command:
the wiring below, which schedules and processes use, knows no function that opens such a case.
"""

from datetime import timedelta
from typing import Final

from casework.after_hire.account_changes import declare_account
from casework.after_hire.monitoring import open_monitoring
from casework.after_hire.monitoring_notice import give_monitoring_notice, prove_monitoring_notice
from casework.after_hire.triggers import Statement, approve_trigger, state_trigger
from models.account_changes import AccountEvent
from models.after_hire_rules import AfterHireRules
from models.disclosure import Disclosure
from models.forms import DeliveryProof
from models.ids import CaseId
from models.monitoring import Scope, TriggerSource
from models.requisition import Requisition
from walloff.rehearsal_cast import EMPLOYEE, INVESTIGATOR, POLICY_OWNER, SUPERVISOR, taken_by
from walloff.rehearsed_parts import Concern
from walloff.services import Services

_SOURCE: Final = TriggerSource.MEMBER_OF_THE_PUBLIC


def tell_employee(requisition: Requisition, named: Disclosure, services: Services) -> None:
    """Give the employee the notice, which they open themselves, and take in their accounts."""
    owner = taken_by(POLICY_OWNER, services)
    give_monitoring_notice(requisition.id, EMPLOYEE.id, name=named.name, **owner)
    prove_monitoring_notice(EMPLOYEE.id, DeliveryProof.OWN_SESSION, **owner)
    for account in named.accounts:
        declare_account(
            requisition.id,
            EMPLOYEE.id,
            account,
            AccountEvent.OPENED,
            services.clock.now().date(),
            **taken_by(EMPLOYEE, services),
        )


def open_on_concern(requisition: Requisition, concern: Concern, services: Services) -> CaseId:
    """State the trigger, have a supervisor approve it, and open the case within it."""
    today = services.clock.now().date()
    statement = Statement(
        kind=concern.kind,
        source=_SOURCE,
        on=today,
        description=concern.words,
        reach=Scope(
            platforms=concern.platforms,
            criteria=concern.criteria,
            since=today - timedelta(days=concern.days),
            until=today,
        ),
    )
    screener = services.screener(requisition)
    case_id = state_trigger(
        requisition.id,
        EMPLOYEE.id,
        statement,
        screener=screener,
        **taken_by(INVESTIGATOR, services),
    )
    supervisor = taken_by(SUPERVISOR, services)
    approve_trigger(case_id, **supervisor)
    rules = requisition.policy.after_hire or AfterHireRules()
    last = today + timedelta(days=rules.longest_days)
    open_monitoring(case_id, closes_on=last, **supervisor)
    return case_id
