"""Figures on frames and terms that training has not seen, and the thresholds set on some of them.

Every figure is over sentences. Precision counts the scrambled twins and the hard negatives among
what must not be found, so it is lower than on ordinary posts. `known` are the frames of training
filled anew: what the nets remember; `tune` and `test` are frames they never met.
"""

import tomllib
from collections.abc import Sequence
from importlib import resources
from typing import Any, Final

from redaction.net_text import Sentence, sentences
from redaction.nets import NEVER, Nets, Reading
from redaction.training.corpus import Corpus, Line, Split

COPIES: Final = 20
KNOWN_COPIES: Final = 2
SEED: Final = 5
PRECISION: Final = {"sentence": 0.999, "span": 0.995}
"""What thresholds are set to reach: known frames filled anew, among harmless frames never met."""
_STEPS: Final = [number / 200 for number in range(60, 200)] + [0.997, 0.999]


def held_out(corpus: Corpus, split: Split) -> list[tuple[Sentence, Line, str]]:
    """Return a split's sentences with their line and their text."""
    copies = KNOWN_COPIES if split is Split.TRAIN else COPIES
    return [
        (sentence, line, line.text)
        for line in corpus.lines(split, seed=SEED, copies=copies)
        for sentence in sentences(line.text)
    ]


def gold_words(sentence: Sentence, line: Line) -> set[int]:
    """Return the numbers of the words that disclose."""
    return {
        at
        for start, end, _ in line.spans
        for at in range(len(sentence.words))
        if sentence.starts[at] < end and sentence.ends[at] > start
    }


def thresholds(nets: Nets, corpus: Corpus) -> dict[str, float]:
    """Return the lowest thresholds that reach the precision asked for on the tuning split.

    `look` is half of the lowest score of a sentence in which the span net finds anything: below
    it the span net need not look.
    """
    known = [item for item in held_out(corpus, Split.TRAIN) if item[1].says]
    unmet = [item for item in held_out(corpus, Split.TUNE) if not item[1].says]
    items = known + unmet
    readings = nets.read([sentence for sentence, _, _ in items])
    gold = [gold_words(sentence, line) for sentence, line, _ in items]
    out = {"sentence": NEVER, "span": NEVER}
    for step in reversed(_STEPS):
        if sentence_figures(readings, gold, step)["precision"] < PRECISION["sentence"]:
            break
        out["sentence"] = step
    for step in reversed(_STEPS):
        if span_figures(readings, gold, step)["precision"] < PRECISION["span"]:
            break
        out["span"] = step
    acting = [
        reading.score
        for reading in readings
        if any(span[3] >= out["span"] for span in reading.spans)
    ]
    out["look"] = round(min(acting, default=0.0) / 2, 4)
    return out


def sentence_figures(
    readings: Sequence[Reading], gold: Sequence[set[int]], threshold: float
) -> dict[str, float]:
    """Return precision, recall and false positive rate of the trip-wire."""
    found = [reading.score >= threshold for reading in readings]
    right = sum(one and bool(true) for one, true in zip(found, gold, strict=True))
    disclosing = sum(map(bool, gold))
    return {
        "precision": _share(right, sum(found), 1.0),
        "recall": _share(right, disclosing, 0.0),
        "false_positive_rate": _share(sum(found) - right, len(gold) - disclosing, 0.0),
    }


def span_figures(
    readings: Sequence[Reading], gold: Sequence[set[int]], threshold: float
) -> dict[str, float]:
    """Return precision and recall of the span net, in words."""
    right = found = true = 0
    for reading, words in zip(readings, gold, strict=True):
        chosen = {
            at
            for first, last, _, score in reading.spans
            if score >= threshold
            for at in range(first, last)
        }
        right += len(chosen & words)
        found += len(chosen)
        true += len(words)
    return {"precision": _share(right, found, 1.0), "recall": _share(right, true, 0.0)}


def figures(nets: Nets, corpus: Corpus, chosen: dict[str, float]) -> dict[str, Any]:
    """Return the figures of the tuning and the test split, and of the free sentences."""
    out: dict[str, Any] = {}
    for split in Split:
        items = held_out(corpus, split)
        readings = nets.read([sentence for sentence, _, _ in items])
        gold = [gold_words(sentence, line) for sentence, line, _ in items]
        out["known" if split is Split.TRAIN else str(split)] = {
            "sentences": len(items),
            "tripwire": _rounded(sentence_figures(readings, gold, chosen["sentence"])),
            "spans": _rounded(span_figures(readings, gold, chosen["span"])),
            "recall_by_class": _by_class(items, readings, gold, chosen["sentence"]),
        }
    out["unseen"] = {kind: _free(nets, rows, chosen) for kind, rows in unseen().items()}
    return out


def unseen() -> dict[str, list[str]]:
    """Return the free sentences: those that disclose, and those that do not."""
    path = resources.files("redaction.training") / "corpus" / "unseen.toml"
    document = tomllib.loads(path.read_text("utf-8"))
    return {kind: text.strip().splitlines() for kind, text in document.items()}


def _free(nets: Nets, rows: Sequence[str], chosen: dict[str, float]) -> dict[str, float]:
    cut = [list(sentences(row)) for row in rows]
    readings = iter(nets.read([sentence for found in cut for sentence in found]))
    found = 0
    for parts in cut:
        mine = [next(readings) for _ in parts]
        found += any(
            reading.score >= chosen["sentence"]
            or any(span[3] >= chosen["span"] for span in reading.spans)
            for reading in mine
        )
    return {"lines": len(rows), "found": found}


def _by_class(
    items: Sequence[tuple[Sentence, Line, str]],
    readings: Sequence[Reading],
    gold: Sequence[set[int]],
    threshold: float,
) -> dict[str, float]:
    hits: dict[str, list[int]] = {}
    for (_, line, _), reading, true in zip(items, readings, gold, strict=True):
        if true:
            hits.setdefault(line.says, []).append(reading.score >= threshold)
    return {name: round(sum(found) / len(found), 3) for name, found in sorted(hits.items())}


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def _share(part: int, whole: int, empty: float) -> float:
    return part / whole if whole else empty
