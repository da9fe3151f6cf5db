"""`walloff document`: what was kept, printed as PDF/A-2a and PDF/UA-1 for handing over."""

from pathlib import Path
from typing import Annotated

import typer

from casework.deciding.manager import view
from casework.deciding.prints import kept_consent, kept_letter, kept_notice
from casework.records.certificates import certificate_of
from casework.steps.permissions import Permission, authorize
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.retention_view import certificate_facts
from models.adverse import DocumentKind
from models.errors import InputError
from models.ids import CaseId
from portal.documents.letters import letter, notice
from portal.documents.records import audit_cover, certificate, consent_record
from portal.documents.release import release_report
from storage.atomic import replacing
from storage.certificate_note import statements
from storage.checkpoints import log_keys, published
from storage.verification import verify
from walloff.witnessing import known_witnesses

app = typer.Typer(no_args_is_help=True, help="Documents as PDF, for handing over.")

FileArgument = Annotated[Path, typer.Argument(help="The PDF to write.", metavar="FILE")]
_LONGEST = 200
"""Characters: a longer line of a checkpoint is a post-quantum signature, and not printed."""


@app.command("notice")
@in_home
def notice_(session: Session, case: CaseArgument, file: FileArgument) -> None:
    """Print the notice as it was sent."""
    kept = kept_notice(CaseId(case), **session.who)
    _write(session, file, notice(kept.notice, agency=kept.agency))


@app.command("consent")
@in_home
def consent_(session: Session, case: CaseArgument, file: FileArgument) -> None:
    """Print the record of the consent: every item, and what stands behind it."""
    kept = kept_consent(CaseId(case), **session.who)
    now = session.services.clock.now()
    made = consent_record(kept.consent, kept.papers, now=now, agency=kept.agency)
    _write(session, file, made)


@app.command("letter")
@in_home
def letter_(
    session: Session,
    case: CaseArgument,
    kind: Annotated[DocumentKind, typer.Argument(help="Which document.")],
    file: FileArgument,
) -> None:
    """Print what `walloff adverse document` made; a packet with the copy's bytes beside it."""
    kept = kept_letter(CaseId(case), kind, **session.who)
    made = letter(kept.document, payload=kept.payload, agency=kept.agency)
    beside: Path | None = None
    if kept.payload:
        beside = file.with_suffix(".release.json")
        if beside == file:
            raise InputError("the copy and the print would be one file", file=file.name)
        with replacing(beside) as stream:
            stream.write(kept.payload)
    _write(session, file, made, beside=beside)


@app.command("release")
@in_home
def release_(session: Session, case: CaseArgument, file: FileArgument) -> None:
    """Print the hiring manager's view, without a date; the look is on record."""
    package = view(CaseId(case), released=session.services.released, **session.who)
    _write(session, file, release_report(package, case_number=case))


@app.command("certificate")
@in_home
def certificate_(session: Session, case: CaseArgument, file: FileArgument) -> None:
    """Print a destroyed case's certificate, checked against the audit log."""
    found = certificate_of(CaseId(case), actor=session.person, vault=session.services.vault)
    made = certificate(
        certificate_facts(found),
        tuple(statements(found.keys)),
        case_number=case,
        digest=found.digest(),
        made_at=found.erased_at,
    )
    _write(session, file, made)


@app.command("audit")
@in_home
def audit_(session: Session, file: FileArgument) -> None:
    """Print the cover of an auditor's bundle: what the log holds, its keys, its newest head."""
    authorize(session.person, Permission.READ_AUDIT)
    services = session.services
    points = published(services.vault)
    if not points:
        raise InputError("there is no checkpoint yet: `walloff audit publish`")
    witnesses = known_witnesses(services.settings.witnesses_file)
    keys = [one for witness in witnesses for one in witness.verifiers]
    found = verify(services.vault, witnesses=keys)
    facts = (
        ("Entries", str(found.size)),
        ("Entries that the newest checkpoint covers", str(points[-1].size)),
        ("Signed checkpoints", str(len(points))),
        ("Checked by this print", "verified" if not found.faults else "; ".join(found.faults)),
    )
    note = "\n".join(line for line in points[-1].note.splitlines() if len(line) <= _LONGEST)
    known = [one.vkey for one in (*log_keys(services.vault), *keys)]
    made = audit_cover(facts, known, note, made_at=services.clock.now())
    _write(session, file, made)


def _write(session: Session, file: Path, made: bytes, *, beside: Path | None = None) -> None:
    with replacing(file) as stream:
        stream.write(made)
    files = [str(one) for one in (file, beside) if one is not None]
    session.tell({"files": files, "bytes": len(made)}, "\n".join(files))
