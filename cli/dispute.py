"""`walloff dispute`: what was released is disputed, looked into, and answered in writing."""

from pathlib import Path
from typing import Annotated

import typer

from casework.deciding.disputes import extend_dispute, open_dispute, resolve_dispute
from casework.releasing.rebuttal import findings_shown
from cli.acted import Session, in_home
from cli.case import CaseArgument
from models.dispute import DisputeOutcome
from models.errors import InputError
from models.ids import CaseId
from models.rebuttal import Claim
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="What was released is disputed.")


@app.command("open")
@in_home
def open_(
    session: Session,
    case: CaseArgument,
    finding: Annotated[list[int], typer.Option(help="Number of a finding, counted from 1.")],
    claim: Annotated[Claim, typer.Option(help="What is wrong with it.")] = Claim.OTHER,
    statement: Annotated[
        Path | None, typer.Option(help="File with the statement of dispute.")
    ] = None,
) -> None:
    """Open a dispute: the decision waits meanwhile."""
    case_id, taken = CaseId(case), session.who
    shown = findings_shown(case_id, **taken)
    if any(not 1 <= number <= len(shown) for number in finding):
        raise InputError("no such finding was shown")
    dispute = open_dispute(
        case_id,
        [shown[number - 1] for number in finding],
        claim,
        None if statement is None else read_words(statement),
        redactor=session.services.screener_of(case_id).redactor,
        **taken,
    )
    due = f"{dispute.due_at:%Y-%m-%d}"
    session.tell({"case": case, "due": due}, due)


@app.command("extend")
@in_home
def extend(session: Session, case: CaseArgument) -> None:
    """Take in that the applicant sent more: 15 days on top, once."""
    dispute = extend_dispute(CaseId(case), **session.who)
    due = f"{dispute.due_at:%Y-%m-%d}"
    session.tell({"case": case, "due": due}, due)


@app.command("resolve")
@in_home
def resolve(
    session: Session,
    case: CaseArgument,
    outcome: Annotated[DisputeOutcome, typer.Argument(help="What was found.")],
) -> None:
    """End a dispute; the result is written to the applicant."""
    ended = resolve_dispute(
        CaseId(case), outcome, released=session.services.released, **session.who
    )
    session.tell({"case": case, "outcome": ended.outcome}, ended.outcome)


def read_words(file: Path) -> RawText:
    """Read an applicant's words from a file. Raises `InputError` that repeats none of them."""
    try:
        return RawText(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read", file=file.name) from error
