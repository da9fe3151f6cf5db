"""What the applicant is asked to list is answered in full; what is sensitive goes to the custodian.

An empty list is an answer, and so is "I may have forgotten": leaving something out by mistake is
no fault of anybody's (POL-08).
"""

from models.applicant_rules import ApplicantRules
from models.clauses import SensitiveIdentifierError
from models.disclosure import Disclosure
from models.errors import DisclosureIncompleteError
from models.text import RawText


def require_complete(disclosure: Disclosure, rules: ApplicantRules | None) -> None:
    """Raise `DisclosureIncompleteError` for a list without an answer, or an unread position."""
    if rules is None:
        return
    silent = sorted(rules.asks - disclosure.answers())
    if silent:
        raise DisclosureIncompleteError(f"no answer, not even an empty list: {', '.join(silent)}")
    if rules.anonymous_position.strip() and not disclosure.anonymous_position_read:
        raise DisclosureIncompleteError("the position on anonymous posting is not acknowledged")


def require_open(disclosure: Disclosure) -> None:
    """Raise `SensitiveIdentifierError` if anything in a disclosure is the custodian's alone.

    An identifier that is named as sensitive enters no record of the case and so no query.
    """
    if disclosure.sensitive:
        raise SensitiveIdentifierError(
            f"{len(disclosure.sensitive)} sensitive identifiers: they go to the custodian, "
            "not into this list"
        )


def identities(disclosure: Disclosure) -> tuple[tuple[str, RawText], ...]:
    """Return everything that a disclosure lists, each with the list that it stands in."""
    return (
        ("name", disclosure.name),
        *(("emails", one) for one in disclosure.emails),
        *(("handles", one) for one in disclosure.handles),
        *(("accounts", one.handle) for one in disclosure.accounts),
        *(("blogs", one.address) for one in disclosure.blogs),
        *(("uncertain", one) for one in disclosure.uncertain),
    )
