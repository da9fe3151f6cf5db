"""`walloff dpia`: the assessments of a policy's impact on data protection, version by version."""

from pathlib import Path
from typing import Annotated

import typer

from casework.requisition.impact_assessments import (
    approve_assessment,
    list_assessments,
    record_assessment,
)
from cli.acted import Session, in_home
from cli.output import print_json, print_table
from models.counsel import ImpactAssessment
from policy.toml_file import TomlFile

app = typer.Typer(no_args_is_help=True, help="Assessments of impact on data protection.")


@app.command("record")
@in_home
def record(
    session: Session,
    file: Annotated[Path, typer.Argument(help="The assessment (TOML).")],
) -> None:
    """Record a version; it never changes afterwards."""
    read = TomlFile(file)
    assessment = read.model(ImpactAssessment, read.fields)
    done = record_assessment(assessment, **session.who)
    session.tell(done.model_dump(mode="json"), f"{done.policy} {done.version}")


@app.command("approve")
@in_home
def approve(
    session: Session,
    policy: Annotated[str, typer.Argument(help="The policy's id.")],
    version: Annotated[str, typer.Argument(help="The assessment's version.")],
) -> None:
    """Approve a version that somebody else recorded."""
    done = approve_assessment(policy, version, **session.who)
    session.tell(done.model_dump(mode="json"), f"{policy} {version}: approved")


@app.command("list")
@in_home
def list_(
    session: Session,
    policy: Annotated[str | None, typer.Option(help="Only this policy's.")] = None,
) -> None:
    """List every version, with who approved it."""
    found = list_assessments(policy, **session.who)
    if session.as_json:
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
