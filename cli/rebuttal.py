"""`walloff rebuttal`: the applicant sees and answers first."""

from pathlib import Path
from typing import Annotated

import typer

from casework.preview.attachments import attach
from casework.preview.copies import digest, send_copy
from casework.releasing.rebuttal import answer, findings_shown, offer_rebuttal, preview
from casework.reviewing.adjudication import adjudicate
from casework.screening.statements import settle_statement
from casework.steps.step import Taken
from cli.acted import Session, in_home
from cli.answers import read_answers
from cli.case import CaseArgument
from cli.dispute import read_words
from cli.output import print_json
from cli.package_view import print_package
from models.errors import InputError
from models.ids import CaseId, FindingId
from models.rebuttal import AuthorshipGround
from models.text import RawText
from storage.atomic import replacing

app = typer.Typer(no_args_is_help=True, help="The applicant sees and answers first.")

FindingOption = Annotated[int, typer.Option(help="Number of the finding, counted from 1.")]


@app.command("offer")
@in_home
def offer(session: Session, case: CaseArgument) -> None:
    """Show the applicant the package and start the time to answer."""
    window = offer_rebuttal(CaseId(case), **session.who)
    closes = f"{window.closes_at:%Y-%m-%dT%H:%M:%SZ}"
    session.tell({"case": case, "closes_at": closes}, closes)


@app.command("preview")
@in_home
def preview_(session: Session, case: CaseArgument) -> None:
    """Print, for the applicant, exactly what the manager would receive."""
    package = preview(CaseId(case), **session.who)
    if session.as_json:
        print_json(package.model_dump(mode="json"))
    else:
        print_package("What the hiring manager would see", package)


@app.command("answer")
@in_home
def answer_(
    session: Session,
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="The answers (TOML).")],
) -> None:
    """Take in the applicant's answers; they pass the same wall."""
    case_id, taken = CaseId(case), session.who
    answers = read_answers(file, case_id, taken)
    held = answer(
        case_id, answers, redactor=session.services.screener_of(case_id).redactor, **taken
    )
    told = {"case": case, "answers": len(answers), "held_for_a_reviewer": len(held)}
    session.tell(told, None)


@app.command("copy")
@in_home
def copy(
    session: Session,
    case: CaseArgument,
    out: Annotated[Path, typer.Option(help="Write the copy to this file.")],
) -> None:
    """Give the applicant a copy to keep: the very bytes that the manager sees."""
    content = send_copy(CaseId(case), **session.who)
    with replacing(out) as file:
        file.write(content)
    told = {"case": case, "file": str(out), "sha256": digest(content)}
    session.tell(told, str(out))


@app.command("attach")
@in_home
def attach_(
    session: Session,
    case: CaseArgument,
    finding: FindingOption,
    file: Annotated[Path, typer.Argument(help="The file.")],
) -> None:
    """Hand in a file with an answer. Reviewers alone see it."""
    case_id, taken = CaseId(case), session.who
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError("cannot be read", file=file.name) from error
    attach(case_id, _shown(case_id, finding, taken), RawText(file.name), content, **taken)
    session.tell({"case": case, "bytes": len(content)}, None)


@app.command("adjudicate")
@in_home
def adjudicate_(
    session: Session,
    case: CaseArgument,
    finding: FindingOption,
    *,
    upheld: Annotated[bool, typer.Option("--upheld/--withdrawn", help="The ruling.")],
    ground: Annotated[
        list[AuthorshipGround] | None, typer.Option(help="What the author is upheld by.")
    ] = None,
) -> None:
    """Rule on a denial that a finding is the applicant's."""
    case_id, taken = CaseId(case), session.who
    finding_id = _shown(case_id, finding, taken)
    ruling = adjudicate(
        case_id, finding_id, upheld=upheld, grounds=frozenset(ground or ()), **taken
    )
    session.tell({"case": case, "upheld": ruling.upheld}, None)


@app.command("settle")
@in_home
def settle(
    session: Session,
    case: CaseArgument,
    finding: FindingOption,
    words: Annotated[
        Path | None,
        typer.Option(help="File with neutral words; without it the coded claim goes alone."),
    ] = None,
) -> None:
    """Settle words of the applicant that the wall could not clear."""
    case_id, taken = CaseId(case), session.who
    settle_statement(
        case_id,
        _shown(case_id, finding, taken),
        None if words is None else read_words(words),
        redactor=session.services.screener_of(case_id).redactor,
        **taken,
    )
    session.tell({"case": case, "settled": True}, None)


def _shown(case_id: CaseId, number: int, taken: Taken) -> FindingId:
    shown = findings_shown(case_id, **taken)
    if not 1 <= number <= len(shown):
        raise InputError("no such finding was shown")
    return shown[number - 1]
