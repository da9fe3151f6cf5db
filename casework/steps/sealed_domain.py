"""What the custodian alone may read leaves the inside for good, in the transaction of its cause.

Medical and criminal material and undercover identifiers (T2) are sealed to the custodian's public
key: the inside writes them and cannot read them back. `casework.records.custodian` is the other
side.
"""

from datetime import datetime

from casework.steps.step import Work
from models.audit import AuditAction
from models.value import Value
from storage.domain import Domain
from storage.exchange import SealedVault
from storage.letters_out import queue_letter, send_letters
from storage.transaction import dumped
from storage.vault import Vault


def put_away(work: Work, kind: str, value: Value) -> str:
    """Put a value away for the custodian and return the id under which they find it.

    `kind` is a short code that says what it is; the custodian sees it before they open anything,
    and the inside's log does not name it. Queued in the step's own transaction: both happen or
    neither does. What else the inside keeps of the value is for the caller to delete.

    Raises `KeyUnavailableError` if the home has no writing key of the sealed domain.
    """
    letter_id = queue_letter(
        work.tx, Domain.SEALED, work.case.id, kind, dumped(value), now=work.now
    )
    work.log(AuditAction.PUT_AWAY)
    return letter_id


def hand_over(*, vault: Vault, sealed: SealedVault, now: datetime) -> int:
    """Bring what was put away into the custodian's database; return how much.

    Twice changes nothing, so a crash between the two databases is mended by running it again.
    """
    sent = send_letters(vault, sealed, now=now)
    if sent:
        sealed.publish_keys()
    return sent
