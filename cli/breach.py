"""`walloff breach`: something came through the wall; it is reported, contained and closed."""

from datetime import datetime
from typing import Annotated

import typer

from casework.counsel.breaches import close_breach, contain_breach, list_breaches, report_breach
from cli.acted import Session, in_home
from cli.case import CaseArgument
from models.counsel import BreachKind
from models.errors import InputError
from models.ids import ActorId, CaseId

app = typer.Typer(no_args_is_help=True, help="Something came through the wall.")

BreachArgument = Annotated[str, typer.Argument(help="The breach's id.", metavar="BREACH")]


@app.command("report")
@in_home
def report(
    session: Session,
    case: CaseArgument,
    kind: Annotated[BreachKind, typer.Option(help="How it came through.")],
    exposed: Annotated[
        list[str] | None, typer.Option("--exposed", help="Who saw it; repeat it.")
    ] = None,
) -> None:
    """Report a breach: whoever saw something decides no more, and the clock starts."""
    people = [ActorId(one) for one in exposed or ()]
    made = report_breach(CaseId(case), kind, people, **session.who)
    session.tell(made.model_dump(mode="json"), f"{made.id}: tell by {made.notify_by}")


@app.command("contain")
@in_home
def contain(
    session: Session,
    case: CaseArgument,
    breach: BreachArgument,
    replacement: Annotated[
        str | None, typer.Option(help="Who decides instead, where a decider was exposed.")
    ] = None,
) -> None:
    """Take the release back, and the exposed their access."""
    done = contain_breach(
        CaseId(case),
        breach,
        replacement=None if replacement is None else ActorId(replacement),
        released=session.services.released,
        **session.who,
    )
    session.tell(
        done.model_dump(mode="json"),
        "the release is taken back" if done.recalled else "access is taken away",
    )


@app.command("close")
@in_home
def close(
    session: Session,
    case: CaseArgument,
    breach: BreachArgument,
    told: Annotated[str, typer.Option(help="When it was told of: a time with its offset.")],
) -> None:
    """Close a breach that is contained and was told of."""
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise InputError("told: not a time") from None
    if at.tzinfo is None:
        raise InputError("told: a time without its offset")
    done = close_breach(CaseId(case), breach, told_at=at, **session.who)
    late = at > done.notify_by
    session.tell(done.model_dump(mode="json"), "closed, late" if late else "closed")


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List the breaches of a case."""
    found = list_breaches(CaseId(case), **session.who)
    session.print_values(
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
    )
