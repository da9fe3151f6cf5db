"""`walloff hold`: a legal hold stops every destruction."""

from typing import Annotated

import typer

from casework.records.holds import holds_on, lift_hold, place_hold
from cli.acted import Session, in_home
from cli.case import CaseArgument
from models.ids import CaseId, HoldId
from models.retention import HoldKind

app = typer.Typer(no_args_is_help=True, help="A legal hold stops every destruction.")


@app.command("place")
@in_home
def place(
    session: Session,
    case: CaseArgument,
    matter: Annotated[str, typer.Option(help="Docket or matter number.")],
    kind: Annotated[
        HoldKind, typer.Option(help="Why: a charge, suit or dispute also starts its rules.")
    ] = HoldKind.OTHER,
) -> None:
    """Place a legal hold: nothing of the case is destroyed while it lasts."""
    placed = place_hold(CaseId(case), matter, kind=kind, **session.who)
    session.tell(placed.model_dump(mode="json"), placed.id)


@app.command("lift")
@in_home
def lift(
    session: Session,
    case: CaseArgument,
    hold_id: Annotated[str, typer.Argument(help="The hold's id.", metavar="HOLD")],
) -> None:
    """Lift a legal hold: the next sweep may act."""
    lift_hold(CaseId(case), HoldId(hold_id), **session.who)
    session.tell({"case": case, "hold": hold_id, "lifted": True}, None)


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List the holds on a case, those that were lifted as well."""
    found = holds_on(CaseId(case), **session.who)
    session.print_values(
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
    )
