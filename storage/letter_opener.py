"""A letter is opened by the lockbox whose public half it was sealed to.

A domain has several where its writing key was replaced (`storage.writers`); a letter names its
own. Only a process that holds the domain opens any.
"""

from sqlalchemy import select

from models.errors import SealBrokenError
from models.ids import CaseId
from storage.domain import Domain
from storage.engine import transaction
from storage.exchange import Letter, letter_place
from storage.keyring import KeyRing, Lockbox
from storage.tables.keys import LOCKBOXES


class LetterOpener:
    """Opens the letters of one domain, with the lockboxes that there were when it was made."""

    def __init__(self, ring: KeyRing, domain: Domain) -> None:
        """Read the lockboxes. Raises `KeyUnavailableError` if the ring does not hold the domain."""
        self._domain = domain
        query = select(LOCKBOXES.c.case_id).where(LOCKBOXES.c.domain == domain)
        with transaction(ring.engine, "keys", writes=False) as connection:
            owners = [CaseId(owner) for owner in connection.execute(query).scalars()]
        boxes = [ring.lockbox(owner, domain) for owner in owners]
        self._boxes: dict[bytes, Lockbox] = {box.reading.writing.id: box for box in boxes}

    def open(self, one: Letter) -> bytes:
        """Return a letter's words. Raises `SealBrokenError`, also if no lockbox fits."""
        box = self._boxes.get(one.body[1:17]) if one.body else None
        if box is None:
            raise SealBrokenError("sealed to a key that is not here")
        place = letter_place(one.id, one.case_id, one.kind)
        return box.unseal(one.body, (self._domain, *place))
