"""What a policy says of people who work here already: a value that is absent monitors nobody.

A requisition whose policy has this table is one of monitoring: its cases open on an approved
trigger alone, and never as an applicant's case does.
"""

from enum import StrEnum
from typing import Final

from pydantic import Field

from models.value import Value


class TriggerKind(StrEnum):
    """What a search after hire may answer to (M2). Nothing else opens one."""

    CONCERN = "concern"
    COMPLAINT = "complaint"
    INFORMATION = "information"


class SensitiveCategory(StrEnum):
    """Agency information that may be looked for outside an employee's own accounts (M4).

    What each covers, and by which source, stands in `policy/data/sensitive_information.toml`.
    """

    PENDING_PROCEEDING = "pending-proceeding"
    FAIR_TRIAL = "fair-trial"
    PRIVACY_OF_A_PERSON = "privacy-of-a-person"
    CONFIDENTIAL_SOURCE = "confidential-source"
    TECHNIQUE_OR_PLAN = "technique-or-plan"
    SAFETY_OF_A_PERSON = "safety-of-a-person"
    CRIMINAL_HISTORY_RECORD = "criminal-history-record"


class AfterHireRules(Value):
    """How an agency looks at the public content of its own people, and when it may not."""

    trigger_kinds: frozenset[TriggerKind] = Field(default=frozenset(TriggerKind), min_length=1)
    trigger_days: int = Field(default=30, ge=1, le=90)
    """An approval that was not used by then is asked for again."""
    window_days: int = Field(default=365, ge=1, le=1826)
    """How many days of content one trigger may name, and how far back they may begin."""
    longest_days: int = Field(default=60, ge=1, le=180)
    """After so many days at most a monitoring case closes by itself."""
    anonymous_reports: bool = False
    """Whether somebody may report a colleague without saying who they are (M3)."""
    watch_days: int = Field(default=365, ge=90, le=1826)
    """For how long adverse steps against a reporter are told to the custodian."""
    change_notice_days: int | None = Field(default=None, ge=1, le=365)
    """Within how many days a new or changed account is declared; None asks nobody (S2)."""
    sensitive_categories: frozenset[SensitiveCategory] = frozenset(SensitiveCategory)
    """What may be captured where it stands on the account of somebody else; empty for nothing."""
    third_party_items: int = Field(default=2, ge=0, le=10)
    """Items from one account of somebody else; more would tell of that person."""
    third_party_words: int = Field(default=60, ge=5, le=200)
    """Words of one such item: the information, and not what stands around it."""


WATCH_EVERY_DAYS: Final = 7
"""The custodian hears of every watch so often, whether or not there is anything to tell."""
