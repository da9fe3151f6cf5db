"""What tells of protected activity and of nothing else sets nothing in motion after hire.

The filter is that of findings: coded text, classes withheld beside it, and the gates of the law.
Hard words about bosses at a union meeting are shielded; a threat made there is not.
"""

from datetime import datetime

from casework.requisition.requisitions import frozen
from casework.screening.screen import Screener
from models.ids import RequisitionId
from models.redaction import Outcome
from models.reportable import Activity, HiringStage
from models.text import RawText
from policy.reporting_law import gates_of
from storage.vault import Vault
from triage.activity import SHIELDS, activities, traits


def protected_in(
    text: RawText,
    requisition_id: RequisitionId,
    screener: Screener,
    vault: Vault,
    *,
    now: datetime,
) -> dict[Activity, str]:
    """Return the protected activity that a text tells of, each with its rule of law.

    Empty if the text also tells of conduct that none of them shields, and for text that could not
    be read by the machine: a person reads it then.
    """
    with vault.read() as tx:
        policy = frozen(tx, requisition_id).policy
    gates = gates_of(policy, stage=HiringStage.CONDITIONAL_OFFER, on=now.date(), came_of_age=None)
    redaction = screener.redactor.redact(text)
    if redaction.outcome is not Outcome.PASSED:
        return {}
    told = activities(redaction.coded, redaction.coded, traits(redaction.spans))
    found = {one: gates.protected[one] for one in told if one in gates.protected}
    shielded = frozenset().union(*(SHIELDS[one] for one in found))
    proposals = screener.triage.assess(redaction.coded)
    if any(one.conduct not in shielded for one in proposals):
        return {}
    return found


def protected_alone(
    text: RawText,
    requisition_id: RequisitionId,
    screener: Screener,
    vault: Vault,
    *,
    now: datetime,
) -> list[str]:
    """Return the rules of law that shield all that a text tells of."""
    return sorted(protected_in(text, requisition_id, screener, vault, now=now).values())
