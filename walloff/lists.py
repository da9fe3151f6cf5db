"""An agency's lists become part of the redactor: `policy` reads them, `redaction` uses them."""

from pathlib import Path

from policy.terms import load_terms
from redaction.gazetteer import Gazetteer, load_gazetteer
from redaction.operator import OperatorPatterns, operator_gazetteer
from redaction.pipeline import Redactor, default_redactor


def gazetteer_with(terms: Path | None) -> Gazetteer:
    """Return the gazetteer, with an agency's terms and exceptions if a file is named.

    Raises `PolicyError` with the file and line of a fault.
    """
    if terms is None:
        return load_gazetteer()
    lists = load_terms(terms)
    return operator_gazetteer(lists.terms, lists.exceptions)


def redactor_with(terms: Path | None) -> Redactor:
    """Return the redactor, with an agency's lists if a file is named. Raises `PolicyError`."""
    if terms is None:
        return default_redactor()
    patterns = OperatorPatterns(load_terms(terms).patterns)
    return Redactor(gazetteer=gazetteer_with(terms), patterns=patterns)
