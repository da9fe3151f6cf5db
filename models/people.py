"""Who acts: people with roles, and the system itself."""

from enum import StrEnum
from typing import Final

from models.ids import ActorId
from models.value import Value


class Role(StrEnum):
    """What a person may be asked to do. One person may hold several; a case tells them apart."""

    APPLICANT = "applicant"
    INVESTIGATOR = "investigator"
    ATTRIBUTION_ANALYST = "attribution-analyst"
    TRIAGE_ANALYST = "triage-analyst"
    WALL_OFF_REVIEWER = "wall-off-reviewer"
    RELEASING_OFFICER = "releasing-officer"
    HIRING_MANAGER = "hiring-manager"
    EVIDENCE_CUSTODIAN = "evidence-custodian"
    AUDITOR = "auditor"
    POLICY_OWNER = "policy-owner"
    TRAINING_OFFICER = "training-officer"
    SUPERVISOR = "supervisor"
    KEY_CUSTODIAN = "key-custodian"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


class Actor(Value):
    """A person, by pseudonym: the audit log holds the id, never the name."""

    id: ActorId
    roles: frozenset[Role]
    rehearsal: bool = False
    """True for the labelled actors of a rehearsal; production refuses them."""


SYSTEM: Final = Actor(id=ActorId("system"), roles=frozenset({Role.SYSTEM}))
"""The automatic steps act under this name."""
