"""`walloff rebuttal`: the applicant sees and answers first."""

from pathlib import Path
from typing import Annotated

import typer

from casework.rebuttal import answer, offer_rebuttal, preview
from cli.answers import read_answers
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, refusals_named, tell
from cli.package_view import print_package
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId

app = typer.Typer(no_args_is_help=True, help="The applicant sees and answers first.")


@app.command("offer")
@refusals_named
def offer(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the applicant the package and start the time to answer."""
    services = open_session(home)
    window = offer_rebuttal(CaseId(case), **by(actor, services))
    closes = f"{window.closes_at:%Y-%m-%dT%H:%M:%SZ}"
    tell({"case": case, "closes_at": closes}, closes, as_json=as_json)


@app.command("preview")
@refusals_named
def preview_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Print, for the applicant, exactly what the manager would receive."""
    services = open_session(home)
    package = preview(CaseId(case), **by(actor, services))
    if as_json:
        print_json(package.model_dump(mode="json"))
    else:
        print_package("What the hiring manager would see", package)


@app.command("answer")
@refusals_named
def answer_(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="The answers (TOML).")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take in the applicant's answers; they pass the same wall."""
    services = open_session(home)
    case_id, taken = CaseId(case), by(actor, services)
    answers = read_answers(file, case_id, taken)
    held = answer(case_id, answers, redactor=services.screener_of(case_id).redactor, **taken)
    told = {"case": case, "answers": len(answers), "held_for_a_reviewer": len(held)}
    tell(told, None, as_json=as_json)
