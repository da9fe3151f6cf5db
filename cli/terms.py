"""The redactor that a command works with: the package's own, or one with an agency's lists."""

from pathlib import Path
from typing import Annotated

import typer

from policy.terms import load_terms
from redaction.gazetteer import Gazetteer, load_gazetteer
from redaction.operator import OperatorPatterns, operator_gazetteer
from redaction.pipeline import Redactor, default_redactor

TermsOption = Annotated[
    Path | None,
    typer.Option("--terms", help="An agency's terms, exceptions and patterns (TOML)."),
]


def gazetteer_with(terms: Path | None) -> Gazetteer:
    """Return the gazetteer. Raises `PolicyError` with the file and line of a fault."""
    if terms is None:
        return load_gazetteer()
    lists = load_terms(terms)
    return operator_gazetteer(lists.terms, lists.exceptions)


def redactor_with(terms: Path | None) -> Redactor:
    """Return the redactor. Raises `PolicyError` with the file and line of a fault."""
    if terms is None:
        return default_redactor()
    patterns = OperatorPatterns(load_terms(terms).patterns)
    return Redactor(gazetteer=gazetteer_with(terms), patterns=patterns)
