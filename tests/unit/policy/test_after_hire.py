"""The table `[after-hire]` is read with its lines, and without it nobody is monitored."""

from pathlib import Path

import pytest

from models.after_hire_rules import AfterHireRules, SensitiveCategory, TriggerKind
from models.errors import PolicyError
from policy.after_hire import sensitive_information
from policy.criteria import load_pack
from policy.digest import sha256_of_value
from policy.requisition import load_policy, load_requisition_file

HEAD = 'title = "Conduct"\ncriteria = "conduct-general-use"\n[policy]\npack = "us-private"\n'


def written(folder: Path, table: str) -> Path:
    path = folder / "conduct.toml"
    path.write_text(HEAD + table)
    return path


def test_the_table_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path, '[policy.after-hire]\ntrigger_kinds = ["complaint"]\nlongest_days = 30\n'
    )
    rules = load_requisition_file(path).policy.after_hire
    assert rules == AfterHireRules(
        trigger_kinds=frozenset({TriggerKind.COMPLAINT}), longest_days=30
    )


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("[policy.after-hire]\nlongest_days = 400\n", 6),
        ("[policy.after-hire]\n\nanybody = true\n", 7),
        ('[policy.after-hire]\ntrigger_kinds = ["curiosity"]\n', 6),
        ("after-hire = true\n", 5),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, table: str, line: int) -> None:
    with pytest.raises(PolicyError) as fault:
        load_requisition_file(written(tmp_path, table))
    assert fault.value.line == line


def test_without_the_table_nobody_is_monitored_and_digests_stay() -> None:
    policy = load_policy("us-private")
    assert policy.after_hire is None
    monitored = policy.model_copy(update={"after_hire": AfterHireRules()})
    assert sha256_of_value(monitored) != sha256_of_value(policy)


def test_the_pack_has_nine_criteria_and_one_of_them_warns() -> None:
    """G1-G9: the ids are those of the requirement, and the pack is for employees alone."""
    pack = load_pack("conduct-general-use")
    assert [one.code for one in pack.criteria] == [f"G{number}" for number in range(1, 10)]
    assert pack.after_hire_only
    assert [one.code for one in pack.criteria if one.safety_notice] == ["G9"]


def test_every_category_of_agency_information_has_a_source() -> None:
    assert set(sensitive_information()) == set(SensitiveCategory)
    assert all(one.citation and one.covers for one in sensitive_information().values())
