"""`walloff people`: who may act in this home."""

from typing import Annotated

import typer

from casework.people.people import add_person, list_people
from cli import people_staff, people_training
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, open_session
from models.ids import ActorId
from models.people import Actor, Role

app = typer.Typer(no_args_is_help=True, help="Who may act in this home.")
for _name, _command in (people_staff.COMMANDS | people_training.COMMANDS).items():
    app.command(_name)(_command)


@app.command("add")
@refusals_named
def add(
    person: Annotated[str, typer.Argument(help="The id that the audit log will hold.")],
    role: Annotated[list[Role], typer.Option("--role", help="A role; may be repeated.")],
    label: Annotated[str, typer.Option(help="How colleagues know the person.")] = "",
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Register a person. The first must be an administrator, and needs no --actor."""
    services = open_session(home)
    first = not list_people(vault=services.vault)
    add_person(
        Actor(id=ActorId(person), roles=frozenset(role)),
        label or person,
        actor=None if first else acting(actor, services),
        vault=services.vault,
        now=services.clock.now(),
    )
    tell({"id": person, "roles": sorted(role)}, None, as_json=as_json)


@app.command("list")
@refusals_named
def list_(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List the people registered."""
    services = open_session(home)
    people = list_people(vault=services.vault)
    if as_json:
        print_json(
            [
                {"id": person.id, "label": label, "roles": sorted(person.roles)}
                for person, label in people
            ]
        )
        return
    rows = [(person.id, label, ", ".join(sorted(person.roles))) for person, label in people]
    print_table("People", ("id", "label", "roles"), rows)
