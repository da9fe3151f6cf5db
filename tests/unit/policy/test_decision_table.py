"""A policy's `[decision]` is read with file and line, and changes nothing when absent."""

from pathlib import Path

import pytest

from models.errors import PolicyError
from policy.defaults import default_draft
from policy.digest import sha256_of_value
from policy.requisition import load_requisition_file

BEGINS = """
title = "Clerk"
criteria = "ca-post-2024"

[policy]
pack = "us-ca-law-enforcement"
"""


def test_the_table_is_part_of_the_frozen_policy(tmp_path: Path) -> None:
    file = tmp_path / "requisition.toml"
    file.write_text(BEGINS + "[policy.decision]\nresults_after_days = 30\n")
    policy = load_requisition_file(file).policy
    assert policy.decision is not None
    assert policy.decision.results_after_days == 30
    assert sha256_of_value(policy) != sha256_of_value(default_draft().policy)


def test_an_absent_table_leaves_the_digest(tmp_path: Path) -> None:
    file = tmp_path / "requisition.toml"
    file.write_text(BEGINS)
    policy = load_requisition_file(file).policy
    assert policy.decision is None
    assert "decision" in type(policy).added_later


@pytest.mark.parametrize(
    ("line", "rule"),
    [("results_every_days = 0", "results_every_days"), ("score = 3", "a key that the format")],
)
def test_a_value_that_breaks_a_rule_is_named_with_its_line(
    tmp_path: Path, line: str, rule: str
) -> None:
    file = tmp_path / "requisition.toml"
    file.write_text(BEGINS + f"[policy.decision]\n{line}\n")
    with pytest.raises(PolicyError, match=rule) as refusal:
        load_requisition_file(file)
    assert refusal.value.line == len(BEGINS.splitlines()) + 2
