"""How long a consent is valid: as the policy says, and no longer than the law of the place."""

from datetime import date, datetime, time, timedelta

from models.obligations import Matter
from models.requisition import Policy
from models.retention import Clock
from policy.law import legal_param
from policy.obligations import circumstances_of, ruling
from policy.retention_periods import add_period


def consent_expiry(policy: Policy, signed_at: datetime) -> datetime:
    """Return when a consent expires: the policy's days, or the law's period if that is shorter."""
    own = signed_at + timedelta(days=policy.consent_valid_days)
    last = lawful_last_day(policy, signed_at.date())
    if last is None:
        return own
    return min(
        own, datetime.combine(last, time(signed_at.hour, signed_at.minute), signed_at.tzinfo)
    )


def lawful_last_day(policy: Policy, signed_on: date) -> date | None:
    """Return the last day that the law allows, or None where no row limits it."""
    found = ruling(Matter.CONSENT_VALIDITY, circumstances_of(policy, signed_on))
    days = []
    for one in found.rows:
        law = legal_param(one.row)
        days.append(add_period(signed_on, f"{law.value} {law.unit}", Clock.DESTROY_BY))
    return min(days, default=None)
