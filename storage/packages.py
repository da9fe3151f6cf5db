"""Release packages, version by version, and their two approvals."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from models.errors import RecordNotFoundError
from models.ids import ActorId, CaseId, PackageId, new_id
from storage.shape import code
from storage.tables.packages import APPROVALS, PACKAGES
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class StoredPackage:
    """One version of a case's release package."""

    id: PackageId
    case_id: CaseId
    version: int
    digest: str
    """Keyed by the case: equal payloads of one case have equal digests, nothing else shows."""
    payload: bytes
    created_at: datetime


class PackageStore:
    """The release packages of cases."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def put(self, case_id: CaseId, payload: bytes, *, now: datetime) -> StoredPackage:
        """Keep a new version, which supersedes the one before with its approvals."""
        query = select(func.max(PACKAGES.c.version)).where(PACKAGES.c.case_id == case_id)
        version = (self._tx.execute(query).scalar_one() or 0) + 1
        package = StoredPackage(
            id=PackageId(new_id()),
            case_id=case_id,
            version=version,
            digest=self._tx.blind(case_id, "package", payload),
            payload=payload,
            created_at=now,
        )
        self._tx.execute(
            insert(PACKAGES).values(
                id=package.id,
                case_id=case_id,
                version=version,
                digest=package.digest,
                created_at=now,
                payload=self._tx.seal(case_id, ("packages", package.id, "payload"), payload),
            )
        )
        return package

    def current_id(self, case_id: CaseId) -> PackageId | None:
        """Return the id of the newest version, without opening it."""
        query = (
            select(PACKAGES.c.id)
            .where(PACKAGES.c.case_id == case_id)
            .order_by(PACKAGES.c.version.desc())
            .limit(1)
        )
        found = self._tx.execute(query).scalar_one_or_none()
        return None if found is None else PackageId(found)

    def current(self, case_id: CaseId) -> StoredPackage | None:
        """Return the newest version, or None."""
        query = (
            select(PACKAGES)
            .where(PACKAGES.c.case_id == case_id)
            .order_by(PACKAGES.c.version.desc())
            .limit(1)
        )
        row = self._tx.execute(query).first()
        if row is None:
            return None
        return StoredPackage(
            id=PackageId(row.id),
            case_id=case_id,
            version=row.version,
            digest=row.digest,
            payload=self._tx.unseal(case_id, ("packages", row.id, "payload"), row.payload),
            created_at=row.created_at,
        )

    def approve(self, package_id: PackageId, *, reviewer: ActorId) -> int:
        """Record an approval and return how many the package has now.

        Raises `RecordNotFoundError`; `SeparationOfDutiesError` if the reviewer collected
        evidence in the case, decided on it, or approved before, or if there are two already;
        `ConstraintError` if a newer version exists. The database checks all of these.
        """
        known = select(PACKAGES.c.id).where(PACKAGES.c.id == package_id)
        if self._tx.execute(known).first() is None:
            raise RecordNotFoundError("no such package")
        seq = len(self.approvals(package_id)) + 1
        self._tx.execute(
            insert(APPROVALS).values(
                package_id=package_id, seq=seq, reviewer=code(reviewer, "the reviewer")
            )
        )
        return seq

    def approvals(self, package_id: PackageId) -> list[ActorId]:
        """Return who approved a package, in order."""
        query = (
            select(APPROVALS.c.reviewer)
            .where(APPROVALS.c.package_id == package_id)
            .order_by(APPROVALS.c.seq)
        )
        return [ActorId(reviewer) for reviewer in self._tx.execute(query).scalars()]
