"""`walloff portal`: the applications that people use, and who may sign in to each."""

import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.log_lines import log_to_stderr
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.portal_places import Place, opening, wall_time
from cli.session import HomeOption, settings_for
from models.errors import SettingsError
from models.ids import ActorId
from models.signin import LinkPurpose, identity_of
from portal.web.interfaces import INTERFACES, Interface
from portal.web.server import Address, server
from storage.signin.accounts import Accounts
from storage.signin.links import Links

app = typer.Typer(no_args_is_help=True, help="The pages: one application for each kind of user.")
account = typer.Typer(no_args_is_help=True, help="Who may sign in to an application.")
app.add_typer(account, name="account")

LINK_DAYS = 3

NameArgument = Annotated[
    str, typer.Argument(help=f"Which: {', '.join(one.name for one in INTERFACES)}.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="The application's own folder; else the home.")
]
PortionOption = Annotated[
    Path | None, typer.Option("--portion", help="The portion of the keys, mode 0600.")
]
PublicOption = Annotated[
    str | None,
    typer.Option("--public", help="The origin that browsers use, where a proxy speaks TLS."),
]
PortOption = Annotated[int | None, typer.Option("--port", help="The port; else its usual one.")]


@app.command("serve")
@refusals_named
def serve(
    name: NameArgument,
    folder: FolderOption = None,
    portion: PortionOption = None,
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: PortOption = None,
    certificate: Annotated[Path | None, typer.Option(help="The certificate chain, PEM.")] = None,
    key: Annotated[Path | None, typer.Option(help="Its key, PEM.")] = None,
    public: PublicOption = None,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="End when the input ends.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Serve one application until stopped. Without a certificate it listens on this machine only.

    It opens its own domain's keys and no other.
    """
    interface = _interface(name)
    address = Address(host, port or interface.port, certificate, key, public)
    place = Place(settings_for(home), folder, portion)
    provider = place.provider(name)
    made = opening(name)(place, address.origins)
    made.reception.provider = provider
    told = {"application": name, "address": address.origin}
    tell(told, f"{name} {address.origin}", as_json=as_json)
    sys.stdout.flush()
    log_to_stderr()
    served = server(made.asgi, address)
    if with_parent:
        threading.Thread(target=_end_with_input, args=(served,), daemon=True).start()
    served.run()


@account.command("add")
@refusals_named
def add(
    name: NameArgument,
    who: Annotated[str, typer.Argument(help="The name to sign in with.")],
    person: Annotated[
        str | None, typer.Option("--person", help="The registered person; else the same name.")
    ] = None,
    folder: FolderOption = None,
    portion: PortionOption = None,
    port: PortOption = None,
    public: PublicOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Add an account and print the link by which its owner sets it up; it works once.

    An account opens nothing that the person behind it may not open.
    """
    place = Place(settings_for(home), folder, portion)
    interface = _interface(name)
    database = place.signin(name)
    now = wall_time()
    made = Accounts(database).add(who, ActorId(person or who), at=now)
    _tell_link(interface, made.id, database, port, public, as_json=as_json)


@account.command("renew")
@refusals_named
def renew(
    name: NameArgument,
    who: Annotated[str, typer.Argument(help="The name of the account.")],
    folder: FolderOption = None,
    portion: PortionOption = None,
    port: PortOption = None,
    public: PublicOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Print a new link for somebody who lost the password or the authenticator."""
    place = Place(settings_for(home), folder, portion)
    interface = _interface(name)
    database = place.signin(name)
    found = Accounts(database).named(who)
    _tell_link(interface, found.id, database, port, public, as_json=as_json)


@account.command("disable")
@refusals_named
def disable(
    name: NameArgument,
    who: Annotated[str, typer.Argument(help="The name of the account.")],
    folder: FolderOption = None,
    portion: PortionOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Shut an account out, and end its sessions at once."""
    _interface(name)
    accounts = Accounts(Place(settings_for(home), folder, portion).signin(name))
    found = accounts.named(who)
    accounts.disable(found.id, at=wall_time())
    tell({"account": found.name, "disabled": True}, None, as_json=as_json)


@account.command("tie")
@refusals_named
def tie(
    name: NameArgument,
    who: Annotated[str, typer.Argument(help="The name of the account.")],
    sub: Annotated[str, typer.Argument(help="Its owner, as the provider says: `sub`.")],
    folder: FolderOption = None,
    portion: PortionOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Let the owner of an account sign in with the identity provider of the settings.

    The provider makes no account and ties none: whom it knows is nobody here until this is done.
    """
    _interface(name)
    place = Place(settings_for(home), folder, portion)
    provider = place.provider(name)
    if provider is None:
        raise SettingsError("no identity provider: set WALLOFF_OIDC_ISSUER; applicants have none")
    if not sub.strip():
        raise SettingsError("name whom the provider means: what it calls `sub`")
    accounts = Accounts(place.signin(name))
    found = accounts.named(who)
    identity = identity_of(provider.registration.issuer, sub)
    accounts.know_as(found.id, identity, at=wall_time())
    tell({"account": found.name, "tied": True}, None, as_json=as_json)


@account.command("list")
@refusals_named
def list_(
    name: NameArgument,
    folder: FolderOption = None,
    portion: PortionOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the accounts of an application."""
    _interface(name)
    found = Accounts(Place(settings_for(home), folder, portion).signin(name)).all()
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.name, one.actor, "disabled" if one.disabled else _readiness(one)) for one in found]
    print_table("Accounts", ("name", "person", "state"), rows)


def _end_with_input(served: Any) -> None:
    sys.stdin.buffer.read()
    served.should_exit = True


def _readiness(one: Any) -> str:
    return "ready" if one.has_password and one.has_totp else "not set up"


def _interface(name: str) -> Interface:
    for one in INTERFACES:
        if one.name == name:
            return one
    raise SettingsError(f"no such application: {', '.join(one.name for one in INTERFACES)}")


def _tell_link(
    interface: Interface,
    account_id: str,
    database: Any,
    port: int | None,
    public: str | None,
    *,
    as_json: bool,
) -> None:
    now = wall_time()
    found = Accounts(database).get(account_id)
    expires = now + timedelta(days=LINK_DAYS)
    token = Links(database).make(
        LinkPurpose.ENROL, found.actor, at=now, expires_at=expires, account_id=account_id
    )
    origin = Address("127.0.0.1", port or interface.port, public=public).origin
    link = f"{origin}/enrol/{token}"
    told = {"account": found.name, "link": link, "expires_at": expires.isoformat()}
    tell(told, link, as_json=as_json)
