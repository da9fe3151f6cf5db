"""Managers' letters are taken in: each becomes the ordinary step, once, in its writer's name.

A letter's id is its idempotency key (`casework.steps.once`). What comes from the managers' process
is hostile until the step has weighed it: the proof that it was written by a viewer of this
delivery, the permission, the frozen criteria, what was released, the waiting time, and what its
writer has seen. Every step is taken at the time at which the letter is taken in.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from casework.deciding.clarifications import ask
from casework.deciding.manager import decide
from casework.deciding.rationale import Redacts
from casework.people.people import find_person
from casework.releasing.manager_desk import is_proved
from casework.steps.once import AGAIN, TAKEN, settle
from casework.steps.step import Taken, refusals_logged
from models.case import CaseState
from models.errors import (
    CaseNotFoundError,
    KeyUnavailableError,
    NotPermittedError,
    PersonNotFoundError,
    SealBrokenError,
    WalloffError,
)
from models.ids import ActorId, CaseId, is_id
from models.manager_letters import (
    DecisionLetter,
    ManagerLetterKind,
    ManagerReceipt,
    ManagerShelfKind,
    QuestionLetter,
)
from models.people import Actor, Role
from storage.cases import CaseStore
from storage.exchange import Letter, letter_place
from storage.released import ReleasedVault
from storage.transaction import parsed
from storage.vault import Vault

_Words = DecisionLetter | QuestionLetter

_VALUES: Final[dict[ManagerLetterKind, type[DecisionLetter] | type[QuestionLetter]]] = {
    ManagerLetterKind.DECISION: DecisionLetter,
    ManagerLetterKind.QUESTION: QuestionLetter,
}

_NOBODY: Final = Actor(id=ActorId("nobody"), roles=frozenset({Role.HIRING_MANAGER}))
"""Stands for whoever wrote what is no letter of a manager's, and is refused every step."""


def take_in_manager_letters(
    *,
    vault: Vault,
    released: ReleasedVault,
    redactor_of: Callable[[CaseId], Redacts],
    now: datetime,
) -> int:
    """Take in every letter that waits, oldest first, and return how many there were.

    One that cannot be taken in now (a busy database, a worker on the case) stays for next time.
    """
    count = 0
    for one in released.waiting():
        if is_id(one.case_id):  # else of no case: nothing to log it under, and nobody to answer
            take = partial(_take_in, one, released=released, redactor_of=redactor_of, now=now)
            result = settle(f"manager-letter:{one.id}", take, vault=vault, again=AGAIN, now=now)
            if result is None:
                continue
            _leave_receipt(one, result, vault=vault, released=released, now=now)
        released.take_in([one.id], now)
        count += 1
    return count


def _take_in(
    one: Letter,
    vault: Vault,
    *,
    released: ReleasedVault,
    redactor_of: Callable[[CaseId], Redacts],
    now: datetime,
) -> None:
    actor = _NOBODY
    try:
        words = _opened(one, vault)
        actor = _writer_of(one, words, vault=vault, released=released)
    except AGAIN:
        raise
    except WalloffError:
        with refusals_logged(one.case_id, actor=actor, vault=vault, now=now):
            raise
    taken = Taken(actor=actor, vault=vault, now=now)
    if isinstance(words, QuestionLetter):
        ask(one.case_id, words.finding, words.question, released=released, **taken)
        return
    decide(
        one.case_id,
        words.outcome,
        reasons=words.reasons,
        assessment=words.assessment,
        alternatives=words.alternatives,
        redactor=redactor_of(one.case_id),
        written=one.at,
        released=released,
        **taken,
    )


def _opened(one: Letter, vault: Vault) -> _Words:
    """Open a letter. Raises `SealBrokenError` for what is none, `KeyUnavailableError`."""
    kind = _VALUES.get(ManagerLetterKind(one.kind)) if one.kind in set(ManagerLetterKind) else None
    if kind is None:
        raise SealBrokenError("no such letter")
    with vault.read() as tx:
        place = letter_place(one.id, one.case_id, one.kind)
        return parsed(kind, tx.unseal(one.case_id, place, one.body))


def _writer_of(one: Letter, words: _Words, *, vault: Vault, released: ReleasedVault) -> Actor:
    """Return who wrote a letter.

    Raises `NotPermittedError` unless it carries the proof that the inside made for that viewer of
    the delivery as it stands.
    """
    try:
        with vault.read() as tx:
            proved = is_proved(tx, one.case_id, words.actor, words.proof, released=released)
        if proved:
            return find_person(words.actor, vault=vault)
    except (KeyUnavailableError, PersonNotFoundError):
        pass
    raise NotPermittedError("the letter is of no viewer of what is delivered now")


def _leave_receipt(
    one: Letter, result: str, *, vault: Vault, released: ReleasedVault, now: datetime
) -> None:
    with vault.read() as tx:
        try:
            if CaseStore(tx).get(one.case_id).state is CaseState.DESTROYED:
                return
        except CaseNotFoundError:
            return
    kind, known = ManagerShelfKind.RECEIPT, one.kind in set(ManagerLetterKind)
    for standing in released.on_shelf(one.case_id):
        if standing.kind == kind:
            body = released.read(one.case_id, standing.kind, standing.position)
            if ManagerReceipt.model_validate_json(body).letter_id == one.id:
                return
    receipt = ManagerReceipt(
        letter_id=one.id,
        kind=ManagerLetterKind(one.kind) if known else None,
        code="" if result == TAKEN else result,
        at=now,
    )
    position = released.next_position(one.case_id, kind)
    released.put(one.case_id, kind, position, receipt.model_dump_json().encode(), now)
