"""docs/retention-rules.md lists every rule of retention as the product applies it."""

from pathlib import Path

from models.requisition import EmployerType, VettingMode
from models.retention import RetentionOutcome
from policy.requisition import load_policy
from policy.retention_law import RETENTION_FILE, LawRule, law_rules
from policy.toml_file import TomlFile

DOC = Path(__file__).resolve().parents[3] / "docs" / "retention-rules.md"
PACKS = ("us-private", "us-ca-law-enforcement")


def listed(names: frozenset[str], everything: type, whole: str) -> str:
    return whole if len(names) == len(list(everything)) else ", ".join(sorted(names))


def places(one: LawRule) -> str:
    left, found = set(one.jurisdictions), []
    for name, group in TomlFile(RETENTION_FILE).fields["groups"].items():
        if set(group) <= left:
            left -= set(group)
            found.append(name)
    return ", ".join([*found, *sorted(left)])


def row(one: LawRule) -> str:
    who = listed(one.employers, EmployerType, "every employer")
    if len(one.modes) < len(VettingMode):
        who = f"{who}; {', '.join(sorted(one.modes))}"
    if one.stated:
        who = f"{who}; only {one.stated}"
    since = "not looked up"
    if one.effective:
        since = f"{one.effective} ({one.effective_known})"
    cells = (
        f"`{one.rule.id}`",
        one.rule.clock,
        f"{one.rule.period} from {one.starts}",
        f"{places(one)}{' (minimum)' if one.basic else ''}",
        who,
        listed(one.outcomes, RetentionOutcome, "any"),
        since,
        one.rule.confidence,
        one.rule.citation,
    )
    return f"| {' | '.join(cells)} |"


def test_every_rule_of_law_is_listed_as_it_is_applied() -> None:
    text = DOC.read_text()
    for one in law_rules():
        assert row(one) in text, row(one)
    assert text.count("\n| `") == len(law_rules()) + len(agency_rows())


def agency_rows() -> list[str]:
    return [
        f"| `{rule.id}` | {rule.clock} | {rule.period} | `{pack}` | {rule.citation} |"
        for pack in PACKS
        for rule in load_policy(pack).retention
        if rule.id.startswith("AGENCY-")
    ]


def test_the_agency_s_own_rules_of_the_packs_are_listed() -> None:
    text = DOC.read_text()
    assert agency_rows()
    for line in agency_rows():
        assert line in text
