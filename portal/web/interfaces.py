"""The applications of the portal: each has its own process, keys, database, cookie and port."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.people import Role


@dataclass(frozen=True, slots=True)
class Interface:
    """One application, as its pages, its cookie and its address name it."""

    name: str
    title: str
    port: int
    roles: frozenset[Role]
    """Whoever may be inside at all; what they may do there is the casework's to say."""

    @property
    def cookie(self) -> str:
        """The name of its cookie. Ports do not part cookies, so the name does."""
        return f"__Host-walloff-{self.name}"


APPLICANT: Final = Interface("applicant", "Your case", 8441, frozenset({Role.APPLICANT}))
CASEWORK: Final = Interface(
    "casework",
    "Casework",
    8442,
    frozenset(
        {
            Role.INVESTIGATOR,
            Role.ATTRIBUTION_ANALYST,
            Role.TRIAGE_ANALYST,
            Role.WALL_OFF_REVIEWER,
            Role.RELEASING_OFFICER,
        }
    ),
)
CUSTODY: Final = Interface("custody", "Custody", 8443, frozenset({Role.EVIDENCE_CUSTODIAN}))
MANAGER: Final = Interface("manager", "Hiring", 8444, frozenset({Role.HIRING_MANAGER}))
AUDITOR: Final = Interface("auditor", "Audit", 8445, frozenset({Role.AUDITOR}))
OFFICE: Final = Interface(
    "office",
    "Office",
    8446,
    frozenset({Role.POLICY_OWNER, Role.TRAINING_OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
)

INTERFACES: Final[Sequence[Interface]] = (
    APPLICANT,
    CASEWORK,
    CUSTODY,
    MANAGER,
    AUDITOR,
    OFFICE,
)
