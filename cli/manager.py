"""`walloff manager`: a process of the hiring managers, without any raw key or other database.

It shows what was released, and writes decisions and questions that it cannot read back.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.deciding.manager_side import receipts, replies, write_decision, write_question
from casework.releasing.look import look
from cli.interface import opened, who
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.package_view import print_package
from cli.reasons import (
    AlternativeOption,
    AssessmentOption,
    FindingOption,
    ReasonOption,
    print_questions,
    reason_of,
)
from cli.session import ActorOption, HomeOption, settings_for
from models.decision import Outcome
from models.ids import CaseId
from models.rebuttal import Question
from portal.manager.page import render
from storage.atomic import replacing
from storage.domain import Domain
from storage.interface_folder import make_folder
from storage.migrate import Database
from storage.portions import write_portion
from storage.released import ReleasedVault
from storage.roles import PROCESSES, process_statements, server_statements
from walloff.databases import home_of
from walloff.key_access import passphrase_of, require_key_file

app = typer.Typer(no_args_is_help=True, help="A process of the hiring managers' own.")

FolderOption = Annotated[Path, typer.Option(help="The manager's folder.")]
PortionOption = Annotated[Path, typer.Option(help="The portion of the keys, mode 0600.")]
CaseArgument = Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")]


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
    case: CaseArgument,
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what was released; the look is on record first."""
    with opened(ReleasedVault, folder, portion) as released:
        package = look(CaseId(case), actor=who(actor), released=released, now=datetime.now(UTC))
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
    with opened(ReleasedVault, folder, portion) as released:
        cases = released.all()
    tell({"cases": cases}, "\n".join(cases), as_json=as_json)


@app.command("decide")
@refusals_named
def decide(
    case: CaseArgument,
    outcome: Annotated[Outcome, typer.Argument(help="What was decided.")],
    assessment: AssessmentOption,
    folder: FolderOption,
    portion: PortionOption,
    reason: ReasonOption = None,
    alternative: AlternativeOption = None,
    actor: ActorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write a decision, sealed to the inside; `letters` shows what became of it."""
    reasons = tuple(reason_of(text) for text in reason or ())
    with opened(ReleasedVault, folder, portion) as released:
        letter_id = write_decision(
            CaseId(case),
            outcome,
            reasons=reasons,
            assessment=assessment,
            alternatives=tuple(alternative or ()),
            actor=who(actor),
            released=released,
            now=datetime.now(UTC),
        )
    tell({"case": case, "letter": letter_id}, letter_id, as_json=as_json)


@app.command("ask")
@refusals_named
def ask(
    case: CaseArgument,
    finding: FindingOption,
    question: Annotated[Question, typer.Argument(help="What is asked.")],
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask a reviewer one of a closed list of questions about a finding, sealed to the inside."""
    with opened(ReleasedVault, folder, portion) as released:
        letter_id = write_question(
            CaseId(case),
            finding - 1,
            question,
            actor=who(actor),
            released=released,
            now=datetime.now(UTC),
        )
    tell({"case": case, "letter": letter_id}, letter_id, as_json=as_json)


@app.command("questions")
@refusals_named
def questions(
    case: CaseArgument,
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what was asked and replied; the look is on record first."""
    with opened(ReleasedVault, folder, portion) as released:
        found = replies(CaseId(case), actor=who(actor), released=released, now=datetime.now(UTC))
    print_questions(found, as_json=as_json)


@app.command("letters")
@refusals_named
def letters(
    case: CaseArgument,
    folder: FolderOption,
    portion: PortionOption,
    actor: ActorOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what became of the decisions and questions that the inside has taken in."""
    with opened(ReleasedVault, folder, portion) as released:
        found = receipts(CaseId(case), actor=who(actor), released=released, now=datetime.now(UTC))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.letter_id, one.kind or "none", one.code or "taken") for one in found]
    print_table("Letters", ("letter", "kind", "result"), rows)


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
