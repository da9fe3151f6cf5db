"""The custodians' application: what was put away, a look that is on record first, and receipts.

It holds the sealed domain's key and its sign-in database. What is held, withdrawn or decided in a
case it does not know: the sealed domain has nothing of it.
"""

from collections.abc import Callable, Set
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import Path, Query, Request
from starlette.responses import Response

from casework.criminal.custody_chain import COPY
from casework.records.custodian import (
    Kept,
    find_kept,
    list_kept,
    receipts_given,
    receive_kept,
    show_kept,
)
from models.people import Role
from portal.custody.contents import content_of, moment
from portal.custody.duties import DUTIES, duty_of
from portal.web.application import Application, application
from portal.web.doors import ClosedError, Doors, elsewhere, visitor_of
from portal.web.interfaces import CUSTODY
from portal.web.pages import Entry, Message, Pages
from portal.web.visitors import Reception
from storage.exchange import SealedVault
from storage.signin.database import SigninDatabase

SHOWN: Final = 50

SAID: Final = {
    "received": Message(
        "success", "The receipt is given. It takes effect when the inside has taken it up."
    ),
}

Item = Annotated[str, Path(max_length=64)]
After = Annotated[str, Query(max_length=64)]


def custody_application(
    sealed: SealedVault,
    signin: SigninDatabase,
    *,
    origins: Set[str],
    clock: Callable[[], datetime],
) -> Application:
    """Put the custodians' application together."""
    reception = Reception(
        CUSTODY, signin, roles_of=lambda _actor: {Role.EVIDENCE_CUSTODIAN}, clock=clock
    )
    pages = Pages(
        CUSTODY,
        "portal.custody",
        navigation=[
            Entry("/", "Put away", CUSTODY.roles),
            Entry("/receipts", "Receipts", CUSTODY.roles),
            Entry("/duties", "Duties", CUSTODY.roles),
        ],
        said=SAID,
        duty_of=duty_of,
        moment=moment,
        received_kind=COPY,
    )
    doors = Doors(reception)
    _list_doors(doors, pages, sealed)
    _look_doors(doors, pages, sealed)
    _receipt_doors(doors, pages, sealed)
    return application(pages, reception, [doors], origins=origins)


def _list_doors(doors: Doors, pages: Pages, sealed: SealedVault) -> None:
    @doors.reads("/")
    def kept(request: Request, after: After = "") -> Response:
        actor = visitor_of(request).actor
        found = list_kept(sealed, actor=actor, after=after, limit=SHOWN + 1)
        return pages.show(request, "kept.html", **_page(found, after))

    @doors.reads("/receipts")
    def receipts(request: Request, after: After = "") -> Response:
        actor = visitor_of(request).actor
        found = receipts_given(sealed, actor=actor, after=after, limit=SHOWN + 1)
        return pages.show(request, "receipts.html", **_page(found, after))

    @doors.reads("/duties")
    def duties(request: Request) -> Response:
        return pages.show(request, "duties.html", duties=DUTIES.values())


def _page(found: list[Any], after: str) -> dict[str, Any]:
    more = found[SHOWN - 1].id if len(found) > SHOWN else ""
    return {"found": found[:SHOWN], "after": after, "next": more}


def _look_doors(doors: Doors, pages: Pages, sealed: SealedVault) -> None:
    @doors.reads("/items/{item}")
    def item(request: Request, item: Item) -> Response:
        return pages.show(request, "item.html", kept=_kept(doors, sealed, request, item))

    @doors.reads("/items/{item}/content", step_up=True)
    def content(request: Request, item: Item) -> Response:
        kept = _kept(doors, sealed, request, item)
        actor = visitor_of(request).actor
        body = show_kept(sealed, kept.id, actor=actor, now=doors.reception.now())
        content = content_of(kept.kind, body)
        given = (
            receipts_given(sealed, actor=actor, referral=content.referral, limit=1)
            if content.referral
            else []
        )
        return pages.show(request, "content.html", kept=kept, content=content, given=given)

    @doors.reads("/items/{item}/file", step_up=True)
    def file(request: Request, item: Item) -> Response:
        kept = _kept(doors, sealed, request, item)
        actor = visitor_of(request).actor
        return Response(
            show_kept(sealed, kept.id, actor=actor, now=doors.reception.now()),
            media_type="application/json",
            headers={"content-disposition": f'attachment; filename="{kept.id}.json"'},
        )


def _receipt_doors(doors: Doors, pages: Pages, sealed: SealedVault) -> None:
    @doors.reads("/items/{item}/receipt", step_up=True)
    def ask(request: Request, item: Item) -> Response:
        return pages.show(request, "receipt.html", kept=_copy(doors, sealed, request, item))

    @doors.writes("/items/{item}/receipt", step_up=True)
    def give(request: Request, item: Item) -> Response:
        kept = _copy(doors, sealed, request, item)
        actor = visitor_of(request).actor
        receive_kept(sealed, kept.id, actor=actor, now=doors.reception.now())
        return elsewhere("/receipts?said=received")


def _copy(doors: Doors, sealed: SealedVault, request: Request, item: str) -> Kept:
    kept = _kept(doors, sealed, request, item)
    if kept.kind != COPY:
        raise ClosedError
    return kept


def _kept(doors: Doors, sealed: SealedVault, request: Request, item: str) -> Kept:
    actor = visitor_of(request).actor
    return find_kept(sealed, item, actor=actor, now=doors.reception.now())
