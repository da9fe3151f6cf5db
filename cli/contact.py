"""`walloff contact`: an applicant's friend is spoken to with leave alone."""

from pathlib import Path
from typing import Annotated

import typer

from casework.applicant.contacts import (
    approve_contact,
    contacts_of,
    propose_contact,
    record_contact,
)
from cli.acted import Session, in_home
from cli.case import CaseArgument
from models.applicant_rules import ContactCondition
from models.errors import InputError
from models.ids import CaseId
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="An applicant's friend is spoken to with leave alone.")

ContactArgument = Annotated[str, typer.Argument(help="The contact's id.", metavar="CONTACT")]


@app.command("propose")
@in_home
def propose(
    session: Session,
    case: CaseArgument,
    condition: Annotated[ContactCondition, typer.Option(help="Which condition is met.")],
    file: Annotated[
        Path, typer.Option(help="First line: whom to speak to; the rest: why the condition is met.")
    ],
) -> None:
    """Ask a supervisor for leave to speak to a friend."""
    friend, _newline, because = _read(file).strip().partition("\n")
    contact = propose_contact(
        CaseId(case), RawText(friend), condition, RawText(because), **session.who
    )
    session.tell({"case": case, "contact": contact}, contact)


@app.command("approve")
@in_home
def approve(
    session: Session,
    case: CaseArgument,
    contact: ContactArgument,
) -> None:
    """Give leave, as a supervisor."""
    approve_contact(CaseId(case), contact, **session.who)
    session.tell({"case": case, "contact": contact, "approved": True}, None)


@app.command("record")
@in_home
def record(
    session: Session,
    case: CaseArgument,
    contact: ContactArgument,
    script: Annotated[Path, typer.Option(help="The words that are said.")],
    disclosure: Annotated[
        Path | None, typer.Option(help="The disclosure that the applicant had, for a vendor.")
    ] = None,
) -> None:
    """Write down that the friend is being spoken to."""
    record_contact(
        CaseId(case),
        contact,
        script=_read(script),
        disclosure=None if disclosure is None else _read(disclosure),
        **session.who,
    )
    session.tell({"case": case, "contact": contact, "made": True}, None)


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List the contacts of a case, without the names; the look is logged."""
    found = [
        {
            "contact": one.id,
            "condition": one.condition,
            "proposed_by": one.proposed_by,
            "approved_by": one.approved_by,
            "made_at": None if one.made_at is None else one.made_at.isoformat(),
        }
        for one in contacts_of(CaseId(case), **session.who)
    ]
    session.print_entries("Contacts", ("id", "condition", "asked by", "approved by", "made"), found)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError("the file cannot be read", file=file.name) from exc
