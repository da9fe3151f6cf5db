"""A letter to a domain that the inside cannot read is queued in the transaction of its cause.

It is sealed before it is queued, so that not even the outbox can be read back. Whoever empties the
outbox needs no key of the domain either.
"""

import json
from datetime import datetime
from typing import Final

from models.errors import ConstraintError
from models.ids import CaseId
from storage.domain import Domain
from storage.exchange import ExchangeVault, Letter, letter
from storage.outbox import OutboxStore
from storage.transaction import Transaction
from storage.vault import Vault
from storage.writers import writer_of

_KIND: Final = "letter:"


def queue_letter(
    tx: Transaction, domain: Domain, case_id: CaseId, kind: str, plaintext: bytes, *, now: datetime
) -> str:
    """Seal bytes to a domain's writing key, queue them, and return the letter's id.

    Raises `KeyUnavailableError` if the home has no writing key of the domain.
    """
    one = letter(writer_of(tx.key_ring, domain), case_id, kind, plaintext, now)
    said = {"id": one.id, "kind": one.kind, "at": now.isoformat(), "body": one.body.hex()}
    OutboxStore(tx).add(f"{_KIND}{domain}", case_id, json.dumps(said).encode(), now=now)
    return one.id


def send_letters(vault: Vault, target: ExchangeVault, *, now: datetime) -> int:
    """Bring what is queued for a domain into its inbox; return how many letters.

    Sending twice changes nothing, so a crash between the two databases is mended by the next run.
    """
    with vault.read() as tx:
        rows = queued_letters(tx, target.domain)
    for row_id, one in rows:
        target.post(one)
        with vault.write(one.case_id) as tx:
            OutboxStore(tx).done(row_id, now)
    return len(rows)


def queued_letters(tx: Transaction, domain: Domain) -> list[tuple[str, Letter]]:
    """Return the letters that wait for a domain, each with its row of the outbox."""
    found = []
    for row in OutboxStore(tx).pending(f"{_KIND}{domain}"):
        if row.case_id is None:
            raise ConstraintError("a letter of no case is queued")
        said = json.loads(row.payload)
        body, at = bytes.fromhex(said["body"]), datetime.fromisoformat(said["at"])
        found.append((row.id, Letter(said["id"], row.case_id, said["kind"], at, body)))
    return found
