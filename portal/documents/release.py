"""The manager's page on paper: the same sentences, the same findings, and no date of its own.

A release tells no time, so neither does its print: two cases of the same conduct give the same
file but for the case's number.
"""

from datetime import UTC, datetime
from typing import Final

from models.release import ReleasePackage
from portal.documents.findings import findings_of
from portal.documents.sheet import Block, Heading, Items, Said, Sheet, Text
from portal.documents.typesetting import typeset
from portal.documents.words import said

TIMELESS: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands where the format asks for a date."""

TITLE: Final = "Cyber-vetting release"
PURPOSE: Final = "Confidential. For the hiring manager of this position, for this decision only."
LEAD: Final = (
    "The applicant’s public online content was weighed against criteria fixed when the position"
    " was opened. Each finding below met a criterion, was verified as the applicant’s own and"
    " passed the wall-off review. The applicant was shown the same and had time to answer."
)
WEIGH: Final = (
    "Weigh it individually.",
    " Ask of each finding how grave it is, how long ago it was, what speaks for the applicant, and"
    " what it means for the duties of this position. Nothing here decides by itself.",
)
NO_SCORE: Final = (
    "It is not a score.",
    " Findings are not added up, ranked or compared between applicants, and their order means"
    " nothing.",
)
NO_SEARCH: Final = (
    "Search for nothing online.",
    " Do not look up the applicant or any words on this page. You would see what may not enter the"
    " decision. If you already have, say so: somebody else must decide.",
)
NOTHING: Final = "Nothing reportable"
NOTHING_LEAD: Final = (
    "There is no finding for you to weigh. This page is the same, word for word, for every"
    " applicant about whom nothing is reportable, whatever the reason; no reason can be read out"
    " of it. It speaks neither for nor against the applicant. Decide on the rest of the"
    " application."
)
NOTHING_ASSESS: Final = (
    "Assess the applicant individually.",
    " Use what else you have: the application, the interview, the references.",
)
NOTHING_SCORE: Final = (
    "It is not a score.",
    " It is no clearance and no recommendation, and does not rank this applicant above another.",
)
NOTHING_SEARCH: Final = (
    "Search for nothing online.",
    " Do not look up the applicant. You would see what may not enter the decision. If you already"
    " have, say so: somebody else must decide.",
)
BEFORE: Final = "Before you use this page"
FIELDS: Final = {
    "criterion": "Criterion",
    "conduct": "Conduct",
    "severity": "Severity",
    "recency": "When",
    "mitigators": "In mitigation",
    "excerpt": "In neutral words",
    "answer": "Applicant’s answer",
}
EMPTY: Final = {
    "mitigators": "None recorded",
    "excerpt": "No excerpt goes with this finding",
    "answer": "No answer was given to this finding",
}


def release_report(package: ReleasePackage, *, case_number: str | None = None) -> bytes:
    """Return what the manager's page says, for the file and for paper."""
    blocks: list[Block] = [Text(PURPOSE)]
    if package.findings:
        rules = (WEIGH, NO_SCORE, NO_SEARCH)
        blocks += [Heading(_counted(package)), Text(LEAD)]
    else:
        rules = (NOTHING_ASSESS, NOTHING_SCORE, NOTHING_SEARCH)
        blocks += [Heading(NOTHING), Text(NOTHING_LEAD)]
    items = tuple((Said(first, strong=True), Said(rest)) for first, rest in rules)
    blocks += [Heading(BEFORE), Items(items)]
    blocks += findings_of(
        package, name="Finding", fields=FIELDS, headers=("Entry", "Value"), empty=EMPTY
    )
    digest = Said(package.criteria_sha256[:16], code=True)
    blocks.append(
        Text(
            (
                Said("Criteria "),
                Said(package.criteria_pack, code=True),
                Said(", fingerprint "),
                digest,
                Said(": the same for every applicant for this position."),
            )
        )
    )
    return typeset(
        Sheet(
            title=TITLE,
            blocks=tuple(blocks),
            made_at=TIMELESS,
            footer="" if case_number is None else f"Case {case_number}",
            remark=said("remark", "en"),
        )
    )


def _counted(package: ReleasePackage) -> str:
    findings = len(package.findings)
    criteria = len({(one.criterion, one.criterion_text) for one in package.findings})
    return (
        f"{findings} {'finding' if findings == 1 else 'findings'} under"
        f" {criteria} {'criterion' if criteria == 1 else 'criteria'}"
    )
