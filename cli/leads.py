"""`walloff lead`: where to look, by searches for user names and investigators' marks."""

from pathlib import Path
from typing import Annotated

import typer

from casework.gathering.leads import (
    adopt_lead,
    dismiss_lead,
    open_leads,
    open_sealed_leads,
    take_in_leads,
)
from cli.acted import Session, in_home
from cli.attribution import basis_of
from cli.case import CaseArgument
from models.ids import CaseId
from models.leads import LeadShown

app = typer.Typer(no_args_is_help=True, help="Where to look: leads, never evidence.")

LeadArgument = Annotated[str, typer.Argument(help="The lead's id.", metavar="LEAD")]


@app.command("import")
@in_home
def import_(
    session: Session,
    case: CaseArgument,
    file: Annotated[
        Path,
        typer.Argument(
            help="A report of Maigret's or Sherlock's, or a Hunchly case.", metavar="FILE"
        ),
    ],
) -> None:
    """Take in leads, within the consent. Nothing of the file becomes evidence."""
    taken = take_in_leads(CaseId(case), file, **session.who)
    line = f"{taken.taken} leads taken in, {taken.known} known, {taken.not_consented} not consented"
    session.tell(taken.model_dump(mode="json"), line)


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List the leads with the kinds of their sites (the look is logged)."""
    session.print_entries(
        "Leads",
        ("id", "what", "handle", "platform", "tool", "stands", "links"),
        [_row(one) for one in open_leads(CaseId(case), **session.who)],
    )


@app.command("sealed")
@in_home
def sealed(session: Session, case: CaseArgument) -> None:
    """Show a wall-off reviewer the sites and the notes too (the look is logged)."""
    found = open_sealed_leads(CaseId(case), **session.who)
    session.print_entries(
        "Leads, sealed",
        ("id", "what", "text", "site", "url", "stands"),
        [
            {
                "id": one.id,
                "what": str(one.found.kind),
                "text": one.found.text.reveal(),
                "site": one.found.site.reveal(),
                "url": one.found.url.reveal(),
                "stands": str(one.standing),
            }
            for one in found
        ],
    )


@app.command("dismiss")
@in_home
def dismiss(session: Session, case: CaseArgument, lead: LeadArgument) -> None:
    """Put a lead aside."""
    done = dismiss_lead(CaseId(case), lead, **session.who)
    session.tell(_row(done), done.standing)


@app.command("adopt")
@in_home
def adopt(
    session: Session,
    case: CaseArgument,
    lead: LeadArgument,
    basis: Annotated[
        list[str] | None,
        typer.Option("--basis", help="One link and where it was seen: e-mail@profile."),
    ] = None,
) -> None:
    """Follow a lead up at the attribution desk: two independent links, stated."""
    stated = [basis_of(one) for one in basis or ()]
    done = adopt_lead(CaseId(case), lead, stated, **session.who)
    session.tell(_row(done), done.standing)


def _row(one: LeadShown) -> dict[str, object]:
    return {
        "id": one.id,
        "what": str(one.kind),
        "handle": one.handle.reveal(),
        "platform": None if one.platform is None else str(one.platform),
        "tool": one.tool,
        "stands": str(one.standing),
        "links": one.links,
    }
