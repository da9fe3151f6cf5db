"""The labelled texts, by which usefulness is measured, are well formed and kept apart."""

import json
from pathlib import Path

import pytest

from models.criteria import CriteriaPack, Severity

FOLDER = Path(__file__).parents[3] / "benchmarks" / "data" / "conduct"


def rows(part: str) -> list[dict[str, str | None]]:
    return [json.loads(line) for line in (FOLDER / f"{part}.jsonl").read_text().splitlines()]


PARTS = ("development", "heldout", "varied-development", "varied-heldout")


@pytest.mark.parametrize("part", PARTS)
def test_labels_name_criteria_of_the_pack(pack: CriteriaPack, part: str) -> None:
    codes = {criterion.code for criterion in pack.criteria}
    for row in rows(part):
        assert (row["criterion"] is None) == (row["severity"] is None)
        assert row["criterion"] is None or row["criterion"] in codes
        assert row["severity"] is None or Severity(row["severity"])
        assert row["text"]
        assert row["voice"]
        assert row["frame"]


def test_no_text_is_in_both_parts_and_every_id_is_one() -> None:
    every = [row for part in PARTS for row in rows(part)]
    assert len(every) == len({row["text"] for row in every})
    ids = [row["id"] for row in every]
    assert len(ids) == len(set(ids))


def test_the_built_in_pack_holds_the_ten_dimensions(pack: CriteriaPack) -> None:
    """11 CCR 1953(b) names ten."""
    assert len(pack.dimensions) == 10
    assert {criterion.code for criterion in pack.criteria} == {
        "threats-violence",
        "harassment",
        "bias-protected-group",
        "illegal-drugs",
        "dishonesty",
        "sensitive-information",
    }
