"""The pages of the reports that were made for auditors elsewhere, and the calendar of retention."""

from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import Path, Query, Request
from starlette.responses import Response

from casework.counsel.auditors_reports import (
    Check,
    DestructionCertificate,
    Kind,
    QualityFigures,
    Report,
    Reports,
)
from models.consistency import ConsistencyReport
from models.errors import RecordNotFoundError
from models.impact import ImpactReport
from models.people import Actor
from models.residual import ResidualReport
from portal.auditor.ledgers import auditor_of, words
from portal.auditor.report_tables import (
    FEW,
    certificate_table,
    consistency_table,
    figures_of,
    impact_table,
    quality_table,
    residual_table,
    retention_table,
)
from portal.auditor.tables import Cell, Table, export
from portal.web.doors import Doors
from portal.web.pages import Pages

SHOWN: Final = 50
COLUMNS: Final = ("Report", "About", "Check", "Written (UTC)", "SHA-256")

CHECKS: Final[dict[Check, tuple[str, str]]] = {
    Check.IN_LOG: ("In the log", "good"),
    Check.NO_WORD: ("Schema alone", "info"),
    Check.NOT_IN_LOG: ("Not in the log", "warning"),
    Check.UNSIGNED: ("Not signed", "warning"),
    Check.SMALL_GROUP: ("Tells of few", "warning"),
    Check.UNREADABLE: ("Unreadable", "warning"),
}
ABOUT: Final[dict[Kind, str]] = {
    Kind.IMPACT: "Four-fifths rule",
    Kind.RESIDUAL: "Residual inference",
    Kind.CONSISTENCY: "Equal treatment",
    Kind.QUALITY: "Reviewer quality",
    Kind.RETENTION: "Retention calendar",
    Kind.CERTIFICATE: "Certificate of destruction",
}
MEANS: Final[dict[Check, str]] = {
    Check.IN_LOG: "The log has this report’s digest: it is what was made then, unaltered.",
    Check.NO_WORD: "The log says nothing of such reports. The file has the form of one, and no"
    " group below ten; whether it is the one that was made, only whoever made it can tell you."
    " Compare the digest.",
    Check.NOT_IN_LOG: "The log has another digest for it, or none. It was altered, is not of this"
    " home, or its entry was not handed over yet. It is not shown.",
    Check.UNSIGNED: "The log’s key did not sign it. It is not shown.",
    Check.SMALL_GROUP: "It tells of a group of fewer than ten. It is not shown.",
    Check.UNREADABLE: "It has the form of no report, or is larger than 16 MB.",
}

Name = Annotated[str, Path(max_length=120)]
Form = Annotated[str, Path(max_length=8)]
After = Annotated[str, Query(max_length=12)]


def report_doors(doors: Doors, pages: Pages, reports: Reports) -> None:
    """Add the list of reports, the page of each, and their exports."""

    @doors.reads("/reports")
    def every(request: Request) -> Response:
        found = reports.all(actor=auditor_of(request))
        return pages.show(request, "reports.html", table=_list(found), missing=_missing(found))

    @doors.reads("/reports.{form}", step_up=True)
    def list_file(request: Request, form: Form) -> Response:
        found = reports.all(actor=auditor_of(request))
        return export("reports", form, COLUMNS, _list(found).rows)

    @doors.reads("/reports/{name}")
    def one(request: Request, name: Name, after: After = "") -> Response:
        report = _found(reports, name, auditor_of(request))
        start = int(after) if after.isascii() and after.isdigit() else 0
        table = table_of(report)
        rows = () if table is None else table.rows
        end = start + SHOWN
        return pages.show(
            request,
            "report.html",
            report=report,
            heading=ABOUT.get(report.kind, "Report") if report.kind else "Report",
            check=CHECKS[report.check],
            means=MEANS[report.check],
            table=table,
            rows=rows[start:end],
            first=start,
            next=str(end) if end < len(rows) else "",
            charts_=figures_of(report.content),
            facts=_facts(report),
        )

    @doors.reads("/reports/{name}/table.{form}", step_up=True)
    def file(request: Request, name: Name, form: Form) -> Response:
        table = table_of(_found(reports, name, auditor_of(request)))
        if table is None:
            raise RecordNotFoundError("this report has no table")
        return export(name.partition(".")[0], form, table.columns, table.rows)


_TABLES: Final[dict[type[Any], Callable[[Any], Table]]] = {
    ImpactReport: impact_table,
    ResidualReport: residual_table,
    ConsistencyReport: consistency_table,
    QualityFigures: quality_table,
    tuple: retention_table,
    DestructionCertificate: certificate_table,
}


def table_of(report: Report) -> Table | None:
    """Return a report's rows; None for one that is not shown."""
    return None if report.content is None else _TABLES[type(report.content)](report.content)


def _found(reports: Reports, name: str, actor: Actor) -> Report:
    report = reports.find(name, actor=actor)
    if report is None:
        raise RecordNotFoundError("no such report")
    return report


def _list(found: list[Report]) -> Table:
    rows = tuple(
        (
            Cell(one.name, f"/reports/{one.name}"),
            Cell("Unknown" if one.kind is None else ABOUT[one.kind]),
            Cell(CHECKS[one.check][0], level=CHECKS[one.check][1]),
            Cell(f"{one.at:%Y-%m-%d %H:%M}"),
            Cell(one.sha256),
        )
        for one in found
    )
    return Table("Reports", COLUMNS, rows, empty="No report was put into the folder yet.")


def _missing(found: list[Report]) -> list[str]:
    there = {one.kind for one in found if one.content is not None}
    return [ABOUT[kind] for kind in Kind if kind not in there]


def _facts(report: Report) -> list[tuple[str, str]]:
    said = report.content
    if isinstance(said, ImpactReport | ResidualReport):
        whose = [("Requisition", said.requisition or "all of them")]
        if isinstance(said, ImpactReport):
            threshold = f"{said.threshold:.2f} ({said.citation})"
            return [*whose, ("Threshold", threshold), ("Least told", str(said.k))]
        passes = "passes" if said.passes else "does not pass"
        return [
            *whose,
            ("Result", passes),
            ("Gate", f"AUROC {said.gate:.2f}"),
            ("Shuffles, folds", f"{said.permutations}, {said.folds}"),
            ("Least told", str(said.k)),
        ]
    if isinstance(said, ConsistencyReport):
        return [
            ("Requisition", said.requisition),
            ("Result", "all alike" if said.consistent else "not all alike"),
            ("Made", f"{said.made_at:%Y-%m-%d %H:%M} UTC, of {said.log_size} entries"),
            ("Rules", said.rules[:16]),
            ("Stricter than peers", ", ".join(map(words, said.stricter)) or "in nothing"),
        ]
    if isinstance(said, QualityFigures):
        upheld = FEW if said.upheld is None else f"{said.upheld.share:.0%}"
        kappa = "not told" if said.kappa is None else f"{said.kappa:.2f}"
        return [
            ("Drawn, reviewed", f"{said.drawn}, {said.reviewed}"),
            ("Overdue", str(len(said.overdue))),
            ("Upheld", upheld),
            ("Agreement (Cohen’s kappa)", kappa),
        ]
    return []
