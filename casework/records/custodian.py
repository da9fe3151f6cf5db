"""The custodian's own process: it lists what was put away, shows it, and states what it received.

Nothing is shown before the look is on record.

It holds the sealed domain's key and no other, and one database. Nothing that this module imports
reaches another domain's keys or rows.
"""

from datetime import datetime
from typing import Final

from casework.criminal.custody_chain import COPY, digest_of, require_sealed, require_whole
from models.errors import CaseNotFoundError, RecordNotFoundError
from models.ids import ActorId, is_id
from models.referral import SealedCopy
from models.search_clauses import CaptureHashError
from storage.domain import Domain
from storage.domain_vault import RECEIVED
from storage.exchange import Letter, SealedVault
from storage.kept import PutAway, Receipt
from storage.letter_opener import LetterOpener
from storage.transaction import parsed

Kept = PutAway
"""One thing that was put away."""
_ALL: Final = 10_000_000
"""More than was ever put away."""


def list_kept(
    sealed: SealedVault, *, actor: ActorId, after: str = "", limit: int = _ALL
) -> list[Kept]:
    """Return what was put away of the cases that this person may look at, oldest first.

    Beyond the thing whose id is given, if it is still there: else from the first.
    """
    last = sealed.find_kept(after) if after else None
    return sealed.kept_for(actor, after=last, limit=limit)


def find_kept(sealed: SealedVault, item_id: str, *, actor: ActorId, now: datetime) -> Kept:
    """Return what a thing is, unopened: that is no look.

    Raises `RecordNotFoundError` where nothing of this id is kept; `NotPermittedError`, which is
    written down, for somebody whom the inside did not name.
    """
    kept = _found(sealed, item_id)
    sealed.require_named(kept.case_id, actor=actor, at=now)
    return kept


def show_kept(sealed: SealedVault, item_id: str, *, actor: ActorId, now: datetime) -> bytes:
    """Write down that somebody looks, then return what was put away, as JSON.

    Raises `RecordNotFoundError` where nothing of this id is kept; `NotPermittedError`, which is
    written down too, for somebody whom the inside did not name; `SealBrokenError`.
    """
    return _look(sealed, item_id, actor=actor, now=now)[1]


def receipts_given(
    sealed: SealedVault, *, actor: ActorId, after: str = "", referral: str = "", limit: int
) -> list[Receipt]:
    """Return the receipts that this person gave, newest first; those of one referral if named.

    Each says whether the inside has taken it up, and nothing of what came of it there.
    """
    return sealed.receipts_by(actor, after=after, referral=referral, limit=limit)


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
    kept = _found(sealed, item_id)
    sealed.require_viewer(kept.case_id, actor=actor, at=now)
    if kept.letter_id is None:
        return kept, sealed.read(kept.case_id, kept.kind, kept.position)
    body = sealed.body_of(kept.letter_id)
    if body is None:
        raise RecordNotFoundError("what was kept was sealed anew: it has another id")
    letter = Letter(kept.letter_id, kept.case_id, kept.kind, kept.at, body)
    return kept, LetterOpener(sealed.key_ring, Domain.SEALED).open(letter)


def _found(sealed: SealedVault, item_id: str) -> Kept:
    if not is_id(item_id[:32]):
        raise CaseNotFoundError("nothing is kept under this id")
    kept = sealed.find_kept(item_id)
    if kept is None:
        raise RecordNotFoundError("nothing is kept under this id")
    return kept
