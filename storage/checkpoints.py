"""A checkpoint signs what is committed, and verification recomputes everything from the leaves.

The signer keeps its newest checkpoint in keys.db too: a raw.db put back to an older state, or
rewritten together with its checkpoints, no longer agrees with it. What no checkpoint covers yet
could be cut off unnoticed, so publish often.
"""

import base64
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, insert, select, update

from models.audit import AuditEntry, Checkpoint, Verification
from models.errors import AuditBrokenError
from storage.audit import leaf_body, read_frontier
from storage.domain import HOME, Domain
from storage.engine import transaction
from storage.merkle import Frontier, leaf_hash
from storage.note import Signer, Verifier, checkpoint_text, log_name, read_checkpoint
from storage.tables.audit import CHECKPOINTS, LEAVES
from storage.tables.keys import WITNESS
from storage.transaction import Transaction
from storage.vault import Vault


def publish(vault: Vault, *, now: datetime) -> Checkpoint:
    """Sign the log as it is committed; one that has not grown keeps its checkpoint.

    Raises `KeyUnavailableError` if the key ring lacks the audit domain, and `AuditBrokenError`
    if the log is not a continuation of the last checkpoint: nothing is signed then.
    """
    signer = _signer(vault)
    with vault.write() as tx:
        remembered = _remembered(vault, signer.verifier)
        last = _last(tx, signer.verifier)
        if remembered is None:
            raise AuditBrokenError("what the signer remembers is missing")
        if remembered[0].size > (0 if last is None else last[0].size):
            raise AuditBrokenError("the log is older than the last checkpoint signed for it")
        frontier = _continuation(tx, Frontier() if last is None else last[1])
        root = _text(frontier.root())
        if last is not None and last[0].size == frontier.size:
            checkpoint = last[0]
        else:
            text = checkpoint_text(log_name(vault.home.id), frontier.size, frontier.root())
            checkpoint = read_checkpoint(signer.sign(text), signer.verifier)
            tx.execute(
                insert(CHECKPOINTS).values(
                    size=frontier.size,
                    root=root,
                    frontier=frontier.packed(),
                    at=now,
                    note=checkpoint.note,
                )
            )
        count = tx.execute(select(func.count()).select_from(CHECKPOINTS)).scalar_one()
    _remember(vault, checkpoint, count)
    return checkpoint


def verify(vault: Vault, *, vkey: str | None = None) -> Verification:
    """Check the whole log; what is wrong is named in the result's faults.

    `vkey` is the public key to check by, as an auditor noted it down. Without it, the one that
    the audit key gives is taken or, if the key ring lacks that domain, the one in the home,
    which somebody who rewrites the whole home could have replaced.
    """
    check = _Check(_verifier(vault, vkey))
    check.key(vault)
    with vault.read() as tx:
        check.leaves(tx)
        check.head(tx)
        check.checkpoints(tx)
    check.witness(vault)
    return Verification(
        size=check.frontier.size,
        root=_text(check.frontier.root()),
        checkpoints=check.signed,
        faults=tuple(check.faults),
    )


def published(vault: Vault) -> list[Checkpoint]:
    """Return every checkpoint, oldest first. Raises `AuditBrokenError` if one is forged."""
    verifier = _verifier(vault, None)
    with vault.read() as tx:
        notes = tx.execute(select(CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size)).scalars().all()
    return [read_checkpoint(note, verifier) for note in notes]


@dataclass
class _Check:
    """What is found while the log is recomputed."""

    verifier: Verifier
    faults: list[str] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=dict)
    """The recomputed root at each size for which a checkpoint may exist."""
    stated: set[int] = field(default_factory=set)
    """The sizes for which the log has a checkpoint, good or bad."""
    signed: int = 0

    def key(self, vault: Vault) -> None:
        """Compare the home's public key with the one checked by."""
        try:
            published = _published_key(vault)
        except AuditBrokenError as exc:
            self.faults.append(str(exc))
            return
        if published != self.verifier:
            self.faults.append("the home's verification key is not the one checked by")

    def leaves(self, tx: Transaction) -> None:
        """Recompute every leaf from its body, and the root at every checkpoint's size."""
        wanted = set(tx.execute(select(CHECKPOINTS.c.size)).scalars())
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
        """Compare the stored right edge with the recomputed one."""
        try:
            stored = read_frontier(tx)
        except AuditBrokenError as exc:
            self.faults.append(str(exc))
            return
        if stored != self.frontier:
            self.faults.append("the head of the log does not fit its leaves")

    def checkpoints(self, tx: Transaction) -> None:
        """Check every checkpoint's signature, and its root against the leaves."""
        for row in tx.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size)):
            where = f"checkpoint {row.size}"
            self.stated.add(row.size)
            try:
                said = read_checkpoint(row.note, self.verifier)
            except AuditBrokenError as exc:
                self.faults.append(f"{where}: {exc}")
                continue
            if (said.size, said.root) != (row.size, row.root):
                self.faults.append(f"{where}: the note states something else")
            if not _fits(row.size, row.frontier, said.root):
                self.faults.append(f"{where}: its right edge does not give its root")
            self._compare(where, said)
            self.signed += 1

    def witness(self, vault: Vault) -> None:
        """Compare the log with what its signer remembers: the newest checkpoint, and how many."""
        try:
            remembered = _remembered(vault, self.verifier)
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
        elif said.size in self.roots and _text(self.roots[said.size]) != said.root:
            self.faults.append(f"{where}: its root is not that of the leaves")


def _continuation(tx: Transaction, known: Frontier) -> Frontier:
    """Return the tree grown from a known one by the leaves as they are.

    Raises `AuditBrokenError` if leaves are missing or altered, or the stored head differs.
    """
    rows = tx.execute(
        select(LEAVES.c.position, LEAVES.c.body)
        .where(LEAVES.c.position >= known.size)
        .order_by(LEAVES.c.position)
    )
    frontier = known
    for row in rows:
        if row.position != frontier.size:
            raise AuditBrokenError(f"leaf {frontier.size} is missing")
        frontier = frontier.add(leaf_hash(row.body.encode()))
    if frontier != read_frontier(tx):
        raise AuditBrokenError("the log is not a continuation of the last checkpoint")
    return frontier


def _last(tx: Transaction, verifier: Verifier) -> tuple[Checkpoint, Frontier] | None:
    row = tx.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)).first()
    if row is None:
        return None
    said = read_checkpoint(row.note, verifier)
    if said.size != row.size or not _fits(row.size, row.frontier, said.root):
        raise AuditBrokenError("the last checkpoint is damaged")
    return said, Frontier.unpack(row.size, row.frontier)


def _remembered(vault: Vault, verifier: Verifier) -> tuple[Checkpoint, int] | None:
    with transaction(vault.key_ring.engine, "keys", writes=False) as connection:
        row = connection.execute(select(WITNESS)).one_or_none()
    return None if row is None else (read_checkpoint(row.note, verifier), row.checkpoints)


def _remember(vault: Vault, checkpoint: Checkpoint, count: int) -> None:
    values = {"size": checkpoint.size, "note": checkpoint.note, "checkpoints": count}
    with transaction(vault.key_ring.engine, "keys", writes=True) as connection:
        # Only forward: another process may have published more in the meantime.
        connection.execute(update(WITNESS).where(WITNESS.c.checkpoints < count).values(**values))


def _signer(vault: Vault) -> Signer:
    seed = vault.key_ring.lockbox(HOME, Domain.AUDIT).signing
    return Signer(log_name(vault.home.id), seed)


def _verifier(vault: Vault, vkey: str | None) -> Verifier:
    if vkey is not None:
        verifier = Verifier.parse(vkey)
    elif Domain.AUDIT in vault.key_ring.domains:
        verifier = _signer(vault).verifier
    else:
        verifier = _published_key(vault)
    if verifier.name != log_name(vault.home.id):
        raise AuditBrokenError("the verification key is that of another log")
    return verifier


def _published_key(vault: Vault) -> Verifier:
    try:
        return Verifier.parse(vault.home.audit_key_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise AuditBrokenError("the log's verification key cannot be read") from exc


def _fits(size: int, packed: bytes, root: str) -> bool:
    try:
        return _text(Frontier.unpack(size, packed).root()) == root
    except ValueError:
        return False


def _states(body: str, at: datetime, object_id: str) -> bool:
    """Say whether a leaf is a canonical entry that states what its index says."""
    try:
        entry = AuditEntry.model_validate_json(body)
    except ValueError:
        return False
    same = entry.at == at and entry.object_id == object_id
    return same and leaf_body(entry) == body.encode()


def _text(root: bytes) -> str:
    return base64.b64encode(root).decode()
