"""What crosses the wall: a new document built from a closed list of fields.

Nothing here is a view of raw evidence. Two cases with the same reportable conduct give the same
bytes, whatever the applicants are.
"""

import json
from typing import Final, Literal

from pydantic import Field

from models.consent import Sha256
from models.criteria import Conduct, Mitigator, Severity
from models.finding import Recency
from models.rebuttal import Claim
from models.text import RedactedText
from models.value import Value

BUCKET: Final = 4096
"""Bytes: a payload's size is a multiple of this, so that it tells little of what is inside."""


FINDINGS_MAX: Final = 1000
"""Findings in one package; of more, the first in canonical order are released."""


class Answer(Value):
    """The applicant's answer to one finding, coded, with a statement that passed the wall."""

    claim: Claim
    statement: RedactedText | None = None


class ReleasedFinding(Value):
    """One finding as the hiring manager reads it. No identifier, date, place, name or link."""

    criterion: str
    criterion_text: str
    conduct: Conduct
    severity: Severity
    recency: Recency
    mitigators: tuple[Mitigator, ...]
    attribution: Literal["verified"] = "verified"
    """Constant: the grade would tell which platform signs its exports."""
    answer: Answer | None = None
    excerpt: RedactedText | None = None

    def order(self) -> str:
        """Return the key of the canonical order: by content alone."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True)

    def texts(self) -> tuple[str, ...]:
        """Return the free texts: the excerpt and the applicant's statement."""
        statement = self.answer.statement if self.answer else None
        return tuple(text for text in (self.excerpt, statement) if text is not None)


class ReleasePackage(Value):
    """Everything a hiring manager receives about one applicant."""

    form: Literal["walloff-release-1"] = "walloff-release-1"
    policy_sha256: Sha256
    criteria_pack: str
    criteria_sha256: Sha256
    findings: tuple[ReleasedFinding, ...] = Field(max_length=FINDINGS_MAX)
    """In canonical order; empty for "nothing found", "all withheld" and "not attributable"."""

    def texts(self) -> tuple[str, ...]:
        """Return every free text, in order."""
        return tuple(text for finding in self.findings for text in finding.texts())

    def payload(self) -> bytes:
        """Return the canonical JSON, padded with spaces in its last field to a full bucket."""
        body = self.model_dump(mode="json") | {"padding": ""}
        bare = len(_canonical(body))
        body["padding"] = " " * (-bare % BUCKET)
        return _canonical(body)

    @classmethod
    def from_payload(cls, payload: bytes) -> "ReleasePackage":
        """Read a payload back. Raises `ValueError` if it is not one."""
        body = json.loads(payload)
        if not isinstance(body, dict):
            raise ValueError("a payload is an object")  # noqa: TRY004 - one kind of error for bad bytes
        body.pop("padding", None)
        return cls.model_validate(body)


def _canonical(body: dict[str, object]) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def canonical_order(findings: tuple[ReleasedFinding, ...]) -> tuple[ReleasedFinding, ...]:
    """Return the findings in the order in which they are released."""
    return tuple(sorted(findings, key=ReleasedFinding.order))
