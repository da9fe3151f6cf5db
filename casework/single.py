"""One text by itself: what a case that held nothing else would release."""

from typing import TypedDict

from triage.excerpt import neutral_excerpt

from models.criteria import Severity
from models.finding import Proposal
from models.redaction import Outcome, Redaction
from models.text import RedactedText
from redaction.leakage import leaks
from triage.engine import Triage


class ScreenedFinding(TypedDict):
    """One finding, as `walloff screen` prints it."""

    criterion: str
    severity: Severity
    excerpt: RedactedText | None


def screen_text(
    redaction: Redaction, triage: Triage, *, words_max: int = 40, quote_run_max: int = 12
) -> list[ScreenedFinding]:
    """Return the findings that would be released, in canonical order.

    What waits for a person, and text that could not be redacted, releases nothing.
    """
    if redaction.outcome is not Outcome.PASSED:
        return []
    found = [
        ScreenedFinding(
            criterion=proposal.criterion,
            severity=proposal.severity,
            excerpt=_excerpt(proposal, words_max, quote_run_max),
        )
        for proposal in triage.assess(redaction.coded)
        if not proposal.needs_person
    ]
    return sorted(found, key=lambda one: (one["criterion"], one["severity"], one["excerpt"] or ""))


def _excerpt(proposal: Proposal, words_max: int, quote_run_max: int) -> RedactedText | None:
    excerpt = neutral_excerpt(proposal.passage, words_max=words_max, quote_run_max=quote_run_max)
    return None if excerpt is None or leaks(excerpt) else excerpt
