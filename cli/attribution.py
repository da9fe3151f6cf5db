"""`walloff attribution`: items whose author is not proved wait for an analyst."""

from typing import Annotated

import typer

from casework.attribute import settle_attribution, unattributed
from cli.case import CaseArgument, run_and_tell
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, by, open_session
from models.ids import CaseId, EvidenceId

app = typer.Typer(no_args_is_help=True, help="Items whose author is not proved.")


@app.command("show")
@refusals_named
def show(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the items whose author is not proved (inside the wall; the look is logged)."""
    services = open_session(home)
    waiting = unattributed(CaseId(case), **by(actor, services))
    if as_json:
        print_json(
            [
                {
                    "item": one.id,
                    "platform": one.item.platform.reveal(),
                    "author": one.item.author.reveal(),
                    "text": one.item.text.reveal(),
                }
                for one in waiting
            ]
        )
        return
    rows = [
        (one.id, one.item.platform.reveal(), one.item.author.reveal(), one.item.text.reveal())
        for one in waiting
    ]
    print_table("Waiting for attribution", ("item", "platform", "author", "text"), rows)


@app.command("settle")
@refusals_named
def settle(
    case: CaseArgument,
    confirm: Annotated[
        list[str] | None, typer.Option("--confirm", help="An item that is the applicant's.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Settle attribution: the items named are the applicant's, every other one is not."""
    services = open_session(home)
    settle_attribution(
        CaseId(case),
        confirmed=frozenset(EvidenceId(item) for item in confirm or ()),
        **by(actor, services),
    )
    run_and_tell(CaseId(case), services, as_json=as_json)
