"""`walloff case`: one applicant's way from notice to the manager's view."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from casework.applicant.cases import find_case, list_cases
from casework.applicant.disclosure import disclose
from casework.applicant.notice import prove_delivery, read_notice, request_notice
from casework.applicant.same_applicant import SameApplicant, earlier_cases, find_by
from casework.attribution.attribute import attribution_waits
from casework.deciding.manager import view
from casework.duties.due import next_segment
from casework.gathering.source import register_source
from casework.releasing.release import release
from cli.captures import PlatformsOption, capture_times, captures, problems, provenances
from cli.case_after import calendar_, deadlines_, recall_
from cli.case_open import open_
from cli.custody_export import export_custody_
from cli.exit_codes import ExitCode
from cli.fetch import fetch_, fetches_
from cli.output import JsonFlag, print_json, print_table, refusals_named, say, tell
from cli.package_view import print_package
from cli.progress import reading_shown
from cli.session import ActorOption, HomeOption, acting, by, open_session, run_due
from collection.egress.disclosure import read_disclosure
from collection.files.digest import sha256_of
from models.case import CaseState
from models.errors import InputError
from models.evidence import AccessGate
from models.forms import DeliveryProof
from models.ids import CaseId, RequisitionId
from models.requisition import NoticeStage
from models.search import AccessWay, SessionIdentity
from models.text import RawText
from portal.manager.page import render
from storage.atomic import replacing
from storage.blind_index import IndexedKind
from walloff.applicants import exchange_letters
from walloff.services import Services

app = typer.Typer(no_args_is_help=True, help="One applicant's way through the vetting.")

CaseArgument = Annotated[str, typer.Argument(help="The case's id.", metavar="CASE")]

app.command("open")(open_)
app.command("deadlines")(deadlines_)
app.command("recall")(recall_)
app.command("calendar")(calendar_)
app.command("fetch")(fetch_)
app.command("fetches")(fetches_)


@app.command("list")
@refusals_named
def list_(
    requisition: Annotated[str | None, typer.Option(help="Only this requisition's.")] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the cases and where they stand."""
    services = open_session(home)
    cases = list_cases(
        actor=acting(actor, services),
        vault=services.vault,
        requisition_id=RequisitionId(requisition) if requisition else None,
    )
    if as_json:
        print_json([case.model_dump(mode="json") for case in cases])
        return
    rows = [(case.id, case.state, f"{case.changed_at:%Y-%m-%d %H:%M}") for case in cases]
    print_table("Cases", ("id", "state", "since (UTC)"), rows)


@app.command("find")
@refusals_named
def find(
    email: Annotated[bool, typer.Option("--email", help="By an e-mail address.")] = False,
    handle: Annotated[bool, typer.Option("--handle", help="By a handle.")] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Find the cases whose applicant named an address or a handle.

    The value is read from standard input, so that no shell history or list of processes has it.
    """
    if email == handle:
        raise InputError("say which it is: --email or --handle")
    kind = IndexedKind.EMAIL if email else IndexedKind.HANDLE
    services = open_session(home)
    value = RawText(
        typer.prompt(kind.value, hide_input=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().strip()
    )
    _tell_same(find_by(kind, value, **by(actor, services)), as_json=as_json)


@app.command("earlier")
@refusals_named
def earlier(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the other cases that share an address or a handle with one."""
    services = open_session(home)
    _tell_same(earlier_cases(CaseId(case), **by(actor, services)), as_json=as_json)


@app.command("notice")
@refusals_named
def notice(
    case: CaseArgument,
    stage: Annotated[
        NoticeStage | None, typer.Option(help="At which stage the applicant is told.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="A language that the policy has a notice in.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Send the notice, and print it for handing over."""
    services = open_session(home)
    case_id = CaseId(case)
    request_notice(case_id, stage=stage, language=language, **by(actor, services))
    run_due(services)
    text = read_notice(case_id, vault=services.vault).text.reveal()
    tell({"case": case, "notice": text}, text, as_json=as_json)


@app.command("delivered")
@refusals_named
def delivered(
    case: CaseArgument,
    proof: Annotated[DeliveryProof, typer.Option(help="How it is known that it arrived.")],
    paper: Annotated[
        Path | None, typer.Option(help="The receipt's scan; its digest is kept, not the scan.")
    ] = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Record the proof that the notice was delivered; its lead time runs from now."""
    digest = None if paper is None else sha256_of(paper)[0]
    services = open_session(home)
    prove_delivery(CaseId(case), proof, evidence_sha256=digest, **by(actor, services))
    tell({"case": case, "proof": proof}, None, as_json=as_json)


@app.command("disclose")
@refusals_named
def disclose_(
    case: CaseArgument,
    file: Annotated[Path, typer.Argument(help="disclosure.toml")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Take in the applicant's list of names and accounts. Credentials are refused."""
    disclosure = read_disclosure(file)
    services = open_session(home)
    disclose(CaseId(case), disclosure, **by(actor, services))
    tell({"case": case, "state": CaseState.DISCLOSED}, None, as_json=as_json)


@app.command("collect")
@refusals_named
def collect_(
    case: CaseArgument,
    folder: Annotated[Path, typer.Argument(help="The folder with the applicant's material.")],
    device: Annotated[
        str | None, typer.Option(help="The registered device that it was captured on.")
    ] = None,
    identity: Annotated[
        str, typer.Option("--as", help="As whom it was looked at: anonymous-public, agency-named.")
    ] = SessionIdentity.ANONYMOUS_PUBLIC,
    way: Annotated[AccessWay, typer.Option(help="How it was reached.")] = AccessWay.BY_HAND,
    gate: Annotated[AccessGate, typer.Option(help="What stood before it.")] = AccessGate.NONE,
    platform: PlatformsOption = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Capture what the consent covers, then attribute, weigh and redact it."""
    services = open_session(home)
    register_source(
        CaseId(case),
        folder,
        device=device,
        identity=identity,
        way=way,
        gate=gate,
        platforms_used=frozenset(platform or ()),
        **by(actor, services),
    )
    run_and_tell(CaseId(case), services, as_json=as_json)


app.command("captures")(captures)
app.command("export-custody")(export_custody_)
app.command("capture-times")(capture_times)
app.command("problems")(problems)
app.command("provenances")(provenances)


@app.command("release")
@refusals_named
def release_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Hand the reviewed and answered package across the wall."""
    services = open_session(home)
    exchange_letters(services)  # an answer that came in time is not overtaken by a release
    release(CaseId(case), **by(actor, services))
    run_and_tell(CaseId(case), services, as_json=as_json)


@app.command("view")
@refusals_named
def view_(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the hiring manager's view."""
    services = open_session(home)
    package = view(
        CaseId(case),
        actor=acting(actor, services),
        vault=services.vault,
        released=services.released,
        now=services.clock.now(),
    )
    if html is not None:
        with replacing(html) as file:
            file.write(render(package, case_number=case).encode())
    if as_json:
        print_json(package.model_dump(mode="json"))
    elif html is None:
        print_package(f"Case {case}", package)


def _tell_same(found: list[SameApplicant], *, as_json: bool) -> None:
    rows = [
        {
            "case": one.case.id,
            "requisition": one.case.requisition_id,
            "state": one.case.state,
            "shared": sorted(one.shared),
            "keep_until": None if one.keep_until is None else one.keep_until.isoformat(),
            "destroy_by": None if one.destroy_by is None else one.destroy_by.isoformat(),
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("case", "requisition", "state", "shared", "keep until", "destroy by")
    cells = [
        (*list(row.values())[:3], ", ".join(row["shared"] or ()), *list(row.values())[4:])
        for row in rows
    ]
    print_table("Cases of the same applicant", columns, cells)


def run_and_tell(case_id: CaseId, services: Services, *, as_json: bool) -> None:
    """Run what is due, then print where the case stands and what it waits for.

    Ends with an exit code of its own if a step failed: the case is then taken up at the next
    start, or needs its input mended.
    """
    with reading_shown() as services.report:
        run_due(services)
    case = find_case(case_id, vault=services.vault)
    tell({"case": case_id, "state": case.state}, case.state, as_json=as_json)
    with services.vault.read() as tx:
        waits, due = attribution_waits(tx, case_id), next_segment(tx, case)
    if due is not None:
        say(f"walloff: {due} did not finish: see `walloff audit show`, then `walloff work`")
        raise typer.Exit(ExitCode.FAILED)
    if case.state is CaseState.COLLECTING and waits:
        say("walloff: items wait for attribution: see `walloff attribution show`")
