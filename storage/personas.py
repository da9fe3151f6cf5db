"""Personas stand in a register of their own, which no case is linked to: the store refuses one."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from models.errors import CaseNotFoundError, RequisitionNotFoundError, WalloffError
from models.ids import CaseId, RequisitionId, is_id
from models.personas import Persona
from models.search_clauses import PersonaInVettingError
from storage.cases import CaseStore
from storage.registers import RegisterKind, RegisterStore
from storage.requisitions import RequisitionStore
from storage.transaction import Transaction

_IDS: Final = re.compile(r"(?=([0-9a-f]{32}))")


class PersonaStore:
    """The personas of an agency's investigations."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, persona: Persona, *, now: datetime) -> None:
        """Append a persona as it stands now.

        Raises `PersonaInVettingError` if its matter is a vetting case or a requisition (I1).
        """
        self.refuse_vetting(persona.matter)
        RegisterStore(self._tx).put(RegisterKind.PERSONA, persona.id, persona, now=now)

    def get(self, persona_id: str) -> Persona | None:
        """Return a persona as it stands, or None."""
        if not is_id(persona_id):
            return None
        return RegisterStore(self._tx).latest(RegisterKind.PERSONA, persona_id, Persona)

    def all(self) -> list[Persona]:
        """Return every persona as it stands, oldest first."""
        found = RegisterStore(self._tx).all(RegisterKind.PERSONA, Persona)
        return list({persona.id: persona for persona in found}.values())

    def refuse_vetting(self, matter: str) -> None:
        """Raise `PersonaInVettingError` if a matter holds the id of a vetting case or requisition.

        In whatever letters it is written, and whatever stands around it.
        """
        if any(self._of_vetting(one) for one in _IDS.findall(matter.casefold())):
            raise PersonaInVettingError("the matter is one of vetting")

    def _of_vetting(self, one: str) -> bool:
        return _stands(lambda: CaseStore(self._tx).get(CaseId(one)), CaseNotFoundError) or _stands(
            lambda: RequisitionStore(self._tx).get(RequisitionId(one)), RequisitionNotFoundError
        )


def _stands(look: Callable[[], object], missing: type[WalloffError]) -> bool:
    try:
        look()
    except missing:
        return False
    return True
