"""What must enter no query of a case is kept as keyed digests, and as nothing else (S4, S8).

A digest answers whether some words are the guarded ones; nobody can read them back from it. What
the applicant put away for the custodian is guarded in the same transaction.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from collection.egress.word_readings import SHORTEST, folded, skeleton
from models.audit import AuditAction
from models.errors import InputError
from models.ids import CaseId
from models.people import Actor
from models.search import GuardedDigests
from models.text import RawText
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

_NUMBER: Final = "identity-number"
_SENSITIVE: Final = "sensitive-identifier"
_DIGITS: Final = 9


def guard_number(
    case_id: CaseId, number: RawText, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Keep a number given for proof of identity as a keyed digest, and nothing else of it.

    Raises `InputError` for what has not nine digits.
    """
    with step(
        vault, case_id, actor=actor, permission=Permission.GUARD_IDENTIFIERS, now=now
    ) as work:
        digits = "".join(character for character in number.reveal() if character.isdigit())
        if len(digits) != _DIGITS or not digits.isascii():
            raise InputError("a number for proof of identity has nine digits")
        digests = frozenset({work.tx.blind(case_id, _NUMBER, digits.encode())})
        _keep(work, RecordKind.IDENTITY_NUMBER, GuardedDigests(digests=digests), 1)


def guard_identifiers(
    case_id: CaseId,
    identifiers: AbstractSet[RawText],
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Keep sensitive identifiers out of every query of a case, by their keyed digests (S4)."""
    with step(
        vault, case_id, actor=actor, permission=Permission.GUARD_IDENTIFIERS, now=now
    ) as work:
        keep_out_of_queries(work, identifiers)


def keep_out_of_queries(work: Work, identifiers: Iterable[RawText]) -> None:
    """Guard identifiers within another step. Raises `InputError` for none."""
    words = {folded(one.reveal()) for one in identifiers} - {""}
    if not words:
        raise InputError("there is no identifier to guard")
    bare = {one for one in map(skeleton, words) if len(one) >= SHORTEST}
    digests = {
        work.tx.blind(work.case.id, _SENSITIVE, word.encode()) for word in sorted(words | bare)
    }
    kept = GuardedDigests(digests=frozenset(digests), lengths=frozenset(map(len, bare)))
    _keep(work, RecordKind.SENSITIVE_DIGESTS, kept, len(words))


def number_of(tx: Transaction, case_id: CaseId) -> Callable[[str], bool]:
    """Return what says whether nine digits are a number that is guarded in a case."""
    return _known(tx, case_id, _NUMBER, _digests(tx, case_id, RecordKind.IDENTITY_NUMBER)[0])


def sensitive_of(tx: Transaction, case_id: CaseId) -> tuple[Callable[[str], bool], frozenset[int]]:
    """Return what says whether words are guarded in a case, and how long their skeletons are."""
    digests, lengths = _digests(tx, case_id, RecordKind.SENSITIVE_DIGESTS)
    return _known(tx, case_id, _SENSITIVE, digests), lengths


def _known(
    tx: Transaction, case_id: CaseId, purpose: str, digests: frozenset[str]
) -> Callable[[str], bool]:
    answers: dict[str, bool] = {}

    def known(words: str) -> bool:
        if not digests:
            return False
        if words not in answers:
            answers[words] = tx.blind(case_id, purpose, words.encode()) in digests
        return answers[words]

    return known


def _digests(
    tx: Transaction, case_id: CaseId, kind: RecordKind
) -> tuple[frozenset[str], frozenset[int]]:
    found = RecordStore(tx).all(case_id, kind, GuardedDigests)
    return (
        frozenset(digest for one in found for digest in one.digests),
        frozenset(length for one in found for length in one.lengths),
    )


def _keep(work: Work, kind: RecordKind, value: GuardedDigests, count: int) -> None:
    RecordStore(work.tx).put(work.case.id, kind, value, now=work.now)
    work.log(AuditAction.IDENTIFIERS_GUARDED, code=kind, count=count)
