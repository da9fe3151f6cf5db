"""The enclave is told what is news of a case, sealed to its key, each piece once."""

from collections.abc import Callable
from datetime import datetime

from models.errors import CaseNotFoundError, KeyUnavailableError
from models.ids import CaseId
from storage.commands import CommandStore
from storage.domain import Domain
from storage.exchange import FairnessVault, letter
from storage.transaction import Transaction
from storage.vault import Vault
from storage.writers import writer_of

News = list[tuple[CaseId, bytes, str]]
"""A pseudonym, what is told of it, and the key under which it is remembered as told."""


def tell(
    case_ids: list[CaseId],
    kind: str,
    news_of: Callable[[Transaction, CaseId], News],
    *,
    vault: Vault,
    fairness: FairnessVault,
    now: datetime,
) -> int:
    """Tell the enclave what is news of these cases; return how many pieces were.

    Without effect where the home has no enclave. A crash between the two databases tells the
    same twice, and the newest stands.
    """
    try:
        writer = writer_of(vault.key_ring, Domain.FAIRNESS)
    except KeyUnavailableError:
        return 0
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    news: News = []
    with vault.read() as tx:
        for case_id in case_ids:
            try:
                news += news_of(tx, case_id)
            except (CaseNotFoundError, KeyUnavailableError):
                continue  # destroyed since
    if not news:
        return 0
    with fairness.together():
        for pseudonym, body, _key in news:
            fairness.post(letter(writer, pseudonym, kind, body, day))
    with vault.write() as tx:
        commands = CommandStore(tx)
        for key in {key for _pseudonym, _body, key in news}:
            if commands.seen(key) is None:  # another process may have been as quick
                commands.remember(key, kind, now)
    return len(news)
