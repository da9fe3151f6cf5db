"""Blind indexes find the cases that share an e-mail address or a handle, without opening any.

What is kept is an HMAC of the normalised value, whole (32 bytes), under a key of its own for the
home and separate by kind; of nothing else: no name, no postcode, no protected fact. Whoever reads
the database sees which cases share a value and never which value. The key goes whenever a case is
destroyed, and the index is written again under a new one: a copy of the old rows answers no guess.
"""

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, insert, select

from models.disclosure import Applicant, Disclosure
from models.errors import KeyUnavailableError
from models.ids import CaseId, new_id
from models.text import RawText
from storage.keyring import KeyRing
from storage.records import RecordKind, RecordStore
from storage.tables.blind import BLIND_INDEX, BLIND_INDEX_KEYS
from storage.tables.cases import CASES
from storage.transaction import Transaction
from storage.vault import Vault

_PURPOSE: Final = "blind-index-1"
_LONGEST: Final = 320
"""Characters: an e-mail address may have that many (RFC 3696, erratum 1690)."""


class IndexedKind(StrEnum):
    """What is indexed, and there is no third."""

    EMAIL = "email"
    HANDLE = "handle"


class BlindIndex:
    """The index, in one transaction on the raw database."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def add(self, case_id: CaseId, kind: IndexedKind, value: RawText) -> None:
        """Note that a case names a value; a second time changes nothing."""
        normal = normalised(kind, value.reveal())
        if not normal:
            return
        row = {"case_id": case_id, "kind": kind, "digest": self._digest(kind, normal)}
        known = select(BLIND_INDEX.c.case_id).filter_by(**row)
        if self._tx.execute(known).first() is None:
            self._tx.execute(insert(BLIND_INDEX).values(**row))

    def add_case(self, case_id: CaseId) -> None:
        """Note all that a case's own records name: what was disclosed, and where notices go.

        Raises `KeyUnavailableError`, `SealBrokenError`.
        """
        for kind, value in _values(RecordStore(self._tx), case_id):
            self.add(case_id, kind, value)

    def cases(self, kind: IndexedKind, value: RawText) -> list[CaseId]:
        """Return the cases that name a value, in the order of their ids."""
        normal = normalised(kind, value.reveal())
        if not normal:
            return []
        try:
            digest = self._digest(kind, normal)
        except KeyUnavailableError:
            return []  # a read makes no lockbox: nothing was ever noted under this key
        query = select(BLIND_INDEX.c.case_id).where(
            BLIND_INDEX.c.kind == kind, BLIND_INDEX.c.digest == digest
        )
        return sorted(map(CaseId, self._tx.execute(query).scalars()))

    def shared_with(self, case_id: CaseId) -> dict[CaseId, frozenset[IndexedKind]]:
        """Return the other cases that share a value with one, and of which kinds."""
        mine, other = BLIND_INDEX.alias("mine"), BLIND_INDEX.alias("other")
        query = (
            select(other.c.case_id, other.c.kind)
            .join_from(
                mine, other, (mine.c.kind == other.c.kind) & (mine.c.digest == other.c.digest)
            )
            .where(mine.c.case_id == case_id, other.c.case_id != case_id)
            .distinct()
        )
        found: dict[CaseId, set[IndexedKind]] = {}
        for row in self._tx.execute(query):
            found.setdefault(CaseId(row.case_id), set()).add(IndexedKind(row.kind))
        return {other_id: frozenset(found[other_id]) for other_id in sorted(found)}

    def remove(self, case_id: CaseId) -> None:
        """Forget what a case names."""
        self._tx.execute(delete(BLIND_INDEX).where(BLIND_INDEX.c.case_id == case_id))

    def renew(self) -> None:
        """Write every row again under a new key. The older keys are then `superseded`."""
        self._tx.execute(delete(BLIND_INDEX))
        self._tx.execute(insert(BLIND_INDEX_KEYS).values(id=new_id()))
        self._tx.memo.pop(_PURPOSE, None)
        self.fill()

    def fill(self) -> None:
        """Note what every case names, once. A case whose own keys are gone is left out."""
        for case_id in self._tx.execute(select(CASES.c.id).order_by(CASES.c.id)).scalars().all():
            try:
                self.add_case(CaseId(case_id))
            except KeyUnavailableError:
                continue  # destroyed, or older data restored under newer keys

    def superseded(self) -> list[CaseId]:
        """Return the ids of the lockboxes of keys that are no longer in use."""
        query = select(BLIND_INDEX_KEYS.c.id).order_by(BLIND_INDEX_KEYS.c.seq.desc())
        return [CaseId(key_id) for key_id in self._tx.execute(query).scalars()][1:]

    def forget_superseded(self) -> None:
        """Forget the keys that are no longer in use, once their lockboxes are dropped."""
        for key_id in self.superseded():
            self._tx.execute(delete(BLIND_INDEX_KEYS).where(BLIND_INDEX_KEYS.c.id == key_id))

    def _digest(self, kind: IndexedKind, normal: str) -> str:
        key_id = self._tx.memo.get(_PURPOSE)
        if key_id is None:
            newest = select(BLIND_INDEX_KEYS.c.id).order_by(BLIND_INDEX_KEYS.c.seq.desc()).limit(1)
            key_id = self._tx.execute(newest).scalar_one()
            self._tx.memo[_PURPOSE] = key_id
        return self._tx.blind(CaseId(key_id), f"{_PURPOSE}:{kind}", normal.encode())


def renew_index(vault: Vault, key_ring: KeyRing, *, at: datetime) -> list[CaseId]:
    """Put the index under a new key and drop the old ones; return their ids.

    An old key is gone for good once the raw domain's key is replaced, as destruction does next.
    A crash between two steps is mended by the next call.
    """
    with vault.write() as tx:
        BlindIndex(tx).renew()
        old = BlindIndex(tx).superseded()
    for key_id in old:
        key_ring.drop(key_id, at=at)
    with vault.write() as tx:
        BlindIndex(tx).forget_superseded()
    return old


def normalised(kind: IndexedKind, value: str) -> str:
    """Return the one form that all ways to write a value share; empty if it is no such value.

    Compatibility forms (NFKC), case and invisible marks do not count. An e-mail address also
    loses its `+tag` (RFC 5233) and its domain is in ASCII (IDNA); dots in it count, since only
    some providers ignore them. A handle loses the `@` before it.
    """
    plain = _folded(value)
    if not plain or len(plain) > _LONGEST:
        return ""
    return _email(plain) if kind is IndexedKind.EMAIL else _folded(plain.lstrip("@ "))


def _email(plain: str) -> str:
    local, at, domain = plain.rpartition("@")
    local = local.partition("+")[0] or local
    if not at or not local or not domain.strip("."):
        return ""
    try:
        domain = domain.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        return ""
    return f"{local}@{domain}"


def _folded(value: str) -> str:
    text = value
    for _ in range(4):  # folding may undo a composition: twice is enough for all of Unicode
        before = text
        text = unicodedata.normalize("NFKC", text).casefold()
        text = "".join(mark for mark in text if unicodedata.category(mark) not in {"Cf", "Cc"})
        text = unicodedata.normalize("NFKC", text).strip()
        if text == before:
            break
    return text


def _values(records: RecordStore, case_id: CaseId) -> Iterator[tuple[IndexedKind, RawText]]:
    applicant = records.latest(case_id, RecordKind.APPLICANT, Applicant)
    if applicant is not None and applicant.contact is not None:
        yield IndexedKind.EMAIL, applicant.contact
    # All, not the newest alone: a value that was taken back had been disclosed.
    for disclosure in records.all(case_id, RecordKind.DISCLOSURE, Disclosure):
        for email in disclosure.emails:
            yield IndexedKind.EMAIL, email
        for handle in (*disclosure.handles, *(one.handle for one in disclosure.accounts)):
            yield IndexedKind.HANDLE, handle
