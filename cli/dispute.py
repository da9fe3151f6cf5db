"""`walloff dispute`: what was released is disputed, looked into, and answered in writing."""

from pathlib import Path
from typing import Annotated

import typer

from casework.disputes import extend_dispute, open_dispute, resolve_dispute
from casework.rebuttal import findings_shown
from cli.case import CaseArgument
from cli.output import JsonFlag, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.dispute import DisputeOutcome
from models.errors import InputError
from models.ids import CaseId
from models.rebuttal import Claim
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="What was released is disputed.")


@app.command("open")
@refusals_named
def open_(
    case: CaseArgument,
    finding: Annotated[list[int], typer.Option(help="Number of a finding, counted from 1.")],
    claim: Annotated[Claim, typer.Option(help="What is wrong with it.")] = Claim.OTHER,
    statement: Annotated[
        Path | None, typer.Option(help="File with the statement of dispute.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open a dispute: the decision waits meanwhile."""
    services = open_session(home)
    case_id, taken = CaseId(case), by(actor, services)
    shown = findings_shown(case_id, **taken)
    if any(not 1 <= number <= len(shown) for number in finding):
        raise InputError("no such finding was shown")
    dispute = open_dispute(
        case_id,
        [shown[number - 1] for number in finding],
        claim,
        None if statement is None else read_words(statement),
        redactor=services.screener_of(case_id).redactor,
        **taken,
    )
    due = f"{dispute.due_at:%Y-%m-%d}"
    tell({"case": case, "due": due}, due, as_json=as_json)


@app.command("extend")
@refusals_named
def extend(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take in that the applicant sent more: 15 days on top, once."""
    dispute = extend_dispute(CaseId(case), **by(actor, open_session(home)))
    due = f"{dispute.due_at:%Y-%m-%d}"
    tell({"case": case, "due": due}, due, as_json=as_json)


@app.command("resolve")
@refusals_named
def resolve(
    case: CaseArgument,
    outcome: Annotated[DisputeOutcome, typer.Argument(help="What was found.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """End a dispute; the result is written to the applicant."""
    services = open_session(home)
    ended = resolve_dispute(
        CaseId(case), outcome, released=services.released, **by(actor, services)
    )
    tell({"case": case, "outcome": ended.outcome}, ended.outcome, as_json=as_json)


def read_words(file: Path) -> RawText:
    """Read an applicant's words from a file. Raises `InputError` that repeats none of them."""
    try:
        return RawText(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read", file=file.name) from error
