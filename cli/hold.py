"""`walloff hold`: a legal hold stops every destruction."""

from typing import Annotated

import typer

from casework.retention import lift_hold, place_hold
from cli.case import CaseArgument
from cli.output import JsonFlag, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId, HoldId

app = typer.Typer(no_args_is_help=True, help="A legal hold stops every destruction.")


@app.command("place")
@refusals_named
def place(
    case: CaseArgument,
    matter: Annotated[str, typer.Option(help="Docket or matter number.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Place a legal hold: nothing of the case is destroyed while it lasts."""
    services = open_session(home)
    placed = place_hold(CaseId(case), matter, **by(actor, services))
    tell(placed.model_dump(mode="json"), placed.id, as_json=as_json)


@app.command("lift")
@refusals_named
def lift(
    case: CaseArgument,
    hold_id: Annotated[str, typer.Argument(help="The hold's id.", metavar="HOLD")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Lift a legal hold."""
    services = open_session(home)
    lift_hold(CaseId(case), HoldId(hold_id), **by(actor, services))
    tell({"case": case, "hold": hold_id, "lifted": True}, None, as_json=as_json)
