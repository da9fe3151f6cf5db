"""`walloff decision`: the hiring manager's decision, with its reasons."""

from typing import Annotated

import typer

from casework.clarifications import ask, clarifications, open_questions, reply
from casework.manager import decide
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, by, open_session
from models.decision import Alternative, OtherEvidence, Outcome, Reason
from models.errors import InputError
from models.ids import CaseId
from models.people import Role
from models.rebuttal import Question, Reply

app = typer.Typer(no_args_is_help=True, help="The hiring manager's decision.")

FindingOption = Annotated[int, typer.Option(help="Number of the finding, counted from 1.")]


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


@app.command("ask")
@refusals_named
def ask_(
    case: CaseArgument,
    finding: FindingOption,
    question: Annotated[Question, typer.Argument(help="What is asked.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask a reviewer one of a closed list of questions about a finding."""
    services = open_session(home)
    asked = ask(
        CaseId(case),
        finding - 1,
        question,
        actor=acting(actor, services),
        vault=services.vault,
        released=services.released,
        now=services.clock.now(),
    )
    tell(asked.model_dump(mode="json"), None, as_json=as_json)


@app.command("questions")
@refusals_named
def questions(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show what was asked and replied: the manager sees all, a reviewer what waits."""
    services = open_session(home)
    taken = by(actor, services)
    manager = Role.HIRING_MANAGER in taken["actor"].roles
    found = (clarifications if manager else open_questions)(CaseId(case), **taken)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(str(one.finding + 1), one.question, one.reply or "waits") for one in found]
    print_table("Questions", ("finding", "question", "reply"), rows)


@app.command("reply")
@refusals_named
def reply_(
    case: CaseArgument,
    finding: FindingOption,
    question: Annotated[Question, typer.Argument(help="What was asked.")],
    said: Annotated[Reply, typer.Argument(help="The reply.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Reply to a manager's question, in coded form."""
    taken = by(actor, open_session(home))
    replied = reply(CaseId(case), finding - 1, question, said, **taken)
    tell(replied.model_dump(mode="json"), None, as_json=as_json)


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
