"""The retention rules that a law sets: whom each binds, from which event it runs, since when.

Read from retention.toml; what a row asks for, and how well it is known, is in legal_params.csv
under the same id. A rule may stand twice with different dates: the law changed on that day.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models.errors import PolicyError
from models.requisition import EmployerType, Policy, VettingMode
from models.retention import Confidence, RetentionOutcome, RetentionRule
from models.value import Value
from policy.law import legal_param
from policy.toml_file import TomlFile

RETENTION_FILE: Final = Path(__file__).parent / "data" / "retention.toml"


class Start(StrEnum):
    """The event from which a rule's period runs."""

    RECORD_OR_ACTION = "record-or-action"
    """Whichever is later."""
    RECORD_MADE = "record-made"
    ACTION = "action"
    LAST_EVENT = "last-event"
    REPORT_PROVIDED = "report-provided"
    PRE_ADVERSE_NOTICE = "pre-adverse-notice"
    ADVERSE_NOTICE = "adverse-notice"
    CHARGE_FILED = "charge-filed"
    DISPUTE_RECEIVED = "dispute-received"
    DISPUTE_DEADLINE = "dispute-deadline"
    """Thirty days after the dispute was received."""
    DISPUTE_SETTLED = "dispute-settled"
    EMPLOYMENT = "employment"
    """While it lasts; the rule ends with it."""
    SEPARATION = "separation"


class LawRule(Value):
    """One rule of retention.toml, with what its row in legal_params.csv says."""

    rule: RetentionRule
    starts: Start
    jurisdictions: frozenset[str]
    """Groups are spelt out."""
    employers: frozenset[EmployerType] = frozenset(EmployerType)
    modes: frozenset[VettingMode] = frozenset(VettingMode)
    outcomes: frozenset[RetentionOutcome] = frozenset(RetentionOutcome)
    basic: bool = False
    """It is the general minimum of its jurisdiction."""
    stated: str = ""
    """What must be so for it to bind; an agency of which it is names the rule in its policy."""
    effective: date | None = None
    effective_known: Confidence | None = None
    expires: date | None = None

    def in_force(self, on: date) -> bool:
        """Say whether the rule is law on a day."""
        begun = self.effective is None or self.effective <= on
        return begun and (self.expires is None or on < self.expires)

    def binds(self, policy: Policy) -> bool:
        """Say whether the rule is for this jurisdiction, employer and mode."""
        here = bool(self.jurisdictions & set(levels(policy.jurisdiction)))
        return here and policy.employer_type in self.employers and policy.mode in self.modes


def levels(jurisdiction: str) -> tuple[str, ...]:
    """Return a jurisdiction and what it lies in: `US-CA` gives `US` and `US-CA`."""
    country, dash, _part = jurisdiction.partition("-")
    return (country, jurisdiction) if dash else (country,)


@lru_cache(maxsize=1)
def law_rules() -> tuple[LawRule, ...]:
    """Return the rules that come with the product."""
    return read_law_rules(RETENTION_FILE)


def read_law_rules(path: Path) -> tuple[LawRule, ...]:
    """Read a table of rules. Raises `PolicyError` with the line of one that breaks a rule."""
    file = TomlFile(path)
    groups: dict[str, list[str]] = file.fields.get("groups", {})
    rows: Any = file.fields.get("rule", [])
    rules = tuple(_rule(file, row, groups, number) for number, row in enumerate(rows))
    for number, one in enumerate(rules):
        if any(_overlap(one, other) for other in rules[:number]):
            raise file.fault(f"{one.rule.id}: two versions are in force at once", "rule", number)
    return rules


def _rule(file: TomlFile, row: dict[str, Any], groups: dict[str, list[str]], at: int) -> LawRule:
    fields = dict(row)
    rule_id = str(fields.pop("id", ""))
    try:
        law = legal_param(rule_id)
    except PolicyError as unknown:
        raise file.fault(unknown.fault, "rule", at, "id") from unknown
    rule = {
        "id": rule_id,
        "clock": fields.pop("clock", None),
        "period": fields.pop("period", None),
        "citation": law.citation,
        "confidence": law.known,
        "note": law.parameter,
    }
    places: list[str] = []
    for place in fields.pop("jurisdictions", []):
        places += groups.get(place, [place])
    return file.model(LawRule, fields | {"rule": rule, "jurisdictions": places}, "rule", at)


def _overlap(one: LawRule, other: LawRule) -> bool:
    if (one.rule.id, one.rule.clock) != (other.rule.id, other.rule.clock):
        return False
    first, second = sorted((one, other), key=lambda rule: rule.effective or date.min)
    return first.expires is None or first.expires > (second.effective or date.min)
