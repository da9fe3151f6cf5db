"""`walloff consent`: what the applicant agreed to, item by item."""

from typing import Annotated

import typer

from casework.consent import consent_ledger, sign_consent, withdraw_consent
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named, tell
from cli.session import ActorOption, HomeOption, acting, by, open_session
from models.consent import ConsentItem, ConsentStatus
from models.ids import CaseId

app = typer.Typer(no_args_is_help=True, help="What the applicant agreed to, item by item.")


@app.command("record")
@refusals_named
def record(
    case: CaseArgument,
    grant: Annotated[list[ConsentItem] | None, typer.Option(help="An item granted.")] = None,
    refuse: Annotated[list[ConsentItem] | None, typer.Option(help="An item refused.")] = None,
    consequence_acknowledged: Annotated[
        bool,
        typer.Option(
            "--consequence-acknowledged", help="The applicant has read what refusing would mean."
        ),
    ] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Record the signed answer to every item that the policy asks for."""
    services = open_session(home)
    consent = sign_consent(
        CaseId(case),
        granted=frozenset(grant or ()),
        refused=frozenset(refuse or ()),
        consequence_acknowledged=consequence_acknowledged,
        **by(actor, services),
    )
    status = consent.status(services.clock.now())
    tell(consent.model_dump(mode="json") | {"status": status}, status, as_json=as_json)


@app.command("withdraw")
@refusals_named
def withdraw(
    case: CaseArgument,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Withdraw the consent: running work stops and nothing is released."""
    services = open_session(home)
    withdraw_consent(CaseId(case), **by(actor, services))
    tell({"case": case, "status": ConsentStatus.WITHDRAWN}, None, as_json=as_json)


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
