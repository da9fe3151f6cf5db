"""One text by itself: what a case that held nothing else would release."""

from typing import TypedDict

from casework.screening.excerpts import excerpt_of
from models.criteria import Severity
from models.redaction import Outcome, Redaction
from models.requisition import Policy
from models.text import RedactedText
from triage.engine import Triage


class ScreenedFinding(TypedDict):
    """One finding, as `walloff screen` prints it."""

    criterion: str
    severity: Severity
    excerpt: RedactedText | None


def screen_text(redaction: Redaction, triage: Triage, policy: Policy) -> list[ScreenedFinding]:
    """Return the findings that would be released, in order of criterion.

    What waits for a person, and text that could not be redacted, releases nothing.
    """
    if redaction.outcome is not Outcome.PASSED:
        return []
    found = [
        ScreenedFinding(
            criterion=proposal.criterion,
            severity=proposal.severity,
            excerpt=excerpt_of(proposal, policy),
        )
        for proposal in triage.assess(redaction.coded)
        if not proposal.needs_person
    ]
    return sorted(found, key=lambda one: (one["criterion"], one["severity"], one["excerpt"] or ""))
