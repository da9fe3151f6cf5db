"""The option that names an agency's lists for single texts; cases use their requisition's."""

from pathlib import Path
from typing import Annotated

import typer

from redaction.gazetteer import Gazetteer
from redaction.pipeline import Redactor
from walloff.lists import gazetteer_of, read_lists, redactor_of
from walloff.settings import require_none_removed

TermsOption = Annotated[
    Path | None,
    typer.Option("--terms", help="An agency's terms, classes, exceptions and patterns (TOML)."),
]


def redactor_with(terms: Path | None) -> Redactor:
    """Return the redactor for a command. Raises `PolicyError` with the file and line of a fault."""
    require_none_removed()
    return redactor_of(read_lists(terms))


def gazetteer_with(terms: Path | None) -> Gazetteer:
    """Return the gazetteer for a command. Raises `PolicyError` like the other."""
    return gazetteer_of(read_lists(terms))
