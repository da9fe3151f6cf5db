"""The audit log's vocabulary: what was done, by whom in which role, to what; never content."""

from enum import StrEnum

from pydantic import Field

from models.ids import ActorId
from models.people import Role
from models.value import Moment, Value


class AuditAction(StrEnum):
    """Every step that leaves an entry."""

    HOME_CREATED = "home-created"
    KEYS_ROTATED = "keys-rotated"
    KEYS_SPLIT = "keys-split"
    KEYS_RECOVERED = "keys-recovered"
    PASSPHRASE_CHANGED = "passphrase-changed"  # noqa: S105 - an action
    PERSON_ADDED = "person-added"
    REQUISITION_OPENED = "requisition-opened"
    CASE_OPENED = "case-opened"
    NOTICE_SENT = "notice-sent"
    CONSENT_SIGNED = "consent-signed"
    CONSENT_REFUSED = "consent-refused"
    CONSENT_WITHDRAWN = "consent-withdrawn"
    CONSENT_EXPIRED = "consent-expired"
    DISCLOSED = "disclosed"
    SOURCE_REGISTERED = "source-registered"
    COLLECTION_STARTED = "collection-started"
    CAPTURED = "captured"
    INPUT_REFUSED = "input-refused"
    ATTRIBUTED = "attributed"
    TRIAGED = "triaged"
    REDACTED = "redacted"
    RAW_READ = "raw-read"
    FINDING_CONFIRMED = "finding-confirmed"
    FINDING_WITHHELD = "finding-withheld"
    APPROVED = "approved"
    REVIEWED = "reviewed"
    REBUTTAL_OFFERED = "rebuttal-offered"
    PREVIEWED = "previewed"
    REBUTTAL_SUBMITTED = "rebuttal-submitted"
    REBUTTAL_CLOSED = "rebuttal-closed"
    RELEASED = "released"
    DELIVERED = "delivered"
    VIEWED = "viewed"
    RECALLED = "recalled"
    DECIDED = "decided"
    RETAINED = "retained"
    EMPLOYMENT_STATED = "employment-stated"
    HOLD_PLACED = "hold-placed"
    HOLD_LIFTED = "hold-lifted"
    DESTROYED = "destroyed"
    CERTIFIED = "certified"
    SWEEP_PLANNED = "sweep-planned"
    SWEPT = "swept"
    CLOCK_CONFIRMED = "clock-confirmed"
    TIME_WITNESSED = "time-witnessed"
    LOSS_ACCEPTED = "loss-accepted"
    STAMPED = "stamped"
    CASES_FOUND = "cases-found"
    QUERY_MADE = "query-made"
    PAGE_CAPTURED = "page-captured"
    FETCH_STARTED = "fetch-started"
    FETCHED = "fetched"
    IDENTIFIERS_GUARDED = "identifiers-guarded"
    TERMS_REVIEWED = "terms-reviewed"
    PERSONA_REQUESTED = "persona-requested"
    PERSONA_APPROVED = "persona-approved"
    PERSONA_USED = "persona-used"
    PERSONA_RETIRED = "persona-retired"
    VIEWING_STARTED = "viewing-started"
    VIEWING_ENDED = "viewing-ended"
    AUDIT_EXPORTED = "audit-exported"
    SEARCH_AUTHORISED = "search-authorised"
    AUTHORISATION_REVOKED = "authorisation-revoked"
    PANEL_NAMED = "panel-named"
    TRAINER_RECOGNISED = "trainer-recognised"
    TRAINED = "trained"
    PLATFORM_CHANGED = "platform-changed"
    PRACTICAL_DRAWN = "practical-drawn"
    PRACTICAL_SCORED = "practical-scored"
    STATEMENT_SIGNED = "statement-signed"
    GAP_DECLARED = "gap-declared"
    GAP_CLOSED = "gap-closed"
    DEVICE_REGISTERED = "device-registered"
    DEVICE_RETIRED = "device-retired"
    QUALITY_PLANNED = "quality-planned"
    QUALITY_DRAWN = "quality-drawn"
    QUALITY_REVIEWED = "quality-reviewed"
    QUALITY_READ = "quality-read"
    SEEDED = "seeded"
    SEED_WEIGHED = "seed-weighed"
    RECUSED = "recused"
    EXPOSURES_READ = "exposures-read"
    COPY_SENT = "copy-sent"
    ATTACHED = "attached"
    STATEMENT_HELD = "statement-held"
    STATEMENT_SETTLED = "statement-settled"
    ADJUDICATED = "adjudicated"
    QUESTION_ASKED = "question-asked"
    QUESTION_ANSWERED = "question-answered"
    DOCUMENT_MADE = "document-made"
    DOCUMENT_DELIVERED = "document-delivered"
    FILE_COPY_GIVEN = "file-copy-given"
    DISPUTE_OPENED = "dispute-opened"
    DISPUTE_SOURCE = "dispute-source"
    """Whether a disputed item has a source that is told of it (15 USC 1681i(a)(2))."""
    DISPUTE_EXTENDED = "dispute-extended"
    DISPUTE_RESOLVED = "dispute-resolved"
    RESULT_SHOWN = "result-shown"
    CLOCK_ENDED = "clock-ended"
    OVERDUE = "overdue"
    PUT_AWAY = "put-away"
    REFERRAL_FLAGGED = "referral-flagged"
    REFERRAL_ROUTED = "referral-routed"
    REFERRAL_RECEIVED = "referral-received"
    VETTING_FROZEN = "vetting-frozen"
    VETTING_RESUMED = "vetting-resumed"
    VETTING_ENDED = "vetting-ended"
    ACCOUNT_CONFIRMED = "account-confirmed"
    ACCOUNT_DECIDED = "account-decided"
    STAGE_STATED = "stage-stated"
    AGE_STATED = "age-stated"
    EXCLUSIONS_COUNTED = "exclusions-counted"
    NOTICE_DELIVERED = "notice-delivered"
    ADDRESS_NOTED = "address-noted"
    MAIL_QUEUED = "mail-queued"
    MAIL_SENT = "mail-sent"
    MAIL_GIVEN_UP = "mail-given-up"
    REFUSAL_SETTLED = "refusal-settled"
    ALTERATION_NOTED = "alteration-noted"
    CONTACT_PROPOSED = "contact-proposed"
    CONTACT_APPROVED = "contact-approved"
    CONTACT_MADE = "contact-made"
    POLICY_KEY_TRUSTED = "policy-key-trusted"
    POLICY_SIGNED = "policy-signed"
    DEVIATION_APPROVED = "deviation-approved"
    CONSISTENCY_READ = "consistency-read"
    PRODUCTION_REQUESTED = "production-requested"
    PRODUCTION_APPROVED = "production-approved"
    ITEM_WITHHELD = "item-withheld"
    PRODUCTION_MADE = "production-made"
    CUSTODY_EXPORTED = "custody-exported"
    BREACH_REPORTED = "breach-reported"
    BREACH_CONTAINED = "breach-contained"
    BREACH_CLOSED = "breach-closed"
    REQUEST_OPENED = "request-opened"
    REQUEST_EXTENDED = "request-extended"
    REQUEST_ANSWERED = "request-answered"
    RESTRICTION_LIFTED = "restriction-lifted"
    ASSESSMENT_RECORDED = "assessment-recorded"
    ASSESSMENT_APPROVED = "assessment-approved"
    MONITORING_NOTICED = "monitoring-noticed"
    TRIGGER_STATED = "trigger-stated"
    TRIGGER_APPROVED = "trigger-approved"
    MONITORING_OPENED = "monitoring-opened"
    MONITORING_CLOSED = "monitoring-closed"
    PEER_REPORTED = "peer-reported"
    ADVERSE_STEP_NOTED = "adverse-step-noted"
    ACCOUNT_DECLARED = "account-declared"
    OMISSION_CODED = "omission-coded"
    FINDING_STATED = "finding-stated"
    SAFETY_NOTICE_MADE = "safety-notice-made"
    SAFETY_NOTICE_READ = "safety-notice-read"
    LEADS_TAKEN_IN = "leads-taken-in"
    LEAD_SETTLED = "lead-settled"
    DENIED = "denied"
    STEP_FAILED = "step-failed"


class AuditEntry(Value):
    """One entry, as it becomes a leaf of the log."""

    event_id: str
    at: Moment
    actor: ActorId
    role: Role
    action: AuditAction
    object_id: str
    """The case, requisition or person concerned: an opaque id."""
    code: str = ""
    """A rule id or error code."""
    count: int | None = Field(default=None, ge=0, le=2**53 - 1)
    """No larger than what canonical JSON (RFC 8785) writes exactly."""
    commitment: str = ""
    """Keyed digest of sealed details; worthless once the key is destroyed."""


class Checkpoint(Value):
    """A signed statement of the log's size and root."""

    origin: str
    size: int = Field(ge=0)
    root: str
    """Merkle tree hash, RFC 9162 section 2.1.1, base64."""
    note: str
    """The signed note as published."""


class Verification(Value):
    """What checking the log found."""

    size: int
    root: str
    checkpoints: int
    faults: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """True if nothing was found."""
        return not self.faults
