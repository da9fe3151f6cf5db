"""`walloff referral`: evidence of a crime goes to the custodian, and out of the vetting."""

import hashlib
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from casework.criminal.referral import flag_referral
from casework.criminal.referral_custody import (
    read_referral,
    receive,
    record_call,
    record_report,
    referrals_on,
    show_referrals_due,
)
from casework.screening.referral_thread import end_vetting, resume_vetting
from casework.steps.step import Taken
from cli.acted import Session, in_home
from cli.case import CaseArgument, run_and_tell
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, by, open_session
from models.criteria import Severity
from models.errors import InputError
from models.ids import CaseId, EvidenceId
from models.referral import CriminalReferral, Route
from models.text import RawText

app = typer.Typer(no_args_is_help=True, help="Evidence of a crime goes to the custodian.")

ReferralArgument = Annotated[str, typer.Argument(help="The referral's id.", metavar="REFERRAL")]
_COLUMNS: Final = ("referral", "offence", "waits for", "until", "stands")


@app.command("flag")
@in_home
def flag(
    session: Session,
    case: CaseArgument,
    offence: Annotated[str, typer.Option(help="Code of the offence, such as violent-felony.")],
    item: Annotated[list[str] | None, typer.Option("--item", help="An item of the case.")] = None,
    locator_file: Annotated[
        Path | None,
        typer.Option(help="File that says where it is, where nothing may be copied; - for input."),
    ] = None,
    content: Annotated[
        Path | None,
        typer.Option(help="The contraband itself: only its digest is taken, so none gets in."),
    ] = None,
    severity: Annotated[Severity, typer.Option(help="How grave.")] = Severity.CRITICAL,
    imminent: Annotated[
        bool, typer.Option("--imminent", help="Life or limb is in danger now: call, then flag.")
    ] = False,
) -> None:
    """Refer evidence of an offence: its item leaves the vetting as if it had never been there."""
    referral = flag_referral(
        CaseId(case),
        offence,
        evidence=frozenset(EvidenceId(one) for one in item or ()),
        locator=None if locator_file is None else RawText(_read(locator_file)),
        content_sha256=None if content is None else _digest(content),
        severity=severity,
        imminent=imminent,
        **session.who,
    )
    duty = f"{referral.id}: {referral.waits_for} by {referral.due_at:%Y-%m-%d %H:%M} UTC"
    session.tell(_shown(referral), duty)


@app.command("route")
@in_home
def route(
    session: Session,
    case: CaseArgument,
    referral: ReferralArgument,
    done: Annotated[Route, typer.Option(help="What was done: emergency-call, mandatory-report.")],
    reference: Annotated[str, typer.Option(help="Number of the incident or of the report.")],
) -> None:
    """Write down that a person made the call or the report, with its number."""
    taken: Taken = session.who
    if done is Route.EMERGENCY_CALL:
        stands = record_call(CaseId(case), referral, reference=RawText(reference), **taken)
    elif done is Route.MANDATORY_REPORT:
        stands = record_report(CaseId(case), referral, reference=RawText(reference), **taken)
    else:
        raise InputError("a call or a report is written down here; a receipt has its own command")
    session.tell(_shown(stands), f"{referral}: {stands.waits_for or 'done'}")


@app.command("receipt")
@in_home
def receipt(
    session: Session,
    case: CaseArgument,
    referral: ReferralArgument,
) -> None:
    """Give the receipt for a place, or for an early copy; others: `walloff custody receive`."""
    stands = receive(CaseId(case), referral, **session.who)
    session.tell(_shown(stands), f"{referral}: received")


@app.command("list")
@in_home
def list_(session: Session, case: CaseArgument) -> None:
    """List a case's referrals, what each waits for, and until when."""
    taken: Taken = session.who
    found = referrals_on(CaseId(case), **taken)
    if session.as_json:
        print_json([_shown(one) for one in found])
        return
    rows = [
        (
            one.id,
            one.offence,
            one.waits_for or "nobody",
            f"{one.due_at:%Y-%m-%d %H:%M}",
            "OVERDUE" if one.overdue(taken["now"]) else "",
        )
        for one in found
    ]
    print_table("Referrals", _COLUMNS, rows)


@app.command("due")
@refusals_named
def due(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List, for the whole home, the referrals that wait for a person: ids and clocks alone."""
    services = open_session(home)
    found = show_referrals_due(**by(actor, services))
    if as_json:
        print_json([one._asdict() for one in found])
        return
    rows = [
        (
            one.case_id,
            one.referral_id,
            one.waits_for,
            f"{one.due_at:%Y-%m-%d %H:%M}",
            "OVERDUE" if one.overdue else "",
        )
        for one in found
    ]
    print_table("Waiting", ("case", "referral", "waits for", "until", "stands"), rows)


@app.command("show")
@in_home
def show(
    session: Session,
    case: CaseArgument,
    referral: ReferralArgument,
) -> None:
    """Show the custodian a referral: its chain, its place, where its copy lies (logged)."""
    found, copy = read_referral(CaseId(case), referral, **session.who)
    words = [] if copy is None else [item.item.text.reveal() for item in copy.items]
    place = None if found.locator is None else found.locator.reveal()
    if session.as_json:
        chain = [
            {"act": link.act, "by": link.actor, "at": link.at.isoformat(), "sha256": link.sha256}
            for link in found.chain
        ]
        print_json({**_shown(found), "locator": place, "items": words, "chain": chain})
        return
    rows = [
        (link.act, link.actor, f"{link.at:%Y-%m-%d %H:%M}", link.sha256) for link in found.chain
    ]
    print_table("Chain of custody", ("act", "by", "at", "SHA-256"), rows)
    if found.copy_sealed:
        words = [f"sealed to the custodian's own process: walloff custody show {found.copy_id}"]
    print_table("Put away", ("what",), [(one,) for one in (*([place] if place else ()), *words)])


@app.command("resume")
@in_home
def resume(session: Session, case: CaseArgument) -> None:
    """Let a vetting that a referral stopped go on, once the custodian has given the receipt."""
    resume_vetting(CaseId(case), **session.who)
    run_and_tell(CaseId(case), session.services, as_json=session.as_json)


@app.command("end")
@in_home
def end(session: Session, case: CaseArgument) -> None:
    """End a vetting that a referral stopped: the case goes into retention."""
    dates = end_vetting(CaseId(case), **session.who)
    last = None if dates.keep_until is None else dates.keep_until.isoformat()
    session.tell({"case": case, "keep_until": last}, last or "kept: see `retention explain`")


def _shown(referral: CriminalReferral) -> dict[str, Any]:
    """Return what of a referral may stand on a screen: no word of what it is about."""
    return {
        "referral": referral.id,
        "offence": referral.offence,
        "waits_for": referral.waits_for,
        "due_at": referral.due_at.isoformat(),
        "citation": referral.citation,
        "vetting": referral.vetting,
        "custodian": referral.custodian,
        "received_at": None if referral.receipt_at is None else referral.receipt_at.isoformat(),
        "copied": referral.copy_id is not None,
    }


def _read(file: Path) -> str:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the file with the place cannot be read") from error
    if not text.strip():
        raise InputError("the file with the place is empty")
    return text.strip()


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise InputError("the file that was named cannot be read") from error
