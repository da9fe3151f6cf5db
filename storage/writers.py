"""The inside writes for domains that it cannot read: it holds a public key of each.

The private half lies in a lockbox of its own, which opens for whoever holds the domain. A writing
key is replaced when something that was sealed to it must be destroyed: what is to stay has been
taken in under the keys of its cases by then, and the old lockbox is dropped like any other.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from models.errors import KeyUnavailableError
from models.ids import CaseId, new_id
from storage.domain import HOME, Domain
from storage.engine import transaction
from storage.envelope import Context, seal, unseal
from storage.sealed_write import Writer
from storage.tables.keys import WRITERS

if TYPE_CHECKING:
    from storage.keyring import KeyRing  # which makes the first writing keys with this module

WRITTEN_TO: Final = frozenset({Domain.SEALED, Domain.FAIRNESS})
"""The domains that the inside never holds."""


def make_writers(ring: "KeyRing") -> None:
    """Make the writing keys that a home lacks. Takes a ring of every domain."""
    for domain in sorted(WRITTEN_TO):
        if not owners_of(ring, domain):
            new_writer(ring, domain)


def new_writer(ring: "KeyRing", domain: Domain) -> Writer:
    """Make a writing key, which is the domain's from now on; the ones before it stay readable.

    Raises `KeyUnavailableError` unless the ring holds the domain and raw.
    """
    writer = ring.writer(CaseId(new_id()), domain)
    box = ring.lockbox(HOME, Domain.RAW, create=True)
    body = seal(box.rows, writer.dumps(), _place(writer.case_id, domain))
    with transaction(ring.engine, "keys", writes=True) as connection:
        connection.execute(insert(WRITERS).values(owner=writer.case_id, domain=domain, body=body))
    return writer


def writer_of(ring: "KeyRing", domain: Domain) -> Writer:
    """Return a domain's newest writing key, with a ring that holds raw.

    Raises `KeyUnavailableError` if there is none, `SealBrokenError` if it was exchanged.
    """
    newest = (
        select(WRITERS.c.owner, WRITERS.c.body)
        .where(WRITERS.c.domain == domain, WRITERS.c.retired_at.is_(None))
        .order_by(WRITERS.c.seq.desc())
        .limit(1)
    )
    with transaction(ring.engine, "keys", writes=False) as connection:
        row = connection.execute(newest).first()
    if row is None:
        raise KeyUnavailableError(f"{domain}: the home has no writing key")
    box = ring.lockbox(HOME, Domain.RAW)
    return Writer.parse(unseal(box.rows, row.body, _place(row.owner, domain)))


def owners_of(ring: "KeyRing", domain: Domain) -> tuple[CaseId, ...]:
    """Return what names the lockboxes of a domain's writing keys in use, oldest first."""
    query = (
        select(WRITERS.c.owner)
        .where(WRITERS.c.domain == domain, WRITERS.c.retired_at.is_(None))
        .order_by(WRITERS.c.seq)
    )
    with transaction(ring.engine, "keys", writes=False) as connection:
        return tuple(map(CaseId, connection.execute(query).scalars()))


def retire(ring: "KeyRing", owner: CaseId, *, at: datetime) -> None:
    """Drop the lockbox of a writing key: what is still sealed to it opens no more."""
    ring.drop(owner, at=at)
    with transaction(ring.engine, "keys", writes=True) as connection:
        connection.execute(
            update(WRITERS)
            .where(WRITERS.c.owner == owner, WRITERS.c.retired_at.is_(None))
            .values(retired_at=at)
        )


def _place(owner: str, domain: Domain) -> Context:
    return (Domain.RAW, "writers", owner, domain)
