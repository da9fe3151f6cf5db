"""Retention rules as a policy file gives them: never shorter than the law they cite.

    [[retention]]
    id = "REC-02"                       # a row of legal_params.csv, which gives the citation
    clock = "keep-until"
    period = "2 years"

A rule of the agency's own has an id that the table lacks, and states its own citation.
"""

import re
from datetime import date
from typing import Any, Final

from models.retention import Clock, Confidence, RetentionRule
from policy.law import LegalParam, legal_params
from policy.retention_periods import add_period
from policy.toml_file import Key, TomlFile

_UNITS: Final = frozenset({"days", "business-days", "months", "years"})
_PERIOD: Final = re.compile(r"[0-9]+ (?:days|business-days|months|years)")
_LONGEST: Final = 5_000
"""In any unit: 5,000 years from now still has a date."""
_SOME_DAY: Final = date(2024, 3, 1)


def retention_rules(file: TomlFile, *keys: Key) -> list[dict[str, Any]]:
    """Return the fields of each rule of a list, with what the law's row adds.

    Raises `PolicyError` for a list that is none, a rule given twice, one that is shorter than the
    law it cites, or one of the agency's own without a citation.
    """
    value: Any = file.fields
    for key in keys:
        value = value.get(key, [])
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise file.fault("retention: not a list of rules", *keys)
    seen: set[object] = set()
    rules = []
    for number, row in enumerate(value):
        row_id = row.get("id")
        if not isinstance(row_id, str):
            raise file.fault("retention: a rule without its id", *keys, number)
        if row_id in seen:
            raise file.fault(f"retention: {row_id} is given twice", *keys, number, "id")
        seen.add(row_id)
        rules.append(_with_law(file, row, *keys, number))
    return rules


def _with_law(file: TomlFile, row: dict[str, Any], *keys: Key) -> dict[str, Any]:
    law = legal_params().get(row["id"])
    if law is not None:
        fields = {"citation": law.citation, "confidence": law.known.value} | row
    elif row.get("citation"):
        fields = {"confidence": Confidence.VERIFIED.value} | row
    else:
        raise file.fault(
            f"retention: {row['id']} is no row of legal_params.csv and has no citation", *keys
        )
    rule = file.model(RetentionRule, fields, *keys)
    if not _ends(rule.period):
        raise file.fault(f"retention: {rule.id} ends after every calendar", *keys, "period")
    lawful = _lawful_period(law) if law is not None else None
    if lawful and rule.clock is Clock.KEEP_UNTIL and _shorter(rule.period, lawful):
        raise file.fault(f"retention: {rule.id} is shorter than its law, {lawful}", *keys, "period")
    return rule.model_dump()


def _lawful_period(law: LegalParam) -> str | None:
    """Return what the row asks for, None where it is no number of days or more."""
    unit = law.unit.replace(" ", "-")
    unit = unit if unit.endswith("s") else f"{unit}s"
    count = law.value.partition(" ")[0]
    return f"{count} {unit}" if unit in _UNITS and count.isdigit() else None


def _ends(period: str) -> bool:
    """Say whether a period, if it is one, ends within the calendar for any case of our time."""
    count = period.partition(" ")[0]
    return not count.isdigit() or int(count[:8]) <= _LONGEST


def _shorter(period: str, lawful: str) -> bool:
    if _PERIOD.fullmatch(period) is None:
        return False  # it has no end
    end = add_period(_SOME_DAY, period, Clock.KEEP_UNTIL)
    return end < add_period(_SOME_DAY, lawful, Clock.KEEP_UNTIL)
