"""`walloff custody`: the custodian's own process, which alone opens what was put away."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from casework.records.custodian import list_kept, receive_kept, show_kept
from cli.interface import Process, add_setup, in_process
from cli.output import print_json, print_table
from storage.domain import Domain
from storage.exchange import SealedVault

app = typer.Typer(no_args_is_help=True, help="The custodian's own process: what was put away.")


add_setup(app, Domain.SEALED, holds="sealed", whose="custodian's")


@app.command("list")
@in_process(SealedVault)
def list_(process: Process[SealedVault]) -> None:
    """List what was put away: its id, its case, its kind; nothing is opened."""
    name = process.who
    with process.opened() as sealed:
        found = list_kept(sealed, actor=name)
    if process.as_json:
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
@in_process(SealedVault)
def show(
    process: Process[SealedVault],
    item: Annotated[str, typer.Argument(help="The id, as `list` gives it.", metavar="ID")],
) -> None:
    """Show one thing that was put away; the look is on record first."""
    name = process.who
    with process.opened() as sealed:
        body = show_kept(sealed, item, actor=name, now=datetime.now(UTC)).decode()
    process.tell({"id": item, "content": body}, body)


@app.command("receive")
@in_process(SealedVault)
def receive(
    process: Process[SealedVault],
    item: Annotated[str, typer.Argument(help="The id, as `list` gives it.", metavar="ID")],
) -> None:
    """Check a copy of criminal evidence against its chain of custody, and give the receipt."""
    name = process.who
    with process.opened() as sealed:
        referral, sha256 = receive_kept(sealed, item, actor=name, now=datetime.now(UTC))
    process.tell({"referral": referral, "sha256": sha256}, f"{referral}: {sha256}")
