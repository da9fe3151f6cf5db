"""`walloff requisition`: positions being filled, with their frozen rules."""

from pathlib import Path
from typing import Annotated

import typer

from casework.requisition.requisitions import list_requisitions, open_requisition
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.policy import read_signature_of
from cli.requisition_consistency import consistency, deviate
from cli.session import ActorOption, HomeOption, by, open_session
from walloff.lists import read_requisition

app = typer.Typer(no_args_is_help=True, help="Positions being filled, with their frozen rules.")


@app.command("open")
@refusals_named
def open_(
    file: Annotated[Path, typer.Argument(help="The requisition file (TOML).")],
    signature: Annotated[
        Path | None,
        typer.Option(help="A policy owner's signature; else FILE.sig beside it, if there is one."),
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open a requisition; its policy and criteria are frozen from then on."""
    draft = read_requisition(file)
    note = read_signature_of(file, signature)
    services = open_session(home)
    requisition = open_requisition(
        draft.title, draft.policy, draft.criteria, signature=note, **by(actor, services)
    )
    tell(requisition.model_dump(mode="json"), requisition.id, as_json=as_json)


@app.command("list")
@refusals_named
def list_(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List the requisitions."""
    services = open_session(home)
    found = list_requisitions(vault=services.vault)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (
            one.id,
            one.title,
            one.state,
            f"{one.policy.id} {one.policy.version}",
            f"{one.criteria.id} {one.criteria.version}",
            f"{one.opened_at:%Y-%m-%d}",
        )
        for one in found
    ]
    print_table("Requisitions", ("id", "title", "state", "policy", "criteria", "opened"), rows)


app.command("consistency")(consistency)
app.command("deviate")(deviate)
