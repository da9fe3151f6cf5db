"""What the commands about the portal's applications ask for alike."""

from pathlib import Path
from typing import Annotated

import typer

from models.errors import SettingsError
from portal.web.interfaces import INTERFACES, Interface

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


def interface_named(name: str) -> Interface:
    """Return the application of this name. Raises `SettingsError`."""
    for one in INTERFACES:
        if one.name == name:
            return one
    raise SettingsError(f"no such application: {', '.join(one.name for one in INTERFACES)}")
