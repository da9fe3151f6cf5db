"""`walloff viewing`: the applicant shows an account; a reviewer attends; nothing is captured."""

import sys
from typing import Annotated

import typer

from casework.search.viewing import close_viewing, end_viewing, start_viewing, viewings_of
from cli.acted import Session, in_home
from cli.case import CaseArgument
from models.ids import ActorId, CaseId
from models.text import RawText
from models.viewing import ViewNote

app = typer.Typer(no_args_is_help=True, help="Supervised viewing, where the law allows it.")


@app.command("start")
@in_home
def start(
    session: Session,
    case: CaseArgument,
    present: Annotated[
        list[str] | None, typer.Option(help="Somebody else of the agency; may be repeated.")
    ] = None,
) -> None:
    """Begin a viewing; refused where the row of the law is missing, unknown or from memory."""
    everybody = frozenset(map(ActorId, present or ()))
    viewing = start_viewing(CaseId(case), present=everybody, **session.who)
    session.tell({"viewing": viewing.id, "rule": viewing.rule}, viewing.rule)


@app.command("end")
@in_home
def end(
    session: Session,
    case: CaseArgument,
    note: Annotated[list[ViewNote] | None, typer.Option(help="May be repeated.")] = None,
    explanation_offered: Annotated[
        bool, typer.Option(help="The applicant was offered to explain.")
    ] = False,
    explanation_on_stdin: Annotated[
        bool, typer.Option(help="Read what the applicant said from standard input.")
    ] = False,
) -> None:
    """End a viewing with coded notes, once the applicant was offered to explain."""
    explanation = RawText(sys.stdin.read()) if explanation_on_stdin else None
    viewing = end_viewing(
        CaseId(case),
        notes=frozenset(note or ()),
        explanation_offered=explanation_offered,
        explanation=explanation,
        **session.who,
    )
    session.tell({"viewing": viewing.id, "ended": True}, None)


@app.command("close")
@in_home
def close(session: Session, case: CaseArgument) -> None:
    """End a viewing that its reviewer left open a day ago, or may attend no more."""
    viewing = close_viewing(CaseId(case), **session.who)
    session.tell({"viewing": viewing.id, "ended": True}, None)


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List a case's viewings. The look is logged first."""
    found = [
        {
            "viewing": one.id,
            "rule": one.rule,
            "started": f"{one.started_at:%Y-%m-%d %H:%M}",
            "ended": None if one.ended_at is None else f"{one.ended_at:%Y-%m-%d %H:%M}",
            "present": sorted(one.present),
            "notes": sorted(one.notes),
        }
        for one in viewings_of(CaseId(case), **session.who)
    ]
    session.print_entries(
        "Viewings", ("viewing", "rule", "started", "ended", "present", "notes"), found
    )
