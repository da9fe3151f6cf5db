"""`walloff persona`: false identities of investigations, which no vetting case ever meets."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from casework.personas import (
    approve_persona,
    list_personas,
    request_persona,
    retire_persona,
    use_persona,
)
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, by, open_session
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="Personas of investigations, never of vetting.")

PersonaArgument = Annotated[str, typer.Argument(help="The persona's id.", metavar="PERSONA")]
MatterOption = Annotated[str, typer.Option(help="The investigation's number.")]


@app.command("request")
@refusals_named
def request(
    matter: MatterOption,
    platform: Annotated[str, typer.Option(help="Where it is used.")],
    platform_rule: Annotated[str, typer.Option(help="What its terms say of such accounts.")],
    purpose: Annotated[str, typer.Option(help="What the investigation needs it for.")],
    name: Annotated[str, typer.Option(prompt=True, help="Its name; asked for if left out.")],
    handle: Annotated[str, typer.Option(prompt=True, help="Its handle; asked for if left out.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask for a persona; somebody else approves it."""
    services = open_session(home)
    made = request_persona(
        matter,
        name=RawText(name),
        handle=RawText(handle),
        platform=platform,
        platform_rule=platform_rule,
        purpose=purpose,
        **by(actor, services),
    )
    tell({"persona": made.id, "matter": made.matter}, made.id, as_json=as_json)


@app.command("approve")
@refusals_named
def approve(
    persona: PersonaArgument,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Its last day.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Approve a persona that somebody else asked for."""
    services = open_session(home)
    approve_persona(persona, expires_at=until.replace(tzinfo=UTC), **by(actor, services))
    tell({"persona": persona, "until": f"{until:%Y-%m-%d}"}, None, as_json=as_json)


@app.command("use")
@refusals_named
def use(
    persona: PersonaArgument,
    matter: MatterOption,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write down that a persona is about to be used in its matter."""
    services = open_session(home)
    use_persona(persona, matter, **by(actor, services))
    tell({"persona": persona, "matter": matter}, None, as_json=as_json)


@app.command("retire")
@refusals_named
def retire(
    persona: PersonaArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Retire a persona for good."""
    services = open_session(home)
    retire_persona(persona, **by(actor, services))
    tell({"persona": persona, "retired": True}, None, as_json=as_json)


@app.command("list")
@refusals_named
def list_(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List the personas, without their names."""
    services = open_session(home)
    now = services.clock.now()
    found = [
        {
            "persona": one.id,
            "matter": one.matter,
            "platform": one.platform,
            "approved": one.approved(now),
            "until": None if one.expires_at is None else f"{one.expires_at:%Y-%m-%d}",
        }
        for one in list_personas(actor=acting(actor, services), vault=services.vault)
    ]
    if as_json:
        print_json(found)
    else:
        columns = ("persona", "matter", "platform", "approved", "until")
        print_table("Personas", columns, [tuple(one.values()) for one in found])
