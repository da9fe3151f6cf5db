"""The hiring managers' own process: it shows what was released, and writes letters.

It holds the released domain's key and public keys to write to. What it has written it cannot read
back; the inside takes it in (`casework.letters.manager_letters_in`), asks every gate again, and
leaves a receipt. Nothing that this module imports reaches raw evidence or another domain.
"""

from datetime import datetime
from typing import TypeVar

from casework.deciding.rationale import require_clean
from casework.releasing.look import look
from models.decision import Alternative, Outcome, Reason
from models.errors import (
    CaseNotFoundError,
    NoCriterionError,
    NotPermittedError,
    RecordNotFoundError,
    SealBrokenError,
)
from models.ids import ActorId, CaseId, is_id
from models.manager_letters import (
    DecisionLetter,
    ManagerDesk,
    ManagerLetterKind,
    ManagerReceipt,
    ManagerShelfKind,
    QuestionLetter,
    Questions,
)
from models.rebuttal import Clarification, Question
from models.value import Value
from storage.exchange import letter
from storage.released import ReleasedVault
from storage.sealed_write import Writer

V = TypeVar("V", bound=Value)


def write_decision(
    case_id: CaseId,
    outcome: Outcome,
    *,
    reasons: tuple[Reason, ...],
    assessment: str,
    alternatives: tuple[Alternative, ...] = (),
    actor: ActorId,
    released: ReleasedVault,
    now: datetime,
) -> str:
    """Write a decision about what is shown, and return the letter's id; the look is on record.

    Raises `RationaleError` before anything is stored, `NoCriterionError` for an adverse decision
    without a reason, `NotPermittedError` for whom the inside does not let write, and as `look`.
    """
    check_decision(
        case_id,
        outcome,
        reasons=reasons,
        assessment=assessment,
        actor=actor,
        released=released,
        now=now,
    )
    desk, proof = _desk(case_id, actor, released)
    words = DecisionLetter(
        actor=actor,
        proof=proof,
        outcome=outcome,
        reasons=reasons,
        assessment=assessment,
        alternatives=alternatives,
    )
    return _write(desk, ManagerLetterKind.DECISION, words, released=released, now=now)


def check_decision(
    case_id: CaseId,
    outcome: Outcome,
    *,
    reasons: tuple[Reason, ...],
    assessment: str,
    actor: ActorId,
    released: ReleasedVault,
    now: datetime,
) -> None:
    """Raise what `write_decision` would of what can be seen from here; the look is on record."""
    package = look(case_id, actor=actor, released=released, now=now)
    if outcome is not Outcome.FAVOURABLE and not reasons:
        raise NoCriterionError("an adverse decision cites a criterion and a released finding")
    require_clean(assessment, package)


def write_question(
    case_id: CaseId,
    finding: int,
    question: Question,
    *,
    actor: ActorId,
    released: ReleasedVault,
    now: datetime,
) -> str:
    """Ask one coded question about one finding, by its place; return the letter's id.

    Raises `RecordNotFoundError` for a finding that is not shown, and as `write_decision`.
    """
    package = look(case_id, actor=actor, released=released, now=now)
    if not 0 <= finding < len(package.findings):
        raise RecordNotFoundError("the release has no such finding")
    desk, proof = _desk(case_id, actor, released)
    words = QuestionLetter(actor=actor, proof=proof, finding=finding, question=question)
    return _write(desk, ManagerLetterKind.QUESTION, words, released=released, now=now)


def replies(
    case_id: CaseId, *, actor: ActorId, released: ReleasedVault, now: datetime
) -> tuple[Clarification, ...]:
    """Return what was asked of the release as it stands, with the replies; raises as `look`."""
    look(case_id, actor=actor, released=released, now=now)
    try:
        body = released.read(case_id, ManagerShelfKind.QUESTIONS)
    except RecordNotFoundError:
        return ()
    return _parsed(Questions, body).asked


def receipts(
    case_id: CaseId, *, actor: ActorId, released: ReleasedVault, now: datetime
) -> list[ManagerReceipt]:
    """Return what became of the letters about a case, oldest first.

    That is no look: a receipt says nothing of the applicant. Raises `CaseNotFoundError` for what
    is no id and `NotPermittedError`, which is on record.
    """
    if not is_id(case_id):
        raise CaseNotFoundError("no such case")
    released.require_named(case_id, actor=actor, at=now)
    return [
        _parsed(ManagerReceipt, released.read(case_id, one.kind, one.position))
        for one in released.on_shelf(case_id)
        if one.kind == ManagerShelfKind.RECEIPT
    ]


def _desk(case_id: CaseId, actor: ActorId, released: ReleasedVault) -> tuple[ManagerDesk, str]:
    try:
        desk = _parsed(ManagerDesk, released.read(case_id, ManagerShelfKind.DESK))
    except RecordNotFoundError:
        raise NotPermittedError("the inside has not said to whom to write") from None
    for one in desk.proofs:
        if one.actor == actor:
            return desk, one.proof
    raise NotPermittedError("nobody writes here in this person's name")


def _write(
    desk: ManagerDesk,
    kind: ManagerLetterKind,
    words: Value,
    *,
    released: ReleasedVault,
    now: datetime,
) -> str:
    writer = Writer.parse(desk.writer.encode())
    body = words.model_dump_json(context={"seal": True}).encode()
    sealed = letter(writer, desk.case_id, kind, body, now)
    released.add(sealed)
    return sealed.id


def _parsed(kind: type[V], body: bytes) -> V:
    try:
        return kind.model_validate_json(body)
    except ValueError:
        raise SealBrokenError("the shelf is not one that this version reads") from None
