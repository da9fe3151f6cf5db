"""`walloff rebuttal`: the applicant sees and answers first."""

from pathlib import Path
from typing import Annotated

import typer

from casework.rebuttal import answer, offer_rebuttal, preview
from cli.answers import read_answers
from cli.case import CaseArgument
from cli.output import print_json, refusals_named
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId

app = typer.Typer(no_args_is_help=True, help="The applicant sees and answers first.")


@app.command("offer")
@refusals_named
def offer(case: CaseArgument, actor: ActorOption = None, home: HomeOption = None) -> None:
    """Show the applicant the package and start the time to answer."""
    services = open_session(home)
    window = offer_rebuttal(CaseId(case), **by(actor, services))
    typer.echo(f"{window.closes_at:%Y-%m-%dT%H:%M:%SZ}")


@app.command("preview")
@refusals_named
def preview_(case: CaseArgument, actor: ActorOption = None, home: HomeOption = None) -> None:
    """Print, for the applicant, exactly what the manager would receive."""
    services = open_session(home)
    package = preview(CaseId(case), **by(actor, services))
    print_json(package.model_dump(mode="json"))


@app.command("answer")
@refusals_named
def answer_(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="The answers (TOML).")],
    actor: ActorOption = None,
    home: HomeOption = None,
) -> None:
    """Take in the applicant's answers; they pass the same wall."""
    services = open_session(home)
    case_id, taken = CaseId(case), by(actor, services)
    answers = read_answers(file, case_id, taken)
    answer(case_id, answers, redactor=services.redactor, **taken)
