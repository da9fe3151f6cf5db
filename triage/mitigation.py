"""Some mitigators show only when all of a case's findings lie side by side."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from models.criteria import Mitigator
from models.finding import Finding, FindingState
from triage.recency import years_before

REMOTE_YEARS: Final = 5
"""From this age on, conduct counts as remote in time (5 CFR 731.202(c): recency)."""

_OF_THE_SET: Final = frozenset({Mitigator.ISOLATED, Mitigator.REMOTE_IN_TIME})
_GONE: Final = frozenset({FindingState.WITHHELD, FindingState.WITHDRAWN})


def mitigate(findings: Iterable[Finding], *, now: datetime) -> list[Finding]:
    """Return the findings, each with the mitigators that the whole set gives it.

    A finding is isolated if no other that stands meets the same criterion. What waits for a
    person, or was withheld, never takes that away: its existence must not show. Applying this
    again after a review gives the right answer for the findings that then stand.
    """
    findings = list(findings)
    standing = Counter(finding.proposal.criterion for finding in findings if finding.stands)
    return [_mitigated(finding, standing, now) for finding in findings]


def _mitigated(finding: Finding, standing: Counter[str], now: datetime) -> Finding:
    found = set(finding.proposal.mitigators - _OF_THE_SET)
    others = standing[finding.proposal.criterion] - finding.stands
    if finding.state not in _GONE and others == 0:
        found.add(Mitigator.ISOLATED)
    if finding.said_at <= years_before(now, REMOTE_YEARS):
        found.add(Mitigator.REMOTE_IN_TIME)
    proposal = finding.proposal.model_copy(update={"mitigators": frozenset(found)})
    return finding.model_copy(update={"proposal": proposal})
