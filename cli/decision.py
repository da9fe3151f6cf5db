"""`walloff decision`: the hiring manager's decision, with its reasons."""

from typing import Annotated

import typer

from casework.manager import decide
from cli.case import CaseArgument
from cli.output import JsonFlag, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, open_session
from models.decision import Alternative, OtherEvidence, Outcome, Reason
from models.errors import InputError
from models.ids import CaseId

app = typer.Typer(no_args_is_help=True, help="The hiring manager's decision.")


@app.command("record")
@refusals_named
def record(
    case: CaseArgument,
    outcome: Annotated[Outcome, typer.Argument(help="What was decided.")],
    assessment: Annotated[str, typer.Option(help="The individualized assessment.")],
    reason: Annotated[
        list[str] | None,
        typer.Option(
            help="CRITERION:N, the Nth finding of the view that met the criterion; "
            "CRITERION:N+EVIDENCE or CRITERION:EVIDENCE, with evidence from outside the search."
        ),
    ] = None,
    alternative: Annotated[
        list[Alternative] | None, typer.Option(help="What was considered instead.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Record a decision. An adverse one comes in two steps, with a waiting time between."""
    services = open_session(home)
    decision = decide(
        CaseId(case),
        outcome,
        reasons=tuple(_reason(text) for text in reason or ()),
        assessment=assessment,
        alternatives=tuple(alternative or ()),
        redactor=services.screener_of(CaseId(case)).redactor,
        actor=acting(actor, services),
        vault=services.vault,
        released=services.released,
        now=services.clock.now(),
    )
    tell(decision.model_dump(mode="json"), decision.outcome, as_json=as_json)


def _reason(text: str) -> Reason:
    criterion, _, rest = text.rpartition(":")
    number, _, evidence = rest.partition("+")
    if number and not number.isdigit():
        number, evidence = "", rest
    known = set(OtherEvidence)
    if (
        not criterion
        or not rest
        or not number.isascii()
        or (number and int(number) < 1)
        or (evidence and evidence not in known)
    ):
        raise InputError(
            "a reason is written CRITERION:N, CRITERION:N+EVIDENCE or CRITERION:EVIDENCE, "
            f"with N counted from 1 and one of: {', '.join(OtherEvidence)}"
        )
    return Reason(
        criterion=criterion,
        finding=int(number) - 1 if number else None,
        evidence=OtherEvidence(evidence) if evidence else None,
    )
