"""`walloff review`: the wall-off reviewers' desk."""

from typing import Annotated

import typer

from casework.review import Desk, approve, open_desk, settle_unreadable, weigh_finding
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, acting, open_session
from models.ids import CaseId, FindingId

app = typer.Typer(no_args_is_help=True, help="The wall-off reviewers' desk.")

FindingArgument = Annotated[str, typer.Argument(help="The finding's id.", metavar="FINDING")]


@app.command("show")
@refusals_named
def show(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the findings beside the evidence. The look is logged first."""
    services = open_session(home)
    case_id = CaseId(case)
    desk = open_desk(
        case_id,
        screener=services.screener_of(case_id),
        actor=acting(actor, services),
        vault=services.vault,
        now=services.clock.now(),
    )
    if as_json:
        print_json(_as_json(desk))
        return
    rows = [
        (
            finding.id,
            finding.state,
            "yes" if finding.waits_for_person else "",
            finding.proposal.criterion,
            finding.proposal.severity,
            evidence.item.text.reveal(),
            finding.excerpt,
            ", ".join(sorted({span.rule for span in redaction.spans})),
        )
        for finding, evidence, redaction in desk.findings
    ]
    columns = ("finding", "state", "waits", "criterion", "severity", "raw", "excerpt", "rules")
    print_table("Findings (inside the wall)", columns, rows)
    if desk.unreadable:
        unread = [(item.id, item.item.text.reveal()) for item in desk.unreadable]
        print_table("Not readable by the machine", ("item", "raw"), unread)


@app.command("confirm")
@refusals_named
def confirm(
    case: CaseArgument,
    finding: FindingArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
) -> None:
    """Let a finding stand."""
    _weigh(case, finding, actor, home, stands=True)


@app.command("withhold")
@refusals_named
def withhold(
    case: CaseArgument,
    finding: FindingArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
) -> None:
    """Keep a finding back."""
    _weigh(case, finding, actor, home, stands=False)


@app.command("settle-unreadable")
@refusals_named
def settle(case: CaseArgument, actor: ActorOption = None, home: HomeOption = None) -> None:
    """Withhold every item that the machine could not read."""
    services = open_session(home)
    settle_unreadable(
        CaseId(case),
        actor=acting(actor, services),
        vault=services.vault,
        now=services.clock.now(),
    )


@app.command("approve")
@refusals_named
def approve_(case: CaseArgument, actor: ActorOption = None, home: HomeOption = None) -> None:
    """Approve the package as it stands; two different reviewers must."""
    services = open_session(home)
    given = approve(
        CaseId(case),
        actor=acting(actor, services),
        vault=services.vault,
        now=services.clock.now(),
    )
    typer.echo(f"{given} of 2 approvals")


def _weigh(case: str, finding: str, actor: str | None, home: HomeOption, *, stands: bool) -> None:
    services = open_session(home)
    weigh_finding(
        CaseId(case),
        FindingId(finding),
        stands=stands,
        actor=acting(actor, services),
        vault=services.vault,
        now=services.clock.now(),
    )


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
