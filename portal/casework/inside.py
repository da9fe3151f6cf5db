"""What every page of the casework is made with: the open home, who asks, and what runs behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Form, Request
from starlette.responses import Response

from casework.people.people import find_person, list_people
from casework.steps.step import Taken
from models.errors import CaseNotFoundError
from models.ids import ActorId, CaseId, is_id
from models.people import Actor, Role
from portal.casework.background import Background
from portal.web.doors import Doors, elsewhere, visitor_of
from portal.web.pages import Pages
from walloff.services import Services

INVESTIGATORS: Final = frozenset({Role.INVESTIGATOR})
ANALYSTS: Final = frozenset({Role.ATTRIBUTION_ANALYST})
REVIEWERS: Final = frozenset({Role.WALL_OFF_REVIEWER})
RELEASERS: Final = frozenset({Role.RELEASING_OFFICER})
READERS: Final = INVESTIGATORS | ANALYSTS | REVIEWERS | RELEASERS
"""Whoever the casework lets list cases; a triage analyst has steps of the machine alone."""

Line = Annotated[str, Form(max_length=320)]
Text = Annotated[str, Form(max_length=20_000)]
Code = Annotated[str, Form(max_length=128)]
Many = Annotated[list[str], Form(max_length=200)]


@dataclass(frozen=True)
class Inside:
    """One open home, as pages work in it."""

    services: Services
    pages: Pages
    doors: Doors
    background: Background

    @property
    def now(self) -> datetime:
        """The home's time: of a rehearsal its own."""
        return self.services.clock.now()

    def person(self, request: Request) -> Actor:
        """Return who asks, with the roles that they have at this moment."""
        return find_person(visitor_of(request).actor, vault=self.services.vault)

    def who(self, request: Request) -> Taken:
        """Return who takes a step, where and when."""
        return Taken(actor=self.person(request), vault=self.services.vault, now=self.now)

    def names(self) -> dict[ActorId, str]:
        """Return what people are called on pages."""
        return {person.id: label for person, label in list_people(vault=self.services.vault)}


def case_of(text: str) -> CaseId:
    """Return a case's id as it stands in an address. Raises `CaseNotFoundError`."""
    if not is_id(text):
        raise CaseNotFoundError("no such case")
    return CaseId(text)


def back_to(case_id: CaseId, said: str = "", *, part: str = "") -> Response:
    """Send the browser to a page of a case."""
    path = f"/cases/{case_id}" + (f"/{part}" if part else "")
    return elsewhere(path + (f"?said={said}" if said else ""))
