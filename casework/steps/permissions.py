"""Who may do what: a permission is granted if all of any one clause holds; the rest is denied."""

from enum import StrEnum
from typing import Final

from casework.steps.after_hire_grants import AFTER_HIRE
from casework.steps.conditions import (
    Clause,
    Standing,
    approved_nothing,
    collected_nothing,
    decided_nothing,
    never_exposed,
    own_case,
    reviewed_nothing,
)
from casework.steps.conditions import any_of as _any_of
from casework.steps.counsel_grants import COUNSEL_GRANTS
from models.errors import NotPermittedError, RawAccessError, SeparationOfDutiesError
from models.people import Actor, Role


class Permission(StrEnum):
    """One step that somebody may take."""

    ADD_PERSON = "add-person"
    OPEN_REQUISITION = "open-requisition"
    OPEN_CASE = "open-case"
    SEND_NOTICE = "send-notice"
    RECORD_CONSENT = "record-consent"
    WITHDRAW = "withdraw"
    DISCLOSE = "disclose"
    REGISTER_SOURCE = "register-source"
    COLLECT = "collect"
    SCREEN = "screen"
    SETTLE_ATTRIBUTION = "settle-attribution"
    READ_CASES = "read-cases"
    COMPARE_CASES = "compare-cases"
    FIND_CASES = "find-cases"
    READ_RAW = "read-raw"
    WEIGH_FINDING = "weigh-finding"
    APPROVE = "approve"
    OFFER_REBUTTAL = "offer-rebuttal"
    PREVIEW = "preview"
    ANSWER = "answer"
    RELEASE = "release"
    DELIVER = "deliver"
    VIEW_RELEASE = "view-release"
    DECIDE = "decide"
    SEND_COPY = "send-copy"
    ATTACH = "attach"
    READ_ATTACHMENT = "read-attachment"
    ADJUDICATE = "adjudicate"
    ASK = "ask"
    REPLY = "reply"
    SEND_DOCUMENT = "send-document"
    FILE_COPY = "file-copy"
    DISPUTE = "dispute"
    RESOLVE_DISPUTE = "resolve-dispute"
    RECALL = "recall"
    READ_DEADLINES = "read-deadlines"
    RETAIN = "retain"
    STATE_EMPLOYMENT = "state-employment"
    HOLD = "hold"
    DESTROY = "destroy"
    CONFIRM_CLOCK = "confirm-clock"
    READ_CONSENTS = "read-consents"
    READ_SCHEDULE = "read-schedule"
    READ_AUDIT = "read-audit"
    ACCEPT_LOSS = "accept-loss"
    MANAGE_KEYS = "manage-keys"
    AUTHORISE_SEARCH = "authorise-search"
    NAME_PANEL = "name-panel"
    RECORD_TRAINING = "record-training"
    SHOW_COMPETENCE = "show-competence"
    REGISTER_DEVICE = "register-device"
    READ_STAFF = "read-staff"
    DRAW_SAMPLE = "draw-sample"
    REVIEW_QUALITY = "review-quality"
    READ_QUALITY = "read-quality"
    PLACE_SEEDS = "place-seeds"
    READ_EXPOSURES = "read-exposures"
    FLAG_CRIMINAL = "flag-criminal"
    RECORD_EMERGENCY_CALL = "record-emergency-call"
    ROUTE_REFERRAL = "route-referral"
    RECEIVE_REFERRAL = "receive-referral"
    READ_REFERRALS = "read-referrals"
    RESUME_VETTING = "resume-vetting"
    END_VETTING = "end-vetting"
    CONFIRM_ACCOUNT = "confirm-account"
    STATE_ACCOUNT_FACTS = "state-account-facts"
    SECOND_ATTRIBUTION = "second-attribution"
    STATE_STAGE = "state-stage"
    STATE_AGE = "state-age"
    READ_EXCLUSIONS = "read-exclusions"
    COUNT_EXCLUSIONS = "count-exclusions"
    PROVE_DELIVERY = "prove-delivery"
    SETTLE_REFUSAL = "settle-refusal"
    NOTE_ALTERATION = "note-alteration"
    PROPOSE_CONTACT = "propose-contact"
    APPROVE_CONTACT = "approve-contact"
    RECORD_CONTACT = "record-contact"
    TRUST_POLICY_KEY = "trust-policy-key"
    READ_SEALED = "read-sealed"
    MAKE_QUERY = "make-query"
    FETCH = "fetch"
    CAPTURE_PAGE = "capture-page"
    GUARD_IDENTIFIERS = "guard-identifiers"
    REVIEW_TERMS = "review-terms"
    READ_TERMS = "read-terms"
    REQUEST_PERSONA = "request-persona"
    APPROVE_PERSONA = "approve-persona"
    USE_PERSONA = "use-persona"
    READ_PERSONAS = "read-personas"
    ATTEND_VIEWING = "attend-viewing"
    GIVE_MONITORING_NOTICE = "give-monitoring-notice"
    STATE_TRIGGER = "state-trigger"
    APPROVE_TRIGGER = "approve-trigger"
    OPEN_MONITORING = "open-monitoring"
    CLOSE_MONITORING = "close-monitoring"
    READ_MONITORING = "read-monitoring"
    GIVE_PEER_REPORT = "give-peer-report"
    READ_PEER_REPORTS = "read-peer-reports"
    NOTE_ADVERSE_STEP = "note-adverse-step"
    DECLARE_ACCOUNT = "declare-account"
    CODE_OMISSION = "code-omission"
    CAPTURE_THIRD_PARTY = "capture-third-party"
    STATE_FINDING = "state-finding"
    READ_SAFETY_NOTICE = "read-safety-notice"
    APPROVE_DEVIATION = "approve-deviation"
    READ_CONSISTENCY = "read-consistency"
    REQUEST_PRODUCTION = "request-production"
    APPROVE_PRODUCTION = "approve-production"
    MAKE_PRODUCTION = "make-production"
    EXPORT_CUSTODY = "export-custody"
    READ_PROVENANCES = "read-provenances"
    READ_PRODUCTIONS = "read-productions"
    REPORT_BREACH = "report-breach"
    CONTAIN_BREACH = "contain-breach"
    CLOSE_BREACH = "close-breach"
    OPEN_REQUEST = "open-request"
    ANSWER_REQUEST = "answer-request"
    READ_REQUESTS = "read-requests"
    RECORD_ASSESSMENT = "record-assessment"
    APPROVE_ASSESSMENT = "approve-assessment"


_SYSTEM: Final = Clause(Role.SYSTEM)
_AUDITOR: Final = Clause(Role.AUDITOR)
_INVESTIGATOR: Final = Clause(Role.INVESTIGATOR, (decided_nothing,))
_CUSTODIAN: Final = Clause(Role.EVIDENCE_CUSTODIAN)
_APPLICANT: Final = Clause(Role.APPLICANT, (own_case,))
_REVIEWER: Final = Clause(Role.WALL_OFF_REVIEWER, (collected_nothing, decided_nothing))
_ANALYST: Final = Clause(Role.ATTRIBUTION_ANALYST, (decided_nothing,))

GRANTS: Final[dict[Permission, tuple[Clause, ...]]] = {
    Permission.ADD_PERSON: _any_of(Clause(Role.ADMINISTRATOR)),
    Permission.OPEN_REQUISITION: _any_of(Clause(Role.POLICY_OWNER)),
    Permission.OPEN_CASE: _any_of(_INVESTIGATOR),
    Permission.SEND_NOTICE: _any_of(_INVESTIGATOR, _SYSTEM),
    Permission.RECORD_CONSENT: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.WITHDRAW: _any_of(_APPLICANT, _INVESTIGATOR, _SYSTEM),
    Permission.DISCLOSE: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.REGISTER_SOURCE: _any_of(_INVESTIGATOR),
    Permission.COLLECT: _any_of(_SYSTEM),
    Permission.SCREEN: _any_of(_SYSTEM),
    Permission.SETTLE_ATTRIBUTION: _any_of(Clause(Role.ATTRIBUTION_ANALYST, (decided_nothing,))),
    Permission.READ_CASES: _any_of(
        _INVESTIGATOR,
        Clause(Role.WALL_OFF_REVIEWER),
        Clause(Role.ATTRIBUTION_ANALYST),
        Clause(Role.RELEASING_OFFICER),
        Clause(Role.EVIDENCE_CUSTODIAN),
        Clause(Role.AUDITOR),
    ),
    Permission.COMPARE_CASES: _any_of(_INVESTIGATOR, Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.FIND_CASES: _any_of(Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.READ_RAW: _any_of(_REVIEWER, _INVESTIGATOR, _ANALYST),
    Permission.WEIGH_FINDING: _any_of(_REVIEWER),
    Permission.APPROVE: _any_of(
        Clause(Role.WALL_OFF_REVIEWER, (collected_nothing, approved_nothing, decided_nothing))
    ),
    Permission.OFFER_REBUTTAL: _any_of(_REVIEWER, _SYSTEM),
    Permission.PREVIEW: _any_of(_APPLICANT, _INVESTIGATOR, _REVIEWER),
    Permission.ANSWER: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.RELEASE: _any_of(
        Clause(Role.RELEASING_OFFICER, (collected_nothing, reviewed_nothing, decided_nothing))
    ),
    Permission.DELIVER: _any_of(_SYSTEM),
    Permission.VIEW_RELEASE: _any_of(Clause(Role.HIRING_MANAGER, (never_exposed,))),
    Permission.DECIDE: _any_of(Clause(Role.HIRING_MANAGER, (never_exposed,))),
    Permission.SEND_COPY: _any_of(_APPLICANT, _INVESTIGATOR, _REVIEWER, _SYSTEM),
    Permission.ATTACH: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.READ_ATTACHMENT: _any_of(_REVIEWER),
    Permission.ADJUDICATE: _any_of(_REVIEWER),
    Permission.ASK: _any_of(Clause(Role.HIRING_MANAGER, (never_exposed,))),
    Permission.REPLY: _any_of(_REVIEWER),
    Permission.SEND_DOCUMENT: _any_of(_INVESTIGATOR, _REVIEWER, _SYSTEM),
    Permission.FILE_COPY: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.DISPUTE: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.RESOLVE_DISPUTE: _any_of(_REVIEWER, _SYSTEM),
    Permission.RECALL: _any_of(_REVIEWER),
    Permission.READ_DEADLINES: _any_of(
        _APPLICANT,
        _INVESTIGATOR,
        Clause(Role.WALL_OFF_REVIEWER),
        Clause(Role.EVIDENCE_CUSTODIAN),
        Clause(Role.AUDITOR),
    ),
    Permission.RETAIN: _any_of(_SYSTEM, Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.STATE_EMPLOYMENT: _any_of(Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.HOLD: _any_of(Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.DESTROY: _any_of(
        _SYSTEM, Clause(Role.EVIDENCE_CUSTODIAN, (collected_nothing, decided_nothing))
    ),
    Permission.CONFIRM_CLOCK: _any_of(Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.READ_CONSENTS: _any_of(Clause(Role.AUDITOR), _INVESTIGATOR),
    Permission.READ_SCHEDULE: _any_of(Clause(Role.AUDITOR), Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.READ_AUDIT: _any_of(Clause(Role.AUDITOR)),
    Permission.ACCEPT_LOSS: _any_of(Clause(Role.ADMINISTRATOR)),
    Permission.MANAGE_KEYS: _any_of(Clause(Role.KEY_CUSTODIAN)),
    Permission.AUTHORISE_SEARCH: _any_of(Clause(Role.POLICY_OWNER), Clause(Role.SUPERVISOR)),
    Permission.NAME_PANEL: _any_of(Clause(Role.POLICY_OWNER)),
    Permission.RECORD_TRAINING: _any_of(Clause(Role.TRAINING_OFFICER)),
    Permission.SHOW_COMPETENCE: _any_of(
        Clause(Role.INVESTIGATOR),
        Clause(Role.ATTRIBUTION_ANALYST),
        Clause(Role.TRIAGE_ANALYST),
        Clause(Role.WALL_OFF_REVIEWER),
    ),
    Permission.REGISTER_DEVICE: _any_of(Clause(Role.SUPERVISOR), Clause(Role.ADMINISTRATOR)),
    Permission.READ_STAFF: _any_of(
        Clause(Role.TRAINING_OFFICER), Clause(Role.SUPERVISOR), Clause(Role.POLICY_OWNER), _AUDITOR
    ),
    Permission.DRAW_SAMPLE: _any_of(Clause(Role.SUPERVISOR), _SYSTEM),
    Permission.REVIEW_QUALITY: _any_of(
        Clause(Role.WALL_OFF_REVIEWER, (collected_nothing, reviewed_nothing, decided_nothing))
    ),
    Permission.READ_QUALITY: _any_of(Clause(Role.SUPERVISOR), Clause(Role.AUDITOR)),
    Permission.PLACE_SEEDS: _any_of(Clause(Role.TRAINING_OFFICER)),
    Permission.READ_EXPOSURES: _any_of(_CUSTODIAN, Clause(Role.SUPERVISOR), Clause(Role.AUDITOR)),
    Permission.FLAG_CRIMINAL: _any_of(_INVESTIGATOR, _ANALYST, _REVIEWER, _SYSTEM),
    Permission.RECORD_EMERGENCY_CALL: _any_of(_INVESTIGATOR, _ANALYST, _REVIEWER, _CUSTODIAN),
    Permission.ROUTE_REFERRAL: _any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    Permission.RECEIVE_REFERRAL: _any_of(
        Clause(Role.EVIDENCE_CUSTODIAN, (collected_nothing, decided_nothing))
    ),
    Permission.READ_REFERRALS: _any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    Permission.RESUME_VETTING: _any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    Permission.END_VETTING: _any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    Permission.CONFIRM_ACCOUNT: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.STATE_ACCOUNT_FACTS: _any_of(_INVESTIGATOR, _ANALYST),
    Permission.SECOND_ATTRIBUTION: _any_of(_ANALYST),
    Permission.STATE_STAGE: _any_of(_INVESTIGATOR, Clause(Role.POLICY_OWNER)),
    Permission.STATE_AGE: _any_of(_APPLICANT, _INVESTIGATOR),
    Permission.READ_EXCLUSIONS: _any_of(_REVIEWER),
    Permission.COUNT_EXCLUSIONS: _any_of(Clause(Role.AUDITOR)),
    Permission.PROVE_DELIVERY: _any_of(_APPLICANT, _INVESTIGATOR, _SYSTEM),
    Permission.SETTLE_REFUSAL: _any_of(Clause(Role.SUPERVISOR, (collected_nothing,))),
    Permission.NOTE_ALTERATION: _any_of(_INVESTIGATOR),
    Permission.PROPOSE_CONTACT: _any_of(_INVESTIGATOR),
    Permission.APPROVE_CONTACT: _any_of(Clause(Role.SUPERVISOR, (collected_nothing,))),
    Permission.RECORD_CONTACT: _any_of(_INVESTIGATOR),
    Permission.TRUST_POLICY_KEY: _any_of(Clause(Role.ADMINISTRATOR)),
    Permission.READ_SEALED: _any_of(Clause(Role.EVIDENCE_CUSTODIAN, (decided_nothing,))),
    Permission.MAKE_QUERY: _any_of(_INVESTIGATOR),
    Permission.FETCH: _any_of(_INVESTIGATOR),
    Permission.CAPTURE_PAGE: _any_of(_INVESTIGATOR),
    Permission.GUARD_IDENTIFIERS: _any_of(_APPLICANT, Clause(Role.EVIDENCE_CUSTODIAN)),
    Permission.REVIEW_TERMS: _any_of(Clause(Role.POLICY_OWNER)),
    Permission.READ_TERMS: _any_of(
        Clause(Role.POLICY_OWNER), Clause(Role.INVESTIGATOR), Clause(Role.SUPERVISOR), _AUDITOR
    ),
    Permission.REQUEST_PERSONA: _any_of(Clause(Role.INVESTIGATOR)),
    Permission.APPROVE_PERSONA: _any_of(Clause(Role.SUPERVISOR)),
    Permission.USE_PERSONA: _any_of(Clause(Role.INVESTIGATOR)),
    Permission.READ_PERSONAS: _any_of(Clause(Role.SUPERVISOR), Clause(Role.AUDITOR)),
    Permission.ATTEND_VIEWING: _any_of(_REVIEWER),
    **{Permission(name): clauses for name, clauses in AFTER_HIRE.items()},
    **{Permission(name): clauses for name, clauses in COUNSEL_GRANTS.items()},
}

BEHIND_THE_WALL: Final = frozenset(
    {
        Permission.READ_RAW,
        Permission.SETTLE_ATTRIBUTION,
        Permission.SECOND_ATTRIBUTION,
        Permission.WEIGH_FINDING,
        Permission.READ_ATTACHMENT,
        Permission.READ_EXCLUSIONS,
        Permission.REVIEW_QUALITY,
        Permission.READ_REFERRALS,
        Permission.READ_SEALED,
        Permission.EXPORT_CUSTODY,
        Permission.READ_PROVENANCES,
    }
)
"""Steps that show raw evidence: a manager who asks for one is refused under S10 by name."""


def authorize(actor: Actor, permission: Permission, standing: Standing | None = None) -> Role:
    """Return the role in which an actor may take a step.

    Raises `SeparationOfDutiesError` if the actor holds a fitting role but the case is their own
    or what they did earlier in it bars them, and `NotPermittedError` if no clause names a role of
    theirs; to a manager who asks for raw evidence it says `RawAccessError` (E-S10-RAW-ACCESS).
    """
    seen = standing or Standing()
    clauses = [clause for clause in GRANTS.get(permission, ()) if clause.role in actor.roles]
    for clause in clauses:
        if clause.holds(actor, seen):
            return clause.role
    if permission in BEHIND_THE_WALL and Role.HIRING_MANAGER in actor.roles:
        raise RawAccessError(f"{permission}: raw evidence stays behind the wall")
    if clauses:
        raise SeparationOfDutiesError(f"{permission}: barred by an earlier step in this case")
    raise NotPermittedError(f"{permission}: no role of this actor allows it")
