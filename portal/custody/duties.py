"""What kinds of thing are put away, what the custodian owes each, and what none may be used for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from casework.criminal.custody_chain import COPY

SENSITIVE: Final = "sensitive-identifiers"
REPORTER: Final = "peer-reporter"
WATCH: Final = "retaliation-watch"


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind in plain words: what it is, what is to be done with it, and what is not."""

    name: str
    what: str
    owed: str
    never: str
    short: str
    """The duty in three words or so, for a table."""


DUTIES: Final[Mapping[str, Duty]] = {
    COPY: Duty(
        "Criminal evidence",
        "A copy of evidence of an offence that left the vetting, with its chain of custody.",
        "Check it against its chain and give the receipt: the clock of the referral runs until "
        "then. A call or a report that is still owed is noted on the inside first. What the police "
        "are to have must be with them before the case is destroyed.",
        "Not for the hiring decision, and not to be told to the hiring manager, the reviewers or "
        "the applicant. Not to be searched further.",
        "Receive and hand over",
    ),
    SENSITIVE: Duty(
        "Sensitive identifiers",
        "Undercover and other identifiers that the applicant may not list in the open.",
        "Keep them from everybody. If one turns up in a search or in material, say so to the "
        "supervisor without naming it.",
        "Not to be searched, typed into any query, matched against accounts, or told to "
        "investigators.",
        "Keep from everybody",
    ),
    REPORTER: Duty(
        "Who gave a report",
        "The name of an employee who reported a colleague.",
        "Keep the name from everybody, and open it only to protect whoever reported.",
        "Not for any decision on either of them, and not to be told to supervisors, investigators "
        "or the colleague.",
        "Keep from everybody",
    ),
    WATCH: Duty(
        "Watch against retaliation",
        "The weekly account of steps against somebody who reported a colleague.",
        "Read it. If it lists a step, have it looked into as retaliation, without saying who "
        "reported. An account that lists none is as usual.",
        "Not for any decision on whoever reported, and not to be told to their supervisors.",
        "Read each week",
    ),
}

OTHER: Final = Duty(
    "Something else",
    "Put away for the custodian, of a kind that has no page of its own.",
    "Keep it, and ask the policy owner what is owed.",
    "Not for the hiring decision, and not to be told to the hiring manager.",
    "Keep",
)


def duty_of(kind: str) -> Duty:
    """Return what is owed to a kind of thing."""
    return DUTIES.get(kind, OTHER)
