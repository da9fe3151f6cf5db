"""`walloff custody`: the custodian's own process, which alone opens what was put away."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from casework.custodian import list_kept, receive_kept, show_kept
from cli.interface import (
    FolderOption,
    PortionOption,
    add_setup,
    opened,
    who,
)
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption
from storage.domain import Domain
from storage.exchange import SealedVault

app = typer.Typer(no_args_is_help=True, help="The custodian's own process: what was put away.")


add_setup(app, Domain.SEALED, holds="sealed", whose="custodian's")


@app.command("list")
@refusals_named
def list_(
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List what was put away: its id, its case, its kind; nothing is opened."""
    name = who(actor)
    with opened(SealedVault, folder, portion) as sealed:
        found = list_kept(sealed, actor=name)
    if as_json:
        print_json(
            [
                {"id": one.id, "case": one.case_id, "kind": one.kind, "at": one.at.isoformat()}
                for one in found
            ]
        )
        return
    rows = [(one.id, one.case_id, one.kind, f"{one.at:%Y-%m-%d %H:%M}") for one in found]
    print_table("Put away", ("id", "case", "kind", "time (UTC)"), rows)


@app.command("show")
@refusals_named
def show(
    item: Annotated[str, typer.Argument(help="The id, as `list` gives it.", metavar="ID")],
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show one thing that was put away; the look is on record first."""
    name = who(actor)
    with opened(SealedVault, folder, portion) as sealed:
        body = show_kept(sealed, item, actor=name, now=datetime.now(UTC)).decode()
    tell({"id": item, "content": body}, body, as_json=as_json)


@app.command("receive")
@refusals_named
def receive(
    item: Annotated[str, typer.Argument(help="The id, as `list` gives it.", metavar="ID")],
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Check a copy of criminal evidence against its chain of custody, and give the receipt."""
    name = who(actor)
    with opened(SealedVault, folder, portion) as sealed:
        referral, sha256 = receive_kept(sealed, item, actor=name, now=datetime.now(UTC))
    tell({"referral": referral, "sha256": sha256}, f"{referral}: {sha256}", as_json=as_json)
