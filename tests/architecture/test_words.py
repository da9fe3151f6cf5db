"""One term for one thing: names in the code use the field's words, never those beside them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casework", "cli", "flows", "models", "portal", "storage", "walloff")
INSTEAD = {
    "ticket": "case",
    "subject": "applicant",
    "user": "applicant, or the role's name",
    "optin": "consent",
    "scrape": "capture",
    "scraper": "capture",
    "pii": "protected class",
    "censor": "redact",
    "campaign": "requisition",
    "rejection": "adverse action",
    "purge": "disposition",
    "cleanup": "disposition",
}
TERMS = {
    "Requisition": "models/requisition.py",
    "Capture": "models/evidence.py",
    "Finding": "models/finding.py",
    "ReleasePackage": "models/release.py",
    "ProtectedClass": "models/protected.py",
    "Tier": "models/protected.py",
    "Span": "models/redaction.py",
    "LegalHold": "models/retention.py",
    "Lockbox": "storage/keyring.py",
    "ExposureStore": "storage/exposures.py",
    "AuditLog": "storage/audit.py",
    "Certificate": "storage/shred.py",
}


def names(source: str) -> Iterator[str]:
    """Every name that a module gives: classes, functions, parameters, attributes, variables."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def words(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def strangers(source: str) -> list[str]:
    return sorted(name for name in names(source) if words(name) & INSTEAD.keys())


@pytest.mark.parametrize("package", PACKAGES)
def test_names_use_the_field_s_words(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        assert not strangers(path.read_text()), path


@pytest.mark.parametrize("source", ["class UserTicket: ...", "def purge_case(): ...", "pii = 1"])
def test_a_stranger_would_be_found(source: str) -> None:
    assert strangers(source)


@pytest.mark.parametrize(("term", "place"), TERMS.items())
def test_the_design_s_terms_are_types(term: str, place: str) -> None:
    tree = ast.parse((ROOT / place).read_text())
    assert term in {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
