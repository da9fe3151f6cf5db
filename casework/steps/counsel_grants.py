"""Who may take the steps that counsel asks for: lines for `casework.steps.permissions`."""

from typing import Final

from casework.steps.conditions import (
    Clause,
    any_of,
    collected_nothing,
    decided_nothing,
    own_case,
    reviewed_nothing,
)
from models.people import Role

_CUSTODIAN: Final = Clause(Role.EVIDENCE_CUSTODIAN)
_OWNER: Final = Clause(Role.POLICY_OWNER)
_SUPERVISOR: Final = Clause(Role.SUPERVISOR)
_AUDITOR: Final = Clause(Role.AUDITOR)
_NO_PART: Final = (collected_nothing, reviewed_nothing, decided_nothing)

COUNSEL_GRANTS: Final[dict[str, tuple[Clause, ...]]] = {
    "approve-deviation": any_of(
        Clause(Role.POLICY_OWNER, _NO_PART), Clause(Role.SUPERVISOR, _NO_PART)
    ),
    "read-consistency": any_of(_AUDITOR, _OWNER, _SUPERVISOR),
    "request-production": any_of(_CUSTODIAN),
    "approve-production": any_of(_CUSTODIAN, _OWNER),
    "make-production": any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    "export-custody": any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    "read-provenances": any_of(
        Clause(Role.INVESTIGATOR, (decided_nothing,)),
        Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,)),
    ),
    "read-productions": any_of(_CUSTODIAN, _OWNER, _AUDITOR),
    "report-breach": any_of(
        Clause(Role.INVESTIGATOR),
        Clause(Role.ATTRIBUTION_ANALYST),
        Clause(Role.WALL_OFF_REVIEWER),
        Clause(Role.RELEASING_OFFICER),
        Clause(Role.HIRING_MANAGER),
        _CUSTODIAN,
        _SUPERVISOR,
        _OWNER,
    ),
    "contain-breach": any_of(
        _CUSTODIAN, Clause(Role.SUPERVISOR, (collected_nothing, decided_nothing))
    ),
    "close-breach": any_of(_OWNER),
    "open-request": any_of(
        Clause(Role.APPLICANT, (own_case,)), Clause(Role.INVESTIGATOR), _CUSTODIAN
    ),
    "answer-request": any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    "read-requests": any_of(Clause(Role.APPLICANT, (own_case,)), _CUSTODIAN, _SUPERVISOR, _AUDITOR),
    "record-assessment": any_of(_OWNER, _CUSTODIAN),
    "approve-assessment": any_of(_OWNER, _SUPERVISOR),
}
