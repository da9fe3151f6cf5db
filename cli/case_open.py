"""`walloff case open`: a case begins with a name, read from a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from casework.applicant.cases import open_case
from cli.output import JsonFlag, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.disclosure import Applicant
from models.errors import InputError
from models.ids import ActorId, RequisitionId
from models.text import RawText


@refusals_named
def open_(
    requisition: Annotated[str, typer.Option(help="The requisition's id.")],
    name_file: Annotated[
        Path,
        typer.Option("--name-file", help="File with the applicant's name; - for standard input."),
    ],
    applicant: Annotated[
        str | None,
        typer.Option(
            "--applicant",
            help="The applicant's own id, registered with that role: it opens this case's pages.",
        ),
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open a case. The name is read from a file, so that no shell history keeps it."""
    services = open_session(home)
    whose = Applicant(
        name=RawText(read_name(name_file).strip()),
        actor=None if applicant is None else ActorId(applicant),
    )
    case = open_case(RequisitionId(requisition), whose, **by(actor, services))
    tell(case.model_dump(mode="json"), case.id, as_json=as_json)


def read_name(file: Path) -> str:
    """Return what a file, or standard input, holds. Raises `InputError`."""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the file with the name cannot be read") from error
