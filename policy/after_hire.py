"""The table `[after-hire]` of a policy: with it a requisition is about people who work here.

[policy.after-hire]
trigger_kinds = ["complaint"]     # or concern, information; nothing else opens a search
trigger_days = 30                 # an approval that was not used lapses
window_days = 365                 # how far back a trigger may reach
longest_days = 60                 # then the case closes by itself
anonymous_reports = true          # colleagues may report without a name
watch_days = 365                  # adverse steps against reporters are told to the custodian
change_notice_days = 30           # new and changed accounts are declared within so many days
sensitive_categories = ["safety-of-a-person"]
third_party_items = 2             # of one account of somebody else, and so many words of each
third_party_words = 60
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models.after_hire_rules import AfterHireRules, SensitiveCategory
from models.retention import Confidence
from models.value import Value
from policy.toml_file import Key, TomlFile

AFTER_HIRE: Final = "after-hire"
SENSITIVE_FILE: Final = Path(__file__).parent / "data" / "sensitive_information.toml"


class SensitiveInfo(Value):
    """One category of agency information, what it covers, and the source that says so."""

    id: SensitiveCategory
    title: str
    covers: str
    citation: str
    confidence: Confidence


def after_hire_rules(file: TomlFile, *keys: Key) -> AfterHireRules:
    """Read the table that stands under a path of keys. Raises `PolicyError` with its line."""
    fields: Any = file.fields
    for key in keys:
        fields = fields[key]
    if not isinstance(fields, dict):
        raise file.fault(f"{keys[-1]}: write it as a table", *keys)
    return file.model(AfterHireRules, fields, *keys)


@lru_cache(maxsize=1)
def sensitive_information() -> dict[SensitiveCategory, SensitiveInfo]:
    """Return what each category covers. Raises `PolicyError` if one is missing or stands twice."""
    file = TomlFile(SENSITIVE_FILE)
    rows = [
        file.model(SensitiveInfo, row, "category", at)
        for at, row in enumerate(file.fields.get("category", []))
    ]
    found = {row.id: row for row in rows}
    if len(found) != len(rows) or set(found) != set(SensitiveCategory):
        raise file.fault("category: each stands once", "category")
    return found
