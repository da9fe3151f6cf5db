"""The notice is read, each item is answered on its own, checked, and then sent as one letter."""

from fastapi import Request
from starlette.responses import Response

from casework.letters.applicant_side import desk, read, receipts, write_consent
from models.consent import ConsentItem
from models.errors import WrongStateError
from models.letters import Awaited, Desk, ShelfKind
from portal.applicant.languages import texts_of
from portal.applicant.own import Fields, Form, Own

YES, NO = "yes", "no"


def consent_doors(own: Own) -> None:
    """Add the notice and the consent."""
    doors, pages = own.doors, own.pages

    def asked_of(request: Request) -> Desk:
        asked = desk(own.case(request), **own.where(request))
        if asked.awaited is not Awaited.CONSENT:
            raise WrongStateError("no consent is asked for")
        return asked

    def form(
        request: Request, asked: Desk, given: dict[str, str], errors: dict[str, str]
    ) -> Response:
        return pages.show(
            request,
            "consent.html",
            status=422 if errors else 200,
            desk=asked,
            given=given,
            errors=errors,
        )

    @doors.reads("/notice")
    def notice(request: Request) -> Response:
        case_id, where = own.case(request), own.where(request)
        text = read(case_id, ShelfKind.NOTICE, **where).decode()
        asked = desk(case_id, **where)
        return pages.show(request, "notice.html", text=text, desk=asked)

    @doors.reads("/consent")
    def ask(request: Request) -> Response:
        return form(request, asked_of(request), {}, {})

    @doors.writes("/consent")
    def take(request: Request, sent: Form) -> Response:
        asked, fields, texts = asked_of(request), Fields(sent), texts_of(request)
        given = {f"item-{item}": fields.one(f"item-{item}") for item in asked.consent_items}
        given["acknowledged"] = fields.one("acknowledged")
        if fields.step() == "change":
            return form(request, asked, given, {})
        errors = {
            f"item-{item}": texts["consent.missing"]
            for item in asked.consent_items
            if given[f"item-{item}"] not in {YES, NO}
        }
        if not fields.ticked("acknowledged"):
            errors["acknowledged"] = texts["consent.unread"]
        if errors:
            return form(request, asked, given, errors)
        granted = _answered(asked, given, YES)
        if fields.step() != "send":
            return pages.show(
                request, "consent_check.html", desk=asked, given=given, granted=granted
            )
        case_id, where = own.case(request), own.where(request)
        write_consent(
            case_id,
            granted=granted,
            refused=_answered(asked, given, NO),
            consequence_acknowledged=True,
            **where,
        )
        return own.sent(Awaited.CONSENT, len(receipts(case_id, **where)))


def _answered(asked: Desk, given: dict[str, str], answer: str) -> frozenset[ConsentItem]:
    return frozenset(item for item in asked.consent_items if given[f"item-{item}"] == answer)
