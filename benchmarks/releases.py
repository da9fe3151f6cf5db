"""What a hiring manager would read of each synthetic user, if every post were a case's item."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.users import User
from casework.screening.single import screen_text
from models.redaction import Redaction
from models.requisition import Policy
from models.text import RawText
from policy.defaults import default_draft
from redaction.pipeline import Redactor
from triage.engine import Triage


@dataclass(frozen=True, slots=True)
class History:
    """One user's posts as written, as redacted, and what is released of them."""

    user: User
    raw: str
    redacted: str
    released: str
    """The findings' criterion, severity and excerpt in canonical order; empty without findings."""


def histories(users: Sequence[User], redactor: Redactor) -> list[History]:
    """Redact and screen every user's posts through the real redactor and triage."""
    draft = default_draft()
    triage = Triage(draft.criteria)
    found = []
    for user in users:
        redactions = list(redactor.redact_many(map(RawText, user.posts)))
        found.append(
            History(
                user,
                "\n".join(user.posts),
                "\n".join(item.text for item in redactions),
                _release(redactions, triage, draft.policy),
            )
        )
    return found


def _release(redactions: Sequence[Redaction], triage: Triage, policy: Policy) -> str:
    findings = [finding for item in redactions for finding in screen_text(item, triage, policy)]
    return "\n".join(
        sorted(
            f"{finding['criterion']} {finding['severity']} {finding['excerpt'] or ''}"
            for finding in findings
        )
    )
