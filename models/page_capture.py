"""What stands in a case about a page that a browser captured: who, when, with what; no content."""

from pydantic import Field

from models.consent import ConsentItem, Sha256
from models.documentation import ClockSource
from models.ids import ActorId, ConsentId
from models.text import RawText
from models.value import Moment, Value


class PageCaptureRecord(Value):
    """One page as it was captured. The digests tie it to the files, and these to each other."""

    query: int = Field(ge=1)
    """The number of the query under which the address was written down before it was asked for."""
    requested: RawText
    final: RawText
    """After the page's own redirections."""
    captured_by: ActorId
    device: str | None = None
    consent_id: ConsentId
    covered_by: ConsentItem
    started_at: Moment
    ended_at: Moment
    clock: ClockSource = ClockSource.RECORDER
    tool: str = Field(max_length=200)
    """The product, Playwright and Chromium, with their versions."""
    config_sha256: Sha256
    """Of the browser's switches, limits, place and language."""
    recording_sha256: Sha256
    """Of the WARC file, in which screenshot and PDF lie."""
    shown_sha256: Sha256
    """Of the page as it stood after its scripts had run (MHTML)."""
    screenshot_sha256: Sha256
    pdf_sha256: Sha256
    requests: int = Field(ge=1)
    denied: dict[str, int] = Field(default_factory=dict)
    """How often the page wanted what it did not get, by the refusal's code."""
