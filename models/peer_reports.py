"""What employees report of a colleague, and how a reporter is kept from view and from harm (M3)."""

from datetime import date
from enum import StrEnum

from models.consent import Sha256
from models.ids import ActorId
from models.reportable import Activity
from models.text import RawText
from models.value import Moment, Value


class PeerReport(Value):
    """One report: whom it is about and what it says. Who gave it is not in it."""

    employee: ActorId
    allegation: RawText
    anonymous: bool
    """The reporter is known to nobody, not even to the custodian."""
    given_at: Moment
    protected: frozenset[Activity] = frozenset()
    """Activity that a law protects and beside which it tells of nothing else: no trigger."""


class Reporter(Value):
    """Who gave a report: for the custodian alone."""

    person: ActorId
    name: RawText
    given_at: Moment


class ReporterGuard(Value):
    """Keyed digests by which a reporter is recognised and never told; they go with the case."""

    person: Sha256
    names: frozenset[Sha256]
    since: Moment
    until: Moment


class AdverseKind(StrEnum):
    """A step against an employee that may be retaliation."""

    DISMISSAL = "dismissal"
    SUSPENSION = "suspension"
    DEMOTION = "demotion"
    TRANSFER = "transfer"
    PAY = "pay"
    DISCIPLINE = "discipline"
    EVALUATION = "evaluation"
    AUTHORISATION_REVOKED = "authorisation-revoked"
    MONITORING = "monitoring"
    """A trigger was stated against them."""
    ADVERSE_DECISION = "adverse-decision"


class AdverseStep(Value):
    """One such step, as the agency notes it of everybody."""

    id: str
    employee: ActorId
    kind: AdverseKind
    on: date
    noted_by: ActorId
    noted_at: Moment


class WatchedStep(Value):
    """An adverse step against a reporter, as the custodian hears of it."""

    kind: AdverseKind
    on: date


class WatchReport(Value):
    """What the custodian hears of one watch at each of its dates, also where there is nothing."""

    day: date
    steps: tuple[WatchedStep, ...]
