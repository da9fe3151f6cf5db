"""`walloff breach`: something came through the wall; it is reported, contained and closed."""

from datetime import datetime
from typing import Annotated

import typer

from casework.breaches import close_breach, contain_breach, list_breaches, report_breach
from cli.case import CaseArgument
from cli.output import JsonFlag, print_values, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.counsel import BreachKind
from models.errors import InputError
from models.ids import ActorId, CaseId

app = typer.Typer(no_args_is_help=True, help="Something came through the wall.")

BreachArgument = Annotated[str, typer.Argument(help="The breach's id.", metavar="BREACH")]


@app.command("report")
@refusals_named
def report(
    case: CaseArgument,
    kind: Annotated[BreachKind, typer.Option(help="How it came through.")],
    exposed: Annotated[
        list[str] | None, typer.Option("--exposed", help="Who saw it; repeat it.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Report a breach: whoever saw something decides no more, and the clock starts."""
    services = open_session(home)
    people = [ActorId(one) for one in exposed or ()]
    made = report_breach(CaseId(case), kind, people, **by(actor, services))
    tell(made.model_dump(mode="json"), f"{made.id}: tell by {made.notify_by}", as_json=as_json)


@app.command("contain")
@refusals_named
def contain(
    case: CaseArgument,
    breach: BreachArgument,
    replacement: Annotated[
        str | None, typer.Option(help="Who decides instead, where a decider was exposed.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take the release back, and the exposed their access."""
    services = open_session(home)
    done = contain_breach(
        CaseId(case),
        breach,
        replacement=None if replacement is None else ActorId(replacement),
        released=services.released,
        **by(actor, services),
    )
    tell(
        done.model_dump(mode="json"),
        "the release is taken back" if done.recalled else "access is taken away",
        as_json=as_json,
    )


@app.command("close")
@refusals_named
def close(
    case: CaseArgument,
    breach: BreachArgument,
    told: Annotated[str, typer.Option(help="When it was told of: a time with its offset.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Close a breach that is contained and was told of."""
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise InputError("told: not a time") from None
    if at.tzinfo is None:
        raise InputError("told: a time without its offset")
    services = open_session(home)
    done = close_breach(CaseId(case), breach, told_at=at, **by(actor, services))
    late = at > done.notify_by
    tell(done.model_dump(mode="json"), "closed, late" if late else "closed", as_json=as_json)


@app.command("list")
@refusals_named
def list_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the breaches of a case."""
    services = open_session(home)
    found = list_breaches(CaseId(case), **by(actor, services))
    print_values(
        "Breaches",
        ("id", "kind", "exposed", "tell by", "stands"),
        found,
        lambda one: (
            one.id,
            one.kind,
            len(one.exposed),
            f"{one.notify_by:%Y-%m-%d %H:%M}",
            "closed" if one.closed_at else "contained" if one.contained_at else "open",
        ),
        as_json=as_json,
    )
