"""keys.db holds one lockbox per case and domain: its key, wrapped by the domain's.

Shredding is dropping a lockbox, rewrapping all others under a new domain key, and destroying the
old one: every stale copy of the dropped lockbox, in a backup or on the disk, is then wrapped by
a key that exists nowhere. The order is fixed (new version durable, one transaction rewraps all,
none is left on an old version, destroy), so that a crash between any two steps loses nothing.
"""

import hashlib
import os
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, update

from models.errors import KeyUnavailableError
from models.ids import CaseId
from storage.domain import Domain
from storage.engine import transaction
from storage.envelope import Context
from storage.kek import KekProvider
from storage.tables.keys import DROPPED, LOCKBOXES, ROTATIONS, VERSIONS


@dataclass(frozen=True, slots=True)
class DomainStatus:
    """How one domain's keys stand."""

    domain: Domain
    version: int
    versions: tuple[int, ...]
    """Those that exist at the provider; more than one means that a rotation was interrupted."""
    lockboxes: int
    on_old_version: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    domain: Domain
    version: int
    rewrapped: int
    destroyed: tuple[int, ...]
    """The versions that exist no more."""
    receipts: tuple[str, ...]


class KeyStore:
    """The lockboxes of one home, as far as one provider's domains reach."""

    def __init__(self, engine: Engine, provider: KekProvider, identity: Context) -> None:
        self._engine = engine
        self._provider = provider
        self._identity = identity

    @property
    def provider(self) -> KekProvider:
        """What wraps the lockboxes."""
        return self._provider

    def open(self, case_id: CaseId, domain: Domain) -> bytes:
        """Return a lockbox's key.

        Raises `KeyUnavailableError` if there is none, it was destroyed, or the domain is not
        held; `SealBrokenError` if it was altered or belongs to another case.
        """
        self._require(domain)
        try:
            secret = self._read(case_id, domain)
        except KeyUnavailableError:
            # A rotation may have ended between reading the row and asking for its key.
            secret = self._read(case_id, domain)
        if secret is None:
            raise KeyUnavailableError(f"{case_id}: no {domain} key")
        return secret

    def create(self, case_id: CaseId, domain: Domain) -> bytes:
        """Return a lockbox's key, made now if there is none.

        Raises `KeyUnavailableError` if the case's keys were destroyed.
        """
        self._require(domain)
        with self._writing() as connection:
            secret = self._opened(connection, case_id, domain)
            if secret is not None:
                return secret
            dropped = select(DROPPED.c.case_id).where(DROPPED.c.case_id == case_id)
            if connection.execute(dropped).first() is not None:
                raise KeyUnavailableError(f"{case_id}: the keys were destroyed")
            version = self._current(connection, domain)
            secret = os.urandom(32)
            box = self._provider.wrap(domain, version, secret, self._place(case_id))
            connection.execute(
                insert(LOCKBOXES).values(
                    case_id=case_id, domain=domain, version=version, wrapped=box
                )
            )
        return secret

    def drop(self, case_id: CaseId, *, at: datetime) -> int:
        """Delete all lockboxes of a case, for good, and return how many there were."""
        with self._writing() as connection:
            known = select(DROPPED.c.case_id).where(DROPPED.c.case_id == case_id)
            if connection.execute(known).first() is None:
                connection.execute(insert(DROPPED).values(case_id=case_id, at=at))
            held = connection.execute(
                select(LOCKBOXES.c.domain, LOCKBOXES.c.version).where(
                    LOCKBOXES.c.case_id == case_id
                )
            ).all()
            for domain, version in held:
                connection.execute(delete(ROTATIONS).where(ROTATIONS.c.domain == domain))
                connection.execute(insert(ROTATIONS).values(domain=domain, version=version))
            connection.execute(delete(LOCKBOXES).where(LOCKBOXES.c.case_id == case_id))
            return len(held)

    def finish_dropping(self, case_ids: Collection[CaseId], *, at: datetime) -> None:
        """Note that nothing opens the dropped lockboxes of these cases any more."""
        with self._writing() as connection:
            for case_id in case_ids:
                connection.execute(
                    update(DROPPED)
                    .where(DROPPED.c.case_id == case_id, DROPPED.c.finished_at.is_(None))
                    .values(finished_at=at)
                )

    def finished_dropping(self) -> frozenset[CaseId]:
        """Return the cases whose keys are beyond recovery."""
        query = select(DROPPED.c.case_id).where(DROPPED.c.finished_at.is_not(None))
        with self._reading() as connection:
            return frozenset(map(CaseId, connection.execute(query).scalars()))

    def dropped(self) -> frozenset[CaseId]:
        """Return the cases whose lockboxes were deleted, finished or not."""
        with self._reading() as connection:
            return frozenset(map(CaseId, connection.execute(select(DROPPED.c.case_id)).scalars()))

    def awaiting_rotation(self) -> frozenset[Domain]:
        """Return the domains whose key still opens an old copy of a dropped lockbox.

        For a domain that the provider does not serve, this says whether the key was replaced.
        """
        with self._reading() as connection:
            rows = connection.execute(select(ROTATIONS)).all()
            current = {row.domain: self._current(connection, Domain(row.domain)) for row in rows}
        return frozenset(
            Domain(row.domain)
            for row in rows
            if row.version >= current[row.domain] or self._exists(Domain(row.domain), row.version)
        )

    def rotate(self, domain: Domain) -> Rotation:
        """Rewrap every lockbox of a domain under a new key and destroy all older keys."""
        self._require(domain)
        version = self._provider.new_version(domain)
        with self._writing() as connection:
            connection.execute(
                update(VERSIONS).where(VERSIONS.c.domain == domain).values(version=version)
            )
            rewrapped = self._rewrap(connection, domain, version)
            if self._on_old_version(connection, domain, version):
                raise KeyUnavailableError(f"{domain}: a lockbox is left on an old key")
        receipts = self._destroy_old(domain, version)
        return Rotation(domain, version, rewrapped, tuple(receipts), tuple(receipts.values()))

    def digest(self) -> str:
        """Return a digest of all lockboxes: two copies of the store with it hold the same ones."""
        query = select(LOCKBOXES).order_by(LOCKBOXES.c.case_id, LOCKBOXES.c.domain)
        digest = hashlib.sha256()
        with self._reading() as connection:
            for row in connection.execute(query):
                line = f"{row.case_id} {row.domain} {row.version} {row.wrapped.hex()}\n"
                digest.update(line.encode())
        return digest.hexdigest()

    def status(self) -> tuple[DomainStatus, ...]:
        """Say how the keys of the provider's domains stand."""
        found = []
        with self._reading() as connection:
            for domain in sorted(self._provider.domains):
                version = self._current(connection, domain)
                count = select(func.count()).where(LOCKBOXES.c.domain == domain)
                found.append(
                    DomainStatus(
                        domain=domain,
                        version=version,
                        versions=self._provider.versions(domain),
                        lockboxes=connection.execute(count).scalar_one(),
                        on_old_version=self._on_old_version(connection, domain, version),
                    )
                )
        return tuple(found)

    def _rewrap(self, connection: Connection, domain: Domain, version: int) -> int:
        rows = connection.execute(
            select(LOCKBOXES.c.case_id, LOCKBOXES.c.version, LOCKBOXES.c.wrapped).where(
                LOCKBOXES.c.domain == domain, LOCKBOXES.c.version != version
            )
        ).all()
        wrapped = []
        for row in rows:
            place = self._place(CaseId(row.case_id))
            secret = self._provider.unwrap(domain, row.version, row.wrapped, place)
            box = self._provider.wrap(domain, version, secret, place)
            wrapped.append({"of": row.case_id, "box": box})
        if wrapped:
            # One statement for all: a home of a hundred thousand cases rotates in seconds.
            connection.execute(
                update(LOCKBOXES)
                .where(LOCKBOXES.c.case_id == bindparam("of"), LOCKBOXES.c.domain == domain)
                .values(version=version, wrapped=bindparam("box")),
                wrapped,
            )
        return len(rows)

    def _destroy_old(self, domain: Domain, current: int) -> dict[int, str]:
        return {
            version: self._provider.destroy_version(domain, version)
            for version in self._provider.versions(domain)
            if version < current
        }

    def _exists(self, domain: Domain, version: int) -> bool:
        return domain in self._provider.domains and version in self._provider.versions(domain)

    def _read(self, case_id: CaseId, domain: Domain) -> bytes | None:
        with self._reading() as connection:
            return self._opened(connection, case_id, domain)

    def _opened(self, connection: Connection, case_id: CaseId, domain: Domain) -> bytes | None:
        row = connection.execute(
            select(LOCKBOXES.c.version, LOCKBOXES.c.wrapped).where(
                LOCKBOXES.c.case_id == case_id, LOCKBOXES.c.domain == domain
            )
        ).first()
        if row is None:
            return None
        return self._provider.unwrap(domain, row.version, row.wrapped, self._place(case_id))

    def _current(self, connection: Connection, domain: Domain) -> int:
        query = select(VERSIONS.c.version).where(VERSIONS.c.domain == domain)
        version = connection.execute(query).scalar_one_or_none()
        if version is None:
            raise KeyUnavailableError(f"{domain}: the home's keys were not set up")
        return int(version)

    def _on_old_version(self, connection: Connection, domain: Domain, version: int) -> int:
        query = select(func.count()).where(
            LOCKBOXES.c.domain == domain, LOCKBOXES.c.version != version
        )
        return int(connection.execute(query).scalar_one())

    def _place(self, case_id: CaseId) -> Context:
        return ("lockbox", *self._identity, case_id)

    def _require(self, domain: Domain) -> None:
        if domain not in self._provider.domains:
            raise KeyUnavailableError(f"the domain {domain} is not in this key ring")

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._engine, "keys", writes=False)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._engine, "keys", writes=True)
