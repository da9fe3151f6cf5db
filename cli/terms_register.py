"""`walloff terms`: what platforms' terms allow, reviewed in time."""

from datetime import date, datetime
from typing import Annotated

import typer

from casework.search.terms_names import terms_name
from casework.search.terms_register import review_terms, reviewed_terms
from cli.acted import Session, in_home
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, open_session
from models.errors import RecordNotFoundError
from models.search import PlatformTerms
from walloff.services import Services

app = typer.Typer(no_args_is_help=True, help="What platforms' terms allow.")

PlatformArgument = Annotated[
    str,
    typer.Argument(help="A platform or host, or kind.blog and the like.", metavar="PLATFORM"),
]


@app.command("review")
@in_home
def review(
    session: Session,
    platform: PlatformArgument,
    version: Annotated[str, typer.Option(help="The terms' version or date.")],
    rule: Annotated[str, typer.Option(help="The clause, and what it means for vetting.")],
    next_review: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="By when somebody looks again.")
    ],
    by_hand: Annotated[bool, typer.Option(help="A person may look.")] = False,
    automated: Annotated[bool, typer.Option(help="A program may.")] = False,
    requests_per_minute: Annotated[
        int | None, typer.Option(help="The limit for a program.")
    ] = None,
    ignore_robots: Annotated[
        bool, typer.Option(help="The terms exempt this use from robots.txt.")
    ] = False,
) -> None:
    """Write down a review of a platform's terms; the newest stands."""
    terms = review_terms(
        platform,
        version=version,
        by_hand=by_hand,
        automated=automated,
        rule=rule,
        robots_honoured=not ignore_robots,
        requests_per_minute=requests_per_minute,
        next_review=date(next_review.year, next_review.month, next_review.day),
        **session.who,
    )
    session.tell(terms.model_dump(mode="json"), terms.platform)


@app.command("list")
@refusals_named
def list_(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List the newest review of every platform."""
    found = _found(actor, open_session(home))
    if as_json:
        print_json([terms.model_dump(mode="json") for terms in found])
        return
    columns = ("platform", "version", "by hand", "automated", "reviewed", "by", "next review")
    rows = [
        (
            terms.platform,
            terms.version,
            "yes" if terms.by_hand else "no",
            "yes" if terms.automated else "no",
            f"{terms.reviewed_at:%Y-%m-%d}",
            terms.reviewed_by,
            terms.next_review,
        )
        for terms in found
    ]
    print_table("Terms", columns, rows)


@app.command("show")
@refusals_named
def show(
    platform: PlatformArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the newest review of one platform."""
    for terms in _found(actor, open_session(home)):
        if terms.platform == terms_name(platform):
            value = terms.model_dump(mode="json")
            text = "\n".join(f"{name}: {part}" for name, part in value.items())
            tell(value, text, as_json=as_json)
            return
    raise RecordNotFoundError("nobody has reviewed this platform's terms")


def _found(actor: str | None, services: Services) -> list[PlatformTerms]:
    return reviewed_terms(actor=acting(actor, services), vault=services.vault)
