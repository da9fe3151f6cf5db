"""The applicant's own process: it reads what was put on its shelf, and writes letters.

It holds the applicant domain's key and public keys to write to. What it has written it cannot
read back; the inside takes it in (`casework.letters.letters_in`) and leaves a receipt. Nothing that
this module imports reaches raw evidence.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import TypeVar

from casework.applicant.credential_check import refuse_credentials_in
from models.consent import ConsentItem
from models.disclosure import Disclosure
from models.errors import (
    CaseNotFoundError,
    ConsentScopeError,
    KeyUnavailableError,
    RecordNotFoundError,
    SealBrokenError,
    WrongStateError,
)
from models.ids import ActorId, CaseId, is_id
from models.letters import (
    AnswersLetter,
    Awaited,
    ConsentLetter,
    Desk,
    LetterKind,
    NumberedAnswer,
    Receipt,
    ShelfKind,
    WithdrawalLetter,
)
from models.release import ReleasePackage
from models.self_identification import SelfIdentification
from models.value import Value
from storage.exchange import ApplicantVault, Letter, Shelved, letter
from storage.sealed_write import Writer

V = TypeVar("V", bound=Value)


def own_cases(*, actor: ActorId, applicants: ApplicantVault) -> list[CaseId]:
    """Return the applicant's own cases."""
    return applicants.viewed_by(actor)


def desk(case_id: CaseId, *, actor: ActorId, applicants: ApplicantVault, now: datetime) -> Desk:
    """Return what the applicant is asked for; the look is on record first.

    Raises `CaseNotFoundError` for what is no id, `NotPermittedError` for anybody but the
    applicant of the case, `RecordNotFoundError` before the notice.
    """
    _look(case_id, actor=actor, applicants=applicants, now=now)
    return _desk(case_id, applicants)


def shelf(
    case_id: CaseId, *, actor: ActorId, applicants: ApplicantVault, now: datetime
) -> list[Shelved]:
    """Return what there is to read, by kind and time. Raises as `desk` does."""
    _look(case_id, actor=actor, applicants=applicants, now=now)
    hidden = {ShelfKind.DESK, ShelfKind.RECEIPT}
    return [one for one in applicants.on_shelf(case_id) if one.kind not in hidden]


def read(
    case_id: CaseId,
    kind: ShelfKind,
    position: int | None = None,
    *,
    actor: ActorId,
    applicants: ApplicantVault,
    now: datetime,
) -> bytes:
    """Return one thing from the shelf, the newest of its kind if no position is named.

    A preview is the very bytes that the manager would get. Raises as `desk` does.
    """
    _look(case_id, actor=actor, applicants=applicants, now=now)
    return applicants.read(case_id, kind, position)


def preview_of(
    case_id: CaseId, *, actor: ActorId, applicants: ApplicantVault, now: datetime
) -> ReleasePackage:
    """Return the preview as a package. Raises as `desk` does."""
    where = {"actor": actor, "applicants": applicants, "now": now}
    return ReleasePackage.from_payload(read(case_id, ShelfKind.PREVIEW, **where))  # type: ignore[arg-type]


def receipts(
    case_id: CaseId, *, actor: ActorId, applicants: ApplicantVault, now: datetime
) -> list[Receipt]:
    """Return what became of the letters that were taken in, oldest first. Raises as `desk`."""
    _look(case_id, actor=actor, applicants=applicants, now=now)
    return [
        Receipt.model_validate_json(applicants.read(case_id, one.kind, one.position))
        for one in applicants.on_shelf(case_id)
        if one.kind == ShelfKind.RECEIPT
    ]


def write_consent(
    case_id: CaseId,
    *,
    granted: AbstractSet[ConsentItem],
    refused: AbstractSet[ConsentItem],
    consequence_acknowledged: bool,
    actor: ActorId,
    applicants: ApplicantVault,
    now: datetime,
) -> str:
    """Write the answer to every item asked, and return the letter's id.

    Raises `WrongStateError` if no consent is asked for, `ConsentScopeError` for an item left
    out, answered twice or not asked, and as `desk` does.
    """
    asked = _awaiting(Awaited.CONSENT, case_id, actor=actor, applicants=applicants, now=now)
    if set(asked.consent_items) != set(granted) ^ set(refused) or set(granted) & set(refused):
        raise ConsentScopeError("every item asked has one answer, and nothing else has")
    words = ConsentLetter(
        granted=frozenset(granted),
        refused=frozenset(refused),
        consequence_acknowledged=consequence_acknowledged,
    )
    return _write(asked, LetterKind.CONSENT, words, applicants=applicants, now=now)


def write_disclosure(
    case_id: CaseId,
    disclosure: Disclosure,
    *,
    actor: ActorId,
    applicants: ApplicantVault,
    now: datetime,
) -> str:
    """Write the list of names and accounts, and return the letter's id.

    Raises `CredentialRefusedError` before anything is stored, `WrongStateError` if no list is
    asked for, and as `desk` does.
    """
    asked = _awaiting(Awaited.DISCLOSURE, case_id, actor=actor, applicants=applicants, now=now)
    return _write(asked, LetterKind.DISCLOSURE, disclosure, applicants=applicants, now=now)


def write_answers(
    case_id: CaseId,
    answers: tuple[NumberedAnswer, ...],
    *,
    actor: ActorId,
    applicants: ApplicantVault,
    now: datetime,
) -> str:
    """Answer findings of the newest preview, and return the letter's id.

    Raises `CredentialRefusedError` before anything is stored, `RecordNotFoundError` for a finding
    that the preview does not show, `WrongStateError` outside the time to answer, and as `desk`.
    """
    asked = _awaiting(Awaited.ANSWERS, case_id, actor=actor, applicants=applicants, now=now)
    if asked.package_sha256 is None or asked.closes_at is None or now >= asked.closes_at:
        raise WrongStateError("the time to answer is over")
    shown = ReleasePackage.from_payload(applicants.read(case_id, ShelfKind.PREVIEW))
    if any(one.finding > len(shown.findings) for one in answers):
        raise RecordNotFoundError("an answer names a finding that was not shown")
    words = AnswersLetter(package_sha256=asked.package_sha256, answers=answers)
    return _write(asked, LetterKind.ANSWERS, words, applicants=applicants, now=now)


def write_withdrawal(
    case_id: CaseId, *, actor: ActorId, applicants: ApplicantVault, now: datetime
) -> str:
    """Withdraw the consent, and return the letter's id.

    Raises `WrongStateError` before consent and after release, and as `desk` does.
    """
    asked = desk(case_id, actor=actor, applicants=applicants, now=now)
    if not asked.may_withdraw:
        raise WrongStateError("there is nothing to withdraw, or it is too late")
    words = WithdrawalLetter()
    return _write(asked, LetterKind.WITHDRAWAL, words, applicants=applicants, now=now)


def identify(
    case_id: CaseId,
    answer: SelfIdentification,
    *,
    actor: ActorId,
    applicants: ApplicantVault,
    now: datetime,
) -> str:
    """Write what the applicant says of themself, or that they say nothing, to the enclave alone.

    Nobody inside can open it, and a refusal looks the same. Raises `KeyUnavailableError` if the
    home has no enclave, and as `desk` does.
    """
    asked = desk(case_id, actor=actor, applicants=applicants, now=now)
    if asked.fairness_writer is None:
        raise KeyUnavailableError("this home makes no fairness analysis")
    writer = Writer.parse(asked.fairness_writer.encode())
    # The day is enough: a time would tell which case wrote.
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    sealed = letter(writer, asked.pseudonym, LetterKind.SELF_IDENTIFICATION, _dumped(answer), day)
    applicants.add(sealed)
    return sealed.id


def _look(case_id: CaseId, *, actor: ActorId, applicants: ApplicantVault, now: datetime) -> None:
    if not is_id(case_id):
        raise CaseNotFoundError("no such case")
    applicants.require_viewer(case_id, actor=actor, at=now)


def _desk(case_id: CaseId, applicants: ApplicantVault) -> Desk:
    try:
        return Desk.model_validate_json(applicants.read(case_id, ShelfKind.DESK))
    except ValueError:
        raise SealBrokenError("the desk is not one that this version reads") from None


def _awaiting(
    awaited: Awaited, case_id: CaseId, *, actor: ActorId, applicants: ApplicantVault, now: datetime
) -> Desk:
    found = desk(case_id, actor=actor, applicants=applicants, now=now)
    if found.awaited is not awaited:
        raise WrongStateError(f"the case does not ask for this: it waits for {found.awaited}")
    return found


def _write(
    asked: Desk, kind: LetterKind, words: Value, *, applicants: ApplicantVault, now: datetime
) -> str:
    refuse_credentials_in(words)
    writer = Writer.parse(asked.writer.encode())
    sealed: Letter = letter(writer, asked.case_id, kind, _dumped(words), now)
    applicants.add(sealed)
    return sealed.id


def _dumped(words: Value) -> bytes:
    """Return a letter's words: only ever to be sealed."""
    return words.model_dump_json(context={"seal": True}).encode()
