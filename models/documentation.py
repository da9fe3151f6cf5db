"""How a capture came to be (I4): method, addresses, times, clock, its place in a chain."""

from enum import StrEnum

from pydantic import Field

from models.consent import Sha256
from models.ids import ActorId
from models.search import AccessWay, SessionIdentity
from models.text import RawText
from models.value import Moment, Value


class CaptureMethod(StrEnum):
    """How the bytes were obtained."""

    EXPORT = "platform-export"
    """The applicant handed over what their platform gave them."""
    WEB_ARCHIVE = "web-archive"
    """A recorder wrote down the requests and what servers answered."""
    LISTED_POSTS = "listed-posts"
    """Somebody listed posts in a file."""
    SAVED_PAGE = "saved-page"
    """A browser saved a page as it stood, and wrote down its address and the time."""
    PAGE_ALONE = "page-alone"
    """A page or document that does not say where and when it was saved: weaker evidence."""


class ClockSource(StrEnum):
    """Whose clock a time is from."""

    HOME = "home"
    RECORDER = "recorder"
    """Stated in the file by what recorded it; not checked."""


class ClockWitness(Value):
    """What somebody else's clock said last of this home's: a witness or a stamping authority."""

    ours: Moment
    theirs: Moment

    @property
    def offset_seconds(self) -> float:
        """By how much this home's clock was ahead; what signing took is in it."""
        return (self.ours - self.theirs).total_seconds()


class PageRecord(Value):
    """One page as a recorder wrote it down."""

    pointer: str
    requested: RawText
    final: RawText
    """After redirections that the same file records."""
    status: int | None = Field(default=None, ge=100, le=599)
    """None where the page was saved and not its answer."""
    headers_sha256: Sha256 | None = None
    body_sha256: Sha256
    at: Moment | None
    stated_at: Moment | None = None
    """When a tool that kept the page says that it did, where that stands beside the page's own
    time: the two clocks may differ, so both are kept."""


class CaptureDocumentation(Value):
    """What a capture says of itself beyond its digest and time; sealed with it."""

    sequence: int = Field(ge=1)
    """Its place among the documented captures of the case."""
    previous: Sha256 | None
    """Digest of the capture before it, as sealed; None for the first of a case."""
    method: CaptureMethod
    way: AccessWay
    identity: SessionIdentity | None
    """As whom somebody looked; None where nobody went to a platform."""
    recorder: RawText | None = None
    """What recorded a web archive, in the file's own words."""
    pages: tuple[PageRecord, ...] = ()
    started_at: Moment
    """When the first page was fetched, or when the file was registered."""
    ended_at: Moment
    """When the last page was fetched, or when the file was taken in."""
    clock: ClockSource
    taken_in_by: ClockSource = ClockSource.HOME
    by: ActorId | None = None
    """Who brought the material in; None for captures of versions that did not say."""
    configuration: Sha256 | None = None
    """Digest of the tool with its limits and libraries (`collection.formats.configuration`)."""
    policy: Sha256 | None = None
    """Digest of the frozen policy whose rule let it be captured, beside the consent's item."""
    clock_witness: ClockWitness | None = None
    """None where nobody else had told the time by then."""
