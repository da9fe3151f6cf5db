"""`walloff audit`: what happened, provable without reading content."""

import typer

from casework.audit import read_audit
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, open_session
from storage.checkpoints import publish
from storage.verification import verify

app = typer.Typer(no_args_is_help=True, help="What happened, provable without reading content.")


@app.command("verify")
@refusals_named
def verify_(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Recompute the whole log and check it against every signed checkpoint."""
    services = open_session(home)
    found = verify(services.vault)
    if as_json:
        print_json(found.model_dump(mode="json") | {"intact": found.intact})
    else:
        typer.echo(f"{found.size} entries, {found.checkpoints} signed checkpoints")
        for fault in found.faults:
            typer.echo(f"fault: {fault}")
        typer.echo("verified" if found.intact else "NOT INTACT")
    if not found.intact:
        raise typer.Exit(ExitCode.FAILED)


@app.command("publish")
@refusals_named
def publish_(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Sign the log as it stands and print the checkpoint."""
    services = open_session(home)
    checkpoint = publish(services.vault, now=services.clock.now())
    tell(checkpoint.model_dump(mode="json"), checkpoint.note, as_json=as_json)


@app.command("show")
@refusals_named
def show(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List the entries: who did what, when, in which role."""
    services = open_session(home)
    entries = read_audit(actor=acting(actor, services), vault=services.vault)
    if as_json:
        print_json([one.model_dump(mode="json") for one in entries])
        return
    rows = [
        (f"{one.at:%Y-%m-%d %H:%M:%S}", one.actor, one.role, one.action, one.object_id, one.code)
        for one in entries
    ]
    print_table("Audit log", ("time (UTC)", "actor", "role", "action", "object", "code"), rows)
