"""`walloff keys`: the home and its keys."""

from dataclasses import asdict
from typing import Annotated

import typer

from cli.output import JsonFlag, print_json, print_table, refusals_named, say, tell
from cli.session import HomeOption, settings_for
from storage.domain import Domain
from storage.home import HomeMode, open_home
from storage.keyring import open_key_ring
from walloff.home_setup import ready_home
from walloff.services import read_passphrase

app = typer.Typer(no_args_is_help=True, help="The home and its keys.")


@app.command("init")
@refusals_named
def init(
    home: HomeOption = None,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="A home that can never become production.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make a home with fresh keys for every domain.

    Without WALLOFF_PASSPHRASE_FILE a random passphrase is written into the home: move it to
    another disk before real cases are opened.
    """
    settings = settings_for(home)
    mode = HomeMode.REHEARSAL if rehearsal else HomeMode.PRODUCTION
    made = ready_home(settings.home, mode, settings.passphrase_file)
    if settings.passphrase_file is None:
        say(f"walloff: the passphrase lies in {made.passphrase_file}: move it off this disk")
    tell({"home": str(made.root), "mode": made.mode}, str(made.root), as_json=as_json)


@app.command("status")
@refusals_named
def status(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Print every domain's key version and the number of lockboxes under it."""
    settings = settings_for(home)
    opened = open_home(settings.home)
    passphrase = read_passphrase(settings.passphrase_file or opened.passphrase_file)
    rows = [
        asdict(row)
        for row in open_key_ring(opened, passphrase=passphrase, domains=frozenset(Domain)).status()
    ]
    if as_json:
        print_json(rows)
    else:
        print_table("Keys", tuple(rows[0]), [tuple(row.values()) for row in rows])
