"""From lines to a trained pipeline: one seed, one thread of updates, nothing from outside."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import load_model_from_config
from spacy.vocab import Vocab
from thinc.api import Adam, Config, fix_random_seed

from redaction.net_text import Sentence, sentences
from redaction.training.corpus import Corpus, Line, Split

CONFIG: Final = Path(__file__).parent / "config.cfg"
SPANS_KEY: Final = "sc"
LONGEST_SPAN: Final = 4
"""In words; a longer one is learnt in pieces. The suggester's sizes go no further."""


def read_config() -> Config:
    """Read the package's own training configuration."""
    return Config().from_disk(CONFIG)


def doc_of(vocab: Vocab, sentence: Sentence) -> Doc:
    """Return a sentence as spaCy holds it: its plain words, one blank after each."""
    return Doc(vocab, words=list(sentence.words))


def examples(
    vocab: Vocab, lines: Sequence[Line], classes: Sequence[str]
) -> list[tuple[Example, Line]]:
    """Return an example for each sentence of each line."""
    out: list[tuple[Example, Line]] = []
    for line in lines:
        for sentence in sentences(line.text):
            reference = doc_of(vocab, sentence)
            spans = list(_spans(reference, sentence, line))
            reference.spans[SPANS_KEY] = spans
            says = line.says if spans else ""
            reference.cats = {name: float(name == says) for name in classes}
            out.append((Example(doc_of(vocab, sentence), reference), line))
    return out


def _spans(doc: Doc, sentence: Sentence, line: Line) -> Iterator[Span]:
    for start, end, label in line.spans:
        inside = [
            at
            for at in range(len(sentence.words))
            if sentence.starts[at] < end and sentence.ends[at] > start
        ]
        for at in range(0, len(inside), LONGEST_SPAN):
            part = inside[at : at + LONGEST_SPAN]
            yield Span(doc, part[0], part[-1] + 1, label=label)


def train(corpus: Corpus, config: Config) -> Language:
    """Train on the corpus' training split. The same corpus and config give the same pipeline."""
    settings: dict[str, Any] = config["training"]
    seed = int(settings["seed"])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    fix_random_seed(seed)
    nlp = load_model_from_config(
        Config({key: config[key] for key in ("nlp", "components")}), auto_fill=True
    )
    lines = list(corpus.lines(Split.TRAIN, seed=seed, copies=int(config["corpus"]["copies"])))
    data = [example for example, _ in examples(nlp.vocab, lines, corpus.classes)]
    for name in corpus.classes:
        nlp.get_pipe("spancat").add_label(name)  # type: ignore[attr-defined]  # a trainable pipe
        nlp.get_pipe("textcat_multilabel").add_label(name)  # type: ignore[attr-defined]  # the same
    nlp.initialize(lambda: data[:200])
    optimizer = Adam(learn_rate=float(settings["learn_rate"]), L2=0.001, grad_clip=1.0)
    rng = Random(seed)  # noqa: S311  # the order of batches, no secret
    for _ in range(int(settings["epochs"])):
        rng.shuffle(data)
        for batch in _batches(data, int(settings["batch_words"])):
            nlp.update(batch, sgd=optimizer, drop=float(settings["dropout"]))
    with nlp.use_params(optimizer.averages):
        return load_copy(nlp)


def load_copy(nlp: Language) -> Language:
    """Return the pipeline with its present (averaged) weights made its own."""
    copy = load_model_from_config(nlp.config)
    copy.from_bytes(nlp.to_bytes())
    return copy


def _batches(data: list[Example], words: int) -> Iterator[list[Example]]:
    batch: list[Example] = []
    size = 0
    for example in data:
        batch.append(example)
        size += len(example.reference)
        if size >= words:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
