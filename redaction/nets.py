"""Trained components see what the rules see, and can only add to what is withheld.

A net is a spaCy pipeline on `blank("en")` with a `spancat` (span labels) and, as a trip-wire, a
sentence-level `textcat_multilabel`. Labels are protected classes. Texts go through it in batches
inside `nlp.memory_zone()`: spaCy otherwise keeps every token it has ever read, which for
applicants' words would be a fault of retention, not only of memory.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from spacy.language import Language

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate


class SpanProposer(Protocol):
    """Anything that proposes spans over a batch of views' texts, in order."""

    version: str

    def propose(self, texts: Sequence[str]) -> Iterator[list[Candidate]]:
        """Yield the candidates of each text; offsets are the text's."""
        ...


class SpacyNet:
    """A trained spaCy pipeline as a proposer."""

    def __init__(
        self, nlp: Language, *, spans_key: str = "sc", threshold: float = 0.5, tripwire: float = 0.9
    ) -> None:
        self._nlp: Final = nlp
        self._key: Final = spans_key
        self._threshold: Final = threshold
        self._tripwire: Final = tripwire
        meta = nlp.meta
        self.version: str = f"{meta.get('name', 'net')}-{meta.get('version', '0')}"

    def propose(self, texts: Sequence[str]) -> Iterator[list[Candidate]]:
        """Yield the candidates of each text, as plain values that outlive the memory zone."""
        with self._nlp.memory_zone():
            found = [list(self._of(doc)) for doc in self._nlp.pipe(texts)]
        yield from found

    def _of(self, doc: "Iterable[object]") -> Iterator[Candidate]:
        spans = doc.spans.get(self._key, ())  # type: ignore[attr-defined]  # a spaCy Doc
        scores = getattr(spans, "attrs", {}).get("scores")
        for number, span in enumerate(spans):
            score = float(scores[number]) if scores is not None else 1.0
            if score >= self._threshold:
                yield Candidate(
                    span.start_char,
                    span.end_char,
                    ProtectedClass(span.label_),
                    Mention.TRAIT,
                    f"{span.label_}.net",
                    "spancat",
                    score=score,
                )
        for label, score in doc.cats.items():  # type: ignore[attr-defined]  # a spaCy Doc
            if score >= self._tripwire and not any(span.label_ == label for span in spans):
                text = doc.text  # type: ignore[attr-defined]  # a spaCy Doc
                if text.strip():
                    yield Candidate(
                        0,
                        len(text),
                        ProtectedClass(label),
                        Mention.TRAIT,
                        f"{label}.tripwire",
                        "textcat",
                        score=float(score),
                    )
