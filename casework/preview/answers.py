"""What the applicant has answered so far: the newest answer to a finding is the one that counts."""

from datetime import datetime

from models.dispute import Dispute, DisputeOutcome
from models.ids import CaseId, FindingId
from models.rebuttal import DENIES_AUTHORSHIP, Adjudication, Rebuttal, RebuttalAnswer
from models.rebuttal import StatementSettlement as Settlement
from models.release import Answer
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction


def newest_answers(
    tx: Transaction, case_id: CaseId
) -> dict[FindingId, tuple[RebuttalAnswer, datetime]]:
    """Return the newest answer to each finding, with the time of its submission."""
    return {
        answer.finding_id: (answer, rebuttal.submitted_at)
        for rebuttal in RecordStore(tx).all(case_id, RecordKind.REBUTTAL, Rebuttal)
        for answer in rebuttal.answers
    }


def settlements_of(
    tx: Transaction, case_id: CaseId
) -> dict[tuple[FindingId, datetime], Settlement]:
    """Return how reviewers settled held words, by finding and submission."""
    return {
        (one.finding_id, one.submitted_at): one
        for one in RecordStore(tx).all(case_id, RecordKind.STATEMENT, Settlement)
    }


def answers_of(tx: Transaction, case_id: CaseId) -> dict[FindingId, Answer]:
    """Return the applicant's newest answer to each finding, as the manager may read it."""
    settled = settlements_of(tx, case_id)
    shown = {}
    for finding_id, (answer, at) in newest_answers(tx, case_id).items():
        one = settled.get((finding_id, at))
        words = answer.neutral if one is None else one.neutral
        shown[finding_id] = Answer(claim=answer.claim, statement=words)
    return shown


def disproved(tx: Transaction, case_id: CaseId) -> set[FindingId]:
    """Return the findings that went in a dispute: nobody puts one back (15 USC 1681i(a)(5))."""
    newest = {one.id: one for one in RecordStore(tx).all(case_id, RecordKind.DISPUTE, Dispute)}
    return {
        finding_id
        for one in newest.values()
        if one.outcome is not None and one.outcome is not DisputeOutcome.VERIFIED
        for finding_id in one.findings
    }


def denied(tx: Transaction, case_id: CaseId) -> dict[FindingId, RebuttalAnswer]:
    """Return the findings whose author the applicant denies to be, and no reviewer upheld since."""
    upheld = {
        one.finding_id: one.ruled_at
        for one in RecordStore(tx).all(case_id, RecordKind.ADJUDICATION, Adjudication)
        if one.upheld
    }
    return {
        finding_id: answer
        for finding_id, (answer, at) in newest_answers(tx, case_id).items()
        if answer.claim in DENIES_AUTHORSHIP
        and not (finding_id in upheld and upheld[finding_id] >= at)
    }
