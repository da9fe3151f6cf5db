"""Signs of an imposter or of a stolen account are shown to an analyst, and decide nothing.

Each is a fact that can be checked again; none of them is a verdict, and all of them together are
none either.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from models.attribution import AccountConfirmation, AccountFacts, Sign
from models.evidence import SourceItem
from triage.identifiers import spells

SILENCE: Final = timedelta(days=180)
BURST: Final = 10
BURST_WITHIN: Final = timedelta(days=7)
"""Half a year without a post, and then ten within a week."""


def signs(
    items: Sequence[SourceItem],
    *,
    name: str,
    notice_at: datetime | None,
    facts: AccountFacts | None = None,
    word: AccountConfirmation | None = None,
) -> tuple[Sign, ...]:
    """Return the signs that an account shows, in the order of their listing.

    `notice_at` is when the applicant was told of the search; `word` is what the applicant said of
    the account.
    """
    found = set()
    times = sorted(item.created_at for item in items if item.created_at is not None)
    if facts is not None:
        history = facts.history
        if notice_at and history.created_at and history.created_at > notice_at:
            found.add(Sign.YOUNGER_THAN_NOTICE)
        if (
            history.display_name is not None
            and _same(history.display_name.reveal(), name)
            and history.handles
            and not any(_of_name(handle.reveal(), name) for handle in history.handles)
        ):
            found.add(Sign.NAME_WITHOUT_HISTORY)
        if facts.contradictions:
            found.add(Sign.CONTRADICTING_FACT)
    if _burst(times):
        found.add(Sign.BURST_AFTER_SILENCE)
    if word is not None and any(_stolen(time, word) for time in times):
        found.add(Sign.WHILE_STOLEN)
    return tuple(sign for sign in Sign if sign in found)


def _burst(times: Sequence[datetime]) -> bool:
    return any(
        later - earlier >= SILENCE
        and sum(later <= time < later + BURST_WITHIN for time in times) >= BURST
        for earlier, later in pairwise(times)
    )


def _stolen(time: datetime, word: AccountConfirmation) -> bool:
    since, until = word.stolen_from, word.stolen_until
    return since is not None and since <= time and (until is None or time <= until)


def _same(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _of_name(handle: str, name: str) -> bool:
    parts = [part for part in name.casefold().split() if len(part) > 2]
    return spells(handle, name) or any(part in handle.casefold() for part in parts)
