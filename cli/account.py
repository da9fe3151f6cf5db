"""`walloff account`: employees declare new and changed accounts, where the policy asks for it."""

from datetime import datetime
from typing import Annotated

import typer

from casework.after_hire.account_changes import code_omission, declare_account
from cli.acted import Session, in_home
from cli.output import say
from models.account_changes import AccountEvent, Omission
from models.clauses import LateNoticeError
from models.disclosure import Account
from models.ids import ActorId, RequisitionId
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="Accounts that employees declare.")

EmployeeArgument = Annotated[str, typer.Argument(help="The employee's id.", metavar="EMPLOYEE")]


@app.command("change")
@in_home
def change(
    session: Session,
    employee: EmployeeArgument,
    requisition: Annotated[str, typer.Option(help="The requisition of monitoring.")],
    platform: Annotated[str, typer.Option(prompt=True, help="Where it is.")],
    handle: Annotated[str, typer.Option(prompt=True, help="The account's handle.")],
    event: Annotated[AccountEvent, typer.Option(help="What changed.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="When it happened.")],
) -> None:
    """Declare a new, renamed or closed account; a late one is a remark and nothing more."""
    declared = declare_account(
        RequisitionId(requisition),
        ActorId(employee),
        Account(platform=RawText(platform), handle=RawText(handle)),
        event,
        on.date(),
        **session.who,
    )
    if declared.late:
        say(f"walloff: {LateNoticeError.code}: declared after {declared.due_on}: a remark")
    session.tell({"change": declared.id, "late": declared.late}, declared.id)


@app.command("omission")
@in_home
def omission(
    session: Session,
    employee: EmployeeArgument,
    change_id: Annotated[str, typer.Argument(help="The change's id.", metavar="CHANGE")],
    why: Annotated[Omission, typer.Option(help="Whether it was known.")],
) -> None:
    """Say why a change came late: inadvertent until somebody shows otherwise."""
    code_omission(ActorId(employee), change_id, why, **session.who)
    session.tell({"change": change_id, "omission": why}, None)
