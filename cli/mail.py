"""`walloff mail`: where an applicant is written to, and messages that hold a link alone."""

import sys
from typing import Annotated

import typer

from casework.applicant.mailing import note_address, queue_mail
from casework.steps.permissions import Permission, authorize
from cli.acted import Session, in_home
from cli.case import CaseArgument
from models.decision_rules import Language
from models.errors import SettingsError
from models.ids import CaseId
from models.mail import MailQueued, MailText
from models.text import RawText
from walloff.mail import mail_server, send_mail

app = typer.Typer(no_args_is_help=True, help="E-mail to applicants: a link, never a finding.")


@app.command("address")
@in_home
def address(session: Session, case: CaseArgument) -> None:
    """Write down the applicant's e-mail address, read from standard input."""
    given = (
        typer.prompt("address", hide_input=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.readline()
    )
    note_address(CaseId(case), RawText(given.strip()), **session.who)
    session.tell({"case": case}, None)


@app.command("queue")
@in_home
def queue(
    session: Session,
    case: CaseArgument,
    text: Annotated[MailText, typer.Argument(help="What it says.")],
    language: Annotated[Language, typer.Option(help="In which language.")] = Language.ENGLISH,
) -> None:
    """Leave a message to be sent; it holds the interface's address and no word of the case."""
    queue_mail(CaseId(case), MailQueued(text=text, language=language), **session.who)
    session.tell({"case": case, "text": text}, None)


@app.command("send")
@in_home
def send(session: Session) -> None:
    """Send what waits and is due, as reconciliation does by itself."""
    authorize(session.person, Permission.SEND_NOTICE)
    if mail_server(session.services.settings) is None:
        raise SettingsError("no mail server is set: WALLOFF_MAIL_HOST")
    sent = send_mail(session.services)
    session.tell({"sent": sent}, f"{sent} sent")
