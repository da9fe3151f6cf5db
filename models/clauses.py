"""Refusals of the policy's other clauses; `models.errors` has those of every step."""

from typing import ClassVar

from models.errors import WalloffError

# --- notice and consent -------------------------------------------------------------------------


class StageDriftError(WalloffError):
    """An applicant would be told at another stage than the rest of the requisition."""

    code: ClassVar[str] = "E-N1-STAGE-DRIFT"


class PolicyUnsignedError(WalloffError):
    """A requisition that needs a policy owner's signature has none that counts."""

    code: ClassVar[str] = "policy-unsigned"


class AlterationInferenceError(WalloffError):
    """That a profile was changed or deleted is no finding, unless policy and notice said so."""

    code: ClassVar[str] = "E-N1-ALTERATION-INFERENCE"


class UnlawfulConsequenceError(WalloffError):
    """The law forbids the consequence that the policy attaches to a refusal."""

    code: ClassVar[str] = "E-N2-UNLAWFUL-CONSEQUENCE"


class ConsentFormError(WalloffError):
    """A document that the applicant must be given by itself is missing, mixed or not signed."""

    code: ClassVar[str] = "E-N2-FORM"


class InconsistentScopeError(WalloffError):
    """The scope differs from the requisition's."""

    code: ClassVar[str] = "E-N3-INCONSISTENT-SCOPE"


class FriendContactError(WalloffError):
    """The conditions for speaking to an applicant's friend are not met."""

    code: ClassVar[str] = "E-N3-FRIEND-CONTACT"


class LateNoticeError(WalloffError):
    """A change was declared late: a remark, never a finding."""

    code: ClassVar[str] = "W-S2-LATE-NOTICE"


class SensitiveIdentifierError(WalloffError):
    """A sensitive identifier never enters a query, and opens for the custodian alone."""

    code: ClassVar[str] = "E-S4-SENSITIVE-IDENTIFIER"


# --- findings, rebuttal, decision ---------------------------------------------------------------


class UnroutedCriminalError(WalloffError):
    """No route is set for evidence of this offence."""

    code: ClassVar[str] = "E-S11-UNROUTED"


class CopiedContrabandError(WalloffError):
    """Contraband is never copied: its place is preserved and reported."""

    code: ClassVar[str] = "E-S11-COPIED-CONTRABAND"


class UnprovedAttributionError(WalloffError):
    """The evidence that an account is the applicant's is not stated, or not enough (FCRA-15)."""

    code: ClassVar[str] = "E-FCRA15-UNPROVED"


class NoCopyError(WalloffError):
    """The applicant has not received a copy."""

    code: ClassVar[str] = "E-M5-NO-COPY"


class RebuttalLeakError(WalloffError):
    """The answer would tell the manager what the wall withholds."""

    code: ClassVar[str] = "E-M5-REBUTTAL-LEAK"


class RationaleError(WalloffError):
    """The manager's words name what must not enter the decision: told by place and rule alone."""

    code: ClassVar[str] = "E-A1-RATIONALE"


class SoleBasisError(WalloffError):
    """The policy forbids to rest a decision on this search alone."""

    code: ClassVar[str] = "E-A1-SOLE-BASIS"


class AutoDecisionError(WalloffError):
    """A person decides, never the system."""

    code: ClassVar[str] = "E-A1-AUTO-DECISION"


class OverdueDestructionError(WalloffError):
    """Material should have been destroyed by now."""

    code: ClassVar[str] = "E-A2-OVERDUE"


# --- after hire ---------------------------------------------------------------------------------


class MonitoringNoticeError(WalloffError):
    """The employee was not told of monitoring."""

    code: ClassVar[str] = "E-M1-NO-NOTICE"


class NoTriggerError(WalloffError):
    """No specific concern, complaint or information was approved."""

    code: ClassVar[str] = "E-M2-NO-TRIGGER"


class FishingError(WalloffError):
    """The search would go beyond what triggered it."""

    code: ClassVar[str] = "E-M2-FISHING"


class AnonymousReportError(WalloffError):
    """The policy takes no anonymous reports."""

    code: ClassVar[str] = "E-M3-ANON-NOT-ALLOWED"


class ReporterExposedError(WalloffError):
    """Who reported is the custodian's alone to know."""

    code: ClassVar[str] = "E-M3-REPORTER-EXPOSED"


class ThirdPartyOverreachError(WalloffError):
    """A relative's own content is never looked at."""

    code: ClassVar[str] = "E-M4-THIRD-PARTY-OVERREACH"


# --- consistency --------------------------------------------------------------------------------


class DeviationError(WalloffError):
    """A step deviates from the requisition's without a reason and an approver."""

    code: ClassVar[str] = "E-F1-DEVIATION"


class StricterThanPeersError(WalloffError):
    """The policy is stricter than the packs of its peers: a remark."""

    code: ClassVar[str] = "W-F3-STRICTER-THAN-PEERS"
