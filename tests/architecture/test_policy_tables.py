"""Every table and key of a policy is listed with its default, as the models have them."""

import runpy
from pathlib import Path

from models.requisition import Policy

ROOT = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "policy_tables.py"))


def test_the_page_is_what_the_models_say() -> None:
    assert TOOL["PAGE"].read_text(encoding="utf-8") == TOOL["page"]()


def test_every_table_has_a_section() -> None:
    text = TOOL["page"]()
    for name in Policy.added_later:
        assert f"## `[{TOOL['WRITTEN'].get(name, name)}]`" in text
