"""Verification recomputes the whole log from its leaves and names everything that does not agree.

It compares leaves, stored edge, checkpoints and cosignatures with each other, and with what lies
outside the database: the signer's memory in keys.db and the high-water mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from models.audit import AuditEntry, Checkpoint, Verification
from models.errors import AuditBrokenError, KeyUnavailableError
from storage.audit import leaf_body, read_frontier
from storage.checkpoints import (
    edge_fits,
    home_key,
    log_keys,
    remembered_by_signer,
    root_text,
    verifier_of,
)
from storage.merkle import Frontier, leaf_hash
from storage.note import Verifier, read_checkpoint, split_note
from storage.tables.audit import CHECKPOINTS, COSIGNATURES, LEAVES
from storage.transaction import Transaction
from storage.vault import Vault


def verify(
    vault: Vault, *, vkey: str | None = None, witnesses: Sequence[Verifier] = ()
) -> Verification:
    """Check the whole log; what is wrong is named in the result's faults.

    `vkey` is the public key to check by, as an auditor noted it down. Without it, the one that
    the audit key gives is taken or, if the key ring lacks that domain, the one in the home,
    which somebody who rewrites the whole home could have replaced.
    """
    check = _Check(verifier_of(vault, vkey), witnesses)
    check.key(vault)
    check.mark(vault)
    with vault.read() as tx:
        check.leaves(tx)
        check.checkpoints(tx)
        check.head(tx)
        check.cosignatures(tx)
    check.memory(vault)
    return Verification(
        size=check.frontier.size,
        root=root_text(check.frontier.root()),
        checkpoints=check.signed,
        faults=tuple(check.faults),
    )


@dataclass
class _Check:
    """What is found while the log is recomputed."""

    verifier: Verifier
    witnesses: Sequence[Verifier]
    faults: list[str] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=dict)
    """The recomputed root at each size for which a checkpoint may exist."""
    stated: dict[int, str] = field(default_factory=dict)
    """The sizes for which the log has a checkpoint, good or bad, with its text."""
    signed: int = 0
    marked: Frontier | None = None
    must_be_marked: bool = False
    second: Verifier | None = None

    def key(self, vault: Vault) -> None:
        """Compare the home's public key with the one checked by."""
        try:
            self.second = log_keys(vault)[1]
        except KeyUnavailableError:
            self.second = None
        try:
            lying_there = home_key(vault)
        except AuditBrokenError as exc:
            self.faults.append(str(exc))
            return
        if lying_there != self.verifier:
            self.faults.append("the home's verification key is not the one checked by")

    def mark(self, vault: Vault) -> None:
        """Read the high-water mark, before the log that it must not be ahead of."""
        try:
            self.marked = vault.high_water.read()
            self.must_be_marked = vault.high_water.held
        except AuditBrokenError as exc:
            self.faults.append(str(exc))

    def leaves(self, tx: Transaction) -> None:
        """Recompute every leaf from its body, and the root at every checkpoint's size."""
        wanted = set(tx.execute(select(CHECKPOINTS.c.size)).scalars())
        if self.marked is not None:
            wanted.add(self.marked.size)
        rows = tx.execute(
            select(LEAVES).order_by(LEAVES.c.position).execution_options(yield_per=1000)
        )
        self.roots[0] = self.frontier.root()
        for expected, row in enumerate(rows):
            where = f"leaf {row.position}"
            if row.position != expected:
                self.faults.append(f"{where}: expected leaf {expected}")
            digest = leaf_hash(row.body.encode())
            if digest != row.hash:
                self.faults.append(f"{where}: the entry does not give its hash")
            if not _states(row.body, row.at, row.object_id):
                self.faults.append(f"{where}: the entry and its index disagree")
            self.frontier = self.frontier.add(digest)
            if self.frontier.size in wanted:
                self.roots[self.frontier.size] = self.frontier.root()
        self.roots[self.frontier.size] = self.frontier.root()

    def head(self, tx: Transaction) -> None:
        """Compare the stored right edge, and the high-water mark, with the recomputed ones."""
        try:
            if read_frontier(tx) != self.frontier:
                self.faults.append("the head of the log does not fit its leaves")
        except AuditBrokenError as exc:
            self.faults.append(str(exc))
        if self.marked is None:
            if self.must_be_marked and any(self.stated):
                self.faults.append("the high-water mark is missing")
        elif self.marked.size > self.frontier.size:
            self.faults.append(
                f"the log had {self.marked.size} leaves, {self.frontier.size} are there"
            )
        elif self.roots[self.marked.size] != self.marked.root():
            self.faults.append("the leaves do not give the high-water mark")

    def checkpoints(self, tx: Transaction) -> None:
        """Check every checkpoint's signatures, and its root against the leaves."""
        for row in tx.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size)):
            where = f"checkpoint {row.size}"
            self.stated[row.size] = row.note.rpartition("\n\n")[0] + "\n"
            try:
                said = read_checkpoint(row.note, self.verifier)
                known = [one for one in (self.verifier, self.second) if one is not None]
                for signature in split_note(row.note)[1][: len(known)]:
                    if not any(one.accepts(signature, self.stated[row.size]) for one in known):
                        raise AuditBrokenError("a signature is not the log's")  # noqa: TRY301
            except AuditBrokenError as exc:
                self.faults.append(f"{where}: {exc}")
                continue
            if (said.size, said.root) != (row.size, row.root):
                self.faults.append(f"{where}: the note states something else")
            if not edge_fits(row.size, row.frontier, said.root):
                self.faults.append(f"{where}: its right edge does not give its root")
            self._compare(where, said)
            self.signed += 1

    def cosignatures(self, tx: Transaction) -> None:
        """Check what the given witnesses signed; each must have signed the newest they could."""
        known = {(one.name, one.key_hash.hex()): one for one in self.witnesses}
        for row in tx.execute(select(COSIGNATURES).order_by(COSIGNATURES.c.size)):
            witness = known.get((row.witness, row.key_id))
            text = self.stated.get(row.size, "")
            try:
                (signature,) = split_note(f"{text}\n{row.line}")[1]
            except (AuditBrokenError, ValueError):
                self.faults.append(f"checkpoint {row.size}: a cosignature is malformed")
                continue
            if witness is not None and not witness.accepts(signature, text):
                self.faults.append(f"checkpoint {row.size}: not cosigned by {row.witness}")

    def memory(self, vault: Vault) -> None:
        """Compare the log with what its signer remembers: the newest checkpoint, and how many."""
        try:
            remembered = remembered_by_signer(vault, self.verifier)
        except AuditBrokenError as exc:
            self.faults.append(f"the signer's last checkpoint: {exc}")
            return
        if remembered is None:
            self.faults.append("what the signer remembers is missing")
            return
        said, count = remembered
        if (count and said.size not in self.stated) or len(self.stated) < count:
            self.faults.append("a checkpoint that was signed is missing from the log")
        self._compare("the signer's last checkpoint", said)

    def _compare(self, where: str, said: Checkpoint) -> None:
        if said.size > self.frontier.size:
            self.faults.append(
                f"{where}: covers {said.size} leaves, {self.frontier.size} are there"
            )
        elif said.size in self.roots and root_text(self.roots[said.size]) != said.root:
            self.faults.append(f"{where}: its root is not that of the leaves")


def _states(body: str, at: datetime, object_id: str) -> bool:
    """Say whether a leaf is a canonical entry that states what its index says."""
    try:
        entry = AuditEntry.model_validate_json(body)
    except ValueError:
        return False
    same = entry.at == at and entry.object_id == object_id
    return same and leaf_body(entry) == body.encode()
