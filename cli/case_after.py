"""`walloff case deadlines`, `calendar` and `recall`: clocks that run, and a release taken back."""

from pathlib import Path
from typing import Annotated

import typer

from casework.applicant.cases import list_cases
from casework.deciding.recall import recall
from casework.duties.calendar import calendar_of
from casework.duties.deadlines import deadlines
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.case import CaseState
from models.dispute import RecallReason
from models.ids import CaseId
from storage.atomic import replacing

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
def calendar_(
    file: Annotated[Path, typer.Argument(help="The calendar (.ics) to write.")],
    case: Annotated[list[str] | None, typer.Option(help="Only of these cases.")] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the deadlines as a calendar: codes, moments and the numbers of cases."""
    services = open_session(home)
    taken = by(actor, services)
    who = taken["actor"]
    known = case or [one.id for one in list_cases(actor=who, vault=services.vault)]
    found = [one for case_id in known for one in deadlines(CaseId(case_id), **taken)]
    with replacing(file) as stream:
        stream.write(calendar_of(found, now=taken["now"]))
    tell({"file": str(file), "deadlines": len(found)}, str(file), as_json=as_json)


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
