"""Work that runs long asks again and again whether it may go on, and stops where it stands if not.

A withdrawal is looked for every few items, so running work stops within one such interval and not
only when it comes to keep what it did. Nothing of what it had read is kept.
"""

from datetime import datetime

from casework.applicant.consent import require_consent
from casework.steps.polling import POLL_INTERVAL, Live, polled
from models.ids import CaseId
from storage.cases import CaseStore
from storage.vault import Vault

__all__ = ["POLL_INTERVAL", "Live", "consent_of", "polled"]


def consent_of(case_id: CaseId, *, vault: Vault, now: datetime) -> Live:
    """Return a check that raises what `require_consent` does, by the database as it then stands."""

    def live() -> None:
        with vault.read() as tx:
            require_consent(tx, CaseStore(tx).get(case_id), now=now)

    return live
