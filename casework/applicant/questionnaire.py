"""What the applicant is asked to list is answered in full; what is sensitive goes to the custodian.

An empty list is an answer, and so is "I may have forgotten": leaving something out by mistake is
no fault of anybody's (POL-08).
"""

from typing import Final

from casework.steps.guarding import keep_out_of_queries
from casework.steps.sealed_domain import put_away
from casework.steps.step import Work
from collection.egress.credentials import refuse_credentials
from models.applicant_rules import ApplicantRules
from models.clauses import SensitiveIdentifierError
from models.disclosure import Disclosure, SensitiveIdentifiers
from models.errors import DisclosureIncompleteError, KeyUnavailableError
from models.text import RawText

KIND: Final = "sensitive-identifiers"


def require_complete(disclosure: Disclosure, rules: ApplicantRules | None) -> None:
    """Raise `DisclosureIncompleteError` for a list without an answer, or an unread position."""
    if rules is None:
        return
    silent = sorted(rules.asks - disclosure.answers())
    if silent:
        raise DisclosureIncompleteError(f"no answer, not even an empty list: {', '.join(silent)}")
    if rules.anonymous_position.strip() and not disclosure.anonymous_position_read:
        raise DisclosureIncompleteError("the position on anonymous posting is not acknowledged")


def put_sensitive_away(work: Work, disclosure: Disclosure) -> Disclosure:
    """Seal the sensitive identifiers to the custodian, and return what the case may keep.

    They enter no record of the case and no query: what stays are keyed digests. Raises
    `SensitiveIdentifierError` for one that stands in an open list as well, or if the home has no
    custodian's key to seal to; nothing is stored then.
    """
    if not disclosure.sensitive:
        return disclosure
    named = {_folded(one) for one in disclosure.sensitive}
    if any(_folded(one) in named for _where, one in identities(disclosure)):
        raise SensitiveIdentifierError("a sensitive identifier stands in an open list as well")
    for one in disclosure.sensitive:
        refuse_credentials(one.reveal(), where="sensitive")
    try:
        put_away(work, KIND, SensitiveIdentifiers(identifiers=disclosure.sensitive))
    except KeyUnavailableError:
        raise SensitiveIdentifierError(
            f"{len(disclosure.sensitive)} sensitive identifiers, and no custodian's key in this "
            "home: hand them to the custodian, and leave them out of the list"
        ) from None
    keep_out_of_queries(work, disclosure.sensitive)
    return disclosure.model_copy(update={"sensitive": ()})


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


def _folded(identity: RawText) -> str:
    return identity.reveal().strip().removeprefix("@").casefold()
