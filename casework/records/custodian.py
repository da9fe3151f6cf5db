"""The custodian's own process: it lists what was put away, shows it, and states what it received.

Nothing is shown before the look is on record.

It holds the sealed domain's key and no other, and one database. Nothing that this module imports
reaches another domain's keys or rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.criminal.custody_chain import COPY, digest_of, require_sealed, require_whole
from models.errors import CaseNotFoundError, RecordNotFoundError
from models.ids import ActorId, CaseId, is_id
from models.referral import SealedCopy
from models.search_clauses import CaptureHashError
from storage.domain import Domain
from storage.domain_vault import RECEIVED
from storage.exchange import Letter, SealedVault
from storage.letter_opener import LetterOpener
from storage.transaction import parsed

_ALL: Final = 10_000_000
"""More than was ever put away."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that was put away: what kind, of which case, since when; nothing of its content."""

    id: str
    case_id: CaseId
    kind: str
    at: datetime


def list_kept(sealed: SealedVault, *, actor: ActorId) -> list[Kept]:
    """Return what was put away of the cases that this person may look at, oldest first."""
    cases = sealed.viewed_by(actor)
    found = [kept for kept, _ in _kept(sealed) if kept.case_id in cases]
    return sorted(found, key=lambda one: (one.at, one.id))


def show_kept(sealed: SealedVault, item_id: str, *, actor: ActorId, now: datetime) -> bytes:
    """Write down that somebody looks, then return what was put away, as JSON.

    Raises `RecordNotFoundError` where nothing of this id is kept; `NotPermittedError`, which is
    written down too, for somebody whom the inside did not name; `SealBrokenError`.
    """
    return _look(sealed, item_id, actor=actor, now=now)[1]


def receive_kept(
    sealed: SealedVault, item_id: str, *, actor: ActorId, now: datetime
) -> tuple[str, str]:
    """Open a copy of criminal evidence, check its digest, and state both in a receipt (S11).

    Returns the referral's id and the digest. The receipt takes effect when the inside takes it up
    (`casework.criminal.referral_receipts`). Raises what `show_kept` does, `RecordNotFoundError` for
    what is no such copy, and `CaptureHashError`, which is written down too, if copy or chain is not
    what was sealed.
    """
    kept, body = _look(sealed, item_id, actor=actor, now=now)
    if kept.kind != COPY:
        raise RecordNotFoundError("a receipt is given for a copy of criminal evidence alone")
    copy = parsed(SealedCopy, body)
    sha256 = digest_of(copy.kept)
    try:
        require_whole(copy.chain)
        require_sealed(copy.chain, sha256)
    except CaptureHashError as refusal:
        sealed.state(kept.case_id, refusal.code, actor=actor, at=now)
        raise
    referral = copy.kept.referral
    sealed.state(kept.case_id, f"{RECEIVED}{referral}:{sha256}", actor=actor, at=now)
    return referral, sha256


def _look(
    sealed: SealedVault, item_id: str, *, actor: ActorId, now: datetime
) -> tuple[Kept, bytes]:
    if not is_id(item_id.partition("/")[0]):
        raise CaseNotFoundError("nothing is kept under this id")
    for kept, source in _kept(sealed):
        if kept.id == item_id:
            sealed.require_viewer(kept.case_id, actor=actor, at=now)
            if isinstance(source, Letter):
                return kept, LetterOpener(sealed.key_ring, Domain.SEALED).open(source)
            return kept, sealed.read(kept.case_id, kept.kind, source)
    raise RecordNotFoundError("nothing is kept under this id")


def _kept(sealed: SealedVault) -> Iterator[tuple[Kept, Letter | int]]:
    """Yield what came and was not yet sealed anew, and what was: both are the custodian's."""
    for one in sealed.waiting(limit=_ALL):
        yield Kept(one.id, one.case_id, one.kind, one.at), one
    for item in sealed.on_shelf():
        where = f"{item.case_id}/{item.kind}/{item.position}"
        yield Kept(where, item.case_id, item.kind, item.at), item.position
