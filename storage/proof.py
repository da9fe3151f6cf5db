"""One entry shown without the others: a file that holds its place, its proof and a checkpoint.

The format is C2SP tlog-proof, which is checked offline against the log's and its witnesses' keys.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.errors import AuditBrokenError
from storage.merkle import SIZE, inclusion_proof, leaf_hash, verify_inclusion
from storage.note import Head, Verifier, count, decoded, read_head

_FIRST: Final = "c2sp.org/tlog-proof@v1"
_MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """An entry's place in the log, as one checkpoint covers it."""

    index: int
    hashes: tuple[bytes, ...]
    note: str

    @property
    def text(self) -> str:
        """The proof as a file."""
        hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in self.hashes)
        return f"{_FIRST}\nindex {self.index}\n{hashes}\n{self.note}"


def prove(leaves: Sequence[bytes], index: int, note: str, size: int) -> LogProof:
    """Prove one leaf hash out of all, under a checkpoint of that size.

    Raises `AuditBrokenError` if the checkpoint does not reach the entry.
    """
    if not 0 <= index < size <= len(leaves):
        raise AuditBrokenError("no checkpoint covers the entry yet")
    return LogProof(index, tuple(inclusion_proof(leaves[:size], index)), note)


def read_proof(text: str) -> LogProof:
    """Read a proof file, unchecked. Raises `AuditBrokenError`."""
    head, found, note = text.partition("\n\n")
    lines = head.split("\n")
    if len(lines) > 1 and lines[1].startswith("extra "):
        del lines[1]
    if not found or len(lines) < 2 or lines[0] != _FIRST or not lines[1].startswith("index "):
        raise AuditBrokenError("the proof is malformed")
    try:
        index = count(lines[1].removeprefix("index "))
        hashes = tuple(decoded(line) for line in lines[2:])
    except ValueError as exc:
        raise AuditBrokenError("the proof is malformed") from exc
    if len(hashes) > _MOST_HASHES or any(len(one) != SIZE for one in hashes):
        raise AuditBrokenError("the proof is malformed")
    return LogProof(index, hashes, note)


def check_proof(
    proof: LogProof, body: bytes, *, log: Verifier, witnesses: Sequence[Verifier] = ()
) -> Head:
    """Return what the checkpoint states if the proof shows that an entry is in that log.

    Every witness named must have cosigned. Raises `AuditBrokenError`.
    """
    head = read_head(log.verify(proof.note))
    if head.origin != log.name:
        raise AuditBrokenError("the proof is of another log")
    for witness in witnesses:
        witness.verify(proof.note)
    if not verify_inclusion(leaf_hash(body), proof.index, head.size, proof.hashes, head.root):
        raise AuditBrokenError("the proof does not show that the entry is in the log")
    return head
