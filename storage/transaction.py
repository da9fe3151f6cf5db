"""A transaction of raw.db happens whole or not at all, and seals every value for one row.

Stores are small classes built on a transaction; this module knows none of them.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import Connection, CursorResult, Executable

from models.errors import ConstraintError, SealBrokenError
from models.ids import CaseId
from models.value import Value
from storage.domain import HOME, Domain
from storage.envelope import Context, SealingKey, seal
from storage.faults import wrapped
from storage.high_water import HighWater
from storage.keyring import KeyRing, Lockbox
from storage.prepared import Prepared

V = TypeVar("V", bound=Value)


class Transaction:
    """One open transaction. Used by one thread, inside the `with` that made it."""

    def __init__(
        self,
        connection: Connection,
        key_ring: KeyRing,
        *,
        writable: bool,
        high_water: HighWater | None = None,
    ) -> None:
        self._connection = connection
        self._key_ring = key_ring
        self._writable = writable
        self.high_water = high_water
        """What the audit log moves on after a commit that added to it."""
        self._boxes: dict[tuple[CaseId, Domain], Lockbox] = {}
        self._before_commit: list[Callable[[], None]] = []
        self._after_commit: list[Callable[[], None]] = []
        self.memo: dict[str, Any] = {}
        """What a store remembers until the transaction ends."""

    @property
    def key_ring(self) -> KeyRing:
        """What this transaction may open and seal."""
        return self._key_ring

    def execute(
        self,
        statement: Executable,
        parameters: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]:
        """Run a statement.

        Raises `ConstraintError`, `SeparationOfDutiesError` or `TaintedDeciderError` where the
        database refuses, `HomeError` where it fails.
        """
        with wrapped("raw"):
            return self._connection.execute(statement, parameters)

    def rows(self, statement: Prepared, parameters: Mapping[str, Any]) -> list[Any]:
        """Run a prepared query and return its rows. Raises as `execute` does."""
        with wrapped("raw"):
            return statement.rows(self._connection, parameters)

    def run(
        self, statement: Prepared, parameters: Sequence[Mapping[str, Any]] | Mapping[str, Any]
    ) -> int:
        """Run a prepared change and return how many rows it changed. Raises as `execute` does."""
        with wrapped("raw"):
            return statement.run(self._connection, parameters)

    @property
    def alone(self) -> bool:
        """True where a transaction that writes has the whole database to itself, as on SQLite."""
        return self._connection.dialect.name == "sqlite"

    def require_writable(self) -> None:
        """Raise `ConstraintError` if this transaction only reads."""
        if not self._writable:
            raise ConstraintError("this needs a transaction that writes")

    def before_commit(self, action: Callable[[], None]) -> None:
        """Run an action at the end of the transaction, still inside it."""
        self._before_commit.append(action)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run an action once the transaction is durable; it does not run if that fails."""
        self._after_commit.append(action)

    def finish(self) -> None:
        """Run what was left for the end. The vault calls this before it commits."""
        for action in self._before_commit:
            action()
        self._before_commit.clear()

    def committed(self) -> None:
        """Run what was left for after the commit. The vault calls this."""
        for action in self._after_commit:
            action()

    def seal(
        self,
        case_id: CaseId,
        place: tuple[str, str, str],
        plaintext: bytes,
        *,
        domain: Domain = Domain.RAW,
    ) -> bytes:
        """Seal bytes with a case's key, for one place: (table, row id, kind)."""
        box = self._box(case_id, domain)
        return seal(box.rows, plaintext, (domain, *place))

    def unseal(
        self,
        case_id: CaseId,
        place: tuple[str, str, str],
        sealed: bytes,
        *,
        domain: Domain = Domain.RAW,
    ) -> bytes:
        """Open bytes in their place, also those that a `Writer` sealed.

        Raises `SealBrokenError`, `KeyUnavailableError`.
        """
        box = self._box(case_id, domain, create=False)
        return box.unseal(sealed, (domain, *place))

    def blind(self, case_id: CaseId, purpose: str, plaintext: bytes) -> str:
        """Return a keyed digest (64 hexadecimal digits): equal for equals, silent otherwise."""
        box = self._box(case_id, Domain.RAW)
        return hmac.digest(box.index, purpose.encode() + b"\0" + plaintext, "sha256").hex()

    def file_key(self, case_id: CaseId) -> SealingKey:
        """Return the key for a case's sealed files."""
        return self._box(case_id, Domain.RAW).files

    def open_file(self, case_id: CaseId, path: Path, context: Context) -> Iterator[bytes]:
        """Yield a case's sealed file, also one that a `Writer` sealed.

        Raises `SealBrokenError`, `KeyUnavailableError`, and `OSError` if it cannot be read.
        """
        return self._box(case_id, Domain.RAW, create=False).open_file(path, context)

    def open_written(self, case_id: CaseId, stream: BinaryIO, context: Context) -> Iterator[bytes]:
        """Yield what a `Writer` sealed of a case, from a stream. Raises as `open_file` does."""
        return self._box(case_id, Domain.RAW, create=False).open_written(stream, context)

    def _box(self, case_id: CaseId, domain: Domain, *, create: bool = True) -> Lockbox:
        box = self._boxes.get((case_id, domain))
        if box is None:
            create = create and (self._writable or case_id == HOME)
            box = self._key_ring.lockbox(case_id, domain, create=create)
            self._boxes[case_id, domain] = box
        return box


def dumped(value: Value) -> bytes:
    """Return a value as JSON with the words of its `RawText` in it: only ever to be sealed."""
    return value.model_dump_json(context={"seal": True}).encode()


def parsed(kind: type[V], plaintext: bytes) -> V:
    """Read a value back. Raises `SealBrokenError` if the bytes hold another kind of value."""
    try:
        return kind.model_validate_json(plaintext)
    except ValueError:
        raise SealBrokenError(f"the sealed value is not a {kind.__name__}") from None
