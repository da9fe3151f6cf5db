"""Fetching: what was asked of a server, why, and what it answered; and why nothing was asked."""

from pydantic import Field

from models.consent import ConsentItem, Sha256
from models.documentation import ClockSource
from models.errors import WalloffError
from models.ids import ActorId, ConsentId
from models.text import RawText
from models.value import Moment, Value


class FetchRefusedError(WalloffError):
    """An address or an answer is not one that is fetched: not public, not the web, too large."""

    code = "fetch-refused"


class RobotsError(WalloffError):
    """The site's robots.txt asks programs not to fetch this, or could not be read (RFC 9309)."""

    code = "fetch-robots"


class FetchBusyError(WalloffError):
    """The server asks to come back later than this run waits."""

    code = "fetch-rate-limited"


class FetchFailedError(WalloffError):
    """The server could not be reached, or broke off."""

    code = "fetch-failed"


class FetchedRequest(Value):
    """One request that left, and the answer to it."""

    sequence: int = Field(ge=1)
    """The number of the query in the case, under which it was written down before it left."""
    step: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    """By which rule it was made: the connector's name and the step in it."""
    asked_at: Moment
    requested: RawText
    """The address that was meant."""
    final: RawText
    """The address that this request went to, after the redirections before it."""
    address: str
    """The IP address that was connected to, and that was checked."""
    certificate: Sha256 | None = None
    """Of the server's certificate (DER); None over plain HTTP."""
    status: int = Field(ge=100, le=999)
    """As the server wrote it: some answer with numbers that HTTP does not have."""
    headers_sha256: Sha256
    body_sha256: Sha256


class VerifiedLink(Value):
    """A platform found this address to link back to the account: evidence for attribution."""

    account: RawText
    """The disclosed account, as it was asked for."""
    address: RawText
    at: Moment


class VerifiedLinkShown(Value):
    """A verified link that leads to an account, and where it is known from.

    The disclosed account's server says so; nobody here has looked. It proves nothing by itself.
    """

    link: VerifiedLink
    platform: str
    """Of the disclosed account."""
    file: str
    """The recording that it was read from."""
    file_sha256: Sha256
    query: int
    """The number of the query by which it was asked."""
    fetched_by: ActorId
    fetched_at: Moment


class FetchRecord(Value):
    """One disclosed place as it was fetched: who, when, with what, why, and every request."""

    fetched_by: ActorId
    device: str | None = None
    consent_id: ConsentId
    covered_by: ConsentItem
    """The item of the consent that covers it."""
    lookback_years: int = Field(ge=1, le=20)
    platform: str = Field(max_length=80)
    """The listed name or the kind; a host's name may be the applicant's own."""
    tool: str = Field(max_length=80)
    tool_version: str = Field(max_length=80)
    config_sha256: Sha256
    """Of the limits, the reach and the name under which it asked."""
    started_at: Moment
    ended_at: Moment
    clock: ClockSource = ClockSource.HOME
    file: str = Field(max_length=80)
    """The name of the recording; it names nobody."""
    file_sha256: Sha256
    requests: tuple[FetchedRequest, ...] = ()
    verified: tuple[VerifiedLink, ...] = ()
    stopped: str = Field(default="", max_length=80)
    """The code of what ended it early; empty where all of it was fetched."""
