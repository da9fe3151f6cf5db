"""What a decision and a question look like when they are typed, inside and at the managers' own."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.output import print_json, print_table
from models.decision import Alternative, OtherEvidence, Reason
from models.errors import InputError
from models.rebuttal import Clarification

FindingOption = Annotated[int, typer.Option(help="Number of the finding, counted from 1.")]
AssessmentOption = Annotated[str, typer.Option(help="The individualized assessment.")]
ReasonOption = Annotated[
    list[str] | None,
    typer.Option(
        help="CRITERION:N, the Nth finding of the view that met the criterion; "
        "CRITERION:N+EVIDENCE or CRITERION:EVIDENCE, with evidence from outside the search."
    ),
]
AlternativeOption = Annotated[
    list[Alternative] | None, typer.Option(help="What was considered instead.")
]


def reason_of(text: str) -> Reason:
    """Read one reason. Raises `InputError`."""
    criterion, _, rest = text.rpartition(":")
    number, _, evidence = rest.partition("+")
    if number and not number.isdigit():
        number, evidence = "", rest
    known = set(OtherEvidence)
    if (
        not criterion
        or not rest
        or not number.isascii()
        or (number and int(number) < 1)
        or (evidence and evidence not in known)
    ):
        raise InputError(
            "a reason is written CRITERION:N, CRITERION:N+EVIDENCE or CRITERION:EVIDENCE, "
            f"with N counted from 1 and one of: {', '.join(OtherEvidence)}"
        )
    return Reason(
        criterion=criterion,
        finding=int(number) - 1 if number else None,
        evidence=OtherEvidence(evidence) if evidence else None,
    )


def print_questions(found: Sequence[Clarification], *, as_json: bool) -> None:
    """Print questions with their replies."""
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(str(one.finding + 1), one.question, one.reply or "waits") for one in found]
    print_table("Questions", ("finding", "question", "reply"), rows)
