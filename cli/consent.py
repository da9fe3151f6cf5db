"""`walloff consent`: what the applicant agreed to, item by item."""

from pathlib import Path
from typing import Annotated

import typer

from casework.applicant.consent import consent_ledger, sign_consent, withdraw_consent
from casework.applicant.refusals import settle_refusal
from casework.requisition.requisitions import frozen
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, acting, open_session
from collection.files.digest import sha256_of
from models.consent import ConsentItem, ConsentStatus
from models.forms import Signature, SignatureKind
from models.ids import ActorId, CaseId, RequisitionId
from policy.forms import forms_for
from storage.atomic import replacing

app = typer.Typer(no_args_is_help=True, help="What the applicant agreed to, item by item.")


@app.command("record")
@in_home
def record(
    session: Session,
    case: CaseArgument,
    grant: Annotated[list[ConsentItem] | None, typer.Option(help="An item granted.")] = None,
    refuse: Annotated[list[ConsentItem] | None, typer.Option(help="An item refused.")] = None,
    consequence_acknowledged: Annotated[
        bool,
        typer.Option(
            "--consequence-acknowledged", help="The applicant has read what refusing would mean."
        ),
    ] = False,
    form: Annotated[
        list[Path] | None,
        typer.Option(help="A document of `consent forms` that the applicant had; one each."),
    ] = None,
    scan: Annotated[Path | None, typer.Option(help="The scan of the signed paper.")] = None,
    witness: Annotated[str | None, typer.Option(help="Who saw it being signed.")] = None,
) -> None:
    """Record the signed answer to every item that the policy asks for."""
    signature = None
    if scan is not None:
        signature = Signature(
            kind=SignatureKind.INK,
            evidence_sha256=sha256_of(scan)[0],
            witness=None if witness is None else ActorId(witness),
        )
    consent = sign_consent(
        CaseId(case),
        granted=frozenset(grant or ()),
        refused=frozenset(refuse or ()),
        consequence_acknowledged=consequence_acknowledged,
        forms={file.stem: sha256_of(file)[0] for file in form or ()},
        signature=signature,
        **session.who,
    )
    status = consent.status(session.services.clock.now())
    session.tell(consent.model_dump(mode="json") | {"status": status}, status)


@app.command("forms")
@refusals_named
def forms(
    requisition: Annotated[str, typer.Argument(help="The requisition's id.")],
    folder: Annotated[Path, typer.Argument(help="Where the documents are written.")],
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write each document that applicants are given, by itself, named by its row of the law."""
    services = open_session(home)
    with services.vault.read() as tx:
        policy = frozen(tx, RequisitionId(requisition)).policy
    found = forms_for(policy, services.clock.now().date())
    folder.mkdir(parents=True, exist_ok=True)
    for one in found:
        with replacing(folder / f"{one.row}.txt") as stream:
            stream.write(one.text.encode())
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    rows = [(one.row, one.title, "yes" if one.signed else "no", one.citation) for one in found]
    print_table("Documents, each by itself", ("file", "what", "signed", "citation"), rows)


@app.command("settle-refusal")
@in_home
def settle(
    session: Session,
    case: CaseArgument,
    goes_on: Annotated[bool, typer.Option("--goes-on/--ends", help="What becomes of the case.")],
) -> None:
    """Decide, as a supervisor, whether a case goes on without what was refused."""
    settle_refusal(CaseId(case), goes_on=goes_on, **session.who)
    session.tell({"case": case, "goes_on": goes_on}, None)


@app.command("withdraw")
@in_home
def withdraw(session: Session, case: CaseArgument) -> None:
    """Withdraw the consent: running work stops and nothing is released."""
    withdraw_consent(CaseId(case), **session.who)
    session.tell({"case": case, "status": ConsentStatus.WITHDRAWN}, None)


@app.command("ledger")
@refusals_named
def ledger(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List every case's consent: items and times, no content."""
    services = open_session(home)
    now = services.clock.now()
    rows = [
        {
            "case": case.id,
            "state": case.state,
            "consent": None if consent is None else consent.status(now),
            "granted": [] if consent is None else sorted(consent.scope.granted),
            "refused": [] if consent is None else sorted(consent.scope.refused),
            "signed_at": None if consent is None else consent.signed_at.isoformat(),
            "expires_at": None if consent is None else consent.expires_at.isoformat(),
            "withdrawn_at": None
            if consent is None or consent.withdrawn_at is None
            else consent.withdrawn_at.isoformat(),
        }
        for case, consent in consent_ledger(actor=acting(actor, services), vault=services.vault)
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        "Consent ledger",
        ("case", "state", "consent", "granted", "refused", "signed", "expires", "withdrawn"),
        [
            tuple(", ".join(cell) if isinstance(cell, list) else cell for cell in row.values())
            for row in rows
        ],
    )
