"""What the applicant discloses: names, addresses and accounts to be looked at."""

from pydantic import Field

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


class Disclosure(Value):
    """The applicant's own list. Every part is applicant text and stays inside the wall."""

    name: RawText
    emails: tuple[RawText, ...] = ()
    handles: tuple[RawText, ...] = ()
    accounts: tuple[Account, ...] = ()
    incomplete_memory: bool = Field(default=False)
    """The applicant ticked "I may have forgotten some"."""
