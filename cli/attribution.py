"""`walloff attribution`: the desk where it is settled whose an account is."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from casework.attribution.attribute import settle_attribution
from casework.attribution.attribution_desk import (
    AccountDesk,
    confirm_account,
    decide_account,
    open_attribution_desk,
    second_decision,
    state_account_facts,
)
from cli.acted import Session, in_home
from cli.case import CaseArgument, run_and_tell
from cli.output import print_json, print_table
from models.attribution import (
    AccountConfirmation,
    AccountFacts,
    AccountHistory,
    Basis,
    Grounds,
    Identifier,
    Source,
)
from models.errors import InputError
from models.fetching import VerifiedLinkShown
from models.ids import CaseId, EvidenceId

app = typer.Typer(no_args_is_help=True, help="Items whose author is not proved.")

AccountOption = Annotated[str, typer.Option(help="The account, as `show` names it.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, in UTC.")]


@app.command("show")
@in_home
def show(session: Session, case: CaseArgument) -> None:
    """Show the accounts that are not proved, with their signs (the look is logged)."""
    desk = open_attribution_desk(CaseId(case), **session.who)
    if session.as_json:
        print_json([_item(account, at) for account in desk for at in range(len(account.items))])
        return
    for account in desk:
        print_table(
            f"Account {account.account}: {_standing(account)}",
            ("item", "platform", "author", "text"),
            [
                (
                    one.id,
                    one.item.platform.reveal(),
                    one.item.author.reveal(),
                    one.item.text.reveal(),
                )
                for one in account.items
            ],
        )
        if account.verified:
            links = [tuple(map(str, _link(one).values())) for one in account.verified]
            title = "Verified by a disclosed account's platform: no proof by itself"
            print_table(title, tuple(_link(account.verified[0])), links)


@app.command("confirm")
@in_home
def confirm(
    session: Session,
    case: CaseArgument,
    account: AccountOption,
    mine: Annotated[bool, typer.Option("--mine/--not-mine", help="What the applicant says.")],
    stolen_from: Day = None,
    stolen_until: Day = None,
) -> None:
    """Write down the applicant's own word on an account, and when it was stolen, if it was."""
    taken = session.who
    word = AccountConfirmation(
        account=account,
        mine=mine,
        stolen_from=_moment(stolen_from),
        stolen_until=_moment(stolen_until),
        said_at=taken["now"],
    )
    confirm_account(CaseId(case), word, **taken)
    session.tell({"case": case, "account": account, "mine": mine}, None)


@app.command("facts")
@in_home
def facts(
    session: Session,
    case: CaseArgument,
    account: AccountOption,
    history: Annotated[
        Path | None,
        typer.Option(help="TOML file: created_at, display_name, handles (oldest first)."),
    ] = None,
    contradictions: Annotated[
        int, typer.Option(min=0, help="Facts told there that cannot be the applicant's.")
    ] = 0,
) -> None:
    """Write down what is known of an account beside its items."""
    stated = AccountFacts(
        account=account,
        history=_history(history),
        contradictions=contradictions,
    )
    state_account_facts(CaseId(case), stated, **session.who)
    session.tell({"case": case, "account": account}, None)


@app.command("decide")
@in_home
def decide(
    session: Session,
    case: CaseArgument,
    account: AccountOption,
    grounds: Annotated[Grounds, typer.Option(help="On what, or that it is not proved.")],
    basis: Annotated[
        list[str] | None,
        typer.Option("--basis", help="One identifier and where it was seen: e-mail@profile."),
    ] = None,
) -> None:
    """Decide whose an account is, with the evidence stated."""
    stated = tuple(basis_of(one) for one in basis or ())
    decision = decide_account(CaseId(case), account, grounds, basis=stated, **session.who)
    session.tell(decision.model_dump(mode="json"), decision.grounds)


@app.command("second")
@in_home
def second(
    session: Session,
    case: CaseArgument,
    account: AccountOption,
) -> None:
    """Agree with another analyst's decision, where the policy asks for a second look."""
    decision = second_decision(CaseId(case), account, **session.who)
    session.tell(decision.model_dump(mode="json"), "seconded")


@app.command("settle")
@in_home
def settle(
    session: Session,
    case: CaseArgument,
    confirmed: Annotated[
        list[str] | None, typer.Option("--confirm", help="An item that is the applicant's.")
    ] = None,
) -> None:
    """Settle attribution: the items named are the applicant's, every other one is not."""
    settle_attribution(
        CaseId(case),
        confirmed=frozenset(EvidenceId(item) for item in confirmed or ()),
        **session.who,
    )
    run_and_tell(CaseId(case), session.services, as_json=session.as_json)


def _item(account: AccountDesk, at: int) -> dict[str, Any]:
    one = account.items[at]
    return {
        "item": one.id,
        "account": account.account,
        "platform": one.item.platform.reveal(),
        "author": one.item.author.reveal(),
        "text": one.item.text.reveal(),
        "signs": list(account.signs),
        "handle_is_name": account.handle_is_name,
        "applicant_says_mine": None if account.word is None else account.word.mine,
        "decision": None if account.decision is None else account.decision.grounds,
        "verified_links": [_link(one) for one in account.verified],
    }


def _link(one: VerifiedLinkShown) -> dict[str, Any]:
    return {
        "disclosed": one.link.account.reveal(),
        "address": one.link.address.reveal(),
        "verified_at": f"{one.link.at:%Y-%m-%d}",
        "by": one.platform,
        "query": one.query,
        "fetched_at": f"{one.fetched_at:%Y-%m-%d %H:%M}",
        "recording": one.file,
        "sha256": one.file_sha256,
    }


def _standing(account: AccountDesk) -> str:
    word = {None: "", True: "the applicant says: mine", False: "the applicant says: not mine"}
    parts = [
        ", ".join(account.signs) or "no sign",
        "its handle spells the name" if account.handle_is_name else "",
        word[None if account.word is None else account.word.mine],
        "undecided" if account.decision is None else str(account.decision.grounds),
    ]
    return "; ".join(part for part in parts if part)


def basis_of(written: str) -> Basis:
    """Return what `identifier@source` says. Raises `InputError`."""
    identifier, _, source = written.rpartition("@")
    try:
        return Basis(identifier=Identifier(identifier), source=Source(source))
    except ValueError:
        raise InputError("a basis is an identifier, @, and where it was seen") from None


def _history(file: Path | None) -> AccountHistory:
    if file is None:
        return AccountHistory()
    try:
        return AccountHistory.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError):
        raise InputError("not an account's history", file=file.name) from None


def _moment(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)
