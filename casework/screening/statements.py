"""An applicant's words that the wall cannot clear are held for a reviewer, never dropped."""

from datetime import datetime
from typing import Final, Protocol

from casework.applicant.consent import require_state
from casework.applicant.disclosure import disclosure_of, known_persons
from casework.people.people_gates import require_searcher
from casework.preview.answers import answers_of, newest_answers, settlements_of
from casework.preview.package import shown_of, store_package
from casework.requisition.requisitions import frozen
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import RebuttalLeakError
from models.errors import RecordNotFoundError, UnreviewedError
from models.ids import CaseId, FindingId
from models.people import Actor
from models.rebuttal import RebuttalAnswer, StatementSettlement
from models.redaction import Outcome, Redaction
from models.text import RawText, RedactedText
from redaction.known import KnownPersons
from redaction.leakage import leaks
from storage.exposures import ExposureStore
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

SETTLED_IN: Final = (CaseState.REBUTTAL, CaseState.RECALLED)


class Redacts(Protocol):
    """What clears a text for the manager's side."""

    def redact(self, text: RawText, *, known: KnownPersons | None = None) -> Redaction:
        """Redact one text."""
        ...


def held_statements(tx: Transaction, case_id: CaseId) -> tuple[FindingId, ...]:
    """Return the findings whose answer has words that nothing could clear and nobody settled."""
    settled = settlements_of(tx, case_id)
    return tuple(
        finding_id
        for finding_id, (answer, at) in newest_answers(tx, case_id).items()
        if answer.statement and answer.neutral is None and (finding_id, at) not in settled
    )


def require_statements_settled(work: Work) -> None:
    """Raise `RebuttalLeakError` while words of the applicant wait for a reviewer.

    Words that passed alone and leak together with the other texts wait as well.
    """
    waiting = held_statements(work.tx, work.case.id) or _lost(work)
    if waiting:
        raise RebuttalLeakError("the applicant's words wait for a reviewer: they are not dropped")


def read_statement(
    case_id: CaseId, finding_id: FindingId, *, actor: Actor, vault: Vault, now: datetime
) -> RawText:
    """Show a reviewer the applicant's own words; the look is logged and exposes first.

    Raises `NotPermittedError`, and `RecordNotFoundError` where there are none.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ADJUDICATE, now=now) as work:
        ExposureStore(work.tx).record(actor.id, case_id, now)
        work.log(AuditAction.RAW_READ, code="statement")
    with vault.read() as tx:
        answer = _answer(tx, case_id, finding_id)
    if answer.statement is None:
        raise RecordNotFoundError("this answer has no words")
    return answer.statement


def settle_statement(
    case_id: CaseId,
    finding_id: FindingId,
    words: RawText | None,
    *,
    redactor: Redacts,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Settle held words: neutral ones in their place, or None for the coded claim alone.

    The package is built again, and the applicant is shown what became of the words. Raises
    `RebuttalLeakError` for words that do not pass the wall either, `UnreviewedError` for a
    reviewer who has not looked, and `RecordNotFoundError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ADJUDICATE, now=now) as work:
        require_state(work.case, *SETTLED_IN)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        if not ExposureStore(work.tx).exposed(actor.id, case_id):
            raise UnreviewedError("a reviewer looks at the applicant's words first")
        answers = newest_answers(work.tx, case_id)
        if finding_id not in answers or answers[finding_id][0].statement is None:
            raise RecordNotFoundError("this answer has no words to settle")
        neutral = None if words is None else _cleared(work, words, redactor)
        settlement = StatementSettlement(
            finding_id=finding_id,
            submitted_at=answers[finding_id][1],
            neutral=neutral,
            settled_by=actor.id,
            settled_at=now,
        )
        RecordStore(work.tx).put(case_id, RecordKind.STATEMENT, settlement, now=now)
        store_package(work)
        work.log(AuditAction.STATEMENT_SETTLED, code="coded" if neutral is None else "reworded")


def neutral_words(
    statement: RawText | None, redactor: Redacts, persons: KnownPersons
) -> RedactedText | None:
    """Return an applicant's words as the wall passes them, or None if it does not."""
    if statement is None or not statement:
        return None
    redaction = redactor.redact(RawText(statement.reveal()), known=persons)
    return redaction.text if redaction.outcome is Outcome.PASSED else None


def _cleared(work: Work, words: RawText, redactor: Redacts) -> RedactedText:
    persons = known_persons(disclosure_of(work.tx, work.case.id))
    neutral = neutral_words(words, redactor, persons)
    if not neutral or leaks(neutral):
        raise RebuttalLeakError("these words do not pass the wall either")
    return neutral


def _answer(tx: Transaction, case_id: CaseId, finding_id: FindingId) -> RebuttalAnswer:
    answers = newest_answers(tx, case_id)
    if finding_id not in answers:
        raise RecordNotFoundError("the applicant has not answered this finding")
    return answers[finding_id][0]


def _lost(work: Work) -> bool:
    """Whether words that passed alone are left out of the package as it stands."""
    package = PackageStore(work.tx).current(work.case.id)
    if package is None:
        return False
    answers = answers_of(work.tx, work.case.id)
    requisition = frozen(work.tx, work.case.requisition_id)
    return any(
        (said := answers.get(finding_id)) is not None
        and said.statement is not None
        and (released.answer is None or released.answer.statement is None)
        for finding_id, released in shown_of(work.tx, work.case.id, requisition, package.created_at)
    )
