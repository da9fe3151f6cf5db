"""`walloff portal`: the applications that people use, and who may sign in to each."""

import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import portal_accounts
from cli.log_lines import log_to_stderr
from cli.output import JsonFlag, refusals_named, tell
from cli.portal_options import (
    FolderOption,
    NameArgument,
    PortionOption,
    PortOption,
    PublicOption,
    interface_named,
)
from cli.portal_places import Place, opening
from cli.session import HomeOption, settings_for
from portal.web.server import Address, server

app = typer.Typer(no_args_is_help=True, help="The pages: one application for each kind of user.")
app.add_typer(portal_accounts.app, name="account")


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
    interface = interface_named(name)
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


def _end_with_input(served: Any) -> None:
    sys.stdin.buffer.read()
    served.should_exit = True
