"""Refusals of the policy's clauses about who searches, and how."""

from typing import ClassVar

from models.errors import WalloffError

# --- people -------------------------------------------------------------------------------------


class UntrainedError(WalloffError):
    """A training module that this duty needs was not passed."""

    code: ClassVar[str] = "E-Q1-UNTRAINED"


class PlatformUntrainedError(WalloffError):
    """The training does not cover this platform."""

    code: ClassVar[str] = "E-Q1-PLATFORM-UNTRAINED"


class QualityOverdueError(WalloffError):
    """A quality review of this person's work is overdue."""

    code: ClassVar[str] = "E-Q2-QA-OVERDUE"


class RefreshDueError(WalloffError):
    """The training has expired, or the platform changed since."""

    code: ClassVar[str] = "E-Q3-REFRESH-DUE"


class UnauthorisedError(WalloffError):
    """Nobody has authorised this person to search."""

    code: ClassVar[str] = "E-S1-UNAUTHORISED"


class ForbiddenTypeError(WalloffError):
    """Interns, temporary staff and volunteers do not search."""

    code: ClassVar[str] = "E-S1-FORBIDDEN-TYPE"


class ReauthorisationDueError(WalloffError):
    """The authorisation was not renewed in time."""

    code: ClassVar[str] = "E-S1-REAUTH-DUE"


class DeviceError(WalloffError):
    """The device is not registered, not the agency's, or its attestation has lapsed."""

    code: ClassVar[str] = "E-S7-DEVICE"


class DeviceIdentifiableError(WalloffError):
    """The device or its way out can be tied to the agency or to a person."""

    code: ClassVar[str] = "E-I2-DEVICE"


class GeolocationError(WalloffError):
    """The device would tell where it is."""

    code: ClassVar[str] = "E-I2-GEO"


class KnowledgeGapError(WalloffError):
    """The investigator has declared a gap in their knowledge of this platform."""

    code: ClassVar[str] = "E-I3-GAP"


class NoCompetenceError(WalloffError):
    """Attendance is not competence: the scored practical was not passed."""

    code: ClassVar[str] = "E-F2-NO-COMPETENCE"


class NoStatementError(WalloffError):
    """The statement of accountability is not signed."""

    code: ClassVar[str] = "E-F2-NO-STATEMENT"


class ExerciseError(WalloffError):
    """An exercise of made-up applicants is never released, and a real case never seeded."""

    code: ClassVar[str] = "exercise"


# --- search practice ----------------------------------------------------------------------------


class SupervisedViewBarredError(WalloffError):
    """The law of this place forbids to ask an applicant to open an account."""

    code: ClassVar[str] = "E-S6-BARRED-BY-STATE"


class ManagerPresentError(WalloffError):
    """The hiring manager may not be present."""

    code: ClassVar[str] = "E-S6-HM-PRESENT"


class NoExplanationOfferedError(WalloffError):
    """The applicant was not offered to explain."""

    code: ClassVar[str] = "E-S6-NO-EXPLANATION-OFFERED"


class NotPublicError(WalloffError):
    """What stood between the public and the content is not within the consent."""

    code: ClassVar[str] = "E-S7-NOT-PUBLIC"


class SocialSecurityEgressError(WalloffError):
    """A query would carry a social-security number."""

    code: ClassVar[str] = "E-S8-SSN-EGRESS"


class OpaqueQueryError(WalloffError):
    """A query is packed too often, or too long, to be looked into."""

    code: ClassVar[str] = "query-opaque"


class MedicalQueryError(WalloffError):
    """A query asks for medical or genetic information (29 CFR 1635.8(a), 42 USC 12112(d))."""

    code: ClassVar[str] = "query-medical"


class ProtectedQueryError(WalloffError):
    """A query joins the applicant with a protected class."""

    code: ClassVar[str] = "query-protected-class"


class MisrepresentationError(WalloffError):
    """Nobody misrepresents themselves to vet an applicant."""

    code: ClassVar[str] = "E-S9-MISREP"


class FriendRequestError(WalloffError):
    """Nobody asks for an applicant's friendship."""

    code: ClassVar[str] = "E-S9-FRIEND-REQUEST"


class PersonaInVettingError(WalloffError):
    """A persona of an investigation never touches vetting."""

    code: ClassVar[str] = "E-I1-PERSONA-IN-VETTING"


class UnapprovedPersonaError(WalloffError):
    """The persona was not approved, or its approval has lapsed."""

    code: ClassVar[str] = "E-I1-UNAPPROVED-PERSONA"


class NoMethodError(WalloffError):
    """A capture does not say how it was obtained."""

    code: ClassVar[str] = "E-I4-NO-METHOD"


class CaptureOrderError(WalloffError):
    """Captures are not in the order of their times."""

    code: ClassVar[str] = "E-I4-ORDER"


class CaptureHashError(WalloffError):
    """A capture's content does not match its digest."""

    code: ClassVar[str] = "E-I4-HASH"


class StaleCaptureError(WalloffError):
    """A long time passed between finding and capturing."""

    code: ClassVar[str] = "W-I4-STALE"


class TermsUnreviewedError(WalloffError):
    """Nobody has reviewed the platform's terms."""

    code: ClassVar[str] = "E-I5-TOS-UNREVIEWED"


class TermsBarredError(WalloffError):
    """The platform's terms forbid this way of access."""

    code: ClassVar[str] = "E-I5-TOS-BARRED"


class MappingBarredError(WalloffError):
    """The frozen policy lists the mappings that files are read by, and this is none of them."""

    code: ClassVar[str] = "mapping-barred"


class PowerBorrowedError(WalloffError):
    """Vetting does not borrow the powers of an investigation."""

    code: ClassVar[str] = "E-F4-POWER-BORROWED"
