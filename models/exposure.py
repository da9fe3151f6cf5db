"""The exposure ledger: who saw what class of material of which case, when (S10)."""

from enum import StrEnum

from models.ids import ActorId
from models.protected import Tier
from models.value import Moment, Value


class Material(StrEnum):
    """What somebody looked at."""

    UNATTRIBUTED = "unattributed"
    """Items whose author is not proved."""
    REVIEW = "review"
    """The evidence behind the findings."""
    SECOND_REVIEW = "second-review"
    """The same, without what the first reviewers made of it."""
    SEARCH = "search"
    """What was asked, shown or told while searching: queries, viewings, contacts."""
    REFERRAL = "referral"
    """Evidence of a crime."""


class Sight(Value):
    """One look, sealed with the case: the tiers tell what there is to see."""

    person: ActorId
    material: Material
    tiers: frozenset[Tier] | None
    """Of what was shown; None where nobody had sorted it yet, and it may be any."""
    at: Moment
