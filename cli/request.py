"""`walloff request`: what applicants ask of their data, each with its clock."""

from pathlib import Path
from typing import Annotated

import typer

from casework.counsel.requests import (
    answer_request,
    extend_request,
    lift_restriction,
    list_requests,
    open_request,
)
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import say
from models.counsel import RequestKind, RequestOutcome
from models.errors import InputError
from models.ids import CaseId
from storage.atomic import replacing

app = typer.Typer(no_args_is_help=True, help="What applicants ask of their data.")

RequestArgument = Annotated[str, typer.Argument(help="The request's id.", metavar="REQUEST")]


@app.command("open")
@in_home
def open_(
    session: Session,
    case: CaseArgument,
    kind: Annotated[RequestKind, typer.Option(help="What is asked for.")],
) -> None:
    """Take a request in; a restriction stops processing at once."""
    made = open_request(CaseId(case), kind, released=session.services.released, **session.who)
    session.tell(
        made.model_dump(mode="json"),
        f"{made.id}: answer by {made.due_at:%Y-%m-%d} ({made.citation})",
    )


@app.command("extend")
@in_home
def extend(
    session: Session,
    case: CaseArgument,
    request: RequestArgument,
) -> None:
    """Take the longer time that the row of the law allows, once."""
    longer = extend_request(CaseId(case), request, **session.who)
    session.tell(longer.model_dump(mode="json"), f"{longer.due_at:%Y-%m-%d}")


@app.command("answer")
@in_home
def answer(
    session: Session,
    case: CaseArgument,
    request: RequestArgument,
    outcome: Annotated[RequestOutcome, typer.Option(help="Granted, or why not.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the applicant's copy goes: for them alone.")
    ] = None,
) -> None:
    """Answer a request; access that is granted writes the applicant's copy."""
    if out is not None and out.exists():
        raise InputError("the file for the copy is there already")
    case_id = CaseId(case)
    named = [one for one in list_requests(case_id, **session.who) if one.id == request]
    granted = outcome is RequestOutcome.GRANTED
    if out is None and granted and any(one.kind is RequestKind.ACCESS for one in named):
        raise InputError("say where the applicant's copy goes: --out")
    done = answer_request(
        case_id,
        request,
        outcome,
        redactor=session.services.screener_of(case_id).redactor,
        **session.who,
    )
    if done.copy is not None and out is not None:
        with replacing(out) as file:
            file.write(done.copy.content)
        out.chmod(0o600)
        if done.copy.left_out:
            say(f"walloff: {done.copy.left_out} items are left out: a person looks at them")
    session.tell(done.request.model_dump(mode="json"), str(outcome))


@app.command("lift")
@in_home
def lift(
    session: Session,
    case: CaseArgument,
    request: RequestArgument,
) -> None:
    """End a restriction that was granted: processing goes on."""
    lifted = lift_restriction(CaseId(case), request, **session.who)
    session.tell(lifted.model_dump(mode="json"), "lifted")


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List the requests about a case."""
    found = list_requests(CaseId(case), **session.who)
    session.print_values(
        "Requests",
        ("id", "kind", "answer by", "rule", "stands"),
        found,
        lambda one: (one.id, one.kind, f"{one.due_at:%Y-%m-%d}", one.rule, one.outcome or "open"),
    )
