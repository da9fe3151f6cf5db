"""What a requisition freezes has one digest, and every case of it carries that digest.

Policy, scope, criteria, notices and schedule are frozen together. The scope has a digest of its
own beside it, so that a refusal says whether the scope differs or something else.
"""

from typing import Final

from models.criteria import CriteriaPack
from models.requisition import Policy
from models.value import Value
from policy.digest import sha256_of_value

_NOTICES: Final = (
    "notice_stage",
    "notice_lead_days",
    "notice_text",
    "consequence_text",
    "consent_valid_days",
)


class Frozen(Value):
    """The digests of one requisition's rules, the whole and its parts."""

    rules: str
    policy: str
    scope: str
    criteria: str
    notices: str
    schedule: str

    @property
    def mark(self) -> str:
        """What a case remembers."""
        return f"{self.rules}:{self.scope}"


def frozen_rules(policy: Policy, criteria: CriteriaPack) -> Frozen:
    """Return the digests of what a requisition with this policy and these criteria freezes."""
    applicant = policy.applicant
    parts = {
        "policy": sha256_of_value(policy),
        "scope": sha256_of_value(
            {
                "items": policy.consent_items,
                "lookback_years": policy.lookback_years,
                "contact": None if applicant is None else applicant.contact,
            }
        ),
        "criteria": sha256_of_value(criteria),
        "notices": sha256_of_value(
            {name: getattr(policy, name) for name in _NOTICES}
            | {"applicant": None if applicant is None else applicant}
        ),
        "schedule": sha256_of_value(policy.retention),
    }
    return Frozen(rules=sha256_of_value(parts), **parts)
