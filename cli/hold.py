"""`walloff hold`: a legal hold stops every destruction."""

from typing import Annotated

import typer

from casework.holds import holds_on, lift_hold, place_hold
from cli.case import CaseArgument
from cli.output import JsonFlag, print_values, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId, HoldId
from models.retention import HoldKind

app = typer.Typer(no_args_is_help=True, help="A legal hold stops every destruction.")


@app.command("place")
@refusals_named
def place(
    case: CaseArgument,
    matter: Annotated[str, typer.Option(help="Docket or matter number.")],
    kind: Annotated[
        HoldKind, typer.Option(help="Why: a charge, suit or dispute also starts its rules.")
    ] = HoldKind.OTHER,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Place a legal hold: nothing of the case is destroyed while it lasts."""
    services = open_session(home)
    placed = place_hold(CaseId(case), matter, kind=kind, **by(actor, services))
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
    """Lift a legal hold: the next sweep may act."""
    services = open_session(home)
    lift_hold(CaseId(case), HoldId(hold_id), **by(actor, services))
    tell({"case": case, "hold": hold_id, "lifted": True}, None, as_json=as_json)


@app.command("list")
@refusals_named
def list_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the holds on a case, those that were lifted as well."""
    services = open_session(home)
    found = holds_on(CaseId(case), **by(actor, services))
    print_values(
        "Holds",
        ("id", "kind", "matter", "placed", "by", "stands"),
        found,
        lambda hold: (
            hold.id,
            hold.kind,
            hold.matter,
            f"{hold.placed_at:%Y-%m-%d}",
            hold.placed_by,
            "in force" if hold.lifted_at is None else f"lifted {hold.lifted_at:%Y-%m-%d}",
        ),
        as_json=as_json,
    )
