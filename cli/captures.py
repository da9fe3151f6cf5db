"""What was captured of a case, how, whether the chain holds, and what could not be taken in."""

from typing import Annotated

import typer

from casework.captures import captures_of
from casework.collect import input_problems
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table, refusals_named, say
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId
from models.search_clauses import StaleCaptureError

CaseArgument = Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")]

PlatformsOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A platform that was looked at: its terms and your training are asked. May be"
        " repeated. An applicant's own site goes by its kind: blog, forum, other."
    ),
]


@refusals_named
def captures(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Check a case's captures and their chain. The look is logged first."""
    services = open_session(home)
    made, faults = captures_of(CaseId(case), **by(actor, services))
    rows = [
        {
            "capture": one.id,
            "at": f"{one.captured_at:%Y-%m-%d %H:%M}",
            "tool": f"{one.tool} {one.tool_version}",
            "method": None if one.documentation is None else one.documentation.method,
            "place": None if one.documentation is None else one.documentation.sequence,
            "sha256": one.sha256,
            "faults": [fault.code for fault in faults if fault.capture_id == one.id],
        }
        for one in made
    ]
    if as_json:
        print_json(rows)
    else:
        columns = ("capture", "at", "tool", "method", "place", "sha256", "faults")
        print_table("Captures", columns, [tuple(one.values()) for one in rows])
    broken = [fault for fault in faults if fault.code != StaleCaptureError.code]
    if broken:
        say(f"walloff: {len(broken)} faults in the captures of this case")
        raise typer.Exit(ExitCode.FAILED)


@refusals_named
def problems(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List what could not be taken in, by file and place."""
    services = open_session(home)
    found = [
        {"file": one.file.reveal(), "where": one.pointer, "fault": one.fault}
        for one in input_problems(CaseId(case), **by(actor, services))
    ]
    if as_json:
        print_json(found)
    else:
        rows = [(one["file"], one["where"], one["fault"]) for one in found]
        print_table("Input problems", ("file", "where", "fault"), rows)
