"""The first page: what waits for whoever asks, how much of it, since when, and what ends first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request
from starlette.responses import Response

from casework.duties.queues import count_cases, page_of_cases
from casework.requisition.requisitions import list_requisitions
from models.case import CaseState
from models.errors import RequisitionNotFoundError
from models.ids import CaseId, RequisitionId, is_id
from models.people import Role
from portal.casework.inside import (
    ANALYSTS,
    INVESTIGATORS,
    READERS,
    RELEASERS,
    REVIEWERS,
    Inside,
)
from portal.casework.texts import STATES, day, short
from portal.web.doors import visitor_of
from storage.case_lists import ListedCase, PageKey, StateCount

_S = CaseState
PAGE: Final = 50


@dataclass(frozen=True)
class Queue:
    """Cases that wait for the same thing."""

    key: str
    label: str
    states: frozenset[CaseState]
    roles: frozenset[Role]
    for_analyst: bool | None = None


QUEUES: Final = (
    Queue("review", "To review", frozenset({_S.REDACTED, _S.RECALLED}), REVIEWERS),
    Queue("offer", "To show to the applicant", frozenset({_S.REVIEWED}), REVIEWERS),
    Queue("attribution", "To attribute", frozenset({_S.COLLECTING}), ANALYSTS, for_analyst=True),
    Queue("draft", "Notice to send", frozenset({_S.DRAFT}), INVESTIGATORS),
    Queue("consent", "Waiting for consent", frozenset({_S.NOTICED}), INVESTIGATORS),
    Queue("identities", "Identities to take in", frozenset({_S.CONSENTED}), INVESTIGATORS),
    Queue("collection", "Material to gather", frozenset({_S.DISCLOSED}), INVESTIGATORS),
    Queue("answer", "With the applicant", frozenset({_S.REBUTTAL}), RELEASERS | REVIEWERS),
    Queue("pending", "Adverse decision pending", frozenset({_S.PENDING_ADVERSE}), INVESTIGATORS),
    Queue("disputed", "Disputed", frozenset({_S.DISPUTED}), REVIEWERS),
)
_BY_KEY: Final = {queue.key: queue for queue in QUEUES}


@dataclass(frozen=True)
class Card:
    """A queue as the first page shows it."""

    label: str
    count: int
    href: str
    note: str


def home_doors(inside: Inside) -> None:
    """Add the first page and the lists of cases and requisitions."""
    pages, vault = inside.pages, inside.services.vault

    @inside.doors.reads("/")
    def home(request: Request) -> Response:
        roles = visitor_of(request).roles
        if not roles & READERS:
            return pages.show(request, "home.html", cards=[], total=0)
        counts = count_cases(actor=inside.person(request), vault=vault)
        mine = [queue for queue in QUEUES if queue.roles & roles]
        cards = [_card(queue, counts, inside.now) for queue in mine]
        return pages.show(request, "home.html", cards=cards, total=sum(c.count for c in cards))

    @inside.doors.reads("/cases", to=READERS)
    def cases(request: Request, queue: str = "", state: str = "", after: str = "") -> Response:
        chosen = _BY_KEY.get(queue)
        states = {_S(state)} if state in set(_S) else set()
        found = page_of_cases(
            actor=inside.person(request),
            vault=vault,
            states=chosen.states if chosen is not None else states,
            for_analyst=None if chosen is None else chosen.for_analyst,
            after=key_of(after),
            limit=PAGE,
        )
        titles = {one.id: one.title for one in list_requisitions(vault=vault)}
        kept = f"queue={queue}" if chosen is not None else f"state={state}" if states else ""
        return pages.show(
            request,
            "cases.html",
            heading=chosen.label if chosen is not None else "Cases",
            states=[(one, STATES[one]) for one in _S],
            state=state,
            filtered=chosen is None,
            tasks=case_tasks(found.cases, titles, part=_part(queue)),
            first=f"/cases?{kept}" if after else "",
            next="" if found.following is None else f"/cases?{kept}&after={_key(found.following)}",
        )

    @inside.doors.reads("/requisitions", to=READERS)
    def requisitions(request: Request) -> Response:
        found = list_requisitions(vault=vault)
        return pages.show(request, "requisitions.html", requisitions=found[::-1], day=day)

    @inside.doors.reads("/requisitions/{requisition}", to=READERS)
    def requisition(request: Request, requisition: str, after: str = "") -> Response:
        one = next((r for r in list_requisitions(vault=vault) if r.id == requisition), None)
        if one is None or not is_id(requisition):
            raise RequisitionNotFoundError("no such requisition")
        found = page_of_cases(
            actor=inside.person(request),
            vault=vault,
            requisition_id=RequisitionId(requisition),
            after=key_of(after),
            limit=PAGE,
        )
        here = f"/requisitions/{one.id}"
        return pages.show(
            request,
            "requisition.html",
            requisition=one,
            opened=day(one.opened_at),
            may_open=Role.INVESTIGATOR in visitor_of(request).roles,
            tasks=case_tasks(found.cases, {}),
            first=here if after else "",
            next="" if found.following is None else f"{here}?after={_key(found.following)}",
        )


def case_tasks(
    cases: Iterable[ListedCase], titles: dict[RequisitionId, str], part: str = ""
) -> list[dict[str, str]]:
    """Return cases as a task list, with what each waits for."""
    return [
        {
            "label": f"Case {short(one.id)}",
            "href": f"/cases/{one.id}{part}",
            "state": _task_state(one),
            "hint": " · ".join(
                text
                for text in (
                    titles.get(one.requisition_id, ""),
                    STATES[one.state],
                    f"since {day(one.changed_at)}",
                    f"consent ends {day(one.consent_ends)}" if one.consent_ends else "",
                )
                if text
            ),
            "blocks": _WAITS.get(one.state, ""),
        }
        for one in cases
    ]


_WAITS: Final = {
    _S.NOTICED: "Waits for the applicant’s consent.",
    _S.CONSENTED: "Waits for the applicant’s list of names and accounts.",
    _S.REDACTED: "Waits for two approvals by different reviewers.",
    _S.REBUTTAL: "Waits for the applicant’s time to answer to end.",
    _S.RELEASED: "Waits for the hiring manager’s decision.",
    _S.RECALLED: "Waits for two fresh approvals.",
    _S.CRIMINAL_HOLD: "Waits for the custodian.",
}
_OVER: Final = frozenset(
    {
        _S.FAVOURABLE,
        _S.ADVERSE,
        _S.RETAINED,
        _S.DESTROYED,
        _S.REFUSED,
        _S.WITHDRAWN,
        _S.EXPIRED,
        _S.LEGAL_HOLD,
    }
)


def key_of(text: str) -> PageKey | None:
    """Return where a page begins, or None for an address that says nothing of use."""
    moment, _, case_id = text.partition("~")
    try:
        at = datetime.fromisoformat(moment.replace(" ", "+"))
    except ValueError:
        return None
    return PageKey(at, CaseId(case_id)) if is_id(case_id) and at.tzinfo is not None else None


def _key(key: PageKey) -> str:
    return f"{key.changed_at.isoformat().replace('+00:00', 'Z')}~{key.case_id}"


def _part(queue: str) -> str:
    return {"review": "/review", "attribution": "/attribution"}.get(queue, "")


def _task_state(one: ListedCase) -> str:
    if one.state in _OVER:
        return "done"
    return "todo" if one.state in {_S.DRAFT, _S.CONSENTED, _S.DISCLOSED, _S.REDACTED} else "doing"


def _card(queue: Queue, counts: list[StateCount], now: datetime) -> Card:
    met = [
        one
        for one in counts
        if one.state in queue.states and queue.for_analyst in (None, one.ungraded)
    ]
    notes = []
    if met:
        notes.append(f"oldest since {day(min(one.oldest for one in met))}")
    ends = [one.consent_ends for one in met if one.consent_ends is not None]
    if ends:
        overdue = min(ends) <= now
        notes.append(("a consent ended " if overdue else "oldest due ") + day(min(ends)))
    count = sum(one.cases for one in met)
    return Card(queue.label, count, f"/cases?queue={queue.key}", "; ".join(notes))
