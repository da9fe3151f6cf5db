"""Agency information that stands on an account of somebody else: the item, and nobody's profile."""

from enum import StrEnum

from models.after_hire_rules import SensitiveCategory
from models.consent import PlatformKind
from models.ids import EvidenceId
from models.text import RawText
from models.value import Moment, Value


class Relation(StrEnum):
    """Whose account it is, as far as anybody needs to know."""

    FAMILY = "family"
    ANOTHER_PERSON = "another-person"


class ThirdPartyFind(Value):
    """One item of agency information as an investigator found it (M4)."""

    category: SensitiveCategory
    relation: Relation
    platform: RawText
    kind: PlatformKind
    account: RawText
    url: RawText
    said_at: Moment
    words: RawText
    """The information itself, and not what stands around it."""


class ThirdPartyItem(Value):
    """That such an item was captured: its category, and a digest of whose account it was on."""

    evidence_id: EvidenceId
    category: SensitiveCategory
    relation: Relation
    account: str
