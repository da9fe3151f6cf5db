"""The gate is learnt from what the nets do: it keeps the words without which they do nothing."""

from collections import Counter
from typing import Final

from redaction.net_gate import Gate
from redaction.net_text import Sentence, sentences
from redaction.nets import Nets, Reading
from redaction.training.corpus import Corpus, Split
from redaction.training.evaluation import SEED, gold_words

_COPIES: Final = 12
_TELLING: Final = 0.1
"""A word belongs to the gate if the nets act on so large a share of the sentences that hold it."""


def learn_gate(nets: Nets, corpus: Corpus, chosen: dict[str, float]) -> Gate:
    """Return a gate that opens for every sentence of the corpus on which the nets act rightly."""
    seen: Counter[str] = Counter()
    acted: Counter[str] = Counter()
    due: list[set[str]] = []
    for split in Split:
        lines = list(corpus.lines(split, seed=SEED, copies=_COPIES))
        items = [(sentence, line) for line in lines for sentence in sentences(line.text)]
        readings = nets.read([sentence for sentence, _ in items])
        for (sentence, line), reading in zip(items, readings, strict=True):
            words = {word for word in sentence.words if word[0].isalpha()} - corpus.kept_plain
            seen.update(words)
            if _acts(reading, chosen):
                acted.update(words)
                telling = {sentence.words[at] for at in gold_words(sentence, line)} & words
                if telling:
                    due.append(telling)
    rate = {word: acted[word] / count for word, count in seen.items()}
    gate = {word for words in due for word in words if rate[word] >= _TELLING}
    for words in due:
        if words.isdisjoint(gate):
            gate.add(max(sorted(words), key=rate.__getitem__))
    return Gate(gate)


def _acts(reading: Reading, chosen: dict[str, float]) -> bool:
    return reading.score >= chosen["sentence"] or any(
        span[3] >= chosen["span"] for span in reading.spans
    )


def share_read(gate: Gate, found: list[Sentence]) -> float:
    """Return the share of sentences for which the gate opens."""
    return sum(map(gate.opens, found)) / len(found)
