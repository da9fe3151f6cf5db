"""The labelled set of whom a mention is about is sound, and scoring it can fail."""

import json

from benchmarks.intervals import Share
from benchmarks.self_target import FOLDER, HALVES, Answered, score
from models.reference import Referent


def _row(label: Referent, answer: Referent | None) -> Answered:
    return Answered({"mentions": []}, "", ((label, answer),), 0, biased=False)


def test_every_mention_stands_where_its_label_says_and_ids_are_unique() -> None:
    seen: set[str] = set()
    mentions = 0
    for half in HALVES:
        for line in (FOLDER / f"{half}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            assert row["id"] not in seen
            seen.add(row["id"])
            for mention in row["mentions"]:
                word = row["text"][mention["start"] : mention["end"]]
                assert word
                assert word == word.strip()
                Referent(mention["label"])
                mentions += 1
    assert len(seen) >= 300
    assert mentions >= 400


def test_no_text_stands_in_both_halves() -> None:
    halves = [
        {json.loads(line)["text"] for line in (FOLDER / f"{half}.jsonl").read_text().splitlines()}
        for half in HALVES
    ]
    assert not halves[0] & halves[1]


def test_a_wrong_answer_costs_precision_and_a_missing_one_recall() -> None:
    found = [
        _row(Referent.SELF, Referent.SELF),
        _row(Referent.OTHER, Referent.SELF),
        _row(Referent.SELF, None),
    ]
    one = score(found, Referent.SELF)
    assert one.precision == Share(1, 2)
    assert one.recall == Share(1, 2)
    assert one.f1.value == 0.5
    assert one.f1.low <= 0.5 <= one.f1.high
