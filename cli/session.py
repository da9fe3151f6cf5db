"""A command's session: the home it works in, who is acting, and the flows that it may start."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from casework.people import find_person
from casework.step import Taken
from models.errors import SettingsError
from models.ids import ActorId
from models.people import Actor
from models.segment import OF_CASES
from storage.vault import Vault
from walloff.dispatch import register, work_off
from walloff.prefect_host import hosted
from walloff.services import Services, open_services, use
from walloff.settings import Settings

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The home; else WALLOFF_HOME, else .walloff in the working folder."
    ),
]
ActorOption = Annotated[
    str | None,
    typer.Option("--actor", help="Who is acting: a registered person's id; else WALLOFF_ACTOR."),
]


def settings_for(home: Path | None) -> Settings:
    """Return the settings, with the home from the command line if given."""
    return Settings() if home is None else Settings(home=home)


def open_session(home: Path | None) -> Services:
    """Open the home for this command."""
    services = open_services(settings_for(home))
    use(services)
    return services


def acting(actor: str | None, services: Services) -> Actor:
    """Return who is acting. Raises `SettingsError` if nobody is named, `PersonNotFoundError`."""
    return person(actor, services.settings, services.vault)


def person(actor: str | None, settings: Settings, vault: Vault) -> Actor:
    """Return who is acting in a vault. Raises as `acting` does."""
    name = actor or settings.actor
    if name is None:
        raise SettingsError("say who is acting: --actor ID, or WALLOFF_ACTOR")
    return find_person(ActorId(name), vault=vault)


def by(actor: str | None, services: Services) -> Taken:
    """Return who takes a step, where and when. Raises as `acting` does."""
    return Taken(actor=acting(actor, services), vault=services.vault, now=services.clock.now())


@contextmanager
def flows_running(services: Services) -> Iterator[None]:
    """Host Prefect in this process and register the flows, for as long as the block lasts."""
    with hosted(services.home.prefect):
        # Only now: Prefect reads its settings when it is first imported.
        case_batch = import_module("flows.case_batch").case_batch
        for segment in OF_CASES:
            register(segment, partial(case_batch, segment.value))
        yield


def run_due(services: Services) -> int:
    """Run every automatic segment that is due; return the number of batches."""
    with flows_running(services):
        return work_off(services)
