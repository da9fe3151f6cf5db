"""`walloff start`: a home with its keys and its first administrator, and what comes next.

Each part that is there already is left as it is, so the command can be taken up again.
"""

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from casework.people.people import add_person, list_people
from casework.records.key_custody import note_creation
from cli.output import JsonFlag, refusals_named, tell
from cli.session import HomeOption, settings_for
from models.errors import SettingsError
from models.ids import ActorId
from models.people import Actor, Role
from policy.requisition import load_requisition_file
from storage.home import HomeMode
from walloff.home_setup import ready_home
from walloff.services import Services, open_services, use

_NEXT: Final = (
    "Register people with `walloff people add`, open a position with `walloff requisition open`,",
    "let people in with `walloff portal account add`, and run `walloff serve`.",
)


@refusals_named
def start(
    administrator: Annotated[
        str | None, typer.Option(help="The id of the first administrator, as the audit log has it.")
    ] = None,
    label: Annotated[str, typer.Option(help="How colleagues know the administrator.")] = "",
    requisition: Annotated[
        Path | None, typer.Option(help="A requisition file to check; nothing is registered.")
    ] = None,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="A home that can never become production.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a home ready to be served: keys, the first administrator, and what to do next.

    What is not given is asked for at a terminal. Run it again after an interruption: what is there
    stays.
    """
    if requisition is not None:
        load_requisition_file(requisition)
    settings = settings_for(home)
    who = administrator or _asked("The id of the first administrator")
    mode = HomeMode.REHEARSAL if rehearsal else HomeMode.PRODUCTION
    made = ready_home(settings, mode)
    services = open_services(settings, mode=mode)
    use(services)
    note_creation(vault=services.vault, now=services.clock.now())
    _register(services, who, label or who)
    passphrase = made.passphrase_file if made.passphrase_file.exists() else None
    told = {
        "home": str(made.root),
        "mode": str(made.mode),
        "passphrase_file": None if passphrase is None else str(passphrase),
        "administrator": who,
        "policy_checked": requisition is not None,
    }
    lines = [f"home {made.root}"]
    if passphrase is not None:
        lines.append(f"The passphrase lies in {passphrase}: move it off this disk.")
    lines += [f"administrator {who}", *_NEXT]
    tell(told, "\n".join(lines), as_json=as_json)


def _asked(what: str) -> str:
    if not sys.stdin.isatty():
        raise SettingsError("say who the first administrator is: --administrator ID")
    return str(typer.prompt(what, err=True))


def _register(services: Services, who: str, label: str) -> None:
    people = list_people(vault=services.vault)
    if not people:
        first = Actor(id=ActorId(who), roles=frozenset({Role.ADMINISTRATOR}))
        now = services.clock.now()
        add_person(first, label, actor=None, vault=services.vault, now=now)
        return
    if who not in {str(one.id) for one, _ in people}:
        raise SettingsError("the home has people already: `walloff people add` registers more")
