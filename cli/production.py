"""`walloff production`: what a charge or subpoena asks for, in one sealed file."""

from pathlib import Path
from typing import Annotated

import typer

from casework.counsel.productions import (
    approve_production,
    list_productions,
    make_production,
    privilege_log,
    request_production,
    scope_of,
    withhold_item,
)
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from models.counsel import PrivilegeGround, ProducedKind
from models.ids import CaseId
from models.retention import HoldKind
from storage.bundles import make_recipient, open_bundle, read_recipient

app = typer.Typer(no_args_is_help=True, help="What a charge or subpoena asks for.")

ProductionArgument = Annotated[
    str, typer.Argument(help="The production's id.", metavar="PRODUCTION")
]


@app.command("request")
@in_home
def request(
    session: Session,
    case: CaseArgument,
    matter: Annotated[str, typer.Option(help="Docket or matter number.")],
    kind: Annotated[
        list[ProducedKind], typer.Option("--kind", help="What is asked for; repeat it.")
    ],
    hold: Annotated[HoldKind, typer.Option(help="Why the case is held.")] = HoldKind.CHARGE,
) -> None:
    """Take a demand in; the case is held from now on."""
    made = request_production(CaseId(case), matter, frozenset(kind), hold=hold, **session.who)
    session.tell(made.model_dump(mode="json"), made.id)


@app.command("approve")
@in_home
def approve(
    session: Session,
    case: CaseArgument,
    production: ProductionArgument,
) -> None:
    """Approve the scope: a custodian and a policy owner, two people."""
    done = approve_production(CaseId(case), production, **session.who)
    session.tell(
        done.model_dump(mode="json"),
        "approved by both" if done.approved else "approved; the other approval is missing",
    )


@app.command("items")
@in_home
def items(
    session: Session,
    case: CaseArgument,
    production: ProductionArgument,
) -> None:
    """List the ids in the scope, without what they say."""
    found = scope_of(CaseId(case), production, **session.who)
    if session.as_json:
        print_json([{"item": item, "kind": kind} for item, kind in found])
        return
    print_table("Scope", ("item", "kind"), found)


@app.command("withhold")
@in_home
def withhold(
    session: Session,
    case: CaseArgument,
    production: ProductionArgument,
    item: Annotated[str, typer.Option(help="The item's id.")],
    ground: Annotated[PrivilegeGround, typer.Option(help="Why it is kept back.")],
) -> None:
    """Keep an item back: it stands in the privilege log, and approvals start anew."""
    done = withhold_item(CaseId(case), production, item, ground, **session.who)
    session.tell(done.model_dump(mode="json"), privilege_log(done))


@app.command("make")
@in_home
def make(
    session: Session,
    case: CaseArgument,
    production: ProductionArgument,
    out: Annotated[Path, typer.Option(help="The sealed file to write.")],
    recipient: Annotated[Path, typer.Option(help="The public key of whoever asked.")],
) -> None:
    """Write the sealed file, with its manifest and the privilege log."""
    key = read_recipient(recipient)
    made = make_production(CaseId(case), production, out, key, **session.who)
    session.tell(
        made.model_dump(mode="json"),
        f"{made.items} items, {len(made.withheld)} withheld; manifest {made.manifest_sha256}",
    )


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List the productions of a case."""
    found = list_productions(CaseId(case), **session.who)
    session.print_values(
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
