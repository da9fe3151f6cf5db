"""What a hiring manager would read of each synthetic user, if every post were a case's item."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.users import User
from casework.single import screen_text
from policy.defaults import default_draft
from models.redaction import Redaction
from models.text import RawText
from policy.criteria import load_pack
from policy.defaults import CRITERIA
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
    triage = Triage(load_pack(CRITERIA))
    found = []
    for user in users:
        redactions = list(redactor.redact_many(map(RawText, user.posts)))
        found.append(
            History(
                user,
                "\n".join(user.posts),
                "\n".join(item.text for item in redactions),
                _release(redactions, triage),
            )
        )
    return found


def _release(redactions: Sequence[Redaction], triage: Triage) -> str:
    findings = [finding for item in redactions for finding in screen_text(item, triage, default_draft().policy)]
    return "\n".join(
        sorted(
            f"{finding['criterion']} {finding['severity']} {finding['excerpt'] or ''}"
            for finding in findings
        )
    )
