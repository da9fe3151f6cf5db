"""`walloff rebuttal`: the applicant sees and answers first."""

from pathlib import Path
from typing import Annotated

import typer

from casework.adjudication import adjudicate
from casework.attachments import attach
from casework.copies import digest, send_copy
from casework.rebuttal import answer, findings_shown, offer_rebuttal, preview
from casework.statements import settle_statement
from casework.step import Taken
from cli.answers import read_answers
from cli.case import CaseArgument
from cli.dispute import read_words
from cli.output import JsonFlag, print_json, refusals_named, tell
from cli.package_view import print_package
from cli.session import ActorOption, HomeOption, by, open_session
from models.errors import InputError
from models.ids import CaseId, FindingId
from models.rebuttal import AuthorshipGround
from models.text import RawText
from storage.atomic import replacing

app = typer.Typer(no_args_is_help=True, help="The applicant sees and answers first.")

FindingOption = Annotated[int, typer.Option(help="Number of the finding, counted from 1.")]


@app.command("offer")
@refusals_named
def offer(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the applicant the package and start the time to answer."""
    services = open_session(home)
    window = offer_rebuttal(CaseId(case), **by(actor, services))
    closes = f"{window.closes_at:%Y-%m-%dT%H:%M:%SZ}"
    tell({"case": case, "closes_at": closes}, closes, as_json=as_json)


@app.command("preview")
@refusals_named
def preview_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Print, for the applicant, exactly what the manager would receive."""
    services = open_session(home)
    package = preview(CaseId(case), **by(actor, services))
    if as_json:
        print_json(package.model_dump(mode="json"))
    else:
        print_package("What the hiring manager would see", package)


@app.command("answer")
@refusals_named
def answer_(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="The answers (TOML).")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take in the applicant's answers; they pass the same wall."""
    services = open_session(home)
    case_id, taken = CaseId(case), by(actor, services)
    answers = read_answers(file, case_id, taken)
    held = answer(case_id, answers, redactor=services.screener_of(case_id).redactor, **taken)
    told = {"case": case, "answers": len(answers), "held_for_a_reviewer": len(held)}
    tell(told, None, as_json=as_json)


@app.command("copy")
@refusals_named
def copy(
    case: CaseArgument,
    out: Annotated[Path, typer.Option(help="Write the copy to this file.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Give the applicant a copy to keep: the very bytes that the manager sees."""
    content = send_copy(CaseId(case), **by(actor, open_session(home)))
    with replacing(out) as file:
        file.write(content)
    told = {"case": case, "file": str(out), "sha256": digest(content)}
    tell(told, str(out), as_json=as_json)


@app.command("attach")
@refusals_named
def attach_(
    case: CaseArgument,
    finding: FindingOption,
    file: Annotated[Path, typer.Argument(help="The file.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Hand in a file with an answer. Reviewers alone see it."""
    services = open_session(home)
    case_id, taken = CaseId(case), by(actor, services)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError("cannot be read", file=file.name) from error
    attach(case_id, _shown(case_id, finding, taken), RawText(file.name), content, **taken)
    tell({"case": case, "bytes": len(content)}, None, as_json=as_json)


@app.command("adjudicate")
@refusals_named
def adjudicate_(
    case: CaseArgument,
    finding: FindingOption,
    *,
    upheld: Annotated[bool, typer.Option("--upheld/--withdrawn", help="The ruling.")],
    ground: Annotated[
        list[AuthorshipGround] | None, typer.Option(help="What the author is upheld by.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Rule on a denial that a finding is the applicant's."""
    services = open_session(home)
    case_id, taken = CaseId(case), by(actor, services)
    finding_id = _shown(case_id, finding, taken)
    ruling = adjudicate(
        case_id, finding_id, upheld=upheld, grounds=frozenset(ground or ()), **taken
    )
    tell({"case": case, "upheld": ruling.upheld}, None, as_json=as_json)


@app.command("settle")
@refusals_named
def settle(
    case: CaseArgument,
    finding: FindingOption,
    words: Annotated[
        Path | None,
        typer.Option(help="File with neutral words; without it the coded claim goes alone."),
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Settle words of the applicant that the wall could not clear."""
    services = open_session(home)
    case_id, taken = CaseId(case), by(actor, services)
    settle_statement(
        case_id,
        _shown(case_id, finding, taken),
        None if words is None else read_words(words),
        redactor=services.screener_of(case_id).redactor,
        **taken,
    )
    tell({"case": case, "settled": True}, None, as_json=as_json)


def _shown(case_id: CaseId, number: int, taken: Taken) -> FindingId:
    shown = findings_shown(case_id, **taken)
    if not 1 <= number <= len(shown):
        raise InputError("no such finding was shown")
    return shown[number - 1]
