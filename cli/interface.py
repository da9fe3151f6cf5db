"""What the commands of an interface's own process share: its folder, its portion, who is there."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Concatenate, Final, Generic, ParamSpec, TypeVar

import typer

from cli.acted import Option, with_options
from cli.output import JsonFlag, refusals_named, tell
from cli.session import ActorOption, HomeOption, settings_for
from models.errors import SettingsError
from models.ids import ActorId
from storage.domain import Domain
from storage.domain_vault import DomainVault
from storage.interface_folder import make_folder, open_folder
from storage.migrate import Database
from storage.portions import write_portion
from walloff.databases import home_of, urls_of
from walloff.key_access import passphrase_of, require_key_file
from walloff.settings import Settings

P = ParamSpec("P")
V = TypeVar("V", bound=DomainVault)

FolderArgument = Annotated[Path, typer.Argument(help="The folder to make.")]
FolderOption = Annotated[Path, typer.Option("--folder", help="The process's own folder.")]
PortionOption = Annotated[
    Path, typer.Option("--portion", help="The portion of the keys, mode 0600.")
]
GroupOption = Annotated[
    str | None, typer.Option("--group", help="The group of the process; files become its own.")
]


def add_setup(app: typer.Typer, domain: Domain, *, holds: str, whose: str) -> None:
    """Give an interface's commands the one that moves its database out of the inside."""

    def setup(
        folder: FolderArgument,
        portion: PortionOption,
        group: GroupOption = None,
        home: HomeOption = None,
        as_json: JsonFlag = False,
    ) -> None:
        made = set_up(domain, folder, portion, group=group, home=home)
        tell({"folder": str(made), "portion": str(portion)}, str(made), as_json=as_json)

    setup.__doc__ = (
        f"Move the {holds} database into a folder of its own, with the portion that opens it."
        f"\n\nGive the portion to the user of the {whose} process: that user alone may read it."
    )
    app.command("setup")(refusals_named(setup))


def set_up(
    domain: Domain, folder: Path, portion: Path, *, group: str | None, home: Path | None
) -> Path:
    """Move a domain's database into a folder of its own and write the portion that opens it."""
    settings = settings_for(home)
    require_key_file(settings)
    opened = home_of(settings)
    write_portion(opened, passphrase_of(settings, opened), {domain}, portion)
    made = make_folder(opened, Database(domain), folder, group=group)
    return made.folders[Database(domain)]


@contextmanager
def opened(kind: type[V], folder: Path, portion: Path) -> Iterator[V]:
    """Open the folder with its portion, for as long as the block lasts."""
    found = urls_of(Settings()).get(kind.database())
    urls = {} if found is None else {kind.database(): found}
    vault = open_folder(folder, portion, kind, urls=urls)
    try:
        yield vault
    finally:
        vault.close()


@dataclass(frozen=True, slots=True)
class Process(Generic[V]):
    """One command in the process of an interface, on its own folder."""

    folder: Path
    portion: Path
    actor: str | None
    as_json: bool
    kind: type[V]

    @contextmanager
    def opened(self) -> Iterator[V]:
        """Open the folder, for as long as the block lasts."""
        with opened(self.kind, self.folder, self.portion) as vault:
            yield vault

    @property
    def who(self) -> ActorId:
        """Who is there, by id. Raises `SettingsError` if nobody is named."""
        return who(self.actor)

    def tell(self, value: Mapping[str, object], text: str | None) -> None:
        """Print a step's result: the whole of it as JSON, or the one line that a person needs."""
        tell(value, text, as_json=self.as_json)


_ADDED: Final[tuple[Option, ...]] = (
    ("folder", FolderOption, inspect.Parameter.empty),
    ("portion", PortionOption, inspect.Parameter.empty),
    ("actor", ActorOption, None),
    ("as_json", JsonFlag, False),
)


def in_process(
    kind: type[V],
) -> Callable[[Callable[Concatenate[Process[V], P], None]], Callable[P, None]]:
    """Give a command the folder, portion, actor and form of output of an interface's process."""

    def given(command: Callable[Concatenate[Process[V], P], None]) -> Callable[P, None]:
        return with_options(command, _ADDED, partial(Process, kind=kind))

    return given


def who(actor: str | None) -> ActorId:
    """Return who is there, by id. Raises `SettingsError` if nobody is named."""
    name = actor or Settings().actor
    if name is None:
        raise SettingsError("say who is acting: --actor ID, or WALLOFF_ACTOR")
    return ActorId(name)
