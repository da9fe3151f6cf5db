"""The weights of triage are learned here, from the project's own texts and nothing else.

    python benchmarks/learn_conduct.py [--out FILE]

The texts are made by filling the frames in `benchmarks/data/conduct/learning`, seeded, and come
through the redactor as a post does; the development half of the labelled texts joins them, the
held-out half never. The same frames and tables give the same weights.
"""

import argparse
import gzip
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from models.criteria import CriteriaPack
from models.text import CodedText, RawText
from redaction.pipeline import default_redactor
from redaction.training.corpus import Split, read_corpus
from triage.context import context_of
from triage.engine import Triage
from triage.features import features_of
from triage.sentences import sentences_of

ROOT: Final = Path(__file__).resolve().parent.parent
CONDUCT: Final = ROOT / "benchmarks" / "data" / "conduct"
FRAMES: Final = CONDUCT / "learning"
PACK: Final = ROOT / "policy" / "packs" / "criteria" / "ca-post-2024.toml"
DEVELOPMENT: Final = ("development.jsonl", "varied-development.jsonl")
OUT: Final = ROOT / "triage" / "data" / "weights.json.gz"
COPIES: Final = 2
"""How often a frame's own count of fillings is made."""
ORDINARY: Final = 3000
"""Lines of ordinary life from the corpus of the redaction nets."""
LEAST: Final = 2
"""Texts in which a feature must be seen."""
SMALLEST: Final = 0.15
"""Weights nearer to none than this are left out, and the others learned again without them."""
SCALE: Final = 500
STRENGTH: Final = 18.0
_KINDS: Final = {
    # letter: criterion, threshold, mild, grave
    "T": (
        "threats-violence",
        0.5,
        ("praises-violence", "moderate"),
        ("threatens-violence", "high"),
    ),
    "H": ("harassment", 0.5, ("harasses-a-person", "moderate"), ("harasses-a-person", "high")),
    "D": (
        "illegal-drugs",
        0.5,
        ("uses-illegal-drugs", "moderate"),
        ("sells-illegal-drugs", "high"),
    ),
    "X": ("dishonesty", 0.5, ("deceives", "moderate"), ("deceives", "high")),
    "S": (
        "sensitive-information",
        0.5,
        ("discloses-sensitive-information", "moderate"),
        ("discloses-sensitive-information", "high"),
    ),
}
_OWN: Final = "DXS"
"""Kinds that are the writer's own acts; a threat or an insult may have another as its subject."""
_NEEDS: Final = {
    "T": "HARM STRIKE HITV VIOLENCE HARMED OUTCOME WEAPON KILLER DIE C_ASSAULT C_SLAY C_INJURY"
    " C_BODY C_WEAPON C_MENACE",
    "D": "DRUG STREET RX TRAIT C_DRUG C_DOSE C_HIGH C_DEALER C_DRUGUSE C_DRUGTEST",
}
"""Categories without one of which a text is not read as that kind."""
_LETTER_OF: Final = {row[0]: letter for letter, row in _KINDS.items()} | {
    "bias-protected-group": "B"
}


@dataclass(frozen=True)
class Text:
    """A text to learn from: its letter ("-" if clean), whether grave, and itself."""

    letter: str
    grave: bool
    text: str


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=OUT)
    chosen = options.parse_args()
    known = (labelled(CONDUCT / name) for name in DEVELOPMENT)
    texts = [*filled(), *chain.from_iterable(known), *ordinary()]
    table = learn(texts)
    data = json.dumps(table, sort_keys=True, separators=(",", ":")).encode()
    chosen.out.write_bytes(gzip.compress(data, 9, mtime=0))
    print(
        f"{len(texts)} texts, {len(table['weights'])} features, {chosen.out.stat().st_size} bytes"
    )


def filled() -> Iterator[Text]:
    """Fill every frame; `letter severity*count | words`, with {SLOT} and [one|other].

    The texts of `told-*.txt` were written one by one and are taken as they stand.
    """
    slots = dict(
        line.split(" = ", 1) for line in (FRAMES / "slots.txt").read_text("utf-8").splitlines()
    )
    for file in sorted(FRAMES.glob("*.txt")):
        if file.name == "slots.txt":
            continue
        told = file.name.startswith("told-")
        for line in file.read_text("utf-8").splitlines():
            key, words = line.split("|", 1)
            kind, _, count = key.partition("*")
            if told:
                yield Text(kind[0], kind[1:] == "h", words)
                continue
            rng = random.Random(line)
            copies = int(count or 1) * COPIES if {"{", "["} & set(words) else 1
            for text in sorted({_fill(words, slots, rng) for _ in range(copies)}):
                yield Text(kind[0], kind[1:] in ("h", "c"), _voiced(text, rng))


def _fill(words: str, slots: dict[str, str], rng: random.Random) -> str:
    for _ in range(6):
        words = re.sub(r"\{(\w+)\}", lambda found: rng.choice(slots[found[1]].split("|")), words)
        words = re.sub(r"\[([^\[\]]*)\]", lambda found: rng.choice(found[1].split("|")), words)
    return re.sub(r"\s+([,.?!:])", r"\1", " ".join(words.split()))


def _voiced(text: str, rng: random.Random) -> str:
    """Write some in lower case, some with a capital, some with a full stop."""
    drawn = rng.random()
    if drawn < 0.3:
        text = text.lower()
    elif drawn < 0.65:
        text = text[:1].upper() + text[1:]
    return text + "." if rng.random() < 0.3 and text[-1].isalnum() else text


def labelled(path: Path) -> Iterator[Text]:
    """Read labelled texts."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        letter = _LETTER_OF[row["criterion"]] if row["criterion"] else "-"
        yield Text(letter, row["severity"] in ("high", "critical"), row["text"])


def ordinary() -> Iterator[Text]:
    """Yield lines of ordinary life, all of them clean."""
    lines = [line.text for line in read_corpus().lines(Split.TRAIN, seed=0, copies=4)]
    random.Random(3).shuffle(lines)
    for text in lines[:ORDINARY]:
        yield Text("-", grave=False, text=text)


def learn(texts: Sequence[Text]) -> dict[str, Any]:
    """Learn every kind and its gravity; small weights are left out and the rest learned again."""
    rows = list(read(texts))
    counts = Counter(feature for row in rows for feature in row)
    kept = {feature for feature, count in counts.items() if count >= LEAST}
    first = _fit(texts, rows, kept)
    kept = {feature for feature, weights in first[0].items() if np.abs(weights).max() >= SMALLEST}
    weights, offsets = _fit(texts, rows, kept)
    return {
        "kinds": [
            {
                "name": row[0],
                "threshold": row[1],
                "mild": row[2],
                "grave": row[3],
                "needs": _NEEDS.get(letter, "").split(),
                "own": letter in _OWN,
            }
            for letter, row in _KINDS.items()
        ],
        "scale": SCALE,
        "offsets": [round(float(offset), 4) for offset in offsets],
        "weights": {
            feature: [round(float(weight) * SCALE) for weight in row]
            for feature, row in weights.items()
        },
    }


def read(texts: Sequence[Text]) -> Iterator[frozenset[str]]:
    """Yield the features of each text, as the engine reads it."""
    triage = Triage(CriteriaPack(**tomllib.loads(PACK.read_text("utf-8"))))
    redacted = default_redactor().redact_many(RawText(item.text) for item in texts)
    for item, redaction in zip(texts, redacted, strict=True):
        # A text may hold typed tokens where its author wrote a slur; those stay.
        coded = item.text if "⟦" in item.text else redaction.coded
        yield features(triage, coded)


def features(triage: Triage, coded: str) -> frozenset[str]:
    """Return a coded text's features."""
    sentences = sentences_of(coded)
    tagged = triage.tagged(sentences)
    asks = coded.rstrip().endswith("?")
    return features_of(tagged, context_of(CodedText(coded), tagged), asks=asks)


def _fit(
    texts: Sequence[Text], rows: Sequence[frozenset[str]], kept: set[str]
) -> tuple[dict[str, Any], list[float]]:
    vectors = DictVectorizer()
    matrix = normalize(
        vectors.fit_transform([dict.fromkeys(sorted(row & kept), 1.0) for row in rows])
    )
    letters = np.array([item.letter for item in texts])
    graves = np.array([item.grave for item in texts])
    models = [_model().fit(matrix, letters == letter) for letter in _KINDS]
    for letter in _KINDS:
        own = letters == letter
        models.append(_model().fit(matrix[own], graves[own]))
    columns = np.stack([model.coef_[0] for model in models], axis=1)
    names = vectors.get_feature_names_out()
    return dict(zip(names, columns, strict=True)), [model.intercept_[0] for model in models]


def _model() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=400, solver="liblinear", random_state=0)


if __name__ == "__main__":
    main()
