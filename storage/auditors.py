"""The auditors' side of a home: the log as it was handed over, in a database of its own.

Whoever reads it needs no key but the log's public one. Every leaf is hashed again and every
signature checked; what was refused when it was handed over is a fault for ever. This module and
what it imports know no raw store.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from models.audit import AuditEntry, Checkpoint, Verification
from models.errors import AuditBrokenError, HomeError
from storage.engine import transaction
from storage.export_files import Log
from storage.home import Home
from storage.merkle import Frontier, leaf_hash
from storage.migrate import Database, check
from storage.note import Verifier, log_name, read_checkpoint, split_note
from storage.tables.audit import ALARMS, HANDED_OVER, MANIFESTS

LEAVES, CHECKPOINTS = HANDED_OVER.leaves, HANDED_OVER.checkpoints
COSIGNATURES, STAMPS = HANDED_OVER.cosignatures, HANDED_OVER.stamps
_STEP = 500
"""Entries between two words on how far a verification has come."""


class AuditorsLog:
    """The log in the auditors' database."""

    def __init__(self, home: Home, engine: Engine | None = None) -> None:
        self.home = home
        self._engine = engine or home.engine(Database.AUDIT)
        try:
            check(self._engine, Database.AUDIT, home_id=home.id, mode=str(home.mode))
        except HomeError:
            self._engine.dispose()
            raise

    def verify(
        self,
        *,
        vkey: str | None = None,
        witnesses: Sequence[Verifier] = (),
        tell: Callable[[int], None] | None = None,
    ) -> Verification:
        """Check the whole log; what is wrong is named in the result's faults.

        `tell` is called now and then with how many entries were hashed so far.

        `vkey` is the log's public key as an auditor noted it down; without it, the one that lies
        in the folder is taken. Raises `AuditBrokenError` if it is another log's.
        """
        verifier = self.key(vkey)
        faults = [f"refused at the hand-over: {fault}" for _, fault in self.alarms()]
        frontier, roots = Frontier(), {0: Frontier().root()}
        with self.connection() as connection:
            points = connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size)).all()
            sizes = {row.size for row in points}
            rows = connection.execute(
                select(LEAVES.c.position, LEAVES.c.body, LEAVES.c.hash).order_by(LEAVES.c.position)
            )
            for expected, row in enumerate(rows):
                if row.position != expected:
                    faults.append(f"leaf {row.position}: expected leaf {expected}")
                digest = leaf_hash(row.body.encode())
                if digest != row.hash:
                    faults.append(f"leaf {row.position}: the entry does not give its hash")
                frontier = frontier.add(digest)
                if tell is not None and frontier.size % _STEP == 0:
                    tell(frontier.size)
                if frontier.size in sizes:
                    roots[frontier.size] = frontier.root()
            cosigned = connection.execute(select(COSIGNATURES)).all()
        texts: dict[int, str] = {}
        for row in points:
            try:
                said = read_checkpoint(row.note, verifier)
            except AuditBrokenError as exc:
                faults.append(f"checkpoint {row.size}: {exc}")
                continue
            texts[row.size] = split_note(row.note)[0]
            if said.size != row.size or said.root != _text(roots.get(said.size)):
                faults.append(f"checkpoint {row.size}: its root is not that of the leaves")
        if (points[-1].size if points else 0) != frontier.size:
            faults.append("the leaves go further than the newest checkpoint, or not so far")
        faults += _bad_cosignatures(cosigned, texts, witnesses)
        return Verification(
            size=frontier.size,
            root=_text(frontier.root()),
            checkpoints=len(texts),
            faults=tuple(faults),
        )

    def key(self, vkey: str | None = None) -> Verifier:
        """Return the key to check by. Raises `AuditBrokenError` if it is that of another log."""
        if vkey is None:
            try:
                vkey = self.home.audit_key_file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as exc:
                raise AuditBrokenError("the log's verification key cannot be read") from exc
        verifier = Verifier.parse(vkey)
        if verifier.name != log_name(self.home.id):
            raise AuditBrokenError("the verification key is that of another log")
        return verifier

    def entries(self) -> Iterator[AuditEntry]:
        """Yield the entries in order. Raises `AuditBrokenError` for one that cannot be read."""
        for body in self.bodies():
            try:
                yield AuditEntry.model_validate_json(body)
            except ValueError as exc:
                raise AuditBrokenError("an entry of the audit log cannot be read") from exc

    def bodies(self) -> list[bytes]:
        """Return the leaves' bodies in order."""
        with self.connection() as connection:
            found = connection.execute(select(LEAVES.c.body).order_by(LEAVES.c.position))
            return [body.encode() for body in found.scalars()]

    def leaves_from(self, position: int, limit: int) -> list[tuple[int, str]]:
        """Return leaves in order from a position on: where each stands, and its body."""
        query = (
            select(LEAVES.c.position, LEAVES.c.body)
            .where(LEAVES.c.position >= position)
            .order_by(LEAVES.c.position)
            .limit(limit)
        )
        with self.connection() as connection:
            return [(row.position, row.body) for row in connection.execute(query)]

    def log(self) -> tuple[Log, bytes]:
        """Return what an export is made of, and the signed list of its files.

        Raises `AuditBrokenError` if nothing was handed over yet, or a checkpoint is forged.
        """
        found = self.manifest()
        if found is None:
            raise AuditBrokenError("nothing was handed over yet")
        keys, signed = found
        return self.export_of(keys), signed

    def export_of(self, keys: Sequence[Verifier]) -> Log:
        """Return what an export is made of, with the keys that are to stand in it."""
        return Log(self.bodies(), self.published(keys[0]), self.stamps(), keys)

    def size(self) -> int:
        """Return how many leaves were handed over."""
        with self.connection() as connection:
            count = select(func.coalesce(func.max(LEAVES.c.position) + 1, 0))
            return int(connection.execute(count).scalar_one())

    def newest(self) -> tuple[int, datetime] | None:
        """Return how many entries the newest checkpoint covers, and the time it says."""
        query = select(CHECKPOINTS.c.size, CHECKPOINTS.c.at).order_by(CHECKPOINTS.c.size.desc())
        with self.connection() as connection:
            row = connection.execute(query.limit(1)).first()
        return None if row is None else (row.size, row.at)

    def published(self, verifier: Verifier) -> list[Checkpoint]:
        """Return every checkpoint, oldest first, with its cosignatures. Raises as `verify`."""
        lines: dict[int, str] = {}
        order = (COSIGNATURES.c.size, COSIGNATURES.c.witness, COSIGNATURES.c.key_id)
        with self.connection() as connection:
            notes = connection.execute(
                select(CHECKPOINTS.c.size, CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size)
            ).all()
            for row in connection.execute(select(COSIGNATURES).order_by(*order)):
                lines[row.size] = lines.get(row.size, "") + row.line
        return [read_checkpoint(note + lines.get(size, ""), verifier) for size, note in notes]

    def stamps(self) -> dict[str, bytes]:
        """Return the time stamps, under the names that an export gives them."""
        query = select(STAMPS).order_by(STAMPS.c.size, STAMPS.c.authority)
        with self.connection() as connection:
            return {
                f"stamps/{row.size}.{row.authority}.tsr": row.token
                for row in connection.execute(query)
            }

    def manifest(self) -> tuple[tuple[Verifier, ...], bytes] | None:
        """Return the newest signed list of an export's files, with the keys that stand in it."""
        newest = select(MANIFESTS).order_by(MANIFESTS.c.seq.desc()).limit(1)
        with self.connection() as connection:
            row = connection.execute(newest).first()
        if row is None:
            return None
        return tuple(map(Verifier.parse, row.keys.splitlines())), row.note.encode()

    def alarms(self) -> list[tuple[datetime, str]]:
        """Return what was refused when it was to be handed over, oldest first."""
        with self.connection() as connection:
            rows = connection.execute(select(ALARMS).order_by(ALARMS.c.seq))
            return [(row.at, row.fault) for row in rows]

    def connection(self, *, writes: bool = False) -> AbstractContextManager[Connection]:
        """Open a transaction on the auditors' database."""
        return transaction(self._engine, Database.AUDIT, writes=writes)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _bad_cosignatures(
    rows: Sequence[Row[Any]], texts: dict[int, str], witnesses: Sequence[Verifier]
) -> Iterator[str]:
    known = {(one.name, one.key_hash.hex()): one for one in witnesses}
    for row in rows:
        text = texts.get(row.size, "")
        witness = known.get((row.witness, row.key_id))
        try:
            (signature,) = split_note(f"{text}\n{row.line}")[1]
        except (AuditBrokenError, ValueError):
            yield f"checkpoint {row.size}: a cosignature is malformed"
            continue
        if witness is not None and not witness.accepts(signature, text):
            yield f"checkpoint {row.size}: not cosigned by {row.witness}"


def _text(root: bytes | None) -> str:
    return "" if root is None else base64.b64encode(root).decode()
