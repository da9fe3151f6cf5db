"""`walloff fairness`: the enclave's own process; only figures leave it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from casework.counsel.enclave import report_impact
from cli.fairness_residual import residual
from cli.impact_view import COLUMNS, csv_of, rows_of, svg_of
from cli.interface import FolderOption, PortionOption, add_setup, opened
from cli.output import JsonFlag, print_json, print_table, refusals_named, say
from models.errors import InputError
from models.ids import is_id
from policy.impact import K
from storage.atomic import replacing
from storage.domain import Domain
from storage.exchange import FairnessVault

app = typer.Typer(no_args_is_help=True, help="The fairness enclave's own process.")


add_setup(app, Domain.FAIRNESS, holds="fairness", whose="enclave's")


@app.command("report")
@refusals_named
def report(
    folder: FolderOption,
    portion: PortionOption,
    requisition: Annotated[str | None, typer.Option(help="Only this requisition's.")] = None,
    k: Annotated[int, typer.Option(help="Fewest applicants of a group that is told.")] = K,
    out: Annotated[
        Path | None, typer.Option(help="Write impact.json, impact.csv and impact.svg here.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare the groups' rates at each passage, by the four-fifths rule."""
    if requisition is not None and not is_id(requisition):
        raise InputError("no requisition's id")
    with opened(FairnessVault, folder, portion) as fairness:
        found = report_impact(fairness=fairness, requisition=requisition, k=k)
    figures = found.report
    content = figures.model_dump(mode="json") | {"unreadable": found.unreadable}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in (
            ("impact.json", json.dumps(content, indent=2) + "\n"),
            ("impact.csv", csv_of(figures)),
            ("impact.svg", svg_of(figures)),
        ):
            with replacing(out / name) as file:
                file.write(text.encode())
    if as_json:
        print_json(content)
    else:
        print_table(f"Impact ({figures.citation})", COLUMNS, rows_of(figures))
    if found.unreadable:
        say(f"walloff: {found.unreadable} letters did not open and are left out")


app.command("residual")(residual)
