"""`walloff applicant`: the applicants' own process, which reads its shelf and writes letters."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from casework.letters.applicant_side import (
    desk,
    identify,
    own_cases,
    preview_of,
    read,
    receipts,
    shelf,
    write_answers,
    write_consent,
    write_disclosure,
    write_withdrawal,
)
from cli.interface import Process, add_setup, in_process
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.package_view import print_package
from cli.portal_places import Place, wall_time
from cli.session import HomeOption, settings_for
from collection.egress.disclosure import read_disclosure
from models.consent import ConsentItem
from models.errors import CaseNotFoundError, InputError
from models.ids import CaseId
from models.letters import NumberedAnswer, ShelfKind
from models.self_identification import RaceEthnicity, SelfIdentification, Sex
from models.signin import LinkPurpose
from models.value import Value
from portal.web.interfaces import APPLICANT
from portal.web.passwords import hashed, new_code
from portal.web.server import Address
from storage.domain import Domain
from storage.exchange import ApplicantVault
from storage.signin.links import Links

app = typer.Typer(no_args_is_help=True, help="The applicants' own process: a shelf, and letters.")

CaseArgument = Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")]


class _Answers(Value):
    answers: tuple[NumberedAnswer, ...]


add_setup(app, Domain.APPLICANT, holds="applicants'", whose="applicants'")


@app.command("list")
@in_process(ApplicantVault)
def list_(process: Process[ApplicantVault]) -> None:
    """List an applicant's cases: what is asked, what lies there to read, what became of letters."""
    name, now = process.who, datetime.now(UTC)
    with process.opened() as applicants:
        found: list[dict[str, Any]] = []
        for case_id in own_cases(actor=name, applicants=applicants):
            where: dict[str, Any] = {"actor": name, "applicants": applicants, "now": now}
            asked = desk(case_id, **where)
            items = [f"{one.kind}/{one.position}" for one in shelf(case_id, **where)]
            done = [one.model_dump(mode="json") for one in receipts(case_id, **where)]
            found.append(
                {
                    "case": case_id,
                    "awaited": asked.awaited,
                    "closes_at": asked.closes_at,
                    "consent_items": [str(item) for item in asked.consent_items],
                    "shelf": items,
                    "receipts": done,
                }
            )
    if process.as_json:
        print_json(found)
        return
    rows = [
        (
            one["case"],
            one["awaited"],
            one["closes_at"],
            ", ".join(one["shelf"]),
            ", ".join(str(receipt["code"] or "taken") for receipt in one["receipts"]),
        )
        for one in found
    ]
    print_table("Your cases", ("case", "asked for", "until", "to read", "letters"), rows)


@app.command("read")
@in_process(ApplicantVault)
def read_(
    process: Process[ApplicantVault],
    case: CaseArgument,
    kind: Annotated[ShelfKind, typer.Argument(help="What to read.")],
    position: Annotated[int | None, typer.Option(help="Which; else the newest.")] = None,
) -> None:
    """Read a notice, the preview, a document, or a copy of what was written; it is on record."""
    case_id, name, now = CaseId(case), process.who, datetime.now(UTC)
    with process.opened() as applicants:
        where: dict[str, Any] = {"actor": name, "applicants": applicants, "now": now}
        if kind is ShelfKind.PREVIEW and position is None and not process.as_json:
            print_package("What the hiring manager would see", preview_of(case_id, **where))
            return
        text = read(case_id, kind, position, **where).decode()
    process.tell({"case": case, "kind": kind, "content": text}, text)


@app.command("consent")
@in_process(ApplicantVault)
def consent(
    process: Process[ApplicantVault],
    case: CaseArgument,
    grant: Annotated[list[ConsentItem] | None, typer.Option(help="An item granted.")] = None,
    refuse: Annotated[list[ConsentItem] | None, typer.Option(help="An item refused.")] = None,
    consequence_acknowledged: Annotated[
        bool,
        typer.Option("--consequence-acknowledged", help="What refusing would mean has been read."),
    ] = False,
) -> None:
    """Answer every item that consent is asked for."""

    def write(case_id: CaseId, **where: Any) -> str:
        return write_consent(
            case_id,
            granted=frozenset(grant or ()),
            refused=frozenset(refuse or ()),
            consequence_acknowledged=consequence_acknowledged,
            **where,
        )

    _write(process, case, write)


@app.command("disclose")
@in_process(ApplicantVault)
def disclose(
    process: Process[ApplicantVault],
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="disclosure.toml")],
) -> None:
    """List names and accounts. Credentials are refused before anything is stored."""
    listed = read_disclosure(file)
    _write(process, case, lambda case_id, **where: write_disclosure(case_id, listed, **where))


@app.command("answer")
@in_process(ApplicantVault)
def answer(
    process: Process[ApplicantVault],
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="The answers (TOML).")],
) -> None:
    """Answer findings of the preview, by their numbers."""
    given = _answers(file)
    _write(process, case, lambda case_id, **where: write_answers(case_id, given, **where))


@app.command("withdraw")
@in_process(ApplicantVault)
def withdraw(process: Process[ApplicantVault], case: CaseArgument) -> None:
    """Withdraw the consent."""
    _write(process, case, write_withdrawal)


@app.command("identify")
@in_process(ApplicantVault)
def identify_(
    process: Process[ApplicantVault],
    case: CaseArgument,
    sex: Annotated[
        Sex | None, typer.Option(help="As you see yourself, if you wish to say.")
    ] = None,
    race_ethnicity: Annotated[
        RaceEthnicity | None, typer.Option(help="As you see yourself, if you wish to say.")
    ] = None,
) -> None:
    """Say, or decline to say, what only figures about fairness are made of. It has no effect."""
    said = SelfIdentification(sex=sex, race_ethnicity=race_ethnicity)
    _write(process, case, lambda case_id, **where: identify(case_id, said, **where))


@app.command("invite")
@refusals_named
def invite(
    case: CaseArgument,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="The applicants' own folder; else the home.")
    ] = None,
    portion: Annotated[
        Path | None, typer.Option("--portion", help="The portion of the keys, mode 0600.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=30, help="For how long the link opens.")] = 7,
    port: Annotated[
        int | None, typer.Option("--port", help="The port; else its usual one.")
    ] = None,
    public: Annotated[
        str | None,
        typer.Option("--public", help="The origin that browsers use, where a proxy speaks TLS."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Print a link that opens a case to its applicant, once, and the code that it asks for.

    Send the two by different ways: the link by mail, say, and the code by telephone.
    """
    place = Place(settings_for(home), folder, portion)
    applicants, now = place.vault(ApplicantVault), wall_time()
    case_id, expires = CaseId(case), wall_time() + timedelta(days=days)
    readers = applicants.viewers_of(case_id)
    applicants.close()
    if not readers:
        raise CaseNotFoundError("no such case, or nothing lies there for its applicant yet")
    code = new_code()
    token = Links(place.signin(APPLICANT.name)).make(
        LinkPurpose.APPLICANT,
        readers[0],
        at=now,
        expires_at=expires,
        case_id=case_id,
        code=hashed(code),
    )
    origin = Address("127.0.0.1", port or APPLICANT.port, public=public).origin
    link = f"{origin}/link/{token}"
    told = {"case": case, "link": link, "code": code, "expires_at": expires.isoformat()}
    tell(told, f"{link}\ncode {code}", as_json=as_json)


def _write(process: Process[ApplicantVault], case: str, write: Callable[..., str]) -> None:
    with process.opened() as applicants:
        letter_id = write(
            CaseId(case), actor=process.who, applicants=applicants, now=datetime.now(UTC)
        )
    process.tell({"case": case, "letter": letter_id}, letter_id)


def _answers(path: Path) -> tuple[NumberedAnswer, ...]:
    try:
        return _Answers.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).answers
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("is not TOML", file=path.name) from error
    except ValidationError:
        raise InputError("answers: missing, unknown or wrong", file=path.name) from None
