"""Every refusal is a `WalloffError`, with a stable code and a text that is safe to log and show.

The text names ids, files and rules, never what an applicant wrote. Codes of the form `E-…` are
those of the policy's clauses; the others are the product's own.
"""

from typing import ClassVar


class WalloffError(Exception):
    """Base of all refusals. `code` never changes once released."""

    code: ClassVar[str] = "walloff"


# --- the wall ---------------------------------------------------------------------------------


class RawTextExposedError(WalloffError):
    """Raw text was about to leave the process by a way that is not the vault."""

    code = "raw-text-exposed"


class LeakError(WalloffError):
    """The release package failed its leakage check."""

    code = "E-S10-LEAK"


class UnreviewedError(WalloffError):
    """The package has not been approved by two different wall-off reviewers."""

    code = "E-S10-UNREVIEWED"


class TaintedDeciderError(WalloffError):
    """The decider has seen this applicant's raw evidence."""

    code = "E-S10-TAINTED-DECIDER"


# --- people -----------------------------------------------------------------------------------


class NotPermittedError(WalloffError):
    """No grant allows this actor this step on this case."""

    code = "not-permitted"


class RawAccessError(NotPermittedError):
    """Somebody on the manager's side asked for raw evidence."""

    code = "E-S10-RAW-ACCESS"


class SeparationOfDutiesError(NotPermittedError):
    """The step belongs to somebody other than the one who took an earlier step."""

    code = "E-S1-SOD"


class PersonNotFoundError(WalloffError):
    """No such person is registered in this home."""

    code = "person-not-found"


# --- cases ------------------------------------------------------------------------------------


class CaseNotFoundError(WalloffError):
    """No such case, or none that this actor may know of: the two look alike."""

    code = "case-not-found"


class RequisitionNotFoundError(WalloffError):
    """No such requisition."""

    code = "requisition-not-found"


class WrongStateError(WalloffError):
    """The case is not in a state from which this step leads anywhere."""

    code = "wrong-state"


class CaseChangedError(WalloffError):
    """Somebody else changed the case in the meantime."""

    code = "case-changed"


class LeaseLostError(WalloffError):
    """Another worker took the case over; this one's work is dropped."""

    code = "lease-lost"


# --- notice, consent, disclosure --------------------------------------------------------------


class NoNoticeError(WalloffError):
    """Nothing may be collected before a delivered notice."""

    code = "E-N1-NO-NOTICE"


class LeadTimeError(WalloffError):
    """The notice's lead time has not passed."""

    code = "E-N1-LEAD-TIME"


class NoConsentError(WalloffError):
    """The applicant has not consented."""

    code = "E-N2-NO-CONSENT"


class ConsequenceMissingError(WalloffError):
    """The consent does not acknowledge what refusing would mean."""

    code = "E-N2-CONSEQUENCE-MISSING"


class ConsentExpiredError(WalloffError):
    """The consent has expired."""

    code = "E-N2-EXPIRED"


class ConsentWithdrawnError(WalloffError):
    """The applicant has withdrawn the consent."""

    code = "E-N2-WITHDRAWN"


class ConsentScopeError(WalloffError):
    """The consent does not cover this."""

    code = "E-N2-SCOPE"


class OutOfScopeError(WalloffError):
    """The requisition's search scope does not cover this."""

    code = "E-N3-OUT-OF-SCOPE"


class CredentialRefusedError(WalloffError):
    """A password, card, account or social-security number was given; it is not stored."""

    code = "E-S5-CREDENTIAL-REFUSED"


class DisclosureIncompleteError(WalloffError):
    """The disclosure lacks something the policy asks for."""

    code = "E-S3-INCOMPLETE"


class RebuttalWindowOpenError(WalloffError):
    """The applicant's time to answer is still running."""

    code = "E-M5-WINDOW-OPEN"


class RebuttalUnansweredError(WalloffError):
    """A rebuttal waits for its answer."""

    code = "E-M5-UNANSWERED"


class NoCriterionError(WalloffError):
    """An adverse reason must cite a criterion of the frozen pack and a released finding."""

    code = "E-A1-NO-CRITERION"


class PackChangedError(WalloffError):
    """The criteria pack differs from the one frozen with the requisition."""

    code = "E-A1-PACK-CHANGED"


class WaitingTimeError(WalloffError):
    """The waiting time after the pre-adverse notice has not passed."""

    code = "E-A1-WAITING-TIME"


class EarlyDestructionError(WalloffError):
    """A retention rule still requires the record."""

    code = "E-A2-EARLY-DESTROY"


class HeldError(WalloffError):
    """A hold is in force."""

    code = "E-A2-HOLD"


class RetentionConflictError(WalloffError):
    """One rule says keep and another says destroy."""

    code = "E-A2-CONFLICT"


class RetentionUnknownError(WalloffError):
    """No row says how long a record is kept in this place: nothing is destroyed on a guess."""

    code = "E-A2-UNKNOWN"


class SealedError(WalloffError):
    """The material is sealed: only the custodian's steps are left."""

    code = "E-A2-SEALED"


class ClockError(WalloffError):
    """The wall clock and the newest witnessed time differ by more than a day."""

    code = "clock-disagrees"


class HomeError(WalloffError):
    """The home is missing, damaged, of another version, or of the wrong mode."""

    code = "home"


class KeyUnavailableError(WalloffError):
    """The key is not in this process's key ring, or was destroyed."""

    code = "key-unavailable"


class SealBrokenError(WalloffError):
    """A sealed value does not open: altered, moved, or sealed with another key."""

    code = "seal-broken"


class RecordNotFoundError(WalloffError):
    """The record does not exist."""

    code = "record-not-found"


class ConstraintError(WalloffError):
    """A rule that the database itself holds was about to be broken."""

    code = "constraint"


class AuditBrokenError(WalloffError):
    """The audit log does not verify."""

    code = "E-Q2-LOG-BROKEN"


class InputError(WalloffError):
    """A file or a line of input is damaged; the text names where and why, never what it says."""

    code = "input"

    def __init__(self, fault: str, *, file: str | None = None, line: int | None = None) -> None:
        where = ", ".join(
            part for part in (file, None if line is None else f"line {line}") if part is not None
        )
        super().__init__(f"{where}: {fault}" if where else fault)
        self.fault = fault
        self.file = file
        self.line = line


class PolicyError(InputError):
    """A policy, criteria or requisition file breaks a rule of its format."""

    code = "policy"


class SettingsError(WalloffError):
    """A setting is missing or contradicts another."""

    code = "settings"


class FakeInProductionError(WalloffError):
    """A stand-in for something outside this machine was about to run in production."""

    code = "fake-in-production"


class StepFailedError(WalloffError):
    """An automatic step failed: what leaves a task body, and so all that Prefect ever keeps.

    Holds a step's name, an error code and an opaque id; it pickles as just these.
    """

    code = "step-failed"

    def __init__(self, step: str, cause: str, case_id: str) -> None:
        super().__init__(f"{step}: {cause}: {case_id}")
        self.step = step
        self.cause = cause
        self.case_id = case_id

    def __reduce__(self) -> tuple[type["StepFailedError"], tuple[str, str, str]]:
        return (StepFailedError, (self.step, self.cause, self.case_id))
