"""A command's session: the home it works in, who is acting, and the flows that it may start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Final

import typer

from casework.people.people import find_person
from casework.steps.step import Taken
from models.errors import SettingsError
from models.ids import ActorId
from models.people import Actor
from models.segment import OF_CASES, Segment
from storage.vault import Vault
from walloff.dispatch import RunBatch, register, work_off
from walloff.prefect_host import hosted
from walloff.services import Services, open_services, use
from walloff.settings import Settings

SCHEDULED_FLOWS: Final = {
    Segment.RECONCILE: "reconcile_cases",
    Segment.AUDIT_PUBLISH: "audit_publish",
    Segment.RETENTION_SWEEP: "retention_sweep",
}
"""The flow of each segment that runs on the home: file and function bear one name."""

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


def flows_of_cases() -> dict[Segment, RunBatch]:
    """Return what runs a batch of each segment. Prefect's settings must stand by now."""
    case_batch = import_module("flows.case_batch").case_batch
    return {segment: partial(case_batch, segment.value) for segment in OF_CASES}


def flows_of_the_home() -> dict[Segment, Callable[[], object]]:
    """Return the flows that run on a schedule. Prefect's settings must stand by now."""
    return {
        segment: getattr(import_module(f"flows.{name}"), name)
        for segment, name in SCHEDULED_FLOWS.items()
    }


@contextmanager
def flows_running(services: Services) -> Iterator[str]:
    """Host Prefect in this process and register the flows; the block gets the API's address."""
    with hosted(services.home.prefect) as address:
        # Only now: Prefect reads its settings when it is first imported.
        for segment, run in flows_of_cases().items():
            register(segment, run)
        yield address


def run_due(services: Services, *, at_once: bool = False) -> int:
    """Run every automatic segment that is due; return the number of batches.

    Cases whose segment failed wait for their time, unless they are to be tried at once.
    """
    with flows_running(services):
        return work_off(services, at_once=at_once)
