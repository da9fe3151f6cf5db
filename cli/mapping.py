"""`walloff mapping`: whether a mapping says what it must, and what it would make of a file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.exit_codes import ExitCode
from cli.output import JsonFlag, refusals_named, tell
from collection.boxed import BOXES
from collection.files.reader import Problem
from collection.formats.registry import format_named
from collection.reports.mapping import MAPPING, read_mapping
from models.errors import InputError

app = typer.Typer(no_args_is_help=True, help="How files that nobody else knows become items.")


@app.callback()
def _group() -> None:
    """Keep `check` a command of its own."""


@app.command("check")
@refusals_named
def check(
    file: Annotated[
        Path,
        typer.Argument(
            help="A mapping.toml, or a file with one beside it: then it is read.", metavar="FILE"
        ),
    ],
    as_json: JsonFlag = False,
) -> None:
    """Check a mapping, and count what it makes of a file. Nothing is taken in or shown."""
    mapping = file if file.name == MAPPING else file.with_name(MAPPING)
    if not mapping.is_file():
        raise InputError("there is no such mapping", file=MAPPING)
    digest = read_mapping(mapping).sha256
    form = format_named("mapped")
    items, problems = 0, list[str]()
    if form is not None and file.name != MAPPING:
        for part in BOXES.read(form, file):
            if isinstance(part, Problem):
                problems.append(f"{part.pointer}: {part.fault}")
            else:
                items += 1
    told = {"sha256": digest, "items": items, "problems": problems}
    tell(told, "\n".join([f"{digest}  {items} items", *problems]), as_json=as_json)
    if file.name != MAPPING and not items:
        raise typer.Exit(ExitCode.FAILED)
