"""`walloff contact`: an applicant's friend is spoken to with leave alone."""

from pathlib import Path
from typing import Annotated

import typer

from casework.contacts import approve_contact, contacts_of, propose_contact, record_contact
from cli.case import CaseArgument
from cli.output import JsonFlag, print_entries, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.applicant_rules import ContactCondition
from models.errors import InputError
from models.ids import CaseId
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="An applicant's friend is spoken to with leave alone.")

ContactArgument = Annotated[str, typer.Argument(help="The contact's id.", metavar="CONTACT")]


@app.command("propose")
@refusals_named
def propose(
    case: CaseArgument,
    condition: Annotated[ContactCondition, typer.Option(help="Which condition is met.")],
    file: Annotated[
        Path, typer.Option(help="First line: whom to speak to; the rest: why the condition is met.")
    ],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask a supervisor for leave to speak to a friend."""
    friend, _newline, because = _read(file).strip().partition("\n")
    services = open_session(home)
    contact = propose_contact(
        CaseId(case), RawText(friend), condition, RawText(because), **by(actor, services)
    )
    tell({"case": case, "contact": contact}, contact, as_json=as_json)


@app.command("approve")
@refusals_named
def approve(
    case: CaseArgument,
    contact: ContactArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Give leave, as a supervisor."""
    services = open_session(home)
    approve_contact(CaseId(case), contact, **by(actor, services))
    tell({"case": case, "contact": contact, "approved": True}, None, as_json=as_json)


@app.command("record")
@refusals_named
def record(
    case: CaseArgument,
    contact: ContactArgument,
    script: Annotated[Path, typer.Option(help="The words that are said.")],
    disclosure: Annotated[
        Path | None, typer.Option(help="The disclosure that the applicant had, for a vendor.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write down that the friend is being spoken to."""
    services = open_session(home)
    record_contact(
        CaseId(case),
        contact,
        script=_read(script),
        disclosure=None if disclosure is None else _read(disclosure),
        **by(actor, services),
    )
    tell({"case": case, "contact": contact, "made": True}, None, as_json=as_json)


@app.command("list")
@refusals_named
def list_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the contacts of a case, without the names; the look is logged."""
    services = open_session(home)
    found = [
        {
            "contact": one.id,
            "condition": one.condition,
            "proposed_by": one.proposed_by,
            "approved_by": one.approved_by,
            "made_at": None if one.made_at is None else one.made_at.isoformat(),
        }
        for one in contacts_of(CaseId(case), **by(actor, services))
    ]
    print_entries(
        "Contacts", ("id", "condition", "asked by", "approved by", "made"), found, as_json=as_json
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError("the file cannot be read", file=file.name) from exc
