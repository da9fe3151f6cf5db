"""A release reads the same on paper wherever it is printed: one function of the package alone."""

from collections.abc import Callable, Mapping
from typing import Final

from models.release import ReleasedFinding, ReleasePackage, canonical_order
from portal.documents.sheet import ENGLISH, Block, Heading, Rows, Said, Words
from portal.labels import CLAIM, CONDUCT, MITIGATOR, RECENCY, SEVERITY, Label

FIELDS: Final = (
    "criterion",
    "conduct",
    "severity",
    "recency",
    "mitigators",
    "excerpt",
    "answer",
)
"""The rows of a finding, in order."""


def findings_of(
    package: ReleasePackage,
    *,
    name: str,
    fields: Mapping[str, str],
    headers: tuple[str, str],
    empty: Mapping[str, str],
) -> tuple[Block, ...]:
    """Return a heading and a table for each finding, numbered as on the manager's page.

    Labels are the caller's, in the document's language; what a finding says stands as the manager
    reads it, in English. A field that is `empty` and has no word for that is left out.
    """
    blocks: list[Block] = []
    for number, finding in enumerate(canonical_order(package.findings), start=1):
        conduct = Said(CONDUCT[finding.conduct].name, language=ENGLISH)
        blocks.append(Heading((Said(f"{name} {number}: "), conduct), level=2))
        rows: list[tuple[Words, ...]] = []
        for field in FIELDS:
            words = _VALUES[field](finding)
            if words:
                rows.append((Said(fields[field], strong=True), words))
            elif field in empty:
                rows.append((Said(fields[field], strong=True), empty[field]))
        blocks.append(Rows(headers, tuple(rows)))
    return tuple(blocks)


def _label(label: Label) -> tuple[Said, ...]:
    return (
        Said(label.name, language=ENGLISH, strong=True),
        Said(f". {label.note}" if label.name[-1].isalnum() else f" {label.note}", language=ENGLISH),
    )


def _criterion(finding: ReleasedFinding) -> tuple[Said, ...]:
    return (
        Said(f"{finding.criterion_text} ("),
        Said(finding.criterion, code=True),
        Said(")"),
    )


def _mitigators(finding: ReleasedFinding) -> tuple[Said, ...]:
    found: list[Said] = []
    for count, one in enumerate(finding.mitigators):
        found += [Said("\n")] if count else []
        found += _label(MITIGATOR[one])
    return tuple(found)


def _excerpt(finding: ReleasedFinding) -> tuple[Said, ...]:
    return () if finding.excerpt is None else (Said(finding.excerpt),)


def _answer(finding: ReleasedFinding) -> tuple[Said, ...]:
    answer = finding.answer
    if answer is None:
        return ()
    statement = () if answer.statement is None else (Said(f"\n{answer.statement}"),)
    return (*_label(CLAIM[answer.claim]), *statement)


_VALUES: Final[Mapping[str, Callable[[ReleasedFinding], tuple[Said, ...]]]] = {
    "criterion": _criterion,
    "conduct": lambda finding: _label(CONDUCT[finding.conduct]),
    "severity": lambda finding: (Said(SEVERITY[finding.severity].name, language=ENGLISH),),
    "recency": lambda finding: (Said(RECENCY[finding.recency].name, language=ENGLISH),),
    "mitigators": _mitigators,
    "excerpt": _excerpt,
    "answer": _answer,
}
