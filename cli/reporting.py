"""`walloff reporting`: the gates of what is reported, and what they kept back."""

from datetime import datetime
from typing import Annotated

import typer

from casework.deciding.coming_of_age import state_coming_of_age
from casework.screening.exclusions import LEAST, count_exclusions, read_exclusions
from casework.screening.reportability import state_stage
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId, RequisitionId
from models.reportable import HiringStage

app = typer.Typer(no_args_is_help=True, help="What is reported, and what no law lets be reported.")


@app.command("stage")
@refusals_named
def stage(
    case: CaseArgument,
    reached: Annotated[HiringStage, typer.Option(help="How far the hiring has come.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """State how far an applicant's hiring has come, before the case is screened."""
    services = open_session(home)
    state_stage(CaseId(case), reached, **by(actor, services))
    tell({"case": case, "stage": reached}, None, as_json=as_json)


@app.command("age")
@refusals_named
def age(
    case: CaseArgument,
    eighteen_on: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The day the applicant turned eighteen.")
    ],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """State when an applicant came of age: nothing said before is reported."""
    services = open_session(home)
    day = eighteen_on.date()
    state_coming_of_age(CaseId(case), day, released=services.released, **by(actor, services))
    tell({"case": case, "stated": True}, None, as_json=as_json)


@app.command("excluded")
@refusals_named
def excluded(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a reviewer what was not reported, with its rule (the look is logged)."""
    services = open_session(home)
    found = read_exclusions(CaseId(case), **by(actor, services))
    rows = [
        (one.exclusion.criterion, one.exclusion.rule, one.why, one.evidence.item.text.reveal())
        for one in found
    ]
    columns = ("criterion", "rule", "why", "text")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    print_table("Not reported", columns, rows)


@app.command("counts")
@refusals_named
def counts(
    requisition: Annotated[
        str, typer.Argument(help="The requisition's id.", metavar="REQUISITION")
    ],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Count, for an auditor, the applicants that each rule met: none below ten."""
    services = open_session(home)
    found = count_exclusions(RequisitionId(requisition), **by(actor, services))
    if as_json:
        print_json(dict(found))
        return
    print_table(f"Applicants met (at least {LEAST})", ("rule", "applicants"), found.items())
