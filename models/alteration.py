"""That an account or post changed after the notice: a remark, and no finding by itself."""

from enum import StrEnum

from models.ids import ActorId, CaseId
from models.text import RawText
from models.value import Moment, Value


class Change(StrEnum):
    """What became of it."""

    DELETED = "deleted"
    MADE_PRIVATE = "made-private"
    RENAMED = "renamed"
    EDITED = "edited"


class Alteration(Value):
    """One change that an investigator came upon."""

    case_id: CaseId
    account: RawText
    change: Change
    seen_at: Moment
    noted_by: ActorId
    after_notice: bool
    counts: bool = False
    """Policy and notice both said that it may be a finding."""
