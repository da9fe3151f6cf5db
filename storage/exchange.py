"""An inbox that others fill who cannot read it, and a shelf of what its interface is to read.

A body in the inbox is sealed to a public key (`storage.sealed_write`), so that neither its writer
nor anybody on its way opens it; on the shelf it is sealed with the domain's key for its case, so
that it is destroyed with the case.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update

from models.errors import ConstraintError, RecordNotFoundError
from models.ids import CaseId, new_id
from storage.domain import Domain
from storage.domain_vault import DomainVault
from storage.envelope import Context
from storage.kept import KeptVault
from storage.sealed_write import Writer
from storage.shape import code
from storage.tables.interfaces import (
    APPLICANT_EXCHANGE,
    APPLICANT_STANDING,
    FAIRNESS_EXCHANGE,
    FAIRNESS_STANDING,
    SEALED_EXCHANGE,
    SEALED_STANDING,
    Exchange,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing in an inbox, sealed to somebody."""

    id: str
    case_id: CaseId
    kind: str
    at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Shelved:
    """One thing on a shelf."""

    case_id: CaseId
    kind: str
    position: int
    at: datetime


def letter(writer: Writer, case_id: CaseId, kind: str, plaintext: bytes, at: datetime) -> Letter:
    """Seal something for an inbox, to whoever reads it. The writer cannot open it again."""
    letter_id = new_id()
    body = writer.seal(letter_place(letter_id, case_id, kind), plaintext)
    return Letter(letter_id, case_id, code(kind, "the kind"), at, body)


def letter_place(letter_id: str, case_id: CaseId, kind: str) -> tuple[str, str, str]:
    """Return the place for which a letter's body is sealed."""
    return ("inbox", letter_id, f"{case_id}/{kind}")


class ExchangeVault(DomainVault):
    """A domain with an inbox and a shelf."""

    exchange: ClassVar[Exchange]

    def post(self, one: Letter) -> None:
        """Put a letter into the inbox. The same one again changes nothing.

        Raises `ConstraintError` if another is there under its id.
        """
        inbox = self.exchange.inbox
        with self._connection(writes=True) as connection:
            query = select(inbox.c.case_id, inbox.c.kind, inbox.c.body).where(inbox.c.id == one.id)
            row = connection.execute(query).first()
            if row is None:
                connection.execute(
                    insert(inbox).values(
                        id=one.id, case_id=one.case_id, kind=one.kind, at=one.at, body=one.body
                    )
                )
            elif (row.case_id, row.kind) != (one.case_id, one.kind) or row.body not in (
                None,
                one.body,
            ):
                raise ConstraintError(f"{one.id}: another letter came under this id")

    def add(self, one: Letter) -> None:
        """Put a new letter into the inbox without reading there: all that its writer's role may do.

        Raises `ConstraintError` if one is there under its id.
        """
        values = {"id": one.id, "case_id": one.case_id, "kind": one.kind}
        new = insert(self.exchange.inbox).values(**values, at=one.at, body=one.body)
        with self._connection(writes=True) as connection:
            connection.execute(new.inline())  # what comes back would have to be read

    def waiting(self, limit: int = 500) -> list[Letter]:
        """Return the letters that nobody has taken in, oldest first."""
        inbox = self.exchange.inbox
        query = select(inbox).where(inbox.c.taken_at.is_(None)).order_by(inbox.c.seq).limit(limit)
        with self._connection(writes=False) as connection:
            return [
                Letter(row.id, CaseId(row.case_id), row.kind, row.at, row.body)
                for row in connection.execute(query)
            ]

    def cases(self) -> frozenset[CaseId]:
        """Return the cases of which anything came or stands on the shelf."""
        inbox, shelf = self.exchange.inbox, self.exchange.shelf
        with self._connection(writes=False) as connection:
            came = set(connection.execute(select(inbox.c.case_id).distinct()).scalars())
            stands = set(connection.execute(select(shelf.c.case_id).distinct()).scalars())
        return frozenset(map(CaseId, came | stands))

    def take_in(self, letter_ids: Collection[str], at: datetime) -> None:
        """Note that letters were taken in; their bodies are deleted. Again changes nothing."""
        inbox = self.exchange.inbox
        with self._connection(writes=True) as connection:
            for letter_id in letter_ids:
                connection.execute(
                    update(inbox)
                    .where(inbox.c.id == letter_id, inbox.c.taken_at.is_(None))
                    .values(body=None, taken_at=at)
                )

    def put(
        self, case_id: CaseId, kind: str, position: int, plaintext: bytes, at: datetime
    ) -> None:
        """Put something on the shelf. The same again changes nothing.

        Raises `ConstraintError` if something else stands there.
        """
        shelf = self.exchange.shelf
        place = _place(case_id, code(kind, "the kind"), position)
        sealed, digest = self._sealed(case_id, place, plaintext, purpose=f"shelf/{kind}")
        found = select(shelf.c.digest).where(*self._at(case_id, kind, position))
        with self._connection(writes=True) as connection:
            before = connection.execute(found).scalar_one_or_none()
            if before is None:
                connection.execute(
                    insert(shelf).values(
                        case_id=case_id,
                        kind=kind,
                        position=position,
                        at=at,
                        digest=digest,
                        body=sealed,
                    )
                )
            elif before != digest:
                raise ConstraintError(f"{case_id}: something else stands at {kind} {position}")

    def shelve(self, one: Letter, plaintext: bytes) -> None:
        """Take a letter in and put what it says on the shelf, both or neither.

        Without effect if it was taken in before. Raises `KeyUnavailableError`.
        """
        inbox, shelf = self.exchange.inbox, self.exchange.shelf
        position = self.next_position(one.case_id, one.kind)
        place = _place(one.case_id, one.kind, position)
        body, digest = self._sealed(one.case_id, place, plaintext, purpose=f"shelf/{one.kind}")
        with self._connection(writes=True) as connection:
            taken = connection.execute(
                update(inbox)
                .where(inbox.c.id == one.id, inbox.c.taken_at.is_(None))
                .values(body=None, taken_at=one.at)
            )
            if taken.rowcount:
                connection.execute(
                    insert(shelf).values(
                        case_id=one.case_id,
                        kind=one.kind,
                        position=position,
                        at=one.at,
                        digest=digest,
                        body=body,
                    )
                )

    def next_position(self, case_id: CaseId, kind: str) -> int:
        """Return the first free position after those that are taken."""
        shelf = self.exchange.shelf
        query = select(func.coalesce(func.max(shelf.c.position) + 1, 0)).where(
            shelf.c.case_id == case_id, shelf.c.kind == kind
        )
        with self._connection(writes=False) as connection:
            return int(connection.execute(query).scalar_one())

    def read(self, case_id: CaseId, kind: str, position: int | None = None) -> bytes:
        """Return what stands on the shelf, the newest position if none is named.

        Raises `RecordNotFoundError` if nothing does, `KeyUnavailableError`, `SealBrokenError`.
        """
        shelf = self.exchange.shelf
        query = (
            select(shelf.c.position, shelf.c.body)
            .where(*self._at(case_id, kind, position))
            .order_by(shelf.c.position.desc())
            .limit(1)
        )
        with self._connection(writes=False) as connection:
            row = connection.execute(query).first()
        if row is None:
            raise RecordNotFoundError(f"{case_id}: nothing of this kind is there")
        return self._opened(case_id, _place(case_id, kind, row.position), row.body)

    def on_shelf(self, case_id: CaseId | None = None) -> list[Shelved]:
        """Return what stands on the shelf, of one case or of all, without opening it."""
        shelf = self.exchange.shelf
        query = select(shelf.c.case_id, shelf.c.kind, shelf.c.position, shelf.c.at).order_by(
            shelf.c.case_id, shelf.c.kind, shelf.c.position
        )
        if case_id is not None:
            query = query.where(shelf.c.case_id == case_id)
        with self._connection(writes=False) as connection:
            return [
                Shelved(CaseId(row.case_id), row.kind, row.position, row.at)
                for row in connection.execute(query)
            ]

    def remove(self, case_id: CaseId, kind: str, position: int | None = None) -> None:
        """Take something off the shelf: all of a kind, or one position. Without effect if gone."""
        with self._connection(writes=True) as connection:
            connection.execute(
                delete(self.exchange.shelf).where(*self._at(case_id, kind, position))
            )

    def of_cases(self) -> tuple[Table, ...]:
        """Return the tables whose rows go with their case."""
        return (*super().of_cases(), self.exchange.inbox, self.exchange.shelf)

    def _at(self, case_id: CaseId, kind: str, position: int | None) -> list[ColumnElement[bool]]:
        shelf = self.exchange.shelf
        found: list[ColumnElement[bool]] = [shelf.c.case_id == case_id, shelf.c.kind == kind]
        if position is not None:
            found.append(shelf.c.position == position)
        return found


class SealedVault(ExchangeVault, KeptVault):
    """The custodian's alone."""

    domain = Domain.SEALED
    standing = SEALED_STANDING
    exchange = SEALED_EXCHANGE


class ApplicantVault(ExchangeVault):
    """What applicants read, and what they write: the inbox is for the inside to open."""

    domain = Domain.APPLICANT
    standing = APPLICANT_STANDING
    exchange = APPLICANT_EXCHANGE


class FairnessVault(ExchangeVault):
    """What figures about fairness are made of: for whoever makes them, and nobody inside."""

    domain = Domain.FAIRNESS
    standing = FAIRNESS_STANDING
    exchange = FAIRNESS_EXCHANGE


def _place(case_id: CaseId, kind: str, position: int) -> Context:
    return ("shelf", case_id, f"{kind}/{position}")
