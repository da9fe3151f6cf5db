"""What the applicant discloses: names, addresses and accounts to be looked at."""

from enum import StrEnum

from pydantic import Field

from models.applicant_rules import Asked
from models.ids import ActorId
from models.text import RawText
from models.value import Value


class Applicant(Value):
    """Who applies, as entered when the case is opened."""

    name: RawText
    contact: RawText | None = None
    """Where notices go: an e-mail or postal address."""
    actor: ActorId | None = None
    """The applicant's own sign-in, if they have one: it opens this case and no other."""


class Account(Value):
    """One account that the applicant declares as their own."""

    platform: RawText
    handle: RawText


class BlogRole(StrEnum):
    """What somebody has to do with a blog."""

    OWNER = "owner"
    CONTRIBUTOR = "contributor"


class Blog(Value):
    """One blog that the applicant owns, or has written for."""

    address: RawText
    role: BlogRole


class Disclosure(Value):
    """The applicant's own list. Every part is applicant text and stays inside the wall."""

    name: RawText
    emails: tuple[RawText, ...] = ()
    handles: tuple[RawText, ...] = ()
    accounts: tuple[Account, ...] = ()
    incomplete_memory: bool = Field(default=False)
    """The applicant ticked "I may have forgotten some"."""
    blogs: tuple[Blog, ...] = ()
    uncertain: tuple[RawText, ...] = ()
    """Addresses and names that the applicant is not sure of."""
    sensitive: tuple[RawText, ...] = ()
    """Undercover and other sensitive identifiers: for the custodian alone, and in no query."""
    answered: frozenset[Asked] | None = None
    """The lists that were answered, if only with "none"; None where nobody asked list by list."""
    anonymous_position_read: bool = False
    """The applicant acknowledged the agency's position on anonymous posting."""

    def answers(self) -> frozenset[Asked]:
        """Return the lists that have an answer."""
        given = {
            Asked.EMAILS: self.emails,
            Asked.HANDLES: self.handles,
            Asked.ACCOUNTS: self.accounts,
            Asked.BLOGS: self.blogs,
        }
        return (self.answered or frozenset()) | {asked for asked, one in given.items() if one}


class SensitiveIdentifiers(Value):
    """Undercover and other sensitive identifiers, as the custodian finds them."""

    identifiers: tuple[RawText, ...]
