"""`walloff case export-custody`: the chain of custody of a case's captures, as CASE and UCO."""

from pathlib import Path
from typing import Annotated

import typer

from casework.custody.case_export import export_custody
from cli.acted import Session, in_home
from models.ids import CaseId


@in_home
def export_custody_(
    session: Session,
    case: Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")],
    out: Annotated[Path, typer.Option(help="The JSON-LD file to write; it must not exist.")],
) -> None:
    """Write who captured what, when, how and why, and who looked: digests, no content."""
    made = export_custody(CaseId(case), out, **session.who)
    session.tell(
        {"captures": made.captures, "faults": made.faults, "sha256": made.sha256},
        f"{made.captures} captures, {made.faults} faults; sha256 {made.sha256}",
    )
