"""What was captured of a case, how, whether the chain holds, and what could not be taken in."""

from datetime import timedelta
from typing import Annotated, Final

import typer

from casework.custody.provenances import Found, provenances_of
from casework.gathering.capture_times import times_of_captures
from casework.gathering.captures import captures_of
from casework.gathering.collect import input_problems
from cli.acted import Session, in_home
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table, refusals_named, say
from cli.session import ActorOption, HomeOption, by, open_session
from models.documentation import CaptureDocumentation
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


_SHORT: Final = 12
"""Characters of a digest in a table; `--json` has all of them."""


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
            "consent": one.consent_id,
            "item": one.consent_item,
            **_made(one.documentation),
        }
        for one in made
    ]
    if as_json:
        print_json(rows)
    else:
        columns = ("capture", "at", "tool", "method", "place", "sha256", "faults")
        print_table("Captures", columns, [[one[name] for name in columns] for one in rows])
    broken = [fault for fault in faults if fault.code != StaleCaptureError.code]
    if broken:
        say(f"walloff: {len(broken)} faults in the captures of this case")
        raise typer.Exit(ExitCode.FAILED)


@in_home
def capture_times(session: Session, case: CaseArgument) -> None:
    """Show how long it took from publication and first sight to capture. The look is logged."""
    times = times_of_captures(CaseId(case), **session.who)
    if session.as_json:
        print_json(
            {
                "since_notice": _days(times.since_notice),
                "median_since_published": _days(times.median_since_published),
                "median_since_seen": _days(times.median_since_seen),
                "items": [
                    {
                        "item": one.evidence_id,
                        "capture": one.capture_id,
                        "published": one.published and one.published.isoformat(),
                        "seen": one.seen.isoformat(),
                        "captured": one.captured.isoformat(),
                        "since_published": _days(one.since_published),
                        "since_seen": _days(one.since_seen),
                    }
                    for one in times.items
                ],
            }
        )
        return
    print_table(
        "Time to capture, in days",
        ("item", "since published", "since seen"),
        [
            *(
                (one.evidence_id, _days(one.since_published), _days(one.since_seen))
                for one in times.items
            ),
            ("median", _days(times.median_since_published), _days(times.median_since_seen)),
            ("notice to first capture", _days(times.since_notice), None),
        ],
    )


@in_home
def provenances(session: Session, case: CaseArgument) -> None:
    """Show in which captures each item was found: ids and places, no words. The look is logged."""
    items = provenances_of(CaseId(case), **session.who)
    if session.as_json:
        print_json(
            [
                {
                    "item": one.evidence_id,
                    "found": [_place(place) for place in one.found],
                    "versions": list(one.versions),
                }
                for one in items
            ]
        )
        return
    columns = ("capture", "where", "tool", "captured_at", "states", "consent", "withdrawn_at")
    rows = [
        (one.evidence_id, place.sha256[:_SHORT], *(_place(place)[name] for name in columns))
        for one in items
        for place in one.found
    ]
    print_table("Where items were found", ("item", "made from", *columns), rows)


def _place(place: Found) -> dict[str, object]:
    return {
        "capture": place.capture_id,
        "where": place.pointer,
        "tool": f"{place.tool} {place.tool_version}",
        "method": place.method,
        "sha256": place.sha256,
        "configuration": place.configuration,
        "captured_at": place.captured_at.isoformat(),
        "states": place.stated_at and place.stated_at.isoformat(),
        "consent": place.consent_id,
        "withdrawn_at": place.withdrawn_at and place.withdrawn_at.isoformat(),
    }


def _days(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(days=1), 2)


def _made(documentation: CaptureDocumentation | None) -> dict[str, object]:
    if documentation is None:
        return {}
    witness = documentation.clock_witness
    return {
        "by": documentation.by,
        "way": documentation.way,
        "identity": documentation.identity,
        "policy": documentation.policy,
        "configuration": documentation.configuration,
        "clock": documentation.clock,
        "clock_ahead_seconds": None if witness is None else witness.offset_seconds,
        "clock_witnessed_at": None if witness is None else witness.theirs.isoformat(),
        "started_at": documentation.started_at.isoformat(),
        "ended_at": documentation.ended_at.isoformat(),
        "pages": len(documentation.pages),
    }


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
