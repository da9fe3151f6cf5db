"""What passes between the inside and a collector: an order in, deliveries out, receipts in.

An order says what may be gathered and to whom it is sealed, and nothing of who the applicant is:
no name, no account, no position. A delivery is one file as the collector read it.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from models.consent import ConsentItem, PlatformKind, Sha256
from models.documentation import CaptureMethod, PageRecord
from models.errors import WalloffError
from models.ids import CaptureId, CaseId, ConsentId, is_id
from models.text import RawText
from models.value import Moment, Value

COLLECTOR_NAME = r"[a-z0-9][a-z0-9-]{0,39}"
"""A collector's name, as a whole."""

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
PublicKey = Annotated[str, StringConstraints(max_length=4096)]
"""A `storage.sealed_write.Writer`, as it is handed to its process."""


class DeliveryRefusedError(WalloffError):
    """An order's end speaks of a delivery that was refused: the order stands."""

    code = "delivery-refused"


class PlatformRule(Value):
    """What one review of a platform's terms comes to, for the way by which it is reached."""

    platform: str
    """A platform or host; `kind.blog` and the like stand for every site of a kind."""
    code: str = ""
    """Empty if the terms allow it; else the code of the refusal."""


class WorkOrder(Value):
    """What a collector may gather for one case. The case's id is random and names nobody."""

    case_id: CaseId
    consent_id: ConsentId
    granted: frozenset[ConsentItem]
    lookback_years: int = Field(ge=1, le=20)
    valid_until: Moment
    """When the consent runs out."""
    terms_asked: bool = False
    """True where public content is gathered only under reviewed terms."""
    platforms: tuple[PlatformRule, ...] = ()
    mappings: frozenset[Sha256] | None = None
    """The mappings that the policy allows; None for any."""
    writer: PublicKey

    def left_out(self, names: tuple[str, ...], kind: PlatformKind, unreviewed: str) -> str:
        """Return the code by which the platforms' terms leave something out, or nothing."""
        if not self.terms_asked:
            return ""
        rules = {rule.platform: rule.code for rule in self.platforms}
        return next((rules[name] for name in (*names, f"kind.{kind}") if name in rules), unreviewed)


class ReadBy(Value):
    """What read a file, and how its bytes were obtained."""

    name: str = Field(max_length=80)
    version: str = Field(max_length=80)
    method: CaptureMethod
    given: bool
    """True for what the applicant handed over."""
    configuration: Sha256 | None = None
    """Digest of what it was, with its limits and libraries."""
    mapping: Sha256 | None = None
    """Digest of the operator's mapping by which it was read; in `configuration` too."""


class SourceFile(Value):
    """What is known of one file before anything of it is kept."""

    name: RawText
    """Within its folder. It may name a person."""
    sha256: Sha256
    size: int = Field(ge=0)
    read_by: ReadBy | None
    """None if nothing here can read it."""
    software: RawText | None = None
    """What recorded a web archive, in the file's own words."""
    pages: tuple[PageRecord, ...] = ()


class Delivered(Value):
    """The head of a delivery: which file, under which consent, and how much was left out."""

    consent_id: ConsentId
    file: SourceFile
    captures: dict[ConsentItem, CaptureId]
    """The id that each capture is to have, to which its original is sealed."""
    originals: bool
    """True if the file itself came too: all of it was consented to."""
    not_consented: int = Field(default=0, ge=0)
    too_old: int = Field(default=0, ge=0)
    left_out: dict[str, int] = Field(default_factory=dict)
    unchecked: bool = False
    """True for an archive whose parts could not be looked through one by one."""


class Finished(Value):
    """An order is carried out: these deliveries are all that there is."""

    consent_id: ConsentId
    deliveries: tuple[Id, ...]


class DeliveryReceipt(Value):
    """What became of a delivery."""

    case_id: CaseId
    delivery_id: Id
    code: str = ""
    """Empty if it was taken in; else the code of the refusal."""
    at: Moment

    @property
    def taken(self) -> bool:
        """True if the delivery took effect."""
        return not self.code


class DeliveryName(Value):
    """The name of a delivery's file: whose it is, its place among others, and its own id."""

    case_id: CaseId
    position: int = Field(ge=0, le=99_999)
    delivery_id: Id

    def __str__(self) -> str:
        return f"{self.case_id}-{self.position:05d}-{self.delivery_id}"

    @classmethod
    def parse(cls, name: str) -> "DeliveryName | None":
        """Return what a name says, or None if it is no delivery's."""
        parts = name.split("-")
        if len(parts) != 3 or not (is_id(parts[0]) and is_id(parts[2])):
            return None
        if len(parts[1]) != 5 or not (parts[1].isascii() and parts[1].isdigit()):
            return None
        return cls(case_id=CaseId(parts[0]), position=int(parts[1]), delivery_id=parts[2])
