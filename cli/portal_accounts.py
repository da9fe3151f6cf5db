"""`walloff portal account`: who may sign in to an application."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Concatenate, Final, ParamSpec

import typer

from cli.acted import Option, with_options
from cli.output import JsonFlag, print_json, print_table, tell
from cli.portal_options import (
    FolderOption,
    NameArgument,
    PortionOption,
    PortOption,
    PublicOption,
    interface_named,
)
from cli.portal_places import Place, wall_time
from cli.session import HomeOption, settings_for
from models.errors import SettingsError
from models.ids import ActorId
from models.signin import Account, LinkPurpose, identity_of
from portal.web.interfaces import Interface
from portal.web.server import Address
from storage.signin.accounts import Accounts
from storage.signin.database import SigninDatabase
from storage.signin.links import Links

P = ParamSpec("P")

app = typer.Typer(no_args_is_help=True, help="Who may sign in to an application.")

LINK_DAYS: Final = 3

WhoArgument = Annotated[str, typer.Argument(help="The name of the account.")]


@dataclass(frozen=True, slots=True)
class Door:
    """Where one command finds an application's accounts, and how it tells of them."""

    folder: Path | None
    portion: Path | None
    home: Path | None
    as_json: bool

    @property
    def place(self) -> Place:
        """The application's folder, or the home. Raises `SettingsError`."""
        return Place(settings_for(self.home), self.folder, self.portion)

    @contextmanager
    def opened(self, name: str) -> Iterator[SigninDatabase]:
        """Open an application's accounts, for as long as the block lasts."""
        database = self.place.signin(interface_named(name).name)
        try:
            yield database
        finally:
            database.close()

    def tell_link(
        self,
        interface: Interface,
        account: Account,
        database: SigninDatabase,
        port: int | None,
        public: str | None,
    ) -> None:
        """Make and print the link by which an account's owner sets it up."""
        now = wall_time()
        expires = now + timedelta(days=LINK_DAYS)
        token = Links(database).make(
            LinkPurpose.ENROL, account.actor, at=now, expires_at=expires, account_id=account.id
        )
        origin = Address("127.0.0.1", port or interface.port, public=public).origin
        link = f"{origin}/enrol/{token}"
        told = {"account": account.name, "link": link, "expires_at": expires.isoformat()}
        tell(told, link, as_json=self.as_json)


_ADDED: Final[tuple[Option, ...]] = (
    ("folder", FolderOption, None),
    ("portion", PortionOption, None),
    ("home", HomeOption, None),
    ("as_json", JsonFlag, False),
)


def at_door(command: Callable[Concatenate[Door, P], None]) -> Callable[P, None]:
    """Give a command the options that say where the accounts lie."""
    return with_options(command, _ADDED, Door)


@app.command("add")
@at_door
def add(
    door: Door,
    name: NameArgument,
    who: Annotated[str, typer.Argument(help="The name to sign in with.")],
    person: Annotated[
        str | None, typer.Option("--person", help="The registered person; else the same name.")
    ] = None,
    port: PortOption = None,
    public: PublicOption = None,
) -> None:
    """Add an account and print the link by which its owner sets it up; it works once.

    An account opens nothing that the person behind it may not open.
    """
    with door.opened(name) as database:
        made = Accounts(database).add(who, ActorId(person or who), at=wall_time())
        door.tell_link(interface_named(name), made, database, port, public)


@app.command("renew")
@at_door
def renew(
    door: Door,
    name: NameArgument,
    who: WhoArgument,
    port: PortOption = None,
    public: PublicOption = None,
) -> None:
    """Print a new link for somebody who lost the password or the authenticator."""
    with door.opened(name) as database:
        found = Accounts(database).named(who)
        door.tell_link(interface_named(name), found, database, port, public)


@app.command("disable")
@at_door
def disable(door: Door, name: NameArgument, who: WhoArgument) -> None:
    """Shut an account out, and end its sessions at once."""
    with door.opened(name) as database:
        found = Accounts(database).named(who)
        Accounts(database).disable(found.id, at=wall_time())
    tell({"account": found.name, "disabled": True}, None, as_json=door.as_json)


@app.command("tie")
@at_door
def tie(
    door: Door,
    name: NameArgument,
    who: WhoArgument,
    sub: Annotated[str, typer.Argument(help="Its owner, as the provider says: `sub`.")],
) -> None:
    """Let the owner of an account sign in with the identity provider of the settings.

    The provider makes no account and ties none: whom it knows is nobody here until this is done.
    """
    provider = door.place.provider(interface_named(name).name)
    if provider is None:
        raise SettingsError("no identity provider: set WALLOFF_OIDC_ISSUER; applicants have none")
    if not sub.strip():
        raise SettingsError("name whom the provider means: what it calls `sub`")
    identity = identity_of(provider.registration.issuer, sub)
    with door.opened(name) as database:
        found = Accounts(database).named(who)
        Accounts(database).know_as(found.id, identity, at=wall_time())
    tell({"account": found.name, "tied": True}, None, as_json=door.as_json)


@app.command("list")
@at_door
def list_(door: Door, name: NameArgument) -> None:
    """List the accounts of an application."""
    with door.opened(name) as database:
        found = Accounts(database).all()
    if door.as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.name, one.actor, "disabled" if one.disabled else _readiness(one)) for one in found]
    print_table("Accounts", ("name", "person", "state"), rows)


def _readiness(one: Account) -> str:
    return "ready" if one.has_password and one.has_totp else "not set up"
