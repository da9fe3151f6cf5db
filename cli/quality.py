"""`walloff quality`: work is looked at a second time, blind, and told in figures."""

from dataclasses import asdict
from typing import Annotated

import typer

from casework.people.drawing import draw_sample
from casework.reviewing.agreement import Rate
from casework.reviewing.quality_report import quality_report
from casework.reviewing.second_review import BlindDesk, give_second_review, open_blind_desk
from casework.reviewing.seeds import place_seeds
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import print_json, print_table
from models.errors import InputError
from models.ids import CaseId, EvidenceId, FindingId, RequisitionId

app = typer.Typer(no_args_is_help=True, help="Work looked at a second time, and told in figures.")

RequisitionArgument = Annotated[str, typer.Argument(help="The requisition's id.")]


@app.command("sample")
@in_home
def sample(
    session: Session,
    requisition: RequisitionArgument,
) -> None:
    """Draw what is due for a second review: the policy's share, and every adverse decision."""
    added = draw_sample(RequisitionId(requisition), **session.who)
    if session.as_json:
        print_json([one.model_dump(mode="json") for one in added])
        return
    rows = [(one.case_id, one.why, f"{one.due_at:%Y-%m-%d}") for one in added]
    print_table("Drawn for a second review", ("case", "why", "due"), rows)


@app.command("desk")
@in_home
def desk(session: Session, case: CaseArgument) -> None:
    """Show a drawn case as its first reviewers saw it, without what they chose (logged)."""
    case_id = CaseId(case)
    shown = open_blind_desk(case_id, screener=session.services.screener_of(case_id), **session.who)
    if session.as_json:
        print_json(_as_json(shown))
        return
    for finding, evidence, _redaction in shown.findings:
        typer.echo(f"finding {finding.id}\n  {finding.proposal.criterion}")
        typer.echo(f"  {evidence.item.text.reveal()}")
    for item in shown.to_attribute:
        typer.echo(f"item {item.id} by {item.item.author.reveal()}\n  {item.item.text.reveal()}")


@app.command("review")
@in_home
def review(
    session: Session,
    case: CaseArgument,
    judged: Annotated[
        list[str] | None,
        typer.Option("--judge", help="FINDING=yes|no: whether it stands; all of them."),
    ] = None,
    attributed: Annotated[
        list[str] | None,
        typer.Option("--attribute", help="ITEM=yes|no: whether it is the applicant's; all."),
    ] = None,
) -> None:
    """Give the second judgement of a drawn case."""
    stands = {FindingId(key): yes for key, yes in _answers(judged).items()}
    confirmed = {EvidenceId(key): yes for key, yes in _answers(attributed).items()}
    given = give_second_review(CaseId(case), stands=stands, confirmed=confirmed, **session.who)
    session.tell({"case": case, "outcome": given.outcome}, given.outcome)


@app.command("report")
@in_home
def report(
    session: Session,
    requisition: RequisitionArgument,
) -> None:
    """Show misses, agreement and what is overdue. Fewer than ten are not told."""
    found = quality_report(RequisitionId(requisition), **session.who)
    if session.as_json:
        print_json(asdict(found))
        return
    rows = [
        (one.reviewer, _rate(one.missed), _figure(one.kappa), one.overdue)
        for one in found.reviewers
    ]
    print_table("Reviewers", ("reviewer", "seeded items missed", "kappa", "overdue"), rows)
    typer.echo(f"{found.drawn} drawn, {found.reviewed} reviewed, {len(found.overdue)} overdue")
    typer.echo(f"upheld {_rate(found.upheld)}; kappa {_figure(found.kappa)}")
    typer.echo(f"alpha on seeded items {_figure(found.alpha)}")


@app.command("seed")
@in_home
def seed(
    session: Session,
    case: CaseArgument,
    count: Annotated[int, typer.Option(help="How many.", min=1, max=50)] = 10,
) -> None:
    """Put items of a known answer on the desk of an exercise; a real case is refused."""
    there = place_seeds(CaseId(case), count, **session.who)
    session.tell({"case": case, "seeded": there}, f"{there} seeded items")


def _answers(given: list[str] | None) -> dict[str, bool]:
    answers = {}
    for one in given or ():
        key, _, value = one.partition("=")
        if value not in ("yes", "no"):
            raise InputError("an answer is ID=yes or ID=no")
        answers[key] = value == "yes"
    return answers


def _rate(rate: Rate | None) -> str:
    if rate is None:
        return "fewer than ten"
    return f"{rate.share:.0%} of {rate.of} ({rate.low:.0%} to {rate.high:.0%})"


def _figure(value: float | None) -> str:
    return "not told" if value is None else f"{value:.2f}"


def _as_json(shown: BlindDesk) -> dict[str, object]:
    return {
        "findings": [
            {
                "id": finding.id,
                "criterion": finding.proposal.criterion,
                "severity": finding.proposal.severity,
                "raw": evidence.item.text.reveal(),
            }
            for finding, evidence, _redaction in shown.findings
        ],
        "to_attribute": [
            {"id": item.id, "author": item.item.author.reveal(), "raw": item.item.text.reveal()}
            for item in shown.to_attribute
        ],
    }
