"""Applicants' letters are taken in: each becomes the ordinary step, once, in the applicant's name.

A letter's id is its idempotency key, remembered in the transaction of the step that it became, or
of the entry that logs its refusal; so a crash at any instant loses none and doubles none. What
comes from the interface is hostile until the step has weighed it. The receipt and the emptied
inbox come after, and again after a crash.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from casework.applicant.consent import sign_consent, withdraw_consent
from casework.applicant.credential_check import refuse_credentials_in
from casework.applicant.disclosure import disclose
from casework.people.people import find_person
from casework.preview.window import came_at, note_looked, window_of
from casework.releasing.rebuttal import answer
from casework.steps.once import AGAIN, TAKEN, settle
from casework.steps.step import Taken, refusals_logged
from models.case import CaseState
from models.disclosure import Applicant, Disclosure
from models.errors import (
    CaseNotFoundError,
    KeyUnavailableError,
    PersonNotFoundError,
    RecordNotFoundError,
    SealBrokenError,
    WalloffError,
    WrongStateError,
)
from models.ids import ActorId, CaseId, is_id
from models.letters import (
    AnswersLetter,
    ConsentLetter,
    LetterKind,
    Receipt,
    ShelfKind,
    WithdrawalLetter,
)
from models.people import Actor, Role
from models.rebuttal import RebuttalAnswer
from models.value import Value
from redaction.pipeline import Redactor
from storage.cases import CaseStore
from storage.exchange import ApplicantVault, FairnessVault, Letter, letter_place
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.transaction import dumped, parsed
from storage.vault import Vault

_VALUES: Final[dict[LetterKind, type[Value]]] = {
    LetterKind.CONSENT: ConsentLetter,
    LetterKind.WITHDRAWAL: WithdrawalLetter,
    LetterKind.DISCLOSURE: Disclosure,
    LetterKind.ANSWERS: AnswersLetter,
}

_MANY: Final = 500
"""Letters of which more than this may wait: then nobody can say yet whose do not."""

_NOBODY: Final = Actor(id=ActorId("nobody"), roles=frozenset({Role.APPLICANT}))
"""Stands for an applicant who is not registered, and is refused every step."""

_COPIED: Final = frozenset({LetterKind.CONSENT, LetterKind.ANSWERS})
"""Put back on the shelf to be read. The list of names and accounts is not: the interface stands
on the network, and nobody needs it there."""


def take_in_letters(
    *,
    vault: Vault,
    applicants: ApplicantVault,
    fairness: FairnessVault,
    redactor_of: Callable[[CaseId], Redactor],
    now: datetime,
) -> int:
    """Take in every letter that waits, oldest first, and return how many there were.

    One that cannot be taken in now (a busy database, a worker on the case) stays for next time.
    An answer counts as in time unless the inside had looked for it after the window closed: no
    letter's own word on its time is believed, and nobody loses time in which the inside was down.
    """
    count = 0
    for one in applicants.waiting():
        if one.kind == LetterKind.SELF_IDENTIFICATION:
            # For the enclave: handed on as it is, for nobody here can open it.
            fairness.post(one)
        elif not _settled(
            one, vault=vault, applicants=applicants, redactor_of=redactor_of, now=now
        ):
            continue
        applicants.take_in([one.id], now)
        count += 1
    left = applicants.waiting(limit=_MANY)
    if len(left) < _MANY:
        note_looked(waiting={one.case_id for one in left}, vault=vault, now=now)
    return count


def _settled(
    one: Letter,
    *,
    vault: Vault,
    applicants: ApplicantVault,
    redactor_of: Callable[[CaseId], Redactor],
    now: datetime,
) -> bool:
    """Take one letter in, or refuse it; leave a receipt. False if it is to be tried again."""
    if not is_id(one.case_id):
        return True  # of no case: nothing to log it under, and nobody to answer
    take = partial(_take_in, one, redactor_of=redactor_of, now=now)
    result = settle(f"letter:{one.id}", take, vault=vault, again=AGAIN, now=now)
    if result is None:
        return False
    _leave_receipt(one, result, vault=vault, applicants=applicants, now=now)
    return True


def _take_in(
    one: Letter, vault: Vault, *, redactor_of: Callable[[CaseId], Redactor], now: datetime
) -> None:
    actor = _writer_of(one, vault)
    taken = Taken(actor=actor, vault=vault, now=now)
    try:
        words = _opened(one, vault)
        refuse_credentials_in(words)
        answers = _answers(one, words, vault)
    except AGAIN:
        raise
    except WalloffError:
        with refusals_logged(one.case_id, actor=actor, vault=vault, now=now):
            raise
    if isinstance(words, ConsentLetter):
        sign_consent(
            one.case_id,
            granted=words.granted,
            refused=words.refused,
            consequence_acknowledged=words.consequence_acknowledged,
            **taken,
        )
    elif isinstance(words, WithdrawalLetter):
        withdraw_consent(one.case_id, **taken)
    elif isinstance(words, Disclosure):
        disclose(one.case_id, words, **taken)
    else:
        with vault.read() as tx:
            came = came_at(tx, one.case_id, now=now)
        answer(one.case_id, answers, redactor=redactor_of(one.case_id), came=came, **taken)


def _writer_of(one: Letter, vault: Vault) -> Actor:
    """Return the case's own applicant: nobody else has a shelf or an inbox there."""
    try:
        with vault.read() as tx:
            applicant = RecordStore(tx).latest(one.case_id, RecordKind.APPLICANT, Applicant)
        if applicant is None or applicant.actor is None:
            return _NOBODY
        return find_person(applicant.actor, vault=vault)
    except (KeyUnavailableError, PersonNotFoundError):
        return _NOBODY


def _opened(one: Letter, vault: Vault) -> Value:
    """Open a letter. Raises `SealBrokenError` for what is none, `KeyUnavailableError`."""
    kind = _VALUES.get(LetterKind(one.kind)) if one.kind in set(LetterKind) else None
    if kind is None:
        raise SealBrokenError("no such letter")
    with vault.read() as tx:
        place = letter_place(one.id, one.case_id, one.kind)
        return parsed(kind, tx.unseal(one.case_id, place, one.body))


def _answers(one: Letter, words: Value, vault: Vault) -> tuple[RebuttalAnswer, ...]:
    """Turn places in the preview into findings. Raises `WrongStateError` for another preview."""
    if not isinstance(words, AnswersLetter):
        return ()
    with vault.read() as tx:
        package = PackageStore(tx).current(one.case_id)
        shown = window_of(tx, one.case_id).shown
    if package is None or hashlib.sha256(package.payload).hexdigest() != words.package_sha256:
        raise WrongStateError("the answer is about a preview that has changed since")
    if any(item.finding > len(shown) for item in words.answers):
        raise RecordNotFoundError("an answer names a finding that the applicant was not shown")
    return tuple(
        RebuttalAnswer(
            finding_id=shown[item.finding - 1], claim=item.claim, statement=item.statement
        )
        for item in words.answers
    )


def _leave_receipt(
    one: Letter, result: str, *, vault: Vault, applicants: ApplicantVault, now: datetime
) -> None:
    with vault.read() as tx:
        try:
            if CaseStore(tx).get(one.case_id).state is CaseState.DESTROYED:
                return
        except CaseNotFoundError:
            return
    for standing in applicants.on_shelf(one.case_id):
        if standing.kind == ShelfKind.RECEIPT:
            body = applicants.read(one.case_id, standing.kind, standing.position)
            if Receipt.model_validate_json(body).letter_id == one.id:
                return
    position = applicants.next_position(one.case_id, ShelfKind.RECEIPT)
    if result == TAKEN and one.kind in _COPIED:
        copy = dumped(_opened(one, vault))
        applicants.put(one.case_id, ShelfKind.WRITTEN, position, copy, one.at)
    kind = LetterKind(one.kind) if one.kind in set(LetterKind) else None
    code = "" if result == TAKEN else result
    receipt = Receipt(letter_id=one.id, kind=kind, code=code, at=now)
    body = receipt.model_dump_json().encode()
    applicants.put(one.case_id, ShelfKind.RECEIPT, position, body, now)
