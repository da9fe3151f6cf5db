"""A denied author is upheld with stated grounds, by a reviewer, or the finding stays withdrawn."""

from collections.abc import Set as AbstractSet
from datetime import datetime

from pydantic import ValidationError

from casework.applicant.consent import require_state
from casework.people.people_gates import require_searcher
from casework.preview.answers import denied, disproved
from casework.preview.package import store_package
from casework.screening.reportability import said_by_a_minor
from casework.screening.statements import SETTLED_IN
from casework.search.case_platforms import platforms_of
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.errors import (
    OutOfScopeError,
    RebuttalUnansweredError,
    RecordNotFoundError,
    UnreviewedError,
)
from models.finding import FindingState
from models.ids import CaseId, FindingId
from models.people import Actor
from models.rebuttal import Adjudication, AuthorshipGround
from storage.exposures import ExposureStore
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


def adjudicate(
    case_id: CaseId,
    finding_id: FindingId,
    *,
    upheld: bool,
    grounds: AbstractSet[AuthorshipGround] = frozenset(),
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> Adjudication:
    """Rule on the applicant's denial that a finding is theirs.

    Upheld, it stands again and the package needs two fresh approvals and a fresh showing; else it
    stays withdrawn. Raises `RebuttalUnansweredError` for an author upheld on less than three
    grounds or a confirmation, `UnreviewedError` for a reviewer who has not looked,
    `RecordNotFoundError` where nothing is denied, `WrongStateError`, `NotPermittedError`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.ADJUDICATE, now=now) as work:
        require_state(work.case, *SETTLED_IN)
        require_searcher(work, platforms=platforms_of(work.tx, case_id))
        if not ExposureStore(work.tx).exposed(actor.id, case_id):
            raise UnreviewedError("a reviewer looks at the evidence first")
        open_denials = denied(work.tx, case_id)
        if finding_id not in open_denials:
            raise RecordNotFoundError("no open denial of this finding")
        if upheld and finding_id in disproved(work.tx, case_id):
            raise RebuttalUnansweredError("it went in a dispute, and is not put back")
        if upheld and finding_id in said_by_a_minor(work.tx, case_id):
            raise OutOfScopeError("the applicant had not come of age")
        try:
            ruling = Adjudication(
                finding_id=finding_id,
                claim=open_denials[finding_id].claim,
                upheld=upheld,
                grounds=frozenset(grounds),
                ruled_by=actor.id,
                ruled_at=now,
            )
        except ValidationError:
            raise RebuttalUnansweredError(
                "a denial is answered by three grounds or a confirmation, or by withdrawing"
            ) from None
        RecordStore(work.tx).put(case_id, RecordKind.ADJUDICATION, ruling, now=now)
        state = FindingState.CONFIRMED if upheld else FindingState.WITHDRAWN
        FindingStore(work.tx).set_state(finding_id, state)
        store_package(work)
        work.log(AuditAction.ADJUDICATED, code="upheld" if upheld else "withdrawn")
        return ruling
