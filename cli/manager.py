"""`walloff manager`: a process of the hiring managers, without any raw key or other database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.look import look
from cli.output import JsonFlag, print_json, refusals_named, tell
from cli.package_view import print_package
from cli.session import ActorOption, HomeOption, settings_for
from models.errors import SettingsError
from models.ids import ActorId, CaseId
from portal.manager.page import render
from storage.atomic import replacing
from storage.domain import Domain
from storage.interface_folder import make_folder, open_folder
from storage.migrate import Database
from storage.portions import write_portion
from storage.released import ReleasedVault
from storage.roles import PROCESSES, process_statements, server_statements
from walloff.databases import home_of, urls_of
from walloff.key_access import passphrase_of, require_key_file
from walloff.settings import Settings

app = typer.Typer(no_args_is_help=True, help="A process of the hiring managers' own.")

FolderOption = Annotated[Path, typer.Option(help="The manager's folder.")]
PortionOption = Annotated[Path, typer.Option(help="The portion of the keys, mode 0600.")]


@app.command("setup")
@refusals_named
def setup(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    portion: PortionOption,
    group: Annotated[
        str | None, typer.Option(help="The group of the manager's process; files become its own.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Move the released database into a folder of its own and write the portion that opens it.

    Give the portion to the user of the manager's process: that user alone may read it.
    """
    settings = settings_for(home)
    require_key_file(settings)
    opened = home_of(settings)
    stood = portion.exists()
    write_portion(opened, passphrase_of(settings, opened), {Domain.RELEASED}, portion)
    try:
        made = make_folder(opened, Database.RELEASED, folder, group=group)
    except Exception:
        # Keys for a folder that did not come to be are not left lying about.
        if not stood and Database.RELEASED not in home_of(settings).folders:
            portion.unlink(missing_ok=True)
        raise
    tell(
        {"folder": str(made.manager_folder), "portion": str(portion)},
        str(made.manager_folder),
        as_json=as_json,
    )


@app.command("view")
@refusals_named
def view(
    case: Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")],
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what was released; the look is on record first."""
    settings = Settings()
    name = actor or settings.actor
    if name is None:
        raise SettingsError("say who is acting: --actor ID, or WALLOFF_ACTOR")
    with _opened(folder, portion, settings) as released:
        package = look(CaseId(case), actor=ActorId(name), released=released, now=datetime.now(UTC))
    if html is not None:
        with replacing(html) as file:
            file.write(render(package, case_number=case).encode())
    if as_json:
        print_json(package.model_dump(mode="json"))
    elif html is None:
        print_package(f"Case {case}", package)


@app.command("list")
@refusals_named
def list_(folder: FolderOption, portion: PortionOption, as_json: JsonFlag = False) -> None:
    """List the cases with a release to view."""
    with _opened(folder, portion, Settings()) as released:
        cases = released.all()
    tell({"cases": cases}, "\n".join(cases), as_json=as_json)


@app.command("roles")
@refusals_named
def roles(
    prefix: Annotated[str, typer.Option(help="Begins every name.")] = "walloff",
    as_json: JsonFlag = False,
) -> None:
    """Print the SQL that gives every database a role of its own on a PostgreSQL server."""
    server = server_statements(prefix)
    processes = {database: process_statements(database, prefix) for database in PROCESSES}
    lines = ["-- the server's administrator, once, in the database postgres:"]
    lines += [f"{line};" for line in server]
    for database, statements in processes.items():
        lines.append(f"-- {prefix}_{database}, in its database, once the home is made:")
        lines += [f"{line};" for line in statements]
    tell({"server": server, "databases": processes}, "\n".join(lines), as_json=as_json)


@contextmanager
def _opened(folder: Path, portion: Path, settings: Settings) -> Iterator[ReleasedVault]:
    found = urls_of(settings).get(Database.RELEASED)
    urls = {} if found is None else {Database.RELEASED: found}
    released = open_folder(folder, portion, ReleasedVault, urls=urls)
    try:
        yield released
    finally:
        released.close()
