"""`walloff fairness residual`: can a class be told from what managers saw? Only figures leave."""

import json
from pathlib import Path
from typing import Annotated

import typer

from casework.counsel.residual import report_residual
from cli.exit_codes import ExitCode
from cli.interface import FolderOption, PortionOption, opened
from cli.output import JsonFlag, print_json, print_table, refusals_named, say
from cli.residual_view import COLUMNS, rows_of, svg_of
from models.errors import InputError
from models.ids import is_id
from policy.impact import K
from policy.residual import PERMUTATIONS
from storage.atomic import replacing
from storage.exchange import FairnessVault


@refusals_named
def residual(
    folder: FolderOption,
    portion: PortionOption,
    requisition: Annotated[str | None, typer.Option(help="Only this requisition's.")] = None,
    k: Annotated[int, typer.Option(help="Fewest applicants of a group that is told.")] = K,
    permutations: Annotated[
        int, typer.Option(help="How often labels are shuffled to say what chance gives.")
    ] = PERMUTATIONS,
    out: Annotated[
        Path | None, typer.Option(help="Write residual.json and residual.svg here.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say whether a class can be told from what managers saw; exit 1 if it can."""
    if requisition is not None and not is_id(requisition):
        raise InputError("no requisition's id")
    with opened(FairnessVault, folder, portion) as fairness:
        found = report_residual(
            fairness=fairness, requisition=requisition, k=k, permutations=permutations
        )
    figures = found.report
    content = figures.model_dump(mode="json") | {
        "passes": figures.passes,
        "unreadable": found.unreadable,
    }
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("residual.json", json.dumps(content, indent=2) + "\n"),
            ("residual.svg", svg_of(figures)),
        ):
            with replacing(out / name) as file:
                file.write(text.encode())
    if as_json:
        print_json(content)
    else:
        print_table(f"Residual inference (gate {figures.gate:g})", COLUMNS, rows_of(figures))
    if found.unreadable:
        say(f"walloff: {found.unreadable} letters did not open and are left out")
    if figures.alarms:
        say("walloff: a class can be told from what managers saw")
        raise typer.Exit(ExitCode.FAILED)
