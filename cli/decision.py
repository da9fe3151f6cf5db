"""`walloff decision`: the hiring manager's decision, with its reasons."""

from pathlib import Path
from typing import Annotated

import typer

from casework.deciding.clarifications import ask, clarifications, open_questions, reply
from casework.deciding.manager import decide
from cli.case import CaseArgument
from cli.output import JsonFlag, refusals_named, tell
from cli.reasons import (
    AlternativeOption,
    AssessmentOption,
    FindingOption,
    ReasonOption,
    print_questions,
    reason_of,
)
from cli.session import ActorOption, HomeOption, acting, by, open_session
from models.decision import Outcome
from models.errors import HomeError
from models.ids import CaseId
from models.people import Role
from models.rebuttal import Question, Reply
from storage.migrate import Database
from walloff.services import Services

app = typer.Typer(no_args_is_help=True, help="The hiring manager's decision.")


@app.command("record")
@refusals_named
def record(
    case: CaseArgument,
    outcome: Annotated[Outcome, typer.Argument(help="What was decided.")],
    assessment: AssessmentOption,
    reason: ReasonOption = None,
    alternative: AlternativeOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Record a decision. An adverse one comes in two steps, with a waiting time between."""
    services = _inside(home)
    decision = decide(
        CaseId(case),
        outcome,
        reasons=tuple(reason_of(text) for text in reason or ()),
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
    services = _inside(home)
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
    print_questions(found, as_json=as_json)


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


def _inside(home: Path | None) -> Services:
    """Open the home. Raises `HomeError` where managers have a process of their own to write in."""
    services = open_session(home)
    if Database.RELEASED in services.home.folders:
        raise HomeError("the managers write in their own process: `walloff manager decide`, `ask`")
    return services
