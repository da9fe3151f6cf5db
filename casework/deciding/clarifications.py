"""A manager asks from a closed list, a reviewer replies from a shorter one: no free text crosses.

Nothing in this module can reach raw evidence, directly or through what it imports.
"""

from datetime import datetime

from casework.applicant.consent import require_state
from casework.deciding.manager import taint_named
from casework.releasing.clarified import clarified
from casework.releasing.manager_desk import TELL_MANAGER
from casework.releasing.results import state_for_manager
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import RecordNotFoundError, UnreviewedError, WrongStateError
from models.ids import CaseId
from models.people import Actor
from models.rebuttal import Clarification, Question, Reply
from models.release import ReleasePackage
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.vault import Vault

_ASKED_IN = (CaseState.RELEASED, CaseState.PENDING_ADVERSE)


def ask(
    case_id: CaseId,
    finding: int,
    question: Question,
    *,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> Clarification:
    """Ask one question about one released finding, by its place in the release, once.

    Raises `RecordNotFoundError` for a finding that the release does not have, `WrongStateError`
    for a question that was asked or a case that is decided, `TaintedDeciderError`.
    """
    with (
        taint_named(),
        step(vault, case_id, actor=actor, permission=Permission.ASK, now=now) as work,
    ):
        package = ReleasePackage.from_payload(released.view(case_id))
        if state_for_manager(work) not in _ASKED_IN:
            raise WrongStateError("the case is not open for a question")
        if not 0 <= finding < len(package.findings):
            raise RecordNotFoundError("the release has no such finding")
        if (finding, question) in clarified(work.tx, case_id):
            raise WrongStateError("this was asked already")
        asked = Clarification(
            criterion=package.findings[finding].criterion,
            finding=finding,
            question=question,
            asked_at=now,
        )
        RecordStore(work.tx).put(case_id, RecordKind.CLARIFICATION, asked, now=now)
        work.queue(TELL_MANAGER)
        work.log(AuditAction.QUESTION_ASKED, code=question)
        return asked


def reply(
    case_id: CaseId,
    finding: int,
    question: Question,
    said: Reply,
    *,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Clarification:
    """Reply to a question, in coded form, once, and while the manager has it to decide on.

    Raises `UnreviewedError` for a reviewer who has not looked, `RecordNotFoundError` for what
    was not asked, `WrongStateError` for what was replied to or is disputed, recalled or decided,
    `SeparationOfDutiesError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.REPLY, now=now) as work:
        # The case's own state: what managers are shown of one that ended unseen is no release.
        require_state(work.case, *_ASKED_IN)
        if not ExposureStore(work.tx).exposed(actor.id, case_id):
            raise UnreviewedError("a reviewer looks at the evidence first")
        asked = clarified(work.tx, case_id).get((finding, question))
        if asked is None:
            raise RecordNotFoundError("this was not asked")
        if asked.reply is not None:
            raise WrongStateError("this was replied to already")
        replied = asked.model_copy(update={"reply": said, "replied_at": now})
        RecordStore(work.tx).put(case_id, RecordKind.CLARIFICATION, replied, now=now)
        work.queue(TELL_MANAGER)
        work.log(AuditAction.QUESTION_ANSWERED, code=said)
        return replied


def clarifications(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[Clarification]:
    """Return what the manager asked of the release as it stands, with the replies.

    Raises `NotPermittedError`, `TaintedDeciderError`.
    """
    with (
        taint_named(),
        step(vault, case_id, actor=actor, permission=Permission.ASK, now=now) as work,
    ):
        return list(clarified(work.tx, case_id).values())


def open_questions(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[Clarification]:
    """Return the questions that wait for a reviewer. Raises `NotPermittedError`."""
    with step(vault, case_id, actor=actor, permission=Permission.REPLY, now=now) as work:
        if work.case.state not in _ASKED_IN:
            return []
        return [one for one in clarified(work.tx, case_id).values() if one.reply is None]
