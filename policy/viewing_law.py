"""Whether an applicant may be asked to open an account and show it (S6): only where a row says so.

Stricter than `policy.password_access`, on whose reading it stands: a place without a row is
barred, and so is what a row says from memory, because what it would allow cannot be taken back.
"""

from datetime import date

from models.obligations import Circumstances, Mandate, Matter
from models.requisition import EmployerType, NoticeStage, VettingMode
from models.retention import Confidence
from models.value import Value
from policy.law import password_laws
from policy.password_access import access_obligations


class ViewingLaw(Value):
    """What the law of one place says to one kind of employer."""

    allowed: bool
    row: str
    """The row that decides, by name; one that nobody wrote down is named too."""
    citation: str
    says: str


def viewing_law(jurisdiction: str, employer: EmployerType, *, on: date) -> ViewingLaw:
    """Return what the row of a place says. Unknown, unwritten and from memory are no."""
    country, _dash, state = jurisdiction.partition("-")
    row = f"password_laws.csv:{state if country == 'US' and state else jurisdiction}"
    if country != "US" or state not in password_laws():
        return ViewingLaw(
            allowed=False, row=row, citation="no row", says="no row says what the law is here"
        )
    where = Circumstances(
        jurisdiction=jurisdiction,
        employer=employer,
        mode=VettingMode.IN_HOUSE,
        stage=NoticeStage.CONDITIONAL_OFFER,
        on=on,
    )
    found = next(
        one for one in access_obligations(where) if one.matter is Matter.SUPERVISED_VIEWING
    )
    wholly = password_laws()[state].confidence.strip() == "V"
    known = wholly and found.confidence is Confidence.VERIFIED and not found.unknown
    allowed = found.mandate is Mandate.ALLOWED and known and found.row == row
    says = found.says if allowed or found.mandate is Mandate.FORBIDDEN else "known from memory only"
    return ViewingLaw(allowed=allowed, row=row, citation=found.citation, says=says)
