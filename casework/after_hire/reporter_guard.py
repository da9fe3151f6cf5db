"""Who reported is recognised by keyed digests, so that no text inside may name them (M3).

The identity itself went to the custodian. What is left answers one question, "is it this name?",
to whoever holds the inside's keys; it is destroyed with the case.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Final

from models.clauses import ReporterExposedError
from models.ids import ActorId, CaseId
from models.peer_reports import ReporterGuard
from models.text import RawText
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction

_PERSON: Final = "peer-reporter"
_NAME: Final = "peer-reporter-name"
_LONGEST: Final = 4
"""Words of a name that are looked for together."""
_SHORTEST: Final = 3
"""Letters: a shorter word is no name that could be told from others."""


def guard_of(
    tx: Transaction, case_id: CaseId, person: ActorId, name: str, *, now: datetime, days: int
) -> ReporterGuard:
    """Return the digests by which a reporter will be recognised."""
    return ReporterGuard(
        person=digest_of(tx, case_id, person),
        names=frozenset(_digest(tx, case_id, one) for one in names_of(person, name)),
        since=now,
        until=now + timedelta(days=days),
    )


def digest_of(tx: Transaction, case_id: CaseId, person: ActorId) -> str:
    """Return the digest of a person, of use in one case alone."""
    return tx.blind(case_id, _PERSON, person.encode())


def names_of(person: ActorId, name: str) -> frozenset[str]:
    """Return what would tell who somebody is: their id, their name, their last name."""
    words = _words(name)
    found = {person.casefold(), " ".join(words), *words[-1:]}
    return frozenset(one for one in found if len(one) >= _SHORTEST)


def spoken_in(text: RawText) -> frozenset[str]:
    """Return every run of a few words in a text, as names are compared."""
    # As written, and taken apart: "Okafor's", "okafor@agency", "Okafor-Lee".
    words, parts = _words(text.reveal()), _parts(text.reveal())
    return frozenset(
        " ".join(run[start : start + size])
        for run in (words, parts)
        for start in range(len(run))
        for size in range(1, _LONGEST + 1)
    )


def refuse_reporter(tx: Transaction, case_id: CaseId, text: RawText) -> None:
    """Raise `ReporterExposedError` if a text names who gave the report of this case."""
    guard = RecordStore(tx).latest(case_id, RecordKind.REPORTER_GUARD, ReporterGuard)
    if guard is None:
        return
    if any(_digest(tx, case_id, one) in guard.names for one in spoken_in(text)):
        raise ReporterExposedError("the words name who reported")


def _digest(tx: Transaction, case_id: CaseId, spoken: str) -> str:
    return tx.blind(case_id, _NAME, spoken.encode())


def _words(text: str) -> list[str]:
    return re.findall(r"[\w@.'-]*\w", text.casefold())


def _parts(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
