"""Who may do what about people who work here already; nobody monitors alone, nor the system."""

from typing import Final

from casework.steps.conditions import Clause, any_of, collected_nothing, decided_nothing, own_case
from models.people import Role

_INVESTIGATOR: Final = Clause(Role.INVESTIGATOR, (decided_nothing,))
_APPLICANT: Final = Clause(Role.APPLICANT, (own_case,))
_SUPERVISOR: Final = Clause(Role.SUPERVISOR, (collected_nothing, decided_nothing))

AFTER_HIRE: Final[dict[str, tuple[Clause, ...]]] = {
    "give-monitoring-notice": any_of(Clause(Role.POLICY_OWNER)),
    "state-trigger": any_of(_INVESTIGATOR, _SUPERVISOR),
    "approve-trigger": any_of(_SUPERVISOR),
    "open-monitoring": any_of(_SUPERVISOR),
    "close-monitoring": any_of(_SUPERVISOR, Clause(Role.SYSTEM)),
    "read-monitoring": any_of(
        Clause(Role.SUPERVISOR),
        Clause(Role.INVESTIGATOR),
        Clause(Role.POLICY_OWNER),
        Clause(Role.AUDITOR),
    ),
    "give-peer-report": tuple(Clause(role) for role in Role if role is not Role.SYSTEM),
    "read-peer-reports": any_of(
        _INVESTIGATOR, _SUPERVISOR, Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))
    ),
    "note-adverse-step": any_of(
        Clause(Role.SUPERVISOR), Clause(Role.HIRING_MANAGER), Clause(Role.POLICY_OWNER)
    ),
    "declare-account": any_of(Clause(Role.APPLICANT), Clause(Role.INVESTIGATOR)),
    "code-omission": any_of(Clause(Role.SUPERVISOR)),
    "capture-third-party": any_of(_INVESTIGATOR),
    "state-finding": any_of(_INVESTIGATOR),
    "read-safety-notice": any_of(_APPLICANT, _INVESTIGATOR),
}
"""By the value of each permission; `casework.steps.permissions` names them and grants by this."""
