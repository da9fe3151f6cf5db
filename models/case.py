"""The life of a case: its states and the only ways from one to the next."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from models.ids import ActorId, CaseId, RequisitionId
from models.value import Moment, Value


class CaseState(StrEnum):
    """Where a case stands. The order is that of a case that meets no obstacle."""

    DRAFT = "draft"
    NOTICED = "noticed"
    CONSENTED = "consented"
    DISCLOSED = "disclosed"
    COLLECTING = "collecting"
    ATTRIBUTED = "attributed"
    TRIAGED = "triaged"
    REDACTED = "redacted"
    REVIEWED = "reviewed"
    REBUTTAL = "rebuttal"
    RELEASED = "released"
    FAVOURABLE = "favourable"
    PENDING_ADVERSE = "pending-adverse"
    ADVERSE = "adverse"
    RETAINED = "retained"
    DESTROYED = "destroyed"

    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RECALLED = "recalled"
    CRIMINAL_HOLD = "criminal-hold"
    LEGAL_HOLD = "legal-hold"
    DISPUTED = "disputed"


_S = CaseState

BEFORE_RELEASE: Final = (
    _S.DRAFT,
    _S.NOTICED,
    _S.CONSENTED,
    _S.DISCLOSED,
    _S.COLLECTING,
    _S.ATTRIBUTED,
    _S.TRIAGED,
    _S.REDACTED,
    _S.REVIEWED,
    _S.REBUTTAL,
)
"""The states of a case of which the manager knows nothing yet, in order."""

CONSENT_ENDS_IN: Final = (*BEFORE_RELEASE[2:], _S.CRIMINAL_HOLD)
"""The states in which a consent may be withdrawn or run out. A referral takes that from nobody,
and an applicant could tell one by its taking."""

DECIDED: Final = frozenset({_S.FAVOURABLE, _S.ADVERSE})

_FORWARD: Final[dict[CaseState, set[CaseState]]] = {
    _S.DRAFT: {_S.NOTICED},
    _S.NOTICED: {_S.CONSENTED, _S.REFUSED},
    _S.CONSENTED: {_S.DISCLOSED},
    _S.DISCLOSED: {_S.COLLECTING},
    _S.COLLECTING: {_S.ATTRIBUTED, _S.CRIMINAL_HOLD},
    _S.ATTRIBUTED: {_S.TRIAGED, _S.CRIMINAL_HOLD},
    # What is stated later than the screening (a coming of age) leads to another one.
    _S.TRIAGED: {_S.REDACTED, _S.ATTRIBUTED, _S.CRIMINAL_HOLD},
    _S.REDACTED: {_S.REVIEWED, _S.ATTRIBUTED, _S.CRIMINAL_HOLD},
    _S.REVIEWED: {_S.REBUTTAL, _S.REDACTED},
    _S.REBUTTAL: {_S.REVIEWED, _S.RELEASED},
    _S.RELEASED: {_S.FAVOURABLE, _S.PENDING_ADVERSE, _S.RECALLED, _S.DISPUTED},
    _S.PENDING_ADVERSE: {_S.ADVERSE, _S.FAVOURABLE, _S.RECALLED, _S.DISPUTED},
    _S.FAVOURABLE: {_S.RETAINED, _S.DISPUTED},
    _S.ADVERSE: {_S.RETAINED, _S.DISPUTED},
    _S.RETAINED: {_S.DESTROYED},
    _S.DESTROYED: set(),
    _S.REFUSED: {_S.RETAINED},
    _S.WITHDRAWN: {_S.RETAINED},
    _S.EXPIRED: {_S.RETAINED},
    _S.RECALLED: {_S.REVIEWED},
    # A copy has gone to the custodian; vetting goes on with a fresh attribution, or ends.
    _S.CRIMINAL_HOLD: {_S.ATTRIBUTED, _S.RETAINED},
    # Only what was released is disputed, so no way leads from here to a first release.
    _S.DISPUTED: {_S.RELEASED, _S.PENDING_ADVERSE, _S.RECALLED, _S.RETAINED},
    _S.LEGAL_HOLD: {_S.RETAINED},
}


def _table() -> Mapping[CaseState, frozenset[CaseState]]:
    table = {state: set(onward) for state, onward in _FORWARD.items()}
    for state in (*BEFORE_RELEASE, _S.CRIMINAL_HOLD):
        table[state] |= {_S.WITHDRAWN, _S.EXPIRED}
    for state in (_S.FAVOURABLE, _S.ADVERSE, _S.RETAINED, _S.REFUSED, _S.WITHDRAWN, _S.EXPIRED):
        table[state].add(_S.LEGAL_HOLD)
    return {state: frozenset(onward) for state, onward in table.items()}


TRANSITIONS: Final = _table()
"""State to the states it may lead to; what is not listed does not happen."""


def may_move(origin: CaseState, destination: CaseState) -> bool:
    """Say whether the table allows the step."""
    return destination in TRANSITIONS[origin]


class Case(Value):
    """One applicant's vetting for one requisition. Holds no word about the applicant."""

    id: CaseId
    requisition_id: RequisitionId
    state: CaseState
    version: int = 0
    """Counts the changes; a change names the version it was made from."""
    opened_by: ActorId
    opened_at: Moment
    changed_at: Moment
