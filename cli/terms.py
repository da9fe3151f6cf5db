"""The option that names an agency's lists; else those of the settings are used."""

from pathlib import Path
from typing import Annotated

import typer

from redaction.gazetteer import Gazetteer
from redaction.pipeline import Redactor
from walloff import lists
from walloff.settings import Settings

TermsOption = Annotated[
    Path | None,
    typer.Option(
        "--terms", help="An agency's terms, exceptions and patterns; else WALLOFF_TERMS_FILE."
    ),
]


def redactor_with(terms: Path | None) -> Redactor:
    """Return the redactor for a command. Raises `PolicyError` with the file and line of a fault."""
    return lists.redactor_with(terms or Settings().terms_file)


def gazetteer_with(terms: Path | None) -> Gazetteer:
    """Return the gazetteer for a command. Raises `PolicyError` like the other."""
    return lists.gazetteer_with(terms or Settings().terms_file)
