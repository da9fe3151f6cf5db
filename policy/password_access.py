"""Who may ask an applicant for access to an account, compiled from password_laws.csv.

A cell that is unknown forbids, and so does a place without a row, unless it is one of the United
States: the table lists every state that has such a law. That a state leaves passwords open changes
nothing in the product, which stores none.
"""

import re
from datetime import date
from typing import Final

from models.obligations import Circumstances, Mandate, Matter, Obligation
from models.requisition import EmployerType
from models.retention import Confidence
from policy.law import Answer, PasswordLaw, password_laws

_STATES: Final = frozenset(
    re.findall(
        "[A-Z]{2}",
        "AL AK AZ AR CA CO CT DC DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH "
        "NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY",
    )
)
_COLUMNS: Final = {
    Matter.SUPERVISED_VIEWING: "shoulder_surf_barred",
    Matter.FRIEND_REQUEST: "forced_friend_barred",
}
_TABLE: Final = "password_laws.csv"


def access_obligations(to: Circumstances) -> list[Obligation]:
    """Return what the law says of access to accounts, if the tables know the place at all."""
    country, _dash, state = to.jurisdiction.partition("-")
    if country != "US" or state not in _STATES:
        return []
    law = password_laws().get(state)
    if law is None or to.on < date(law.year, 1, 1):
        return [_no_law(matter, state) for matter in _asked()]
    if not _covers(law, to.employer):
        return [_exempt(matter, law, to.employer) for matter in _asked()]
    certain = _certainly_covers(law, to.employer)
    found = [_from(Matter.CREDENTIALS, law, "credentials_barred", certain=certain)]
    found += [_from(matter, law, column, certain=certain) for matter, column in _COLUMNS.items()]
    found.append(
        _made(
            Matter.REFUSAL_CONSEQUENCE,
            Mandate.FORBIDDEN,
            law,
            "Nobody is put at a disadvantage for refusing access to an account.",
            unknown=not certain,
        )
    )
    return found


def _asked() -> tuple[Matter, ...]:
    return (*_COLUMNS, Matter.CREDENTIALS, Matter.REFUSAL_CONSEQUENCE)


def _covers(law: PasswordLaw, employer: EmployerType) -> bool:
    """Say whether the law covers an employer, or may do so."""
    public = employer is not EmployerType.PRIVATE
    if public and law.says("public_employers_covered") is Answer.NO:
        return False
    exempt = law.says("law_enforcement_exception") is Answer.YES
    return not (employer is EmployerType.LAW_ENFORCEMENT and exempt)


def _certainly_covers(law: PasswordLaw, employer: EmployerType) -> bool:
    if employer is EmployerType.PRIVATE:
        return True
    public = law.says("public_employers_covered") is Answer.YES
    excepted = law.says("law_enforcement_exception")
    return public and (employer is EmployerType.PUBLIC or excepted is Answer.NO)


def _from(matter: Matter, law: PasswordLaw, column: str, *, certain: bool) -> Obligation:
    answer = law.says(column)
    named = {
        Matter.CREDENTIALS: "asking for a password or log-in",
        Matter.SUPERVISED_VIEWING: "asking an applicant to open an account and show it",
        Matter.FRIEND_REQUEST: "asking an applicant to accept a request for friendship",
    }[matter]
    if answer is Answer.NO:
        return _made(matter, Mandate.ALLOWED, law, f"The law does not bar {named}.")
    unknown = answer is Answer.UNKNOWN or not certain
    says = f"Whether {named} is barred is not known." if unknown else f"Barred: {named}."
    return _made(matter, Mandate.FORBIDDEN, law, says, unknown=unknown)


def _exempt(matter: Matter, law: PasswordLaw, employer: EmployerType) -> Obligation:
    return _made(matter, Mandate.ALLOWED, law, f"The law does not bind a {employer} employer.")


def _made(
    matter: Matter, mandate: Mandate, law: PasswordLaw, says: str, *, unknown: bool = False
) -> Obligation:
    doubtful = unknown or "(M)" in law.law_enforcement_exception or " M" in law.confidence
    return Obligation(
        matter=matter,
        mandate=mandate,
        row=f"{_TABLE}:{law.state}",
        says=says,
        citation=law.citation,
        confidence=Confidence.FROM_MEMORY if doubtful else Confidence.VERIFIED,
        effective=date(law.year, 1, 1),
        unknown=unknown,
    )


def _no_law(matter: Matter, state: str) -> Obligation:
    return Obligation(
        matter=matter,
        mandate=Mandate.ALLOWED,
        row=f"{_TABLE}:US-{state}",
        says="The table of states with such a law has no row for this state on this day.",
        citation="no law listed",
        confidence=Confidence.VERIFIED,
    )
