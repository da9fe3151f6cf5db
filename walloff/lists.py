"""An agency's lists become part of the redactor: `policy` reads them, `redaction` uses them."""

from functools import lru_cache
from pathlib import Path

from models.terms import OperatorLists
from policy.requisition import RequisitionDraft, load_requisition_file
from policy.terms import load_terms
from redaction.gazetteer import Gazetteer, load_gazetteer
from redaction.nets import default_nets
from redaction.operator import OperatorPatterns, is_protected_term, operator_gazetteer
from redaction.pipeline import Redactor, default_redactor

_KEPT = 4
"""Redactors with lists of their own that a process keeps: each takes a second or two to build."""


@lru_cache(maxsize=_KEPT)
def redactor_of(lists: OperatorLists | None) -> Redactor:
    """Return the redactor with an agency's lists, built at first use."""
    if lists is None:
        return default_redactor()
    patterns = OperatorPatterns(lists.patterns) if lists.patterns else None
    return Redactor(gazetteer=gazetteer_of(lists), patterns=patterns, nets=default_nets())


def gazetteer_of(lists: OperatorLists | None) -> Gazetteer:
    """Return the gazetteer, with an agency's terms and exceptions."""
    if lists is None:
        return load_gazetteer()
    return operator_gazetteer(lists.every_term(), lists.exceptions)


def read_lists(path: Path | None) -> OperatorLists | None:
    """Read a file of lists, if one is named. Raises `PolicyError` with file, line and rule."""
    return None if path is None else load_terms(path, barred=is_protected_term)


def read_requisition(path: Path) -> RequisitionDraft:
    """Read a requisition file, its lists checked against the package's own.

    Raises `PolicyError` with file, line and rule.
    """
    return load_requisition_file(path, barred=is_protected_term)
