"""`walloff production`: what a charge or subpoena asks for, in one sealed file."""

from pathlib import Path
from typing import Annotated

import typer

from casework.productions import (
    approve_production,
    list_productions,
    make_production,
    privilege_log,
    request_production,
    scope_of,
    withhold_item,
)
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, print_values, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.counsel import PrivilegeGround, ProducedKind
from models.ids import CaseId
from models.retention import HoldKind
from storage.bundles import make_recipient, open_bundle, read_recipient

app = typer.Typer(no_args_is_help=True, help="What a charge or subpoena asks for.")

ProductionArgument = Annotated[
    str, typer.Argument(help="The production's id.", metavar="PRODUCTION")
]


@app.command("request")
@refusals_named
def request(
    case: CaseArgument,
    matter: Annotated[str, typer.Option(help="Docket or matter number.")],
    kind: Annotated[
        list[ProducedKind], typer.Option("--kind", help="What is asked for; repeat it.")
    ],
    hold: Annotated[HoldKind, typer.Option(help="Why the case is held.")] = HoldKind.CHARGE,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a demand in; the case is held from now on."""
    services = open_session(home)
    made = request_production(
        CaseId(case), matter, frozenset(kind), hold=hold, **by(actor, services)
    )
    tell(made.model_dump(mode="json"), made.id, as_json=as_json)


@app.command("approve")
@refusals_named
def approve(
    case: CaseArgument,
    production: ProductionArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Approve the scope: a custodian and a policy owner, two people."""
    services = open_session(home)
    done = approve_production(CaseId(case), production, **by(actor, services))
    tell(
        done.model_dump(mode="json"),
        "approved by both" if done.approved else "approved; the other approval is missing",
        as_json=as_json,
    )


@app.command("items")
@refusals_named
def items(
    case: CaseArgument,
    production: ProductionArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the ids in the scope, without what they say."""
    services = open_session(home)
    found = scope_of(CaseId(case), production, **by(actor, services))
    if as_json:
        print_json([{"item": item, "kind": kind} for item, kind in found])
        return
    print_table("Scope", ("item", "kind"), found)


@app.command("withhold")
@refusals_named
def withhold(
    case: CaseArgument,
    production: ProductionArgument,
    item: Annotated[str, typer.Option(help="The item's id.")],
    ground: Annotated[PrivilegeGround, typer.Option(help="Why it is kept back.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Keep an item back: it stands in the privilege log, and approvals start anew."""
    services = open_session(home)
    done = withhold_item(CaseId(case), production, item, ground, **by(actor, services))
    tell(done.model_dump(mode="json"), privilege_log(done), as_json=as_json)


@app.command("make")
@refusals_named
def make(
    case: CaseArgument,
    production: ProductionArgument,
    out: Annotated[Path, typer.Option(help="The sealed file to write.")],
    recipient: Annotated[Path, typer.Option(help="The public key of whoever asked.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the sealed file, with its manifest and the privilege log."""
    key = read_recipient(recipient)
    services = open_session(home)
    made = make_production(CaseId(case), production, out, key, **by(actor, services))
    tell(
        made.model_dump(mode="json"),
        f"{made.items} items, {len(made.withheld)} withheld; manifest {made.manifest_sha256}",
        as_json=as_json,
    )


@app.command("list")
@refusals_named
def list_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the productions of a case."""
    services = open_session(home)
    found = list_productions(CaseId(case), **by(actor, services))
    print_values(
        "Productions",
        ("id", "kinds", "custodian", "owner", "withheld", "items", "made"),
        found,
        lambda one: (
            one.id,
            " ".join(sorted(one.kinds)),
            one.custodian,
            one.owner,
            len(one.withheld),
            one.items,
            one.made_at and f"{one.made_at:%Y-%m-%d}",
        ),
        as_json=as_json,
    )


@app.command("key")
@refusals_named
def key(
    private: Annotated[Path, typer.Argument(help="The private half to write, mode 0600.")],
    public: Annotated[Path, typer.Argument(help="The public half to write, to be sent.")],
    as_json: JsonFlag = False,
) -> None:
    """Make a recipient's key pair: whoever asked does this, on their own machine."""
    make_recipient(private, public)
    tell({"private": str(private), "public": str(public)}, str(public), as_json=as_json)


@app.command("open")
@refusals_named
def open_(
    bundle: Annotated[Path, typer.Argument(help="The sealed file.")],
    private: Annotated[Path, typer.Option(help="The recipient's private key.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    as_json: JsonFlag = False,
) -> None:
    """Open a sealed file and check every digest: needs the recipient's key and no home."""
    files = open_bundle(bundle, private)
    for name, content in files.items():
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    tell({"files": len(files)}, f"{len(files)} files, each as the manifest says", as_json=as_json)
