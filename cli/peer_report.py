"""`walloff peer-report`: a colleague is reported, and the reporter kept from view and from harm."""

from datetime import datetime
from typing import Annotated

import typer

from casework.after_hire.peer_reports import give_peer_report, list_peer_reports
from casework.after_hire.retaliation import note_adverse_step
from casework.requisition.requisitions import frozen
from cli.acted import Session, in_home
from cli.output import print_json, print_table
from models.ids import ActorId, RequisitionId
from models.peer_reports import AdverseKind
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="Reports of colleagues; who reports is not shown.")

EmployeeArgument = Annotated[str, typer.Argument(help="The employee's id.", metavar="EMPLOYEE")]


@app.command("give")
@in_home
def give(
    session: Session,
    employee: EmployeeArgument,
    requisition: Annotated[str, typer.Option(help="The requisition of monitoring.")],
    allegation: Annotated[str, typer.Option(prompt=True, help="What was seen; no names.")],
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Nobody learns who you are.")
    ] = False,
    reporter: Annotated[
        str | None, typer.Option(help="Taken down for this person, by the custodian alone.")
    ] = None,
) -> None:
    """Report a colleague: who you are is sealed to the custodian, and logged nowhere."""
    requisition_id = RequisitionId(requisition)
    with session.services.vault.read() as tx:
        opened = frozen(tx, requisition_id)
    case_id = give_peer_report(
        requisition_id,
        ActorId(employee),
        RawText(allegation),
        anonymous=anonymous,
        reporter=None if reporter is None else ActorId(reporter),
        screener=session.services.screener(opened),
        **session.who,
    )
    session.tell({"case": case_id}, case_id)


@app.command("list")
@in_home
def list_(
    session: Session,
    reporters: Annotated[
        bool, typer.Option("--reporters", help="Refused: the custodian's process shows them.")
    ] = False,
) -> None:
    """List the reports: about whom, since when, and whether a law protects what they tell of."""
    found = [
        {
            "case": one.case_id,
            "employee": one.employee,
            "given": f"{one.given_at:%Y-%m-%d}",
            "anonymous": one.anonymous,
            "protected": " ".join(one.protected),
            "state": one.state,
        }
        for one in list_peer_reports(reporters=reporters, **session.who)
    ]
    if session.as_json:
        print_json(found)
        return
    columns = ("case", "employee", "given", "anonymous", "protected", "state")
    print_table("Reports", columns, [tuple(one.values()) for one in found])


@app.command("adverse-step")
@in_home
def adverse_step(
    session: Session,
    employee: EmployeeArgument,
    kind: Annotated[AdverseKind, typer.Option(help="What was done.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="When.")],
) -> None:
    """Note a step against an employee, as of everybody: the watch over reporters reads it."""
    noted = note_adverse_step(ActorId(employee), kind, on.date(), **session.who)
    session.tell({"employee": employee, "kind": noted.kind, "step": noted.id}, None)
