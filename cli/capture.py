"""`walloff capture`: a public page as a browser shows it, with what was sent and received."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from casework.gathering.page_capture import capture_page, page_captures
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import say
from collection.web.browser import PageCapturer
from models.errors import InputError, SettingsError
from models.ids import CaseId
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="Public pages, captured with a browser.")


@app.command("page")
@in_home
def page(
    session: Session,
    case: CaseArgument,
    into: Annotated[
        Path, typer.Option(help="The folder in which the case's material is gathered.")
    ],
    device: Annotated[
        str | None, typer.Option(help="The registered device that it is captured on.")
    ] = None,
) -> None:
    """Capture the page whose address is on standard input: no shell history keeps it."""
    told = say if sys.stderr.isatty() else _quiet
    address = sys.stdin.readline().strip()
    if not address:
        raise InputError("give the page's address on standard input")
    contact = session.services.settings.fetch_contact
    if contact is None:
        raise SettingsError("no page is captured without WALLOFF_FETCH_CONTACT")
    made = capture_page(
        CaseId(case),
        RawText(address),
        into,
        device=device,
        capturer=PageCapturer(told=told, contact=contact),
        actor=session.person,
        vault=session.services.vault,
        clock=session.services.clock.now,
    )
    said = {
        "case": case,
        "query": made.query,
        "recording": str(made.files.recording),
        "shown": str(made.files.shown),
        "requests": made.requests,
        "denied": made.denied,
    }
    session.tell(said, f"{made.files.recording}\n{made.files.shown}")


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List a case's captured pages. They name the applicant, so the look is logged first."""
    found = [
        {
            "query": one.query,
            "at": f"{one.ended_at:%Y-%m-%d %H:%M}",
            "by": one.captured_by,
            "requested": one.requested.reveal(),
            "final": one.final.reveal(),
            "sha256": one.recording_sha256,
            "denied": sum(one.denied.values()),
        }
        for one in page_captures(CaseId(case), **session.who)
    ]
    columns = ("query", "at", "by", "requested", "final", "sha256", "denied")
    session.print_entries("Captured pages", columns, found)


def _quiet(_: str) -> None:
    """Tell nobody: nobody looks at a terminal."""
