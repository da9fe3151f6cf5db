"""Who signed in by a link has one case, and every page is about that one: no address names a case.

What was sent is noted in a cookie, as its kind and a number: this process cannot read what it
wrote, and would ask for the same again until the inside has taken it in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from models.errors import InputError
from models.ids import CaseId
from models.letters import Awaited, Receipt
from portal.applicant.languages import SpokenPages
from portal.web.doors import ClosedError, Doors, elsewhere, visitor_of
from storage.exchange import ApplicantVault

SENT: Final = "__Host-walloff-applicant-sent"
LONGEST: Final = 4000
"""Characters of one field."""
_FIELDS: Final = 4000
_SENT: Final = re.compile(r"([a-z]{1,16})\.([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Own:
    """What every page of the application needs."""

    doors: Doors
    pages: SpokenPages
    applicants: ApplicantVault

    def case(self, request: Request) -> CaseId:
        """Return the visitor's one case. Raises `ClosedError` for a session that has none."""
        case_id = visitor_of(request).case_id
        if case_id is None:
            raise ClosedError
        return case_id

    def where(self, request: Request) -> dict[str, Any]:
        """Return the keywords of every step of the applicants' process."""
        return {
            "actor": visitor_of(request).actor,
            "applicants": self.applicants,
            "now": self.doors.reception.now(),
        }

    def sent(self, awaited: Awaited, receipts: int) -> Response:
        """Lead back to the first page, which knows what was sent until it is answered."""
        answer = elsewhere("/?said=sent")
        answer.set_cookie(
            SENT, f"{awaited}.{receipts}", path="/", secure=True, httponly=True, samesite="strict"
        )
        return answer


def is_waiting(request: Request, awaited: Awaited, receipts: list[Receipt]) -> bool:
    """Say whether what is asked for was sent, and has no receipt yet."""
    found = _SENT.fullmatch(request.cookies.get(SENT, ""))
    return found is not None and found[1] == awaited and int(found[2]) >= len(receipts)


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=_FIELDS)


Form = Annotated[FormData, Depends(_form)]
"""A form whose fields depend on the case."""


class Fields:
    """The texts of a form."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def one(self, name: str) -> str:
        """Return a field, or nothing. Raises `InputError` for one that no page of ours sends."""
        found = self._form.get(name, "")
        if not isinstance(found, str) or len(found) > 4 * LONGEST or "\0" in found:
            raise InputError("a field is not what the page takes")
        return found.replace("\r\n", "\n").strip()

    def ticked(self, name: str) -> bool:
        """Say whether a box was ticked."""
        return self.one(name) == "yes"

    def step(self) -> str:
        """Return which button was pressed."""
        return self.one("step") or "check"


def kept(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what a check page carries along, unseen."""
    return [(name, value) for name, value in values.items() if value]
