"""What was put away is listed for whoever may look, a page at a time, and nothing is opened.

A thing has an opaque id: that of the letter that it came in, or, once it was sealed anew, one that
is made from where it stands. Neither says what kind of thing it is.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from sqlalchemy import ColumnElement, Integer, String, and_, cast, literal, null, or_, select

from models.ids import ActorId, CaseId, is_id
from storage.domain_vault import RECEIVED, DomainVault
from storage.tables.interfaces import Exchange

_ID: Final = 32
"""Characters of a case's id, and of what follows it in the id of something on the shelf."""


@dataclass(frozen=True, slots=True)
class PutAway:
    """One thing that was put away: of which case, what kind, since when; nothing of its content."""

    case_id: CaseId
    kind: str
    at: datetime
    letter_id: str | None = None
    """None once it stands on the shelf."""
    position: int | None = None

    @property
    def id(self) -> str:
        """The name that pages and commands have for it."""
        return self.letter_id or shelf_id(self.case_id, self.kind, self.position or 0)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt that was stated: for which thing, its digest, and when the inside took it up."""

    id: str
    case_id: CaseId
    actor: ActorId
    referral: str
    sha256: str
    at: datetime
    taken_at: datetime | None


def shelf_id(case_id: CaseId, kind: str, position: int) -> str:
    """Return the id of something on the shelf: its case's, and a digest of where it stands."""
    return case_id + hashlib.sha256(f"{case_id}/{kind}/{position}".encode()).hexdigest()[:_ID]


class KeptVault(DomainVault):
    """A domain of which things are listed for those who may look."""

    exchange: ClassVar[Exchange]

    def kept_for(
        self, actor: ActorId, *, after: PutAway | None = None, limit: int
    ) -> list[PutAway]:
        """Return what was put away of the cases that somebody may look at, oldest first.

        `after` is the last one of the page before. What came stands before what was sealed anew,
        of one moment.
        """
        inbox, shelf, viewers = self.exchange.inbox, self.exchange.shelf, self.standing.viewers
        mine = select(viewers.c.case_id).where(viewers.c.actor == actor)
        nowhere: ColumnElement[str] = literal("")
        came = select(
            inbox.c.case_id,
            inbox.c.kind,
            inbox.c.at,
            inbox.c.id.label("letter_id"),
            cast(null(), Integer).label("position"),
            literal(0).label("part"),
            inbox.c.id.label("key"),
        ).where(inbox.c.taken_at.is_(None), inbox.c.case_id.in_(mine))
        stands = select(
            shelf.c.case_id,
            shelf.c.kind,
            shelf.c.at,
            cast(null(), String(_ID)).label("letter_id"),
            shelf.c.position,
            literal(1).label("part"),
            nowhere.label("key"),
        ).where(shelf.c.case_id.in_(mine))
        every = came.union_all(stands).subquery()
        order = (every.c.at, every.c.part, every.c.key, every.c.case_id, every.c.kind)
        query = select(every).order_by(*order, every.c.position).limit(limit)
        if after is not None:
            key = (after.at, int(after.letter_id is None), after.letter_id or "")
            last = (*key, after.case_id, after.kind)
            beyond = [(*order, every.c.position)[place] > value for place, value in enumerate(last)]
            if after.letter_id is None:
                beyond.append(every.c.position > (after.position or 0))
            query = query.where(
                or_(
                    *(
                        and_(*(order[one] == last[one] for one in range(place)), further)
                        for place, further in enumerate(beyond)
                    )
                )
            )
        with self._connection(writes=False) as connection:
            return [
                PutAway(CaseId(row.case_id), row.kind, row.at, row.letter_id, row.position)
                for row in connection.execute(query)
            ]

    def find_kept(self, item_id: str) -> PutAway | None:
        """Return what has an id, or None; whether somebody may look is for the caller to ask."""
        inbox, shelf = self.exchange.inbox, self.exchange.shelf
        if is_id(item_id):
            query = select(inbox).where(inbox.c.id == item_id, inbox.c.taken_at.is_(None))
            with self._connection(writes=False) as connection:
                row = connection.execute(query).first()
            return None if row is None else PutAway(CaseId(row.case_id), row.kind, row.at, row.id)
        if not is_id(item_id[:_ID]):
            return None
        place = select(shelf.c.case_id, shelf.c.kind, shelf.c.at, shelf.c.position)
        with self._connection(writes=False) as connection:
            for row in connection.execute(place.where(shelf.c.case_id == item_id[:_ID])):
                case_id = CaseId(row.case_id)
                if shelf_id(case_id, row.kind, row.position) == item_id:
                    return PutAway(case_id, row.kind, row.at, position=row.position)
        return None

    def body_of(self, letter_id: str) -> bytes | None:
        """Return what a letter that nobody took in holds, sealed; None if it is gone."""
        inbox = self.exchange.inbox
        query = select(inbox.c.body).where(inbox.c.id == letter_id)
        with self._connection(writes=False) as connection:
            body = connection.execute(query).scalar_one_or_none()
            return None if body is None else bytes(body)

    def receipts_by(
        self, actor: ActorId, *, after: str = "", referral: str = "", limit: int
    ) -> list[Receipt]:
        """Return the receipts that somebody stated, newest first, beyond the one of an id.

        Those of one referral alone if it is named.
        """
        accesses = self.standing.accesses
        begins = f"{RECEIVED}{referral}:" if referral else RECEIVED
        mine = (accesses.c.actor == actor, accesses.c.code.startswith(begins, autoescape=True))
        query = select(accesses).where(*mine)
        with self._connection(writes=False) as connection:
            last = connection.execute(query.where(accesses.c.id == after)).first()
            if last is not None:
                query = query.where(
                    or_(
                        accesses.c.at < last.at,
                        and_(accesses.c.at == last.at, accesses.c.id < last.id),
                    )
                )
            found = query.order_by(accesses.c.at.desc(), accesses.c.id.desc()).limit(limit)
            return [_receipt(*row) for row in connection.execute(found)]


def _receipt(
    access_id: str, case_id: str, actor: str, said: str, at: datetime, taken_at: datetime | None
) -> Receipt:
    referral, _, sha256 = said.removeprefix(RECEIVED).partition(":")
    return Receipt(access_id, CaseId(case_id), ActorId(actor), referral, sha256, at, taken_at)
