"""What a decision looks like as a form: codes and numbers, and one text."""

from typing import Annotated, Final

from fastapi import Form

from models.decision import Alternative, OtherEvidence, Outcome, Reason
from models.errors import InputError
from models.value import Value

LONGEST: Final = 4000
"""Characters of an assessment."""

Number = Annotated[str, Form(max_length=64)]
Text = Annotated[str, Form(max_length=4 * LONGEST)]
Several = Annotated[list[str], Form(max_length=1000)]


class Written(Value):
    """A decision as its form holds it, to be checked and sent, or shown again."""

    outcome: str = ""
    cited: tuple[str, ...] = ()
    """Numbers of findings, counted from 1."""
    supported: tuple[str, ...] = ()
    """`N:EVIDENCE`: what supports the finding of this number."""
    criterion: str = ""
    """A criterion that other evidence alone met, and which."""
    evidence: str = ""
    alternatives: tuple[str, ...] = ()
    assessment: str = ""

    def supports(self, number: int) -> str:
        """Return the evidence that was chosen beside a finding, or nothing."""
        for one in self.supported:
            which, _, evidence = one.partition(":")
            if which == str(number):
                return evidence
        return ""


def outcome_of(text: str) -> Outcome:
    """Read an outcome. Raises `InputError`."""
    try:
        return Outcome(text)
    except ValueError:
        raise InputError("choose what you decide") from None


def finding_of(text: str) -> int:
    """Read a finding's number and return its place, counted from 0. Raises `InputError`."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise InputError("choose one of the findings")
    return int(text) - 1


def alternatives_of(written: Written) -> tuple[Alternative, ...]:
    """Read what was considered instead. Raises `InputError`."""
    try:
        return tuple(Alternative(one) for one in written.alternatives)
    except ValueError:
        raise InputError("choose among the alternatives") from None


def reasons_of(written: Written, criteria: tuple[str, ...]) -> tuple[Reason, ...]:
    """Read the reasons; `criteria` are those of the findings, in their order.

    Raises `InputError`.
    """
    reasons: list[Reason] = []
    for number in written.cited:
        place = finding_of(number)
        if place >= len(criteria):
            raise InputError("choose one of the findings")
        reasons.append(
            Reason(
                criterion=criteria[place],
                finding=place,
                evidence=_evidence(written.supports(place + 1)),
            )
        )
    if written.criterion.strip() or written.evidence:
        evidence = _evidence(written.evidence)
        if evidence is None or not written.criterion.strip():
            raise InputError("a reason from other evidence names its criterion and the evidence")
        reasons.append(Reason(criterion=written.criterion.strip(), evidence=evidence))
    return tuple(reasons)


def _evidence(text: str) -> OtherEvidence | None:
    if not text:
        return None
    try:
        return OtherEvidence(text)
    except ValueError:
        raise InputError("choose among the kinds of evidence") from None
