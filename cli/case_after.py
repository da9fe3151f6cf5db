"""`walloff case deadlines` and `recall`: the clocks that run, and a release taken back."""

from typing import Annotated

import typer

from casework.deciding.recall import recall
from casework.duties.deadlines import deadlines
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.case import CaseState
from models.dispute import RecallReason
from models.ids import CaseId

CaseArgument = Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")]


@refusals_named
def deadlines_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show every clock that runs, with its rule and its date."""
    services = open_session(home)
    found = deadlines(CaseId(case), **by(actor, services))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (
            one.clock,
            f"{one.due_at:%Y-%m-%d %H:%M}",
            "stands still" if one.paused else "runs",
            ", ".join(one.rules),
            one.citation,
        )
        for one in found
    ]
    print_table("Deadlines", ("clock", "due (UTC)", "state", "rules", "citation"), rows)


@refusals_named
def recall_(
    case: CaseArgument,
    reason: Annotated[RecallReason, typer.Option(help="What was wrong.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a release back: it is reviewed again, and whoever saw it decides no more."""
    services = open_session(home)
    done = recall(CaseId(case), reason, released=services.released, **by(actor, services))
    told = {"case": case, "recused": len(done.exposed), "version": done.version}
    tell(told, CaseState.RECALLED, as_json=as_json)
