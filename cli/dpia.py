"""`walloff dpia`: the assessments of a policy's impact on data protection, version by version."""

from pathlib import Path
from typing import Annotated

import typer

from casework.impact_assessments import approve_assessment, list_assessments, record_assessment
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, by, open_session
from models.counsel import ImpactAssessment
from policy.toml_file import TomlFile

app = typer.Typer(no_args_is_help=True, help="Assessments of impact on data protection.")


@app.command("record")
@refusals_named
def record(
    file: Annotated[Path, typer.Argument(help="The assessment (TOML).")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Record a version; it never changes afterwards."""
    read = TomlFile(file)
    assessment = read.model(ImpactAssessment, read.fields)
    services = open_session(home)
    done = record_assessment(assessment, **by(actor, services))
    tell(done.model_dump(mode="json"), f"{done.policy} {done.version}", as_json=as_json)


@app.command("approve")
@refusals_named
def approve(
    policy: Annotated[str, typer.Argument(help="The policy's id.")],
    version: Annotated[str, typer.Argument(help="The assessment's version.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Approve a version that somebody else recorded."""
    services = open_session(home)
    done = approve_assessment(policy, version, **by(actor, services))
    tell(done.model_dump(mode="json"), f"{policy} {version}: approved", as_json=as_json)


@app.command("list")
@refusals_named
def list_(
    policy: Annotated[str | None, typer.Option(help="Only this policy's.")] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List every version, with who approved it."""
    services = open_session(home)
    found = list_assessments(policy, **by(actor, services))
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [
        (
            one.policy,
            one.version,
            len(one.risks),
            max(risk.residual for risk in one.risks),
            one.recorded_by,
            one.approved_by,
            f"{one.review_due:%Y-%m-%d}",
        )
        for one in found
    ]
    columns = ("policy", "version", "risks", "highest", "recorded by", "approved by", "review")
    print_table("Impact assessments", columns, rows)
