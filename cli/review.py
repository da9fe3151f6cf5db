"""`walloff review`: the wall-off reviewers' desk."""

from typing import Annotated

import typer

from casework.reviewing.review import (
    Desk,
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId, FindingId

app = typer.Typer(no_args_is_help=True, help="The wall-off reviewers' desk.")

FindingArgument = Annotated[str, typer.Argument(help="The finding's id.", metavar="FINDING")]


@app.command("show")
@in_home
def show(session: Session, case: CaseArgument) -> None:
    """Show the findings beside the evidence. The look is logged first."""
    case_id = CaseId(case)
    desk = open_desk(case_id, screener=session.services.screener_of(case_id), **session.who)
    if session.as_json:
        print_json(_as_json(desk))
        return
    for finding, evidence, redaction in desk.findings:
        waits = ", waits for a person" if finding.waits_for_person else ""
        typer.echo(f"finding {finding.id} ({finding.state}{waits})")
        for name, value in (
            ("criterion", f"{finding.proposal.criterion}, {finding.proposal.severity}"),
            ("decided by", finding.proposal.rule),
            ("raw", evidence.item.text.reveal()),
            ("released as", finding.excerpt or "no excerpt"),
            ("withheld by", ", ".join(sorted({span.rule for span in redaction.spans})) or "-"),
        ):
            typer.echo(f"  {name:<12} {value}")
    for item in desk.unreadable:
        typer.echo(f"not readable by the machine: {item.id}\n  {item.item.text.reveal()}")
    if not desk.findings and not desk.unreadable:
        typer.echo("nothing meets a criterion")


@app.command("confirm")
@refusals_named
def confirm(
    case: CaseArgument,
    finding: FindingArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Let a finding stand."""
    _weigh(case, finding, actor, home, stands=True, as_json=as_json)


@app.command("withhold")
@refusals_named
def withhold(
    case: CaseArgument,
    finding: FindingArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Keep a finding back."""
    _weigh(case, finding, actor, home, stands=False, as_json=as_json)


@app.command("withhold-waiting")
@in_home
def withhold_waiting(session: Session, case: CaseArgument) -> None:
    """Withhold everything that waits for a person: unsure findings, and unreadable items."""
    case_id, who = CaseId(case), session.person
    findings, unreadable = waiting_for_person(case_id, vault=session.services.vault)
    for finding_id in findings:
        weigh_finding(
            case_id,
            finding_id,
            stands=False,
            actor=who,
            vault=session.services.vault,
            now=session.services.clock.now(),
        )
    if unreadable:
        settle_unreadable(
            case_id, actor=who, vault=session.services.vault, now=session.services.clock.now()
        )
    session.tell(
        {"case": case, "findings": len(findings), "items": unreadable},
        f"{len(findings)} findings and {unreadable} items withheld",
    )


@app.command("approve")
@in_home
def approve_(session: Session, case: CaseArgument) -> None:
    """Approve the package as it stands; two different reviewers must."""
    given = approve(CaseId(case), **session.who)
    session.tell({"case": case, "approvals": given}, f"{given} of 2 approvals")


def _weigh(
    case: str,
    finding: str,
    actor: str | None,
    home: HomeOption,
    *,
    stands: bool,
    as_json: bool,
) -> None:
    services = open_session(home)
    weigh_finding(CaseId(case), FindingId(finding), stands=stands, **by(actor, services))
    tell({"case": case, "finding": finding, "stands": stands}, None, as_json=as_json)


def _as_json(desk: Desk) -> dict[str, object]:
    return {
        "findings": [
            {
                "id": finding.id,
                "state": finding.state,
                "waits_for_person": finding.waits_for_person,
                "criterion": finding.proposal.criterion,
                "severity": finding.proposal.severity,
                "rule": finding.proposal.rule,
                "excerpt": finding.excerpt,
                "raw": evidence.item.text.reveal(),
                "withheld": [span.model_dump(mode="json") for span in redaction.spans],
            }
            for finding, evidence, redaction in desk.findings
        ],
        "unreadable": [{"id": item.id, "raw": item.item.text.reveal()} for item in desk.unreadable],
    }
