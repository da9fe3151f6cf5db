"""`walloff collector`: a process that gathers, and writes what it cannot read back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.gathering.collector_side import gather
from casework.gathering.source import order_collection
from cli.captures import PlatformsOption
from cli.interface import FolderArgument, FolderOption, GroupOption
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.progress import reading_shown
from cli.session import ActorOption, HomeOption, by, open_session, settings_for
from models.evidence import AccessGate
from models.ids import CaseId
from models.search import AccessWay, SessionIdentity
from storage.collector_folder import make_collector, open_collector
from walloff.collectors import serve_collectors
from walloff.databases import home_of
from walloff.reader_box import confine_readers

app = typer.Typer(no_args_is_help=True, help="A process that gathers and cannot read back.")

NameOption = Annotated[str, typer.Option("--name", help="The collector's name.")]
CaseArgument = Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")]


@app.command("setup")
@refusals_named
def setup(
    folder: FolderArgument,
    name: NameOption,
    group: GroupOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Make the folder of a collector. It needs no portion of the keys, and no database."""
    make_collector(home_of(settings_for(home)), folder, name, group=group)
    tell({"folder": str(folder.absolute()), "name": name}, name, as_json=as_json)


@app.command("order")
@refusals_named
def order(
    case: CaseArgument,
    name: NameOption,
    device: Annotated[
        str | None, typer.Option(help="The registered device that it is captured on.")
    ] = None,
    identity: Annotated[
        str, typer.Option("--as", help="As whom it is looked at: anonymous-public, agency-named.")
    ] = SessionIdentity.ANONYMOUS_PUBLIC,
    way: Annotated[AccessWay, typer.Option(help="How it is reached.")] = AccessWay.BY_HAND,
    gate: Annotated[AccessGate, typer.Option(help="What stands before it.")] = AccessGate.NONE,
    platform: PlatformsOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Inside: give a collector the order for a case. Whoever does has gathered evidence."""
    services = open_session(home)
    order_collection(
        CaseId(case),
        name,
        device=device,
        identity=identity,
        way=way,
        gate=gate,
        platforms_used=frozenset(platform or ()),
        **by(actor, services),
    )
    serve_collectors(services)
    tell({"case": case, "collector": name}, f"{case}: {name}", as_json=as_json)


@app.command("take-in")
@refusals_named
def take_in(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Inside: take in what collectors wrote. `walloff work` and the schedule do it too."""
    done = serve_collectors(open_session(home))
    tell({"settled": done}, str(done), as_json=as_json)


@app.command("list")
@refusals_named
def list_(folder: FolderOption, as_json: JsonFlag = False) -> None:
    """List the orders that stand, and what became of what was delivered."""
    found = open_collector(folder)
    orders, receipts = found.orders(), found.receipts()
    if as_json:
        print_json(
            {
                "orders": [one.model_dump(mode="json", exclude={"writer"}) for one in orders],
                "receipts": [one.model_dump(mode="json") for one in receipts],
            }
        )
        return
    rows = [
        (one.case_id, ", ".join(sorted(one.granted)), one.lookback_years, f"{one.valid_until:%F}")
        for one in orders
    ]
    print_table("Orders", ("case", "consented", "years", "until"), rows)
    done = [(one.case_id, one.delivery_id, one.code or "taken") for one in receipts]
    print_table("Delivered", ("case", "delivery", "became"), done)


@app.command("collect")
@refusals_named
def collect(
    case: CaseArgument,
    files: Annotated[Path, typer.Argument(help="The folder with the material.")],
    folder: FolderOption,
    as_json: JsonFlag = False,
) -> None:
    """Read the files within the order and write them sealed. After a crash, run it again."""
    confine_readers(settings_for(None))
    with reading_shown() as report:
        done = gather(
            CaseId(case),
            files,
            folder=open_collector(folder),
            clock=lambda: datetime.now(UTC),
            report=report,
        )
    said = {
        "case": case,
        "deliveries": done.deliveries,
        "items": done.items,
        "problems": done.problems,
        "left_out": done.left_out,
    }
    tell(said, f"{done.items} items, {done.left_out} left out", as_json=as_json)
