"""The attribution desk: what ties an account to the applicant beside what speaks against it."""

from typing import Final

from fastapi import Request
from starlette.responses import Response

from casework.attribution.attribute import settle_attribution
from casework.attribution.attribution_desk import (
    AccountDesk,
    confirm_account,
    decide_account,
    open_attribution_desk,
    second_decision,
)
from models.attribution import (
    AccountConfirmation,
    Basis,
    Grounds,
    Identifier,
    Sign,
    Source,
)
from models.errors import InputError
from models.ids import EvidenceId
from models.people import Role
from portal.casework.inside import ANALYSTS, INVESTIGATORS, Code, Inside, Many, back_to, case_of
from portal.casework.texts import day, short
from portal.web.doors import visitor_of

GROUNDS: Final = (
    (Grounds.CONFIRMED_BY_APPLICANT, "The applicant says that it is theirs"),
    (Grounds.IDENTIFIERS, "Three independent identifiers, stated below"),
    (Grounds.NOT_PROVED, "Not proved"),
    (Grounds.NOT_THE_APPLICANT, "Somebody else’s"),
)
SIGNS: Final = {
    Sign.YOUNGER_THAN_NOTICE: "The account is younger than the notice",
    Sign.NAME_WITHOUT_HISTORY: "Its earlier names contradict the name it shows",
    Sign.BURST_AFTER_SILENCE: "Many posts after a long silence",
    Sign.CONTRADICTING_FACT: "It tells facts that cannot be the applicant’s",
    Sign.WHILE_STOLEN: "Posted while it was reported stolen",
}
_BASES: Final = 3


def attribution_doors(inside: Inside) -> None:
    """Add the desk. Every look at it is logged by the casework before anything is shown."""
    pages = inside.pages

    @inside.doors.reads("/cases/{case}/attribution", to=ANALYSTS | INVESTIGATORS)
    def desk(request: Request, case: str) -> Response:
        case_id = case_of(case)
        accounts = open_attribution_desk(case_id, **inside.who(request))
        return pages.show(
            request,
            "attribution.html",
            case_id=case_id,
            name=short(case_id),
            accounts=[_shown(one) for one in accounts],
            grounds=GROUNDS,
            identifiers=[(str(one), _words(one)) for one in Identifier],
            sources=[(str(one), _words(one)) for one in Source],
            bases=range(1, _BASES + 1),
            analyst=Role.ATTRIBUTION_ANALYST in visitor_of(request).roles,
            investigator=Role.INVESTIGATOR in visitor_of(request).roles,
        )

    @inside.doors.writes("/cases/{case}/attribution/{account}", to=ANALYSTS)
    def decide(
        request: Request,
        case: str,
        account: str,
        grounds: Code = "",
        identifier: Many = [],  # noqa: B006
        source: Many = [],  # noqa: B006
    ) -> Response:
        case_id = case_of(case)
        if grounds not in set(Grounds):
            raise InputError("choose on what it is decided")
        stated = tuple(
            _basis(one, seen) for one, seen in zip(identifier, source, strict=False) if one or seen
        )
        decide_account(
            case_id, account[:128], Grounds(grounds), basis=stated, **inside.who(request)
        )
        return back_to(case_id, "decided", part="attribution")

    @inside.doors.writes("/cases/{case}/attribution/{account}/word", to=INVESTIGATORS)
    def word(request: Request, case: str, account: str, mine: Code = "") -> Response:
        case_id = case_of(case)
        try:
            said = AccountConfirmation(account=account, mine=mine == "yes", said_at=inside.now)
        except ValueError:
            raise InputError("no such account") from None
        confirm_account(case_id, said, **inside.who(request))
        return back_to(case_id, "word", part="attribution")

    @inside.doors.writes("/cases/{case}/attribution/{account}/second", to=ANALYSTS)
    def second(request: Request, case: str, account: str) -> Response:
        case_id = case_of(case)
        second_decision(case_id, account[:128], **inside.who(request))
        return back_to(case_id, "decided", part="attribution")

    @inside.doors.writes("/cases/{case}/settle", to=ANALYSTS)
    def settle(request: Request, case: str, mine: Many = []) -> Response:  # noqa: B006
        case_id = case_of(case)
        settle_attribution(
            case_id,
            confirmed=frozenset(EvidenceId(one) for one in mine),
            **inside.who(request),
        )
        inside.background.start(case_id, "screen", soon=True)
        return back_to(case_id, "settled")


def _shown(one: AccountDesk) -> dict[str, object]:
    first = one.items[0].item
    decision = one.decision
    theirs = decision is not None and decision.grounds in (
        Grounds.CONFIRMED_BY_APPLICANT,
        Grounds.IDENTIFIERS,
    )
    says = None if one.word is None else one.word.mine
    return {
        "account": one.account,
        "author": first.author.reveal(),
        "platform": first.platform.reveal(),
        "for": [
            text
            for text in (
                "Its handle spells the applicant’s name" if one.handle_is_name else "",
                "The applicant says that it is theirs" if says is True else "",
                *(f"A lead names it ({lead.links} links)" for lead in one.leads),
            )
            if text
        ],
        "against": [SIGNS[sign] for sign in one.signs]
        + (["The applicant says that it is not theirs"] if says is False else []),
        "decision": "" if decision is None else dict(GROUNDS)[decision.grounds],
        "seconded": decision is not None and decision.seconded_by is not None,
        "theirs": theirs,
        "items": [
            (
                str(item.id),
                "" if item.item.created_at is None else day(item.item.created_at),
                item.item.text.reveal(),
            )
            for item in one.items
        ],
    }


def _basis(identifier: str, source: str) -> Basis:
    if identifier not in set(Identifier) or source not in set(Source):
        raise InputError("state each identifier together with where it was seen")
    return Basis(identifier=Identifier(identifier), source=Source(source))


def _words(code: str) -> str:
    return str(code).replace("-", " ").capitalize()
