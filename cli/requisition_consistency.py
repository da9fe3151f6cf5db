"""`walloff requisition consistency`, `deviate`: equal treatment, told in ids and codes."""

import csv
import io
from pathlib import Path
from typing import Annotated, Final

import typer

from casework.applicant.deviations import approve_deviation
from casework.counsel.consistency import consistency_report
from cli.case import CaseArgument
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table, refusals_named, say, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.clauses import StricterThanPeersError
from models.consistency import ConsistencyReport, DeviationKind, DeviationReason
from models.ids import CaseId, RequisitionId
from storage.atomic import replacing

COLUMNS: Final = (
    "case",
    "state",
    "rules",
    "scope",
    "lead_days",
    "steps",
    "reviewers",
    "differs",
    "approved",
    "deviations",
    "equal",
)


@refusals_named
def consistency(
    requisition: Annotated[str, typer.Argument(help="The requisition's id.")],
    out: Annotated[Path | None, typer.Option("--csv", help="Write the table here as CSV.")] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show whether every applicant was treated alike; exit 1 if not."""
    services = open_session(home)
    report = consistency_report(RequisitionId(requisition), **by(actor, services))
    if out is not None:
        with replacing(out) as file:
            file.write(csv_of(report).encode())
    if as_json:
        print_json(report.model_dump(mode="json") | {"consistent": report.consistent})
    else:
        print_table(f"Consistency of {requisition}", COLUMNS, rows_of(report))
        say(
            f"rules {report.rules[:16]}, scope {report.scope[:16]}, "
            f"criteria {report.criteria_sha256[:16]}; lead time {report.lead_days_least} to "
            f"{report.lead_days_most} days; log of {report.log_size} entries"
        )
    if report.stricter:
        say(f"{StricterThanPeersError.code}: {', '.join(report.stricter)}")
    if not report.consistent:
        raise typer.Exit(ExitCode.FAILED)


@refusals_named
def deviate(
    case: CaseArgument,
    kind: Annotated[DeviationKind, typer.Option(help="Where the step may differ.")],
    reason: Annotated[DeviationReason, typer.Option(help="Why, as a code.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Approve that a step of one case may differ, before somebody else takes it."""
    services = open_session(home)
    approved = approve_deviation(CaseId(case), kind, reason, **by(actor, services))
    tell(approved.model_dump(mode="json"), f"{kind}: {reason}", as_json=as_json)


def rows_of(report: ConsistencyReport) -> list[tuple[object, ...]]:
    """Return one row a case, in the order of the columns."""
    return [
        (
            one.case_id,
            one.state,
            one.rules[:16],
            one.scope[:16],
            one.lead_days,
            " ".join(one.steps),
            one.reviewers,
            " ".join(one.unequal),
            " ".join(one.approved),
            " ".join(one.deviations),
            "yes" if one.equal else "no",
        )
        for one in report.cases
    ]


def csv_of(report: ConsistencyReport) -> str:
    """Return the rows as CSV, with a head."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows_of(report))
    return out.getvalue()
