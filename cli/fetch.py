"""`walloff case fetch`: the places that the applicant disclosed, asked over the network."""

from pathlib import Path
from typing import Annotated

import typer

from casework.gathering.fetching import fetch, fetches_of
from cli.acted import Session, in_home
from cli.captures import PlatformsOption
from collection.web.fetcher import Fetcher
from models.errors import SettingsError
from models.ids import CaseId


@in_home
def fetch_(
    session: Session,
    case: Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")],
    folder: Annotated[Path, typer.Argument(help="An empty folder for the recordings.")],
    platform: PlatformsOption = None,
    device: Annotated[
        str | None, typer.Option(help="The registered device that it is fetched on.")
    ] = None,
) -> None:
    """Fetch what the applicant disclosed, within the consent; take it in with `case collect`."""
    services = session.services
    contact = services.settings.fetch_contact
    if contact is None:
        raise SettingsError("nothing is fetched without WALLOFF_FETCH_CONTACT")
    done = fetch(
        CaseId(case),
        folder,
        fetcher=Fetcher(contact, now=services.clock.now),
        device=device,
        platforms=frozenset(platform or ()),
        actor=session.person,
        vault=services.vault,
        clock=services.clock.now,
    )
    said = {
        "case": case,
        "recordings": done.recordings,
        "requests": done.requests,
        "stopped": done.stopped,
        "not_consented": done.not_consented,
        "no_connector": done.no_connector,
    }
    text = f"{done.recordings} recordings, {done.requests} requests"
    for code in done.stopped:
        text += f"\nstopped early: {code}"
    session.tell(said, text)


@in_home
def fetches_(
    session: Session,
    case: Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")],
) -> None:
    """List what was fetched, request by request. It names the applicant: the look is logged."""
    found = [
        {
            "file": record.file,
            "query": one.sequence,
            "at": f"{one.asked_at:%Y-%m-%d %H:%M:%S}",
            "step": one.step,
            "address": one.final.reveal(),
            "ip": one.address,
            "status": one.status,
            "sha256": one.body_sha256,
        }
        for record in fetches_of(CaseId(case), **session.who)
        for one in record.requests
    ]
    columns = ("file", "query", "at", "step", "address", "ip", "status", "sha256")
    session.print_entries("Fetched", columns, found)
