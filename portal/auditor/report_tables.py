"""Reports as rows and drawings; a group that is too small to be told has no figure in either."""

from collections import Counter
from typing import Any, Final

from casework.counsel.auditors_reports import Content, DestructionCertificate, QualityFigures
from models.consistency import ConsistencyReport
from models.impact import ImpactReport
from models.residual import Chance, GroupInference, ResidualReport
from models.retention import RetentionSchedule
from portal.auditor.filters import leading_to
from portal.auditor.ledgers import words
from portal.auditor.tables import Cell, Table
from portal.web.charts import Chart, chart

FEW: Final = "fewer than ten"
_MONTHS: Final = 12
_FITS: Final = 13
"""Characters below a bar."""


def impact_table(report: ImpactReport) -> Table:
    """Return each group's rate of passing and its ratio to the highest."""
    columns = ("Passage", "Groups by", "Group", "Came", "Passed", "Rate", "Ratio", "Result", "p")
    rows = []
    for table in report.tables:
        for one in table.groups:
            cautions = ", ".join(one.cautions)
            if not one.told:
                result, level = FEW, "quiet"
            elif one.below:
                result, level = f"below{' (' + cautions + ')' if cautions else ''}", "warning"
            else:
                result, level = "highest" if one.highest else "not below", "good"
            rows.append(
                (
                    Cell(table.passage),
                    Cell(table.kind),
                    Cell(one.group),
                    Cell(_number(one.n)),
                    Cell(_number(one.passed)),
                    Cell(_share(one.rate)),
                    Cell(_number(one.ratio)),
                    Cell(result, level=level),
                    Cell(_number(one.p_value)),
                )
            )
    return Table("Rates of passing, by the four-fifths rule", columns, tuple(rows))


def residual_table(report: ResidualReport) -> Table:
    """Return how well each group can be told from what managers saw."""
    columns = ("Groups by", "Group", "In it", "Others", "AUROC", "95 %", "p (Holm)", "Result")
    rows = tuple(
        (
            Cell(one.kind),
            Cell(one.group),
            Cell(_number(one.n)),
            Cell(_number(one.others)),
            Cell(_number(one.auroc)),
            Cell("" if one.low is None else f"{one.low:.2f} to {_number(one.high)}"),
            Cell(_number(one.p_holm)),
            _inferred(one),
        )
        for one in report.groups
    )
    return Table("Whether a class can be told from releases", columns, rows)


def consistency_table(report: ConsistencyReport) -> Table:
    """Return how each applicant of a requisition was treated."""
    columns = ("Case", "State", "Lead days", "Reviewers", "Unequal in", "Approved", "Result")
    rows = tuple(
        (
            Cell(one.case_id, leading_to("/entries", about=one.case_id)),
            Cell(one.state),
            Cell(_number(one.lead_days)),
            Cell(str(one.reviewers)),
            Cell(", ".join(one.unequal)),
            Cell(", ".join(one.approved)),
            Cell("alike", level="good") if one.equal else Cell("not alike", level="warning"),
        )
        for one in report.cases
    )
    return Table("Applicants of the requisition", columns, rows)


def quality_table(report: QualityFigures) -> Table:
    """Return each reviewer's figures, by pseudonym."""
    columns = ("Reviewer", "Seeded items missed", "Of", "From", "To", "Kappa", "Overdue")
    rows = tuple(
        (
            Cell(one.reviewer, leading_to("/quality", person=one.reviewer)),
            Cell(FEW if one.missed is None else _share(one.missed.share)),
            Cell("" if one.missed is None else str(one.missed.of)),
            Cell("" if one.missed is None else _share(one.missed.low)),
            Cell("" if one.missed is None else _share(one.missed.high)),
            Cell(_number(one.kappa)),
            Cell(str(one.overdue)),
        )
        for one in report.reviewers
    )
    return Table("Reviewers", columns, rows)


def retention_table(schedules: tuple[RetentionSchedule, ...]) -> Table:
    """Return what is due when, the next first, and by which rules."""
    columns = ("Destroy by", "Case", "Keep until", "Rules", "Citations", "Standing")
    rows = []
    for one in sorted(schedules, key=_due):
        rules = [each.rule for each in one.applied]
        rows.append(
            (
                Cell("no day yet" if one.destroy_by is None else str(one.destroy_by)),
                Cell(one.case_id, leading_to("/retention", about=one.case_id)),
                Cell("no last day yet" if one.keep_until is None else str(one.keep_until)),
                Cell(", ".join(rule.id for rule in rules)),
                Cell("; ".join(dict.fromkeys(rule.citation for rule in rules))),
                _standing(one),
            )
        )
    return Table("What is due when, and by which rule", columns, tuple(rows))


def certificate_table(one: DestructionCertificate) -> Table:
    """Return what a certificate says."""
    columns = ("Case", "Requisition", "Erased (UTC)", "Rules", "Digest")
    row = (
        Cell(one.case_id, leading_to("/retention/destruction", about=one.case_id)),
        Cell(one.requisition_id),
        Cell(f"{one.erased_at:%Y-%m-%d %H:%M:%S}"),
        Cell(", ".join(one.rules)),
        Cell(one.digest),
    )
    return Table("Certificate of destruction", columns, (row,))


def figures_of(said: Content | None) -> list[Chart]:
    """Return the drawings of a report."""
    if isinstance(said, ImpactReport):
        return _passages(said)
    if isinstance(said, ResidualReport):
        told = [(one.group, one.auroc) for one in said.groups if one.told]
        title = f"AUROC by group: half is guessing, the gate is {said.gate:.2f}"
        return [_bars(title, told, 0)] if told else []
    if isinstance(said, ConsistencyReport):
        counts = Counter(each for one in said.cases for each in one.unequal)
        found = [(words(kind), count) for kind, count in sorted(counts.items())]
        return [_bars("Applicants who were treated otherwise, by what", found, 0)] if found else []
    if isinstance(said, QualityFigures):
        shares = [(one.reviewer, one.missed) for one in said.reviewers]
        missed = [(who, None if rate is None else _percent(rate.share)) for who, rate in shares]
        drawn = any(share is not None for _, share in missed)
        return [_bars("Seeded items missed, by reviewer", missed, 0, unit=" %")] if drawn else []
    if isinstance(said, tuple):
        months = Counter(f"{one.destroy_by:%Y-%m}" for one in said if one.destroy_by is not None)
        due = sorted(months.items())[:_MONTHS]
        return [_bars("Cases to be destroyed, by month", due, 0)] if due else []
    return []


def _passages(report: ImpactReport) -> list[Chart]:
    """Draw the groups of each kind beside each other, a bar for each passage."""
    drawn = []
    for kind in dict.fromkeys(table.kind for table in report.tables):
        tables = [table for table in report.tables if table.kind == kind]
        if not any(one.told for table in tables for one in table.groups):
            continue
        rates = {
            words(table.passage): {one.group: _percent(one.rate) for one in table.groups}
            for table in tables
        }
        groups = list(dict.fromkeys(one.group for table in tables for one in table.groups))
        drawn.append(
            chart(
                "grouped",
                f"Share that passed, by {kind}",
                [_short(group) for group in groups],
                {name: [shares.get(group) for group in groups] for name, shares in rates.items()},
                description="A group without bars is too small to be told.",
                unit=" %",
                id=f"figure-{kind}",
            )
        )
    return drawn


def _short(name: str) -> str:
    """Return a name as it fits below its bars; the table above has it whole."""
    return name if len(name) <= _FITS else f"{name[: _FITS - 1]}…"


def _bars(title: str, found: list[Any], number: int, unit: str = "") -> Chart:
    labels, values = [_short(name) for name, _ in found], [value for _, value in found]
    return chart("bar", title, labels, {"All": values}, unit=unit, id=f"figure-{number}")


def _inferred(one: GroupInference) -> Cell:
    if not one.told:
        return Cell(FEW, level="quiet")
    if one.finding is Chance.ABOVE:
        return Cell("above chance", level="warning")
    if one.within_gate is False:
        return Cell("outside the gate", level="warning")
    return Cell("not above chance", level="good")


def _standing(one: RetentionSchedule) -> Cell:
    if one.conflict is not None:
        return Cell(f"conflict: {' and '.join(one.conflict)}", level="warning")
    if one.missing:
        return Cell(f"law not written down: {', '.join(one.missing)}", level="warning")
    if one.endless:
        return Cell(f"open: {', '.join(one.endless)}", level="info")
    return Cell("dated", level="good")


def _due(one: RetentionSchedule) -> tuple[bool, str, str]:
    return one.destroy_by is None, str(one.destroy_by or ""), one.case_id


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 1)
