"""From consent to collection: what the applicant agreed to and named, and the material itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import File, Request, UploadFile
from fastapi.responses import StreamingResponse
from starlette.responses import Response

from casework.applicant.consent import require_state, sign_consent
from casework.applicant.disclosure import disclose
from casework.duties.overview import Overview, overview_of
from casework.gathering.captures import captures_of
from casework.gathering.collect import input_problems
from casework.gathering.fetching import fetch
from casework.gathering.source import register_source
from collection.web.fetcher import Fetcher
from models.case import CaseState
from models.consent import ConsentItem, ConsentStatus
from models.disclosure import Account, Disclosure
from models.errors import ConsentExpiredError, InputError, LeadTimeError, SettingsError
from models.evidence import AccessGate
from models.search import AccessWay, SessionIdentity
from models.text import RawText
from portal.casework.incoming import Incoming
from portal.casework.inside import (
    INVESTIGATORS,
    READERS,
    Code,
    Inside,
    Line,
    Many,
    Text,
    back_to,
    case_of,
)
from portal.casework.texts import ITEMS, at, short

_EVERY: Final = 1.0
_LONGEST: Final = 600
"""Looks at a job that one stream takes; a browser then connects anew."""
_IDENTITIES: Final = (
    (SessionIdentity.ANONYMOUS_PUBLIC, "Nobody: as the public sees it, signed in nowhere"),
    (SessionIdentity.AGENCY_NAMED, "The agency, by its own name"),
)
_WAYS: Final = (
    (AccessWay.BY_HAND, "By hand"),
    (AccessWay.AUTOMATED, "By a program"),
    (AccessWay.EXPORT, "The applicant’s own export"),
)
_GATES: Final = (
    (AccessGate.NONE, "Nothing: it is public"),
    (AccessGate.GIVEN, "The applicant handed it over"),
)


def gather_doors(inside: Inside, incoming: Incoming) -> None:
    """Add the pages on which material comes in."""
    _applicants_doors(inside)
    _material_doors(inside, incoming)
    _progress_doors(inside)


def _applicants_doors(inside: Inside) -> None:
    pages = inside.pages

    @inside.doors.reads("/cases/{case}/consent", to=INVESTIGATORS)
    def consent_page(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        asked = sorted(seen.requisition.policy.consent_items)
        consequence = seen.requisition.policy.consequence_text
        items = [(str(one), ITEMS[one]) for one in asked]
        return pages.show(request, "consent.html", seen=seen, items=items, consequence=consequence)

    @inside.doors.writes("/cases/{case}/consent", to=INVESTIGATORS)
    def consent(request: Request, case: str, grant: Many = [], read: Code = "") -> Response:  # noqa: B006
        case_id = case_of(case)
        seen = overview_of(case_id, **inside.who(request))
        asked = seen.requisition.policy.consent_items
        granted = asked & {ConsentItem(one) for one in grant if one in set(ConsentItem)}
        sign_consent(
            case_id,
            granted=granted,
            refused=asked - granted,
            consequence_acknowledged=bool(read),
            **inside.who(request),
        )
        return back_to(case_id, "consent")

    @inside.doors.reads("/cases/{case}/identities", to=INVESTIGATORS)
    def identities_page(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        return pages.show(request, "identities.html", seen=seen)

    @inside.doors.writes("/cases/{case}/identities", to=INVESTIGATORS)
    def identities(
        request: Request,
        case: str,
        name: Line = "",
        emails: Text = "",
        handles: Text = "",
        accounts: Text = "",
        incomplete: Code = "",
    ) -> Response:
        case_id = case_of(case)
        if not name.strip():
            raise InputError("the applicant's name is missing")
        disclosure = Disclosure(
            name=RawText(name.strip()),
            emails=_lines(emails),
            handles=_lines(handles),
            accounts=tuple(_account(line.reveal()) for line in _lines(accounts)),
            incomplete_memory=bool(incomplete),
        )
        disclose(case_id, disclosure, **inside.who(request))
        return back_to(case_id, "identities")


def _material_doors(inside: Inside, incoming: Incoming) -> None:
    pages, services = inside.pages, inside.services

    @inside.doors.reads("/cases/{case}/material", to=INVESTIGATORS)
    def material(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        waiting = incoming.waiting(seen.case.id)
        job = inside.background.of(seen.case.id)
        return pages.show(
            request,
            "material.html",
            seen=seen,
            waiting=waiting,
            megabytes=f"{waiting.size / 1e6:.1f}",
            barred=_barred(seen, inside),
            may_fetch=services.settings.fetch_contact is not None,
            identities=_IDENTITIES,
            ways=_WAYS,
            gates=_GATES,
            job=job if job is not None and not job.ended else None,
        )

    @inside.doors.writes("/cases/{case}/material", to=INVESTIGATORS)
    def upload(request: Request, case: str, files: Annotated[list[UploadFile], File()]) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        _require_gathering(seen, inside)
        chosen = [(one.filename or "", one.file) for one in files if one.filename]
        incoming.add(seen.case.id, chosen)
        return back_to(seen.case.id, "uploaded", part="material")

    @inside.doors.writes("/cases/{case}/material/clear", to=INVESTIGATORS)
    def clear(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        require_state(seen.case, CaseState.DISCLOSED)
        incoming.clear(seen.case.id)
        return back_to(seen.case.id, "cleared", part="material")

    @inside.doors.writes("/cases/{case}/material/fetch", to=INVESTIGATORS)
    def fetch_it(request: Request, case: str, device: Code = "", platforms: Line = "") -> Response:
        case_id, person = case_of(case), inside.person(request)
        seen = overview_of(case_id, **inside.who(request))
        _require_gathering(seen, inside)
        contact = services.settings.fetch_contact
        if contact is None:
            raise SettingsError("nothing is fetched without WALLOFF_FETCH_CONTACT")
        folder = incoming.fetched(case_id)
        inside.background.start(
            case_id,
            "fetch",
            lambda _report: fetch(
                case_id,
                folder,
                fetcher=Fetcher(contact, now=services.clock.now),
                device=device.strip() or None,
                platforms=_names(platforms),
                actor=person,
                vault=services.vault,
                clock=services.clock.now,
            ),
        )
        return back_to(case_id, part="progress")

    @inside.doors.writes("/cases/{case}/material/read", to=INVESTIGATORS)
    def read(
        request: Request,
        case: str,
        identity: Code = str(SessionIdentity.ANONYMOUS_PUBLIC),
        way: Code = str(AccessWay.BY_HAND),
        gate: Code = str(AccessGate.NONE),
        device: Code = "",
        platforms: Line = "",
    ) -> Response:
        case_id = case_of(case)
        if way not in set(AccessWay) or gate not in set(AccessGate):
            return pages.show(request, "unreadable.html", status=422)
        if not incoming.waiting(case_id).files:
            raise InputError("upload or fetch something first")
        register_source(
            case_id,
            incoming.folder(case_id),
            device=device.strip() or None,
            identity=identity,
            way=AccessWay(way),
            gate=AccessGate(gate),
            platforms_used=_names(platforms),
            **inside.who(request),
        )
        inside.background.start(
            case_id, "collect", then=lambda: incoming.clear_taken_in(case_id, services.vault)
        )
        return back_to(case_id, part="progress")

    @inside.doors.reads("/cases/{case}/captures", to=INVESTIGATORS)
    def captures(request: Request, case: str) -> Response:
        case_id, who = case_of(case), inside.who(request)
        made, faults = captures_of(case_id, **who)
        broken = {one.capture_id: one.code for one in faults}
        return pages.show(
            request,
            "captures.html",
            case_id=case_id,
            name=short(case_id),
            captures=[
                (
                    at(one.captured_at),
                    f"{one.tool} {one.tool_version}",
                    "" if one.documentation is None else str(one.documentation.method),
                    one.sha256[:16],
                    broken.get(one.id, "whole"),
                )
                for one in made
            ],
            problems=[
                (one.file.reveal(), one.pointer, one.fault)
                for one in input_problems(case_id, **who)
            ],
        )


def _progress_doors(inside: Inside) -> None:
    pages = inside.pages

    @inside.doors.reads("/cases/{case}/progress", to=READERS)
    def progress(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        job = inside.background.of(seen.case.id)
        if job is None:
            return back_to(seen.case.id)
        return pages.show(request, "progress_page.html", seen=seen, job=job)

    @inside.doors.reads("/cases/{case}/progress/events", to=READERS)
    def events(request: Request, case: str) -> Response:
        seen = overview_of(case_of(case), **inside.who(request))
        job = inside.background.of(seen.case.id)
        if job is None or job.ended:
            return Response(status_code=204)
        return StreamingResponse(_told(request, inside, seen), media_type="text/event-stream")


async def _told(request: Request, inside: Inside, seen: Overview) -> AsyncIterator[str]:
    """Yield how far a job has come whenever that changes, until it has ended."""
    before = None
    for _ in range(_LONGEST):
        job = inside.background.of(seen.case.id)
        if job is None:
            return
        if job != before:
            before = job
            text = inside.pages.render(request, "progress_text.html", seen=seen, job=job)
            yield "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
        if job.ended:
            return
        await asyncio.sleep(_EVERY)


def _barred(seen: Overview, inside: Inside) -> str:
    """Return why nothing may be gathered yet; empty where it may."""
    try:
        _require_gathering(seen, inside)
    except (LeadTimeError, ConsentExpiredError, InputError) as error:
        return str(error)
    return ""


def _require_gathering(seen: Overview, inside: Inside) -> None:
    """Raise before a byte is taken; the steps themselves ask everything again."""
    if seen.case.state is not CaseState.DISCLOSED:
        raise InputError("material is gathered once the applicant has named accounts, not later")
    if seen.consent is None or seen.consent.status(inside.now) is not ConsentStatus.LIVE:
        raise ConsentExpiredError("there is no consent that covers it now")
    if seen.may_search_from is None or inside.now < seen.may_search_from:
        raise LeadTimeError("the notice's lead time is not over")


def _lines(text: str) -> tuple[RawText, ...]:
    return tuple(RawText(line.strip()) for line in text.splitlines() if line.strip())


def _account(line: str) -> Account:
    platform, _, handle = line.partition(" ")
    if not handle.strip():
        raise InputError("write each account as: platform, a blank, and the name there")
    return Account(platform=RawText(platform.strip()), handle=RawText(handle.strip()))


def _names(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in text.split(",") if one.strip())
