"""The reviewer's desk: an item at a time, raw beside released, keyboard first, plain forms always.

What another reviewer chose is shown nowhere: an item waits for a person, or it does not.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from casework.reviewing.desk_items import (
    ItemDesk,
    Outline,
    as_it_stands,
    open_item,
    open_unreadable,
    outline_of,
)
from casework.reviewing.review import approve, rebuild, settle_unreadable, weigh_finding
from models.ids import CaseId, FindingId
from models.marks import MarkKind
from models.redaction import Span
from portal.casework.inside import REVIEWERS, Code, Inside, back_to, case_of
from portal.casework.texts import day, short
from portal.labels import CONDUCT, SEVERITY
from portal.manager.page import CONTENT_SECURITY_POLICY, render
from portal.web.doors import elsewhere, own_path

SHORTCUTS: Final = "__Host-walloff-shortcuts"
"""The cookie of whoever has switched single keys off."""
KEYS: Final = (
    ("s", "let it stand, and next"),
    ("w", "withhold it, and next"),
    ("n", "next, without a change"),
    ("b", "the one before"),
    ("u", "take back the newest mark"),
    ("l", "the list of items"),
    ("p", "what the manager will see"),
)


@dataclass(frozen=True)
class Piece:
    """A stretch of raw text, with the number of the spans over it."""

    text: str
    numbers: str


def review_doors(inside: Inside) -> None:
    """Add the desk. The casework logs each look before it shows anything."""
    pages = inside.pages

    @inside.doors.reads("/cases/{case}/review", to=REVIEWERS)
    def outline_page(request: Request, case: str) -> Response:
        outline = _outline(request, inside, case_of(case))
        return pages.show(
            request,
            "review.html",
            outline=outline,
            name=short(outline.case.id),
            tasks=_tasks(outline),
            left=_left(outline),
            marks=_marks(outline),
            closed=outline.case.state == "reviewed",
        )

    @inside.doors.reads("/cases/{case}/review/unreadable", to=REVIEWERS)
    def unreadable_page(request: Request, case: str) -> Response:
        case_id = case_of(case)
        items = open_unreadable(case_id, **inside.who(request))
        texts = [one.item.text.reveal() for one in items]
        return pages.show(request, "review_unreadable.html", case_id=case_id, texts=texts)

    @inside.doors.writes("/cases/{case}/review/unreadable", to=REVIEWERS)
    def unreadable(request: Request, case: str) -> Response:
        settle_unreadable(case_of(case), **inside.who(request))
        return back_to(case_of(case), "unreadable", part="review")

    @inside.doors.reads("/cases/{case}/review/{finding}", to=REVIEWERS)
    def item_page(request: Request, case: str, finding: str) -> Response:
        return show_item(request, inside, case_of(case), FindingId(finding))

    @inside.doors.writes("/cases/{case}/review/{finding}", to=REVIEWERS)
    def weigh(request: Request, case: str, finding: str, verdict: Code = "") -> Response:
        case_id, finding_id = case_of(case), FindingId(finding)
        if verdict not in {"stands", "withheld", "next"}:
            return pages.show(request, "unreadable.html", status=422)
        if verdict != "next":
            weigh_finding(
                case_id,
                finding_id,
                stands=verdict == "stands",
                unless_same=True,
                **inside.who(request),
            )
        outline = _outline(request, inside, case_id)
        following = _following(outline, finding_id)
        said = "" if verdict == "next" else verdict
        if following is None:
            return back_to(case_id, said or "last", part="review")
        return back_to(case_id, said, part=f"review/{following}")

    @inside.doors.writes("/cases/{case}/approve", to=REVIEWERS)
    def approve_it(request: Request, case: str) -> Response:
        given = approve(case_of(case), **inside.who(request))
        return back_to(case_of(case), "approved" if given < 2 else "reviewed")

    @inside.doors.writes("/cases/{case}/rebuild", to=REVIEWERS)
    def rebuild_it(request: Request, case: str) -> Response:
        rebuild(case_of(case), **inside.who(request))
        return back_to(case_of(case), "rebuilt", part="review")

    @inside.doors.reads("/cases/{case}/preview", to=REVIEWERS)
    def preview(request: Request, case: str) -> Response:
        package = as_it_stands(case_of(case), **inside.who(request))
        # The very page of the manager's, with its own content policy and no other.
        policy = f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
        headers = {"content-security-policy": policy}
        return HTMLResponse(render(package), headers=headers)

    @inside.doors.writes("/shortcuts", to=REVIEWERS)
    def shortcuts(on: Code = "", back: Code = "/") -> Response:
        answer = elsewhere(own_path(back))
        if on:
            answer.delete_cookie(SHORTCUTS, path="/", secure=True, httponly=True)
        else:
            answer.set_cookie(
                SHORTCUTS,
                "off",
                max_age=31_536_000,
                path="/",
                secure=True,
                httponly=True,
                samesite="strict",
            )
        return answer


def show_item(
    request: Request,
    inside: Inside,
    case_id: CaseId,
    finding_id: FindingId,
    *,
    error: str = "",
    words: str = "",
    status: int = 200,
) -> Response:
    """Show one item of the desk, and what was wrong about a mark."""
    screener = inside.services.screener_of(case_id)
    desk = open_item(case_id, finding_id, screener=screener, **inside.who(request))
    ids = [one.id for one in desk.outline.findings]
    place = ids.index(finding_id)
    proposal = desk.finding.proposal
    return inside.pages.show(
        request,
        "review_item.html",
        status=status,
        case_id=case_id,
        finding=desk.finding,
        place=place + 1,
        total=len(ids),
        before="" if place == 0 else ids[place - 1],
        following="" if place + 1 == len(ids) else ids[place + 1],
        conduct=CONDUCT[proposal.conduct],
        severity=SEVERITY[proposal.severity].name,
        said=day(desk.finding.said_at),
        platform=desk.evidence.item.platform.reveal(),
        pieces=pieces_of(desk.evidence.item.text.reveal(), desk.redaction.spans),
        spans=_spans(desk),
        marks=_marks(desk.outline, finding_id),
        error=error,
        typed=words,
        keys=KEYS,
        keys_on=SHORTCUTS not in request.cookies,
    )


def pieces_of(text: str, spans: tuple[Span, ...]) -> list[Piece]:
    """Cut a text wherever a span begins or ends, and number the spans over each stretch."""
    borders = sorted({0, len(text), *(at for span in spans for at in (span.start, span.end))})
    return [
        Piece(
            text[start:end],
            ", ".join(
                str(number)
                for number, span in enumerate(spans, start=1)
                if span.start <= start and end <= span.end
            ),
        )
        for start, end in pairwise(borders)
        if end <= len(text)
    ]


def _spans(desk: ItemDesk) -> list[tuple[Any, ...]]:
    text = desk.evidence.item.text.reveal()
    return [
        (
            number,
            text[span.start : span.end],
            f"{span.protected_class} ({span.tier})",
            span.rule,
            f"{span.proposer}, {span.score:.2f}",
        )
        for number, span in enumerate(desk.redaction.spans, start=1)
    ]


def _marks(outline: Outline, finding_id: FindingId | None = None) -> list[dict[str, str]]:
    return [
        {
            "id": mark.id,
            "words": mark.words.reveal(),
            "what": "withheld too" if mark.kind is MarkKind.WITHHOLD else "means nothing protected",
            "where": "in this text" if mark.finding_id else "everywhere in the case",
        }
        for mark in reversed(outline.marks)
        if finding_id is None or mark.finding_id in (None, finding_id)
    ]


def _outline(request: Request, inside: Inside, case_id: CaseId) -> Outline:
    screener = inside.services.screener_of(case_id)
    return outline_of(case_id, screener=screener, **inside.who(request))


def _following(outline: Outline, finding_id: FindingId) -> FindingId | None:
    """Return the next item that the reviewer has yet to look at or to weigh, else the next one."""
    ids = [one.id for one in outline.findings]
    after = ids[ids.index(finding_id) + 1 :] if finding_id in ids else ids
    return after[0] if after else None


def _left(outline: Outline) -> list[str]:
    """Return what still stands between the reviewer and an approval."""
    waiting = sum(one.waits_for_person for one in outline.findings)
    seen = outline.looked_at
    unseen = 0 if seen is None else sum(one.id not in seen for one in outline.findings)
    return [
        text
        for count, text in (
            (unseen, f"{unseen} of {len(outline.findings)} items have not been looked at by you."),
            (waiting, f"{waiting} items wait to be weighed."),
            (outline.unreadable, f"{outline.unreadable} items could not be read by the machine."),
        )
        if count
    ]


def _tasks(outline: Outline) -> list[dict[str, str]]:
    here = f"/cases/{outline.case.id}/review"
    seen = outline.looked_at
    rows = [
        {
            "label": f"Item {number}: {CONDUCT[one.proposal.conduct].name}",
            "href": f"{here}/{one.id}",
            "state": "todo"
            if one.waits_for_person
            else "done"
            if seen is None or one.id in seen
            else "doing",
            "hint": f"{SEVERITY[one.proposal.severity].name} severity, said {day(one.said_at)}",
            "blocks": "Waits for a person to weigh it." if one.waits_for_person else "",
        }
        for number, one in enumerate(outline.findings, start=1)
    ]
    if outline.unreadable:
        rows.append(
            {
                "label": f"{outline.unreadable} items that the machine could not read",
                "href": f"{here}/unreadable",
                "state": "todo",
                "hint": "",
                "blocks": "",
            }
        )
    return rows
