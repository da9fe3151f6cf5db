"""`walloff query`: words are looked at before they leave, and written down before they are used."""

import sys
from typing import Annotated

import typer

from casework.search.queries import check_query, make_query, queries_of
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, refusals_named, say
from models.ids import CaseId
from models.search import AccessWay, SessionIdentity

app = typer.Typer(no_args_is_help=True, help="Queries: checked, written down, then made.")


@app.command("check")
@refusals_named
def check(as_json: JsonFlag = False) -> None:
    """Check a query on standard input. It names the rules that are broken, never the text."""
    found = check_query(sys.stdin.read())
    if as_json:
        print_json(
            {
                "may_leave": not found,
                "rules": [{"rule": one.rule, "code": one.code} for one in found],
            }
        )
    for one in found if not as_json else ():
        say(f"walloff: {one.code}: the query {one.says} (rule {one.rule})")
    if found:
        raise typer.Exit(ExitCode.REFUSED)


@app.command("make")
@in_home
def make(
    session: Session,
    case: CaseArgument,
    identity: Annotated[
        str, typer.Option("--as", help="anonymous-public or agency-named; nothing else.")
    ] = SessionIdentity.ANONYMOUS_PUBLIC,
    way: Annotated[AccessWay, typer.Option(help="How the platform is reached.")] = (
        AccessWay.BY_HAND
    ),
    platform: Annotated[str, typer.Option(help="The platform asked, if it is one.")] = "",
) -> None:
    """Write down the query on standard input; only then make it. Prints its number."""
    asked = make_query(
        CaseId(case),
        sys.stdin.read().strip(),
        identity=identity,
        way=way,
        platform=platform,
        **session.who,
    )
    session.tell({"case": case, "query": asked.sequence}, str(asked.sequence))


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List a case's queries. They name the applicant, so the look is logged first."""
    found = [
        {
            "query": one.sequence,
            "at": f"{one.made_at:%Y-%m-%d %H:%M}",
            "by": one.made_by,
            "as": one.identity,
            "way": one.way,
            "text": one.text.reveal(),
        }
        for one in queries_of(CaseId(case), **session.who)
    ]
    session.print_entries("Queries", ("query", "at", "by", "as", "way", "text"), found)
