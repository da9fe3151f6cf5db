"""What happens by itself after hire: drafts close, and the custodian hears of every watch.

Nothing here opens a case, and no clock looks at anybody.
"""

from datetime import datetime

from casework.after_hire.monitoring import close_unopened
from casework.after_hire.retaliation import watch_reporters
from storage.vault import Vault


def run_after_hire(*, vault: Vault, now: datetime) -> int:
    """Do what is due; return how much. Twice changes nothing."""
    return close_unopened(vault=vault, now=now) + watch_reporters(vault=vault, now=now)
