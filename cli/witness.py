"""`walloff audit witness`: the auditor's own service, which remembers what a log once was."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import JsonFlag, refusals_named, tell
from models.errors import AuditBrokenError
from storage.witness import Witness
from walloff.witness_service import listening, serve

app = typer.Typer(no_args_is_help=True, help="The auditor's witness: run it on another machine.")

Folder = Annotated[Path, typer.Argument(help="The witness's own folder.")]


@app.command("init")
@refusals_named
def init(
    folder: Folder,
    name: Annotated[str, typer.Option("--name", help="Such as auditor.example/w1.")],
    as_json: JsonFlag = False,
) -> None:
    """Make a witness with a fresh key, and print its public keys for the log's operator."""
    keys = [one.vkey for one in Witness.create(folder, name).verifiers]
    tell({"name": name, "vkeys": keys}, "\n".join(keys), as_json=as_json)


@app.command("trust")
@refusals_named
def trust(
    folder: Folder,
    vkey: Annotated[str, typer.Argument(help="The log's public key, or a file that holds it.")],
    as_json: JsonFlag = False,
) -> None:
    """Cosign for a log from now on."""
    given = vkey if "+" in vkey and not Path(vkey).exists() else _read(Path(vkey))
    verifier = Witness(folder).trust(given)
    tell({"log": verifier.name}, verifier.name, as_json=as_json)


@app.command("serve")
@refusals_named
def serve_(
    folder: Folder,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="0 takes any free port.")] = 8461,
    as_json: JsonFlag = False,
) -> None:
    """Answer `add-checkpoint` over HTTP until stopped; TLS belongs in front."""
    witness = Witness(folder)
    opened = listening(host, port)
    url = f"http://{host}:{opened.getsockname()[1]}"
    tell({"url": url}, url, as_json=as_json)
    typer.echo("", nl=False)
    serve(witness, opened)


def _read(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines:
        raise AuditBrokenError("the verification key is malformed")
    return lines[0]
