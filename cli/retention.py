"""`walloff retention`: how long, by which rule, and the end with its certificate."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.records.certificates import certificate_of, signed_certificate
from casework.records.clock_guard import confirm_clock
from casework.records.disposition import SweepLine, show_sweep
from casework.records.retention import explain_retention, retention_schedule, state_employment
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import JsonFlag, console, print_json, print_table, refusals_named, say, tell
from cli.retention_view import certificate_lines, explanation_json, explanation_lines
from cli.session import ActorOption, HomeOption, acting, by, open_session
from models.errors import InputError
from models.ids import CaseId
from models.retention import Employment
from storage.atomic import replacing
from walloff.custody import sweep_home

app = typer.Typer(no_args_is_help=True, help="How long, by which rule, and the end.")


@app.command("schedule")
@refusals_named
def schedule(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Print every retained case's two dates with the rules that set them."""
    services = open_session(home)
    found = retention_schedule(
        actor=acting(actor, services), vault=services.vault, now=services.clock.now()
    )
    if as_json:
        print_json([dates.model_dump(mode="json") for _case, dates in found])
        return
    rows = [
        (
            case.id,
            dates.keep_until or "no last day yet",
            dates.destroy_by,
            applied.rule.id,
            applied.rule.citation,
            applied.until or "while open",
            applied.rule.confidence,
        )
        for case, dates in found
        for applied in dates.applied
    ]
    columns = ("case", "keep until", "destroy by", "rule", "citation", "until", "known")
    print_table("Retention schedule", columns, rows)


@app.command("explain")
@in_home
def explain(session: Session, case: CaseArgument) -> None:
    """Print every rule considered for a case: whether it applies, why, and the date it yields."""
    found = explain_retention(CaseId(case), **session.who)
    if session.as_json:
        print_json(explanation_json(found))
        return
    rows = [
        (
            one.rule.id,
            f"{one.rule.clock}, {one.rule.period}",
            f"{one.until or 'no end'}" if one.applies else "no",
            one.why,
            f"{one.rule.citation} ({one.rule.confidence})",
        )
        for one in found.considered
    ]
    columns = ("rule", "asks", "until", "why", "citation")
    print_table(f"Rules considered for case {case}", columns, rows)
    for line in explanation_lines(found):
        console().print(line, markup=False, highlight=False, soft_wrap=True)


@app.command("sweep")
@refusals_named
def sweep(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Destroy at most so many cases.")] = None,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The date, as you know it: needed if nothing was logged for more than a day.",
        ),
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Destroy what no rule keeps any more, with a certificate for each case."""
    services = open_session(home)
    who = by(actor, services)
    if dry_run:
        _print_plan(show_sweep(**who), as_json=as_json)
        return
    if today is not None:
        confirm_clock(today.date(), **who)
    done = sweep_home(services, actor=who["actor"], limit=limit)
    tell(
        {"destroyed": done.destroyed, "certified": done.certified, "pending": done.pending},
        f"{len(done.destroyed)} destroyed, {len(done.certified)} certified",
        as_json=as_json,
    )
    if done.pending:
        say(f"walloff: keys still to be replaced by their custodian: {', '.join(done.pending)}")


@app.command("certificate")
@in_home
def certificate(
    session: Session,
    case: CaseArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the signed certificate to this file.")
    ] = None,
) -> None:
    """Print a destroyed case's certificate, checked against the audit log."""
    found = certificate_of(CaseId(case), actor=session.person, vault=session.services.vault)
    if out is not None:
        with replacing(out) as file:
            file.write(signed_certificate(found, vault=session.services.vault).encode())
    if session.as_json:
        print_json(found.model_dump(mode="json") | {"sha256": found.digest()})
    elif out is None:
        for line in certificate_lines(found):
            console().print(line, markup=False, highlight=False, soft_wrap=True)


@app.command("outcome")
@in_home
def outcome(
    session: Session,
    case: CaseArgument,
    hired: Annotated[
        bool | None, typer.Option("--hired/--not-hired", help="Whether the applicant was hired.")
    ] = None,
    monitored: Annotated[
        bool, typer.Option("--monitored", help="The case is one of monitoring an employee.")
    ] = False,
    separated: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day on which the employment ended."),
    ] = None,
) -> None:
    """State what became of the applicant, where a rule depends on it."""
    if hired is None and not monitored:
        raise InputError("say --hired, --not-hired or --monitored")
    day = None if separated is None else separated.date()
    employment = Employment(hired=hired, monitored=monitored, separated=day)
    dates = state_employment(CaseId(case), employment, **session.who)
    session.tell(dates.model_dump(mode="json"), None)


def _print_plan(lines: list[SweepLine], *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    "case": line.case_id,
                    "outcome": line.outcome,
                    "action": line.action,
                    "keep_until": line.keep_until,
                    "destroy_by": line.destroy_by,
                    "rule": line.rule,
                    "rules": list(line.rules),
                    "overdue": line.overdue,
                }
                for line in lines
            ]
        )
        return
    rows = [
        (
            line.case_id,
            line.outcome,
            line.keep_until or "no last day yet",
            line.destroy_by,
            line.rule,
            f"{line.action} (overdue)" if line.overdue else line.action,
        )
        for line in lines
    ]
    columns = ("case", "outcome", "keep until", "destroy by", "rule", "would")
    print_table("Sweep (dry run)", columns, rows)
