"""Learned weights add findings, never take one away, and can be explained as a plain sum."""

import json
from pathlib import Path

import pytest

from models.criteria import Conduct, CriteriaPack, Severity
from models.errors import PolicyError
from models.text import CodedText
from triage.engine import Triage
from triage.learned import Learned, learned

KIND = {
    "name": "illegal-drugs",
    "threshold": 0.5,
    "mild": ["uses-illegal-drugs", "moderate"],
    "grave": ["sells-illegal-drugs", "high"],
}


def net(**weights: list[int]) -> Learned:
    """A net that knows a few words of one kind."""
    return Learned(
        {
            "kinds": [KIND],
            "scale": 100,
            "offsets": [-1.0, -1.0],
            "weights": {f"w:{word}": row for word, row in weights.items()},
        }
    )


def test_a_score_is_the_sum_of_what_is_known_by_its_length() -> None:
    score = net(zorbing=[400, 0], quietly=[0, 200]).scores(
        frozenset({"w:zorbing", "w:quietly", "w:unheard"})
    )
    assert score == pytest.approx([400 / 141.42 - 1, 200 / 141.42 - 1], abs=0.01)


def test_what_reaches_the_threshold_is_a_finding(pack: CriteriaPack) -> None:
    triage = Triage(pack, net=net(zorbing=[400, 0]))
    (found,) = triage.assess(CodedText("All weekend zorbing. Then home."))
    assert (found.criterion, found.conduct) == ("illegal-drugs", Conduct.USES_ILLEGAL_DRUGS)
    assert found.severity is Severity.MODERATE
    assert found.rule == "learned.illegal-drugs"
    assert found.passage == "All weekend zorbing."


def test_what_falls_short_is_none(pack: CriteriaPack) -> None:
    triage = Triage(pack, net=net(zorbing=[100, 0]))
    assert triage.assess(CodedText("All weekend zorbing.")) == ()


def test_gravity_chooses_the_conduct(pack: CriteriaPack) -> None:
    triage = Triage(pack, net=net(zorbing=[400, 400]))
    (found,) = triage.assess(CodedText("All weekend zorbing."))
    assert (found.conduct, found.severity) == (Conduct.SELLS_ILLEGAL_DRUGS, Severity.HIGH)


def test_a_game_is_not_weighed(pack: CriteriaPack) -> None:
    triage = Triage(pack, net=net(zorbing=[400, 0]))
    assert triage.assess(CodedText("Zorbing in Skyrim, the video game, all weekend.")) == ()


def test_a_rule_that_stands_is_not_replaced(pack: CriteriaPack) -> None:
    text = CodedText("I smoked meth all weekend.")
    (found,) = Triage(pack, net=net(weekend=[900, 900])).assess(text)
    assert not found.rule.startswith("learned.")


def test_conduct_outside_the_pack_is_not_weighed(pack: CriteriaPack) -> None:
    others = tuple(item for item in pack.criteria if item.code != "illegal-drugs")
    triage = Triage(pack.model_copy(update={"criteria": others}), net=net(zorbing=[400, 0]))
    assert triage.assess(CodedText("All weekend zorbing.")) == ()


def test_a_table_that_does_not_hold_together_is_refused() -> None:
    with pytest.raises(PolicyError):
        Learned({"kinds": [{"name": "illegal-drugs"}]})


def test_no_weight_is_for_bias_whose_rules_need_a_group_named() -> None:
    """A learned reading of group tokens would weigh how often groups are named, not conduct."""
    assert "bias-protected-group" not in {kind.name for kind in learned().kinds}


def test_an_empty_post_weighs_nothing(pack: CriteriaPack) -> None:
    assert Triage(pack).assess(CodedText("")) == ()


def test_nothing_is_learned_from_a_held_out_half() -> None:
    """What measures must not teach."""
    folder = Path(__file__).parents[3] / "benchmarks" / "data" / "conduct"
    held = {
        json.loads(line)["text"]
        for name in ("heldout.jsonl", "varied-heldout.jsonl")
        for line in (folder / name).read_text("utf-8").splitlines()
    }
    taught = {
        line.partition("|")[2]
        for file in (folder / "learning").glob("*.txt")
        for line in file.read_text("utf-8").splitlines()
    }
    assert not held & taught


def test_a_threat_over_food_is_banter_and_one_over_a_person_is_not(pack: CriteriaPack) -> None:
    triage = Triage(pack)
    assert triage.assess(CodedText("If you touch my fries I will end you, love you babe")) == ()
    assert triage.assess(CodedText("If you touch my sister again I will break your jaw."))


def test_the_learned_weights_find_what_no_rule_lists(pack: CriteriaPack) -> None:
    (found,) = Triage(pack).assess(
        CodedText("spent the rent on rocks again, no sleep, just the pipe")
    )
    assert found.criterion == "illegal-drugs"
    assert found.rule == "learned.illegal-drugs"
