"""When an applicant came of age is stated at any time before retention, and counts from then on.

What was said before that day is not reported. Where the case was screened already it is screened
again; where the applicant was shown something, or the manager, what is of a minor is taken out,
the package is built and reviewed again, and a release is taken back.
"""

from datetime import date, datetime
from typing import Final

from casework.applicant.consent import require_state
from casework.deciding.recall import take_back
from casework.preview.package import store_package
from casework.requisition.requisitions import frozen
from casework.screening.exclusions import exclusions_of
from casework.screening.reportability import gates_for, said_by_a_minor
from casework.steps.dispatching import outbox_kind
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from models.audit import AuditAction
from models.case import BEFORE_RELEASE, DECIDED, CaseState
from models.dispute import RecallReason
from models.errors import WrongStateError
from models.finding import FindingState
from models.ids import CaseId
from models.people import Actor
from models.rebuttal import Rebuttal
from models.reportable import ComingOfAge, Exclusion, Exclusions
from models.segment import Segment
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.released import ReleasedVault
from storage.vault import Vault

_S: Final = CaseState
_RELEASED: Final = (_S.RELEASED, _S.PENDING_ADVERSE, _S.DISPUTED, _S.FAVOURABLE, _S.ADVERSE)
STATED_IN: Final = (*BEFORE_RELEASE, _S.CRIMINAL_HOLD, _S.RECALLED, *_RELEASED)
SCREENED_AGAIN: Final = "screened-again"


def state_coming_of_age(
    case_id: CaseId,
    day: date,
    *,
    actor: Actor,
    vault: Vault,
    released: ReleasedVault,
    now: datetime,
) -> None:
    """Write down the day on which the applicant turned eighteen; nobody asks for more.

    Raises `WrongStateError` for a day that has not come, and for a case that is over.
    """
    with step(vault, case_id, actor=actor, permission=Permission.STATE_AGE, now=now) as work:
        require_state(work.case, *STATED_IN)
        if day > now.date():
            raise WrongStateError("that day has not come yet")
        records = RecordStore(work.tx)
        records.put(case_id, RecordKind.COMING_OF_AGE, ComingOfAge(day=day), now=now)
        work.log(AuditAction.AGE_STATED)
        if work.case.state in (_S.TRIAGED, _S.REDACTED) and _never_answered(work):
            work.move(_S.ATTRIBUTED)
            work.log(AuditAction.REDACTED, code=SCREENED_AGAIN)
            work.queue(outbox_kind(Segment.SCREEN))
        elif _taken_out(work):
            _show_no_more(work, released)


def _never_answered(work: Work) -> bool:
    """Say whether no answer hangs on a finding: a second screening makes new ones.

    What a person stated of an employee would go with a second screening as well.
    """
    policy = frozen(work.tx, work.case.requisition_id).policy
    answered = RecordStore(work.tx).latest(work.case.id, RecordKind.REBUTTAL, Rebuttal)
    return answered is None and policy.after_hire is None


def _taken_out(work: Work) -> bool:
    """Withdraw every finding of a minor's words; say whether one stood."""
    minors = said_by_a_minor(work.tx, work.case.id)
    store = FindingStore(work.tx)
    gone = [one for one in store.for_case(work.case.id) if one.id in minors]
    stood = [one for one in gone if one.state is not FindingState.WITHDRAWN]
    for one in stood:
        store.set_state(one.id, FindingState.WITHDRAWN)
    if not stood:
        return False
    rule = gates_for(work.tx, work.case, now=work.now).adult_rule
    left = tuple(
        Exclusion(evidence_id=one.evidence_id, criterion=one.proposal.criterion, rule=rule)
        for one in stood
    )
    entries = Exclusions(entries=(*exclusions_of(work.tx, work.case.id), *left))
    RecordStore(work.tx).put(work.case.id, RecordKind.EXCLUSIONS, entries, now=work.now)
    return True


def _show_no_more(work: Work, released: ReleasedVault) -> None:
    """Build the package again without them; whoever passed or read the other begins anew."""
    if work.case.state in _RELEASED:
        if work.case.state in DECIDED:
            work.move(_S.DISPUTED)
        take_back(work, RecallReason.ERROR, released)
        return
    if work.case.state is _S.REVIEWED:
        work.move(_S.REDACTED)
    if work.case.state in (_S.REDACTED, _S.REBUTTAL, _S.RECALLED):
        store_package(work)
        work.log(AuditAction.REDACTED, code=SCREENED_AGAIN)
