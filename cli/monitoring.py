"""`walloff monitoring`: who works here already is looked at on an approved trigger alone."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from casework.after_hire.monitoring import close_monitoring, list_monitoring, open_monitoring
from casework.after_hire.monitoring_notice import (
    give_monitoring_notice,
    list_monitoring_notices,
    prove_monitoring_notice,
)
from casework.after_hire.triggers import Statement, approve_trigger, state_trigger
from casework.requisition.requisitions import frozen
from cli.acted import Session, in_home
from cli.case import CaseArgument
from cli.output import JsonFlag, print_json, print_table, refusals_named
from cli.session import ActorOption, HomeOption, acting, open_session
from models.after_hire_rules import TriggerKind
from models.consent import PlatformKind
from models.disclosure import Account
from models.errors import InputError
from models.forms import DeliveryProof
from models.ids import ActorId, CaseId, RequisitionId
from models.monitoring import Closing, Scope, TriggerSource
from models.text import RawText
from walloff.services import Services

app = typer.Typer(no_args_is_help=True, help="People who work here: notice, trigger, scope, end.")

RequisitionOption = Annotated[str, typer.Option(help="The requisition of monitoring.")]
EmployeeArgument = Annotated[str, typer.Argument(help="The employee's id.", metavar="EMPLOYEE")]
DayOption = typer.Option(formats=["%Y-%m-%d"], help="A day, as YYYY-MM-DD.")


@app.command("notice")
@in_home
def notice(
    session: Session,
    employee: EmployeeArgument,
    requisition: Annotated[str | None, typer.Option(help="Whose policy words it.")] = None,
    name: Annotated[str | None, typer.Option(help="The employee's name; it is sealed.")] = None,
    proof: Annotated[DeliveryProof | None, typer.Option(help="How it arrived.")] = None,
    evidence: Annotated[str | None, typer.Option(help="SHA-256 of the signed paper.")] = None,
    language: Annotated[str | None, typer.Option(help="A language of the policy.")] = None,
) -> None:
    """Tell an employee of monitoring, or with --proof say how it is known that it arrived."""
    who = session.who
    text = None
    if requisition is not None:
        text = give_monitoring_notice(
            RequisitionId(requisition),
            ActorId(employee),
            name=RawText(name or typer.prompt("Name")),
            language=language,
            **who,
        )
    elif proof is None:
        raise InputError("say --requisition to tell, --proof to prove, or both")
    if proof is not None:
        prove_monitoring_notice(ActorId(employee), proof, evidence_sha256=evidence, **who)
    told = {"employee": employee, "proof": proof, "text": text}
    session.tell(told, text)


@app.command("notices")
@in_home
def notices(
    session: Session,
    requisition: RequisitionOption,
) -> None:
    """List who was told, and whether it counts under this requisition."""
    found = list_monitoring_notices(
        RequisitionId(requisition), actor=session.person, vault=session.services.vault
    )
    rows = [
        (one.employee, one.version, f"{one.sent_at:%Y-%m-%d}", _day(one.delivered_at), one.counts)
        for one in found
    ]
    _show(
        "Notices",
        ("employee", "version", "sent", "delivered", "counts"),
        rows,
        as_json=session.as_json,
    )


@app.command("trigger")
@in_home
def trigger(
    session: Session,
    employee: Annotated[str | None, typer.Argument(metavar="EMPLOYEE", help="Their id.")] = None,
    approve: Annotated[str | None, typer.Option(help="Approve the trigger of this case.")] = None,
    requisition: Annotated[str, typer.Option(help="The requisition of monitoring.")] = "",
    kind: Annotated[TriggerKind, typer.Option(help="What it is.")] = TriggerKind.CONCERN,
    source: Annotated[TriggerSource, typer.Option(help="From whom.")] = TriggerSource.SUPERVISOR,
    on: Annotated[datetime | None, DayOption] = None,
    description: Annotated[str | None, typer.Option(help="What happened; it is sealed.")] = None,
    platform: Annotated[list[PlatformKind] | None, typer.Option(help="May be repeated.")] = None,
    criterion: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    since: Annotated[datetime | None, DayOption] = None,
    until: Annotated[datetime | None, DayOption] = None,
    account: Annotated[
        list[str] | None, typer.Option(help="platform:handle that it says is the employee's.")
    ] = None,
    report: Annotated[str | None, typer.Option(help="The peer report that it rests on.")] = None,
) -> None:
    """State a trigger about an employee, or with --approve approve somebody else's."""
    who = session.who
    if approve is not None:
        approve_trigger(CaseId(approve), **who)
        session.tell({"case": approve, "approved": True}, None)
        return
    if employee is None or on is None or since is None or until is None:
        raise InputError("a trigger names the employee, --on, --since and --until")
    statement = Statement(
        kind=kind,
        source=source,
        on=on.date(),
        description=RawText(description or typer.prompt("What happened")),
        reach=_scope(platform, criterion, since, until),
        accounts=tuple(_account(one) for one in account or ()),
    )
    requisition_id = RequisitionId(requisition)
    case_id = state_trigger(
        requisition_id,
        ActorId(employee),
        statement,
        screener=_screener(session.services, requisition_id),
        report=None if report is None else CaseId(report),
        **who,
    )
    session.tell({"case": case_id}, case_id)


@app.command("open")
@in_home
def open_(
    session: Session,
    case: CaseArgument,
    closes: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Its last day.")],
    platform: Annotated[list[PlatformKind] | None, typer.Option(help="Fewer than named.")] = None,
    criterion: Annotated[list[str] | None, typer.Option(help="Fewer than named.")] = None,
    since: Annotated[datetime | None, DayOption] = None,
    until: Annotated[datetime | None, DayOption] = None,
) -> None:
    """Open a case on its approved trigger, as far as that goes or less far, until a day."""
    scope = None
    if any(one is not None for one in (platform, criterion, since, until)):
        if since is None or until is None:
            raise InputError("a narrower scope is given whole: platforms, criteria and days")
        scope = _scope(platform, criterion, since, until)
    opened = open_monitoring(CaseId(case), scope=scope, closes_on=closes.date(), **session.who)
    told = {"case": case, "scope": opened.scope.model_dump(mode="json"), "closes": opened.closes_on}
    session.tell(told, f"closes {opened.closes_on}")


@app.command("close")
@in_home
def close(
    session: Session,
    case: CaseArgument,
    why: Annotated[Closing, typer.Option(help="Why it ends.")],
) -> None:
    """Close a case of which nothing was released."""
    close_monitoring(CaseId(case), why, **session.who)
    session.tell({"case": case, "closed": why}, None)


@app.command("list")
@refusals_named
def list_(actor: ActorOption = None, home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """List the monitoring cases: kinds, states and dates, no word of what happened."""
    services = open_session(home)
    rows = [
        (
            one.case.id,
            one.case.state,
            one.kind or "",
            one.approved,
            " ".join(sorted(one.scope.criteria)) if one.scope else "",
            _day(one.closes_on),
        )
        for one in list_monitoring(actor=acting(actor, services), vault=services.vault)
    ]
    columns = ("case", "state", "kind", "approved", "criteria", "closes")
    _show("Monitoring", columns, rows, as_json=as_json)


def _screener(services: Services, requisition_id: RequisitionId) -> Any:
    with services.vault.read() as tx:
        requisition = frozen(tx, requisition_id)
    return services.screener(requisition)


def _scope(
    platforms: list[PlatformKind] | None,
    criteria: list[str] | None,
    since: datetime,
    until: datetime,
) -> Scope:
    return Scope(
        platforms=frozenset(platforms or ()),
        criteria=frozenset(criteria or ()),
        since=since.replace(tzinfo=UTC).date(),
        until=until.replace(tzinfo=UTC).date(),
    )


def _account(written: str) -> Account:
    platform, colon, handle = written.partition(":")
    if not colon:
        raise InputError("an account is written platform:handle")
    return Account(platform=RawText(platform), handle=RawText(handle))


def _day(moment: date | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d}"


def _show(title: str, columns: tuple[str, ...], rows: list[Any], *, as_json: bool) -> None:
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(title, columns, rows)
