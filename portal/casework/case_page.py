"""One case on one page: where it stands, what is to be done, what runs out, and what happened."""

from typing import Annotated, Any

from fastapi import Form, Request
from starlette.responses import Response

from casework.applicant.cases import open_case
from casework.applicant.notice import prove_delivery, read_notice, request_notice
from casework.duties.overview import Overview, overview_of
from casework.requisition.requisitions import list_requisitions
from models.case import CaseState
from models.disclosure import Applicant
from models.errors import NoNoticeError, RequisitionNotFoundError
from models.forms import DeliveryProof
from models.people import Role
from models.requisition import NoticeStage, Requisition, RequisitionState
from models.text import RawText
from portal.casework.inside import (
    INVESTIGATORS,
    READERS,
    Code,
    Inside,
    Line,
    back_to,
    case_of,
)
from portal.casework.tasks import machine_line, tasks_of
from portal.casework.texts import CLOCKS, ITEMS, PLACE, STATES, STEPS, at, day, done, short
from portal.web.doors import visitor_of

_PROOFS = (
    (DeliveryProof.HANDED_OVER, "Handed over in my presence"),
    (DeliveryProof.SIGNED_RECEIPT, "Signed receipt"),
    (DeliveryProof.REGISTERED_MAIL, "Registered mail"),
)


def case_doors(inside: Inside) -> None:
    """Add the page of a case, and how one is opened and told."""
    pages, vault = inside.pages, inside.services.vault

    @inside.doors.reads("/cases/{case}", to=READERS)
    def case_page(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        roles = visitor_of(request).roles
        job = inside.background.of(seen.case.id)
        return pages.show(
            request,
            "case.html",
            seen=seen,
            name=f"Case {short(seen.case.id)}",
            state=STATES[seen.case.state],
            steps=STEPS,
            place=PLACE.get(seen.case.state),
            facts=_facts(seen, inside),
            tasks=tasks_of(seen, roles, inside.now),
            machine=machine_line(seen),
            job=job if job is not None and not job.ended else None,
            failure=job.code if job is not None else "",
            investigator=Role.INVESTIGATOR in roles,
            deadlines=[
                (CLOCKS[one.clock], at(one.due_at), one.citation, one.due_at <= inside.now)
                for one in seen.deadlines
            ],
            history=_history(seen, inside),
        )

    @inside.doors.reads("/requisitions/{requisition}/open", to=INVESTIGATORS)
    def ask_applicant(request: Request, requisition: str) -> Response:
        return _ask(request, inside, _open(inside, requisition), {})

    @inside.doors.writes("/requisitions/{requisition}/open", to=INVESTIGATORS)
    def open_it(
        request: Request,
        requisition: str,
        name: Line = "",
        contact: Line = "",
        notice: Annotated[str, Form(max_length=8)] = "",
        stage: Code = "",
        language: Code = "",
    ) -> Response:
        one = _open(inside, requisition)
        if not name.strip():
            return _ask(request, inside, one, {"name": "Enter the applicant’s name."}, status=422)
        reached = RawText(contact.strip()) if contact.strip() else None
        applicant = Applicant(name=RawText(name.strip()), contact=reached)
        case = open_case(one.id, applicant, **inside.who(request))
        if not notice:
            return back_to(case.id, "opened")
        request_notice(
            case.id, stage=_stage(stage, one), language=language or None, **inside.who(request)
        )
        inside.background.start(case.id, "notice", soon=True)
        return back_to(case.id, "opened-and-told")

    @inside.doors.reads("/cases/{case}/notice", to=INVESTIGATORS)
    def notice_page(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        try:
            text = read_notice(seen.case.id, vault=vault).text.reveal()
        except NoNoticeError:
            text = ""
        return pages.show(
            request,
            "notice.html",
            seen=seen,
            text=text,
            stages=_stages(),
            languages=_languages(seen.requisition),
            proofs=_PROOFS,
        )

    @inside.doors.writes("/cases/{case}/notice", to=INVESTIGATORS)
    def send_notice(request: Request, case: str, stage: Code = "", language: Code = "") -> Response:
        case_id = case_of(case)
        one = overview_of(case_id, **inside.who(request)).requisition
        request_notice(
            case_id, stage=_stage(stage, one), language=language or None, **inside.who(request)
        )
        inside.background.start(case_id, "notice", soon=True)
        return back_to(case_id, "told", part="notice")

    @inside.doors.writes("/cases/{case}/notice/delivered", to=INVESTIGATORS)
    def delivered(request: Request, case: str, proof: Code = "", digest: Code = "") -> Response:
        case_id = case_of(case)
        known = {str(one) for one in DeliveryProof}
        if proof not in known:
            return pages.show(request, "unreadable.html", status=422)
        prove_delivery(
            case_id,
            DeliveryProof(proof),
            evidence_sha256=digest.strip().lower() or None,
            **inside.who(request),
        )
        return back_to(case_id, "delivered")


def _open(inside: Inside, requisition: str) -> Requisition:
    found = list_requisitions(vault=inside.services.vault)
    one = next((r for r in found if r.id == requisition), None)
    if one is None or one.state is not RequisitionState.OPEN:
        raise RequisitionNotFoundError("no such requisition")
    return one


def _ask(
    request: Request, inside: Inside, one: Requisition, errors: dict[str, str], status: int = 200
) -> Response:
    return inside.pages.show(
        request,
        "open.html",
        status=status,
        requisition=one,
        errors=errors,
        stages=_stages(),
        languages=_languages(one),
    )


def _stages() -> list[tuple[str, str]]:
    return [(str(one), str(one).replace("-", " ").capitalize()) for one in NoticeStage]


def _stage(stage: str, one: Requisition) -> NoticeStage | None:
    if stage in set(NoticeStage):
        return NoticeStage(stage)
    return one.policy.notice_stage if stage else None


def _languages(one: Requisition) -> list[tuple[str, str]]:
    rules = one.policy.applicant
    if rules is None:
        return [("en", "English")]
    more = [each.language for each in rules.translations]
    return [(one, one) for one in dict.fromkeys([rules.notice_language, *more])]


def _facts(seen: Overview, inside: Inside) -> list[tuple[Any, ...]]:
    consent = seen.consent
    rows: list[tuple[Any, ...]] = [
        ("Position", seen.requisition.title, f"/requisitions/{seen.requisition.id}", "Show"),
        ("Number", seen.case.id),
        ("Opened", f"{day(seen.case.opened_at)}, by {_named(seen.case.opened_by, inside)}"),
        ("In this state since", at(seen.case.changed_at)),
    ]
    if consent is not None:
        granted = ", ".join(ITEMS[one] for one in sorted(consent.scope.granted))
        rows.append(("Consent covers", granted or "nothing"))
        rows.append(("Consent runs out", day(consent.expires_at)))
    if seen.may_search_from is not None and seen.case.state in {
        CaseState.NOTICED,
        CaseState.CONSENTED,
        CaseState.DISCLOSED,
    }:
        rows.append(("May be searched from", at(seen.may_search_from)))
    if seen.items:
        rows.append(("Items taken in", seen.items))
    return rows


def _named(actor: str, inside: Inside) -> str:
    return {str(known): name for known, name in inside.names().items()}.get(actor, actor)


def _history(seen: Overview, inside: Inside) -> list[dict[str, str]]:
    names = {str(known): name for known, name in inside.names().items()} | {"system": "the machine"}
    return [
        {
            "what": done(one.action),
            "when": at(one.at),
            "at": one.at.isoformat(),
            "who": names.get(one.actor, str(one.actor)),
            "why": one.code if one.action in _WHY else "",
        }
        for one in reversed(seen.history[-_SHOWN:])
    ]


_SHOWN = 40
_WHY = frozenset({"step-failed", "input-refused", "recalled", "clock-ended", "document-made"})
