"""Attribution: what ties an account to the applicant, what speaks against it, and who decided.

An identifier counts once, however often it shows; a sign is for a person to weigh and never a
verdict.
"""

from enum import StrEnum

from pydantic import Field

from models.consent import Sha256
from models.ids import ActorId, CaseId
from models.text import RawText
from models.value import Moment, Value

LEAST_IDENTIFIERS = 3
"""Independent identifiers without which nobody attributes an account to an applicant."""


class Identifier(StrEnum):
    """One kind of tie between an account and what the applicant stated."""

    NAME = "name"
    HANDLE = "handle"
    """The handle is that of another account of the applicant's."""
    ADDRESS = "account-address"
    """The account's own address: it is its handle again."""
    E_MAIL = "e-mail"
    PHONE = "phone"
    PHOTOGRAPH = "photograph"
    EMPLOYER = "employer"
    SCHOOL = "school"
    PLACE = "place"
    LINKED_BY_DISCLOSED = "linked-by-disclosed-account"
    """An account that the applicant disclosed links to it or names it as its own."""
    LINKS_TO_DISCLOSED = "links-to-disclosed-account"
    """It links to a disclosed account. Anybody can write such a link."""
    STATED_FACT = "stated-fact"
    """It tells a fact that the applicant stated and that is not public elsewhere."""


class Source(StrEnum):
    """Where in the account a tie was read."""

    HANDLE = "handle"
    PROFILE = "profile"
    PICTURE = "picture"
    POST = "post"
    OTHER_ACCOUNT = "other-account"


class Basis(Value):
    """One identifier that an analyst states, and where it was seen."""

    identifier: Identifier
    source: Source
    note: RawText | None = None
    """What exactly, for the next analyst: sealed with the decision."""


class Sign(StrEnum):
    """Something that may speak of an imposter or of a stolen account."""

    YOUNGER_THAN_NOTICE = "account-younger-than-notice"
    NAME_WITHOUT_HISTORY = "display-name-contradicted-by-handles"
    BURST_AFTER_SILENCE = "burst-after-long-silence"
    CONTRADICTING_FACT = "contradicting-fact"
    WHILE_STOLEN = "posted-while-reported-stolen"


class Grounds(StrEnum):
    """On what an account was attributed, or not."""

    CONFIRMED_BY_APPLICANT = "confirmed-by-applicant"
    IDENTIFIERS = "independent-identifiers"
    NOT_PROVED = "not-proved"
    NOT_THE_APPLICANT = "not-the-applicant"


class AttributionDecision(Value):
    """An analyst's decision on one account of a case, with its stated evidence."""

    case_id: CaseId
    account: Sha256
    """Digest of platform and handle: the account, without its name."""
    grounds: Grounds
    basis: tuple[Basis, ...] = ()
    signs: tuple[Sign, ...] = ()
    """Signs that the analyst saw and weighed."""
    decided_by: ActorId
    decided_at: Moment
    seconded_by: ActorId | None = None

    @property
    def attributes(self) -> bool:
        """True if the account is the applicant's."""
        return self.grounds in (Grounds.CONFIRMED_BY_APPLICANT, Grounds.IDENTIFIERS)


class AccountConfirmation(Value):
    """The applicant's own word on an account that they had not listed."""

    account: Sha256
    mine: bool
    stolen_from: Moment | None = None
    """From when the applicant reports the account stolen."""
    stolen_until: Moment | None = None
    said_at: Moment


class AccountHistory(Value):
    """What is known of an account beside its items."""

    created_at: Moment | None = None
    display_name: RawText | None = None
    handles: tuple[RawText, ...] = ()
    """Earlier handles, oldest first."""


class AccountFacts(Value):
    """History and contradictions that an investigator wrote down for an account."""

    account: Sha256
    history: AccountHistory
    contradictions: int = Field(default=0, ge=0, le=100)
    """Facts told there that cannot be the applicant's, such as a place of work at a time."""
