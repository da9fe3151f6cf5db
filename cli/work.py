"""`walloff work`: run whatever automatic segment is due, then stop."""

import typer

from casework.consent import expire_consents
from casework.retention import retain_ended
from cli.output import refusals_named
from cli.session import HomeOption, open_session, run_due


@refusals_named
def work(home: HomeOption = None) -> None:
    """Finish what an earlier run left behind, and run every segment that is due."""
    services = open_session(home)
    expire_consents(vault=services.vault, now=services.clock.now())
    retain_ended(vault=services.vault, now=services.clock.now())
    typer.echo(f"{run_due(services)} batches")
