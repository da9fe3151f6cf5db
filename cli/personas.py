"""`walloff persona`: false identities of investigations, which no vetting case ever meets."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from casework.people.personas import (
    approve_persona,
    list_personas,
    request_persona,
    retire_persona,
    use_persona,
)
from cli.acted import Session, in_home
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, acting, open_session
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="Personas of investigations, never of vetting.")

PersonaArgument = Annotated[str, typer.Argument(help="The persona's id.", metavar="PERSONA")]
MatterOption = Annotated[str, typer.Option(help="The investigation's number.")]


@app.command("request")
@in_home
def request(
    session: Session,
    matter: MatterOption,
    platform: Annotated[str, typer.Option(help="Where it is used.")],
    platform_rule: Annotated[str, typer.Option(help="What its terms say of such accounts.")],
    purpose: Annotated[str, typer.Option(help="What the investigation needs it for.")],
    name: Annotated[str, typer.Option(prompt=True, help="Its name; asked for if left out.")],
    handle: Annotated[str, typer.Option(prompt=True, help="Its handle; asked for if left out.")],
) -> None:
    """Ask for a persona; somebody else approves it."""
    made = request_persona(
        matter,
        name=RawText(name),
        handle=RawText(handle),
        platform=platform,
        platform_rule=platform_rule,
        purpose=purpose,
        **session.who,
    )
    session.tell({"persona": made.id, "matter": made.matter}, made.id)


@app.command("approve")
@in_home
def approve(
    session: Session,
    persona: PersonaArgument,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Its last day.")],
) -> None:
    """Approve a persona that somebody else asked for."""
    approve_persona(persona, expires_at=until.replace(tzinfo=UTC), **session.who)
    session.tell({"persona": persona, "until": f"{until:%Y-%m-%d}"}, None)


@app.command("use")
@in_home
def use(
    session: Session,
    persona: PersonaArgument,
    matter: MatterOption,
) -> None:
    """Write down that a persona is about to be used in its matter."""
    use_persona(persona, matter, **session.who)
    session.tell({"persona": persona, "matter": matter}, None)


@app.command("retire")
@in_home
def retire(
    session: Session,
    persona: PersonaArgument,
) -> None:
    """Retire a persona for good."""
    retire_persona(persona, **session.who)
    session.tell({"persona": persona, "retired": True}, None)


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
