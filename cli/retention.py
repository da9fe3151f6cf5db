"""`walloff retention`: how long, by which rule, and what a sweep would do."""

from typing import Annotated

import typer

from casework.retention import plan_sweep, retention_schedule
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, acting, open_session
from models.errors import InputError

app = typer.Typer(no_args_is_help=True, help="How long, by which rule.")


@app.command("schedule")
@refusals_named
def schedule(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Print every retained case's two dates with the rules that set them."""
    services = open_session(home)
    found = retention_schedule(actor=acting(actor, services), vault=services.vault)
    if as_json:
        print_json([dates.model_dump(mode="json") for _case, dates in found])
        return
    rows = [
        (
            case.id,
            dates.keep_until or "not yet known",
            dates.destroy_by,
            applied.rule.id,
            applied.rule.citation,
            applied.until or "while open",
            applied.rule.confidence,
        )
        for case, dates in found
        for applied in dates.applied
    ]
    columns = ("case", "keep until", "destroy by", "rule", "citation", "until", "known")
    print_table("Retention schedule", columns, rows)


@app.command("sweep")
@refusals_named
def sweep(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what is due for destruction today, and what is kept and why."""
    if not dry_run:
        raise InputError("destruction is not part of this version: use --dry-run")
    services = open_session(home)
    lines = plan_sweep(vault=services.vault, now=services.clock.now())
    if as_json:
        print_json(
            [
                {
                    "case": line.case_id,
                    "action": line.action,
                    "keep_until": line.keep_until,
                    "destroy_by": line.destroy_by,
                    "rules": list(line.rules),
                }
                for line in lines
            ]
        )
        return
    rows = [
        (line.case_id, line.action, line.keep_until, line.destroy_by, ", ".join(line.rules))
        for line in lines
    ]
    print_table("Sweep (dry run)", ("case", "action", "keep until", "destroy by", "rules"), rows)
