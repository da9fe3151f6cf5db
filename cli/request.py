"""`walloff request`: what applicants ask of their data, each with its clock."""

from pathlib import Path
from typing import Annotated

import typer

from casework.requests import (
    answer_request,
    extend_request,
    lift_restriction,
    list_requests,
    open_request,
)
from cli.case import CaseArgument
from cli.output import JsonFlag, print_values, refusals_named, say, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.counsel import RequestKind, RequestOutcome
from models.errors import InputError
from models.ids import CaseId
from storage.atomic import replacing

app = typer.Typer(no_args_is_help=True, help="What applicants ask of their data.")

RequestArgument = Annotated[str, typer.Argument(help="The request's id.", metavar="REQUEST")]


@app.command("open")
@refusals_named
def open_(
    case: CaseArgument,
    kind: Annotated[RequestKind, typer.Option(help="What is asked for.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a request in; a restriction stops processing at once."""
    services = open_session(home)
    made = open_request(CaseId(case), kind, released=services.released, **by(actor, services))
    tell(
        made.model_dump(mode="json"),
        f"{made.id}: answer by {made.due_at:%Y-%m-%d} ({made.citation})",
        as_json=as_json,
    )


@app.command("extend")
@refusals_named
def extend(
    case: CaseArgument,
    request: RequestArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take the longer time that the row of the law allows, once."""
    services = open_session(home)
    longer = extend_request(CaseId(case), request, **by(actor, services))
    tell(longer.model_dump(mode="json"), f"{longer.due_at:%Y-%m-%d}", as_json=as_json)


@app.command("answer")
@refusals_named
def answer(
    case: CaseArgument,
    request: RequestArgument,
    outcome: Annotated[RequestOutcome, typer.Option(help="Granted, or why not.")],
    out: Annotated[
        Path | None, typer.Option(help="Where the applicant's copy goes: for them alone.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer a request; access that is granted writes the applicant's copy."""
    if out is not None and out.exists():
        raise InputError("the file for the copy is there already")
    services = open_session(home)
    case_id = CaseId(case)
    named = [one for one in list_requests(case_id, **by(actor, services)) if one.id == request]
    granted = outcome is RequestOutcome.GRANTED
    if out is None and granted and any(one.kind is RequestKind.ACCESS for one in named):
        raise InputError("say where the applicant's copy goes: --out")
    done = answer_request(
        case_id,
        request,
        outcome,
        redactor=services.screener_of(case_id).redactor,
        **by(actor, services),
    )
    if done.copy is not None and out is not None:
        with replacing(out) as file:
            file.write(done.copy.content)
        out.chmod(0o600)
        if done.copy.left_out:
            say(f"walloff: {done.copy.left_out} items are left out: a person looks at them")
    tell(done.request.model_dump(mode="json"), str(outcome), as_json=as_json)


@app.command("lift")
@refusals_named
def lift(
    case: CaseArgument,
    request: RequestArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """End a restriction that was granted: processing goes on."""
    services = open_session(home)
    lifted = lift_restriction(CaseId(case), request, **by(actor, services))
    tell(lifted.model_dump(mode="json"), "lifted", as_json=as_json)


@app.command("list")
@refusals_named
def list_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the requests about a case."""
    services = open_session(home)
    found = list_requests(CaseId(case), **by(actor, services))
    print_values(
        "Requests",
        ("id", "kind", "answer by", "rule", "stands"),
        found,
        lambda one: (one.id, one.kind, f"{one.due_at:%Y-%m-%d}", one.rule, one.outcome or "open"),
        as_json=as_json,
    )
