"""The table `[reporting]` of a policy: attribution, what is reported, evidence of crimes.

[policy.reporting]
stated_evidence = true            # three independent identifiers, stated
second_look = true                # a second analyst where an account rests on them
adult_unknown_reported = false    # only what was surely said by an adult
emergency_minutes = 10            # the clock of the emergency call
confirmed_gates = ["RG-29"]       # exceptions that counsel confirmed

[[policy.reporting.offences]]     # the agency's own row, in place of the product's
offence = "theft-or-fraud"
label = "Theft, fraud, corruption"
route = "custodian"               # emergency-call, mandatory-report, custodian, none
vetting = "freeze"                # or continue
manager = "nothing"               # or code
within_hours = 24
"""

from typing import Any

from models.errors import PolicyError
from models.reporting_rules import ReportingRules
from policy.offences import require_no_weaker
from policy.toml_file import Key, TomlFile


def reporting_rules(file: TomlFile, *keys: Key) -> ReportingRules:
    """Read the table that stands under a path of keys. Raises `PolicyError` with its line."""
    fields: Any = file.fields
    for key in keys:
        fields = fields[key]
    if not isinstance(fields, dict):
        raise file.fault(f"{keys[-1]}: write it as a table", *keys)
    rules = file.model(ReportingRules, fields, *keys)
    for at, rule in enumerate(rules.offences):
        try:
            require_no_weaker(rule)
        except PolicyError as weaker:
            raise file.fault(weaker.fault, *keys, "offences", at) from weaker
    return rules
