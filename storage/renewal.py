"""What was put away of a destroyed case is destroyed too, though one key was written to for all.

Before the keys of destroyed cases go, whatever of other cases is still sealed to the sealed
domain's writing key is sealed anew with the keys of its own case; then the writing key is
replaced, and its lockbox dropped. Every step may be repeated after a crash.
"""

from collections.abc import Collection
from datetime import datetime

from models.ids import CaseId
from storage.domain import Domain
from storage.exchange import ExchangeVault
from storage.letter_opener import LetterOpener
from storage.letters_out import queued_letters
from storage.outbox import OutboxStore
from storage.vault import Vault
from storage.writers import new_writer, owners_of, retire


def renew_writing(
    vault: Vault, sealed: ExchangeVault, gone: Collection[CaseId], *, at: datetime
) -> None:
    """Replace the sealed domain's writing key; what is kept of cases that are gone is lost.

    Takes a key ring of raw and sealed. Raises `KeyUnavailableError` otherwise.
    """
    ring = vault.key_ring
    # Nobody else writes cases meanwhile: whatever was sealed to the old key is queued or sent.
    with vault.write() as tx:
        for row_id, one in queued_letters(tx, Domain.SEALED):
            sealed.post(one)
            OutboxStore(tx).done(row_id, at)
        new_writer(ring, Domain.SEALED)
    while waiting := sealed.waiting():
        opener = LetterOpener(ring, Domain.SEALED)
        for one in waiting:
            if one.case_id in gone:
                sealed.take_in([one.id], at)
            else:
                sealed.shelve(one, opener.open(one))
    for owner in owners_of(ring, Domain.SEALED)[:-1]:
        retire(ring, owner, at=at)
