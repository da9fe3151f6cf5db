"""What was not reported is shown to a reviewer with its rule, and counted for an auditor.

To a manager none of it ever existed. The auditor learns counts over a requisition, and of a rule
only where it met at least ten applicants: never what met which case.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from casework.people.exposure import expose
from casework.people.people_gates import require_searcher
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission, authorize
from casework.steps.step import entry, refusals_logged, step
from models.audit import AuditAction
from models.case import CaseState
from models.evidence import Evidence
from models.exposure import Material
from models.ids import CaseId, RequisitionId
from models.people import Actor
from models.reportable import Exclusion, Exclusions
from policy.reporting_law import rule_text
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore
from storage.requisitions import RequisitionStore
from storage.transaction import Transaction
from storage.vault import Vault

LEAST: Final = 10
"""Applicants below whom a rule is not told to an auditor."""


class Excluded(NamedTuple):
    """One finding that was not made, as a reviewer sees it."""

    exclusion: Exclusion
    why: str
    evidence: Evidence


def exclusions_of(tx: Transaction, case_id: CaseId) -> tuple[Exclusion, ...]:
    """Return what was not reported when a case was last screened."""
    found = RecordStore(tx).latest(case_id, RecordKind.EXCLUSIONS, Exclusions)
    return () if found is None else found.entries


def read_exclusions(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[Excluded]:
    """Show a reviewer what was not reported, and why; the look is logged first."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_EXCLUSIONS, now=now) as work:
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        expose(work, Material.REVIEW)
        work.log(AuditAction.RAW_READ, code="exclusions")
    with vault.read() as tx:
        kept = {item.id: item for item in EvidenceStore(tx).for_case(case_id)}
        return [
            Excluded(one, rule_text(one.rule), kept[one.evidence_id])
            for one in exclusions_of(tx, case_id)
            if one.evidence_id in kept
        ]


def count_exclusions(
    requisition_id: RequisitionId, *, actor: Actor, vault: Vault, now: datetime
) -> Mapping[str, int]:
    """Return, for each rule that met at least ten applicants of a requisition, how many it met.

    Raises `NotPermittedError`, `RequisitionNotFoundError`.
    """
    with refusals_logged(requisition_id, actor=actor, vault=vault, now=now):
        role = authorize(actor, Permission.COUNT_EXCLUSIONS)
        with vault.write() as tx:
            RequisitionStore(tx).get(requisition_id)
            met: Counter[str] = Counter()
            for case in CaseStore(tx).all(requisition_id):
                if case.state is not CaseState.DESTROYED:
                    met.update({one.rule for one in exclusions_of(tx, case.id)})
            AuditLog(tx).append(
                entry(
                    AuditAction.EXCLUSIONS_COUNTED,
                    actor=actor,
                    role=role,
                    object_id=requisition_id,
                    now=now,
                )
            )
    return {rule: count for rule, count in sorted(met.items()) if count >= LEAST}
