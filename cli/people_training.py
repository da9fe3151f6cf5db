"""`walloff people train`, and what else shows that somebody can do the work."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Final

import typer

from casework.people.practical import STATEMENT, answer_practical, draw_practical, sign_statement
from casework.people.training import (
    change_platform,
    close_gap,
    declare_gap,
    recognise_trainer,
    record_training,
)
from cli.output import JsonFlag, print_json, refusals_named, tell
from cli.people_staff import PersonArgument, UntilOption, day
from cli.session import ActorOption, HomeOption, by, open_session
from models.errors import InputError
from models.ids import ActorId
from models.people_rules import Module

_LETTERS: Final = "abcde"
PlatformArgument = Annotated[
    str, typer.Argument(help="A platform's usual name, or a kind: other.", metavar="PLATFORM")
]


@refusals_named
def trainer(
    person: PersonArgument,
    basis: Annotated[str, typer.Option(help="The certificate that makes them a trainer.")],
    module: Annotated[list[Module], typer.Option("--module", help="May be repeated.")],
    until: UntilOption,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Recognise a trainer for some modules, until their credential lapses."""
    services = open_session(home)
    credential = recognise_trainer(
        ActorId(person),
        basis=basis,
        modules=frozenset(module),
        valid_until=day(until),
        **by(actor, services),
    )
    tell(credential.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def train(
    person: PersonArgument,
    module: Annotated[Module, typer.Argument(help="What was passed.")],
    score: Annotated[int, typer.Option(help="Percent.")],
    trainer: Annotated[str, typer.Option(help="Who taught it.")],
    until: UntilOption,
    platform: Annotated[
        list[str] | None, typer.Option("--platform", help="For which; may be repeated.")
    ] = None,
    evidence: Annotated[
        str | None, typer.Option("--evidence-sha256", help="Digest of the certificate.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Record that somebody passed a module today."""
    services = open_session(home)
    passed = record_training(
        ActorId(person),
        module,
        platforms=frozenset(platform or ()),
        score_percent=score,
        trainer=ActorId(trainer),
        expires_at=day(until),
        evidence_sha256=evidence,
        **by(actor, services),
    )
    tell(passed.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def platform_change(
    platform: PlatformArgument,
    change: Annotated[str, typer.Option(help="What the platform changes.")],
    effective: Annotated[
        datetime, typer.Option("--effective", formats=["%Y-%m-%d"], help="From which day.")
    ],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say that a platform changes: what was passed before that day no longer counts for it."""
    services = open_session(home)
    told = change_platform(platform, change, effective=day(effective), **by(actor, services))
    tell(told.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def gap(
    platform: PlatformArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say of yourself that you do not know enough about a platform: it is blocked for you."""
    services = open_session(home)
    declared = declare_gap(platform, **by(actor, services))
    tell(declared.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def gap_closed(
    person: PersonArgument,
    platform: PlatformArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say of somebody else that their gap is closed."""
    services = open_session(home)
    closed = close_gap(ActorId(person), platform, **by(actor, services))
    tell(closed.model_dump(mode="json"), None, as_json=as_json)


@refusals_named
def practical(
    actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False
) -> None:
    """Draw a practical for yourself, and print it. It is answered within a day."""
    services = open_session(home)
    paper, asked = draw_practical(**by(actor, services))
    if as_json:
        questions = [
            {"scene": one.scene, "question": one.question, "options": list(one.options)}
            for one in asked
        ]
        print_json({"paper": paper.id, "questions": questions})
        return
    typer.echo(f"Paper {paper.id}")
    for number, one in enumerate(asked, start=1):
        typer.echo(f"\n{number}. {one.scene}\n   {one.question}")
        for letter, option in zip(_LETTERS, one.options, strict=False):
            typer.echo(f"   {letter}) {option}")


@refusals_named
def answer(
    paper: Annotated[str, typer.Argument(help="The paper's id.", metavar="PAPER")],
    answers: Annotated[list[str], typer.Argument(help="A letter for each case, in order.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Answer your own paper: the system scores it, once."""
    letters = [one.strip().lower() for one in answers]
    if not all(len(one) == 1 and one in _LETTERS for one in letters):
        raise InputError("an answer is one letter, a to e")
    services = open_session(home)
    places = [_LETTERS.index(one) for one in letters]
    result = answer_practical(paper, places, **by(actor, services))
    tell(
        result.model_dump(mode="json") | {"percent": result.total.percent},
        f"{result.total.right} of {result.total.asked} right",
        as_json=as_json,
    )


@refusals_named
def sign(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Sign the statement of accountability, which is printed."""
    services = open_session(home)
    signed = sign_statement(**by(actor, services))
    tell(signed.model_dump(mode="json") | {"text": STATEMENT}, STATEMENT, as_json=as_json)


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "trainer": trainer,
    "train": train,
    "platform-change": platform_change,
    "gap": gap,
    "close-gap": gap_closed,
    "practical": practical,
    "answer": answer,
    "sign": sign,
}
