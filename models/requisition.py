"""A position being filled, with the policy and criteria frozen when it opened."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from models.after_hire_rules import AfterHireRules
from models.applicant_rules import ApplicantRules
from models.consent import ConsentItem, Sha256
from models.counsel_rules import CounselRules
from models.criteria import CriteriaPack
from models.decision_rules import DecisionRules
from models.ids import ActorId, RequisitionId
from models.law_rules import LawRules
from models.people_rules import PeopleRules
from models.reporting_rules import ReportingRules
from models.retention import RetentionRule
from models.search_rules import SearchRules
from models.terms import OperatorLists
from models.value import Moment, Value


class EmployerType(StrEnum):
    """Which rows of the law apply."""

    PRIVATE = "private"
    PUBLIC = "public"
    LAW_ENFORCEMENT = "law-enforcement"


class VettingMode(StrEnum):
    """Who does the vetting: the employer itself, or a consumer reporting agency for it."""

    IN_HOUSE = "in-house"
    VENDOR = "vendor"


class NoticeStage(StrEnum):
    """When the applicant is told."""

    ADVERT = "advert"
    APPLICATION = "application"
    INTERVIEW = "interview"
    CONDITIONAL_OFFER = "conditional-offer"


class ExcerptPolicy(StrEnum):
    """Whether a neutral excerpt goes with a finding."""

    NONE = "none"
    NEUTRAL = "neutral"


class Policy(Value):
    """An agency's rules for one kind of requisition. Equal for every applicant."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    title: str
    jurisdiction: str = Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")
    """ISO 3166-1 or 3166-2, for example `US-CA`."""
    employer_type: EmployerType
    mode: VettingMode
    notice_stage: NoticeStage
    notice_lead_days: int = Field(ge=0, le=90)
    notice_text: str
    consequence_text: str
    consent_items: frozenset[ConsentItem]
    """What applicants are asked for; nothing else can be granted."""
    consent_valid_days: int = Field(ge=1, le=366)
    lookback_years: int = Field(ge=1, le=20)
    rebuttal_business_days: int = Field(ge=1, le=60)
    pre_adverse_business_days: int = Field(ge=5, le=60)
    excerpt: ExcerptPolicy
    quote_run_max: int = Field(ge=4, le=40)
    """Words: a longer verbatim run could be found by a search engine."""
    excerpt_words_max: int = Field(ge=5, le=40)
    retention: tuple[RetentionRule, ...]
    lists: OperatorLists | None = None
    """The agency's own terms, classes, exceptions and patterns."""
    applicant: ApplicantRules | None = None
    """How the applicant is told, what they sign, and what refusing means."""
    reporting: ReportingRules | None = None
    """Attribution, what is reported, evidence of crimes; absent, the defaults of law hold."""
    decision: DecisionRules | None = None
    """Answers, decisions, notices and disputes; absent, the cautious default holds."""
    people: PeopleRules | None = None
    """What it asks of those who search and review; None asks nothing of the registers."""

    search: SearchRules | None = None
    """How searches are made; absent, no register of terms gates and nobody views accounts."""

    counsel: CounselRules | None = None
    """Equal treatment, staffing and clocks of requests; None gates nothing."""

    after_hire: AfterHireRules | None = None
    """Whose cases are of people who work here already; absent, nobody is monitored."""

    law: LawRules | None = None
    """What is stated towards single rows of the law; absent, no exception is used."""

    added_later: ClassVar[frozenset[str]] = frozenset(
        {
            "after_hire",
            "search",
            "lists",
            "applicant",
            "reporting",
            "people",
            "decision",
            "counsel",
            "law",
        }
    )
    """Left out of the digest while empty: policies frozen before keep theirs."""


class RequisitionState(StrEnum):
    """Whether applicants may still be added."""

    OPEN = "open"
    CLOSED = "closed"


class Requisition(Value):
    """A position being filled. Its policy and criteria never change after it opened."""

    id: RequisitionId
    title: str
    policy: Policy
    policy_sha256: Sha256
    criteria: CriteriaPack
    criteria_sha256: Sha256
    opened_by: ActorId
    opened_at: Moment
    state: RequisitionState = RequisitionState.OPEN
