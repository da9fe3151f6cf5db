"""Trained components see what the rules let through, and can only add to what is withheld.

Two readers share one small network: `spancat` marks the stretch that discloses, `textcat` is a
trip-wire over a sentence in which the rules found nothing. Both read coded text, in which texts
that the rules made alike are alike, so neither can tell twins apart. The span net, which is slow,
looks only where the trip-wire leaves it anything to add. Texts go through in batches
inside `nlp.memory_zone()`: spaCy otherwise keeps every word it has ever read, which for
applicants' words would be a fault of retention, not only of memory.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from models.errors import InputError
from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate
from redaction.net_text import Sentence, sentences

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

FOLDER: Final = "weights"
SPANS_KEY: Final = "sc"
_SPANS: Final = "spancat"
_FEWEST: Final = 5
"""Words and marks of the shortest sentence that is read: a fragment says too little to judge."""
_BATCH: Final = 256
"""Sentences that go through the pipeline at once."""
NEVER: Final = 1.01
"""A threshold that no score reaches."""


class Reading(NamedTuple):
    """What the nets make of one sentence. Spans are (first word, last word + 1, class, score)."""

    spans: tuple[tuple[int, int, str, float], ...]
    says: str
    score: float


_NOTHING: Final = Reading((), "", 0.0)


class Nets:
    """The span net and the trip-wire, with the thresholds set on held-out frames."""

    def __init__(
        self,
        nlp: "Language",
        *,
        version: str,
        span_threshold: float,
        sentence_threshold: float,
        look_threshold: float = 0.0,
    ) -> None:
        self.version: str = version
        self._nlp: Final = nlp
        self._span_net: Final[Any] = nlp.get_pipe(_SPANS)
        self._look_threshold: Final = look_threshold
        self._span_threshold: Final = span_threshold
        self._sentence_threshold: Final = sentence_threshold

    @classmethod
    def load(cls, folder: Path | None = None, *, cascade: bool = True) -> Self:
        """Load the package's own weights, or another folder's.

        Without the cascade the span net reads every sentence, for comparison. Raises `InputError`
        if the folder holds none.
        """
        from spacy.util import load_model_from_path  # a third of a command's start-up time

        path = Path(str(resources.files("redaction") / FOLDER)) if folder is None else folder
        manifest = read_manifest(path)
        return cls(
            load_model_from_path(path, meta=None, exclude=[]),
            version=str(manifest["version"]),
            span_threshold=float(manifest["thresholds"]["span"]),
            sentence_threshold=float(manifest["thresholds"]["sentence"]),
            look_threshold=float(manifest["thresholds"]["look"]) if cascade else 0.0,
        )

    def propose(self, coded: Sequence[str]) -> list[list[Candidate]]:
        """Return what is to be withheld besides: disclosing sentences whole, else the spans."""
        cut = [list(sentences(text)) for text in coded]
        readings = iter(self.read([sentence for found in cut for sentence in found]))
        return [
            [item for sentence in found for item in self._candidates(sentence, next(readings))]
            for found in cut
        ]

    def disclosing(self, found: Sequence[Sentence]) -> set[int]:
        """Return the indices of the sentences that tell what their writer is.

        A sentence in which something is withheld already is never among them.
        """
        return {
            number
            for number, reading in enumerate(self.read(found))
            if self._trips(found[number], reading)
        }

    def read(self, found: Sequence[Sentence]) -> list[Reading]:
        """Read sentences in batches of like length; fragments say nothing."""
        out = [_NOTHING] * len(found)
        due = [number for number, sentence in enumerate(found) if len(sentence.words) >= _FEWEST]
        due.sort(key=lambda number: len(found[number].words))
        with self._nlp.memory_zone():
            for at in range(0, len(due), _BATCH):
                self._read(found, due[at : at + _BATCH], out)
        return out

    def _read(self, found: Sequence[Sentence], due: Sequence[int], out: list[Reading]) -> None:
        """Let the trip-wire read all that are due, and the span net what it may add to."""
        from spacy.tokens import Doc  # as in `load`

        vocab = self._nlp.vocab
        docs = [Doc(vocab, words=list(found[number].words)) for number in due]
        docs = list(self._nlp.pipe(docs, batch_size=_BATCH, disable=[_SPANS]))
        left: list[tuple[int, Doc]] = []
        for number, doc in zip(due, docs, strict=True):
            says = max(doc.cats, key=doc.cats.__getitem__)
            out[number] = Reading((), says, float(doc.cats[says]))
            if out[number].score >= self._look_threshold and not self._trips(
                found[number], out[number]
            ):
                left.append((number, doc))
        if not left:
            return
        for number, doc in zip(
            (number for number, _ in left),
            self._span_net.pipe((doc for _, doc in left), batch_size=_BATCH),
            strict=True,
        ):
            out[number] = out[number]._replace(spans=_spans(doc))

    def _trips(self, sentence: Sentence, reading: Reading) -> bool:
        return reading.score >= self._sentence_threshold and not sentence.is_marked

    def _candidates(self, sentence: Sentence, reading: Reading) -> Iterator[Candidate]:
        if self._trips(sentence, reading):
            yield _candidate(sentence.start, sentence.end, reading.says, "textcat", reading.score)
            return
        for first, last, label, score in reading.spans:
            if score >= self._span_threshold:
                start, end = sentence.starts[first], sentence.ends[last - 1]
                yield _candidate(start, end, label, "spancat", score)


def _spans(doc: "Doc") -> tuple[tuple[int, int, str, float], ...]:
    group = doc.spans[SPANS_KEY]
    return tuple(
        (span.start, span.end, span.label_, float(score.max()))
        for span, score in zip(group, group.attrs["scores"], strict=True)
    )


def _candidate(start: int, end: int, label: str, proposer: str, score: float) -> Candidate:
    return Candidate(
        start,
        end,
        ProtectedClass(label),
        Mention.TRAIT,
        f"{label}.{proposer}",
        proposer,
        score=min(score, 1.0),
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what was trained, on what, with which thresholds. Raises `InputError` if missing."""
    path = folder / "manifest.json"
    if not path.is_file():
        raise InputError("no trained nets here", file=path.name)
    manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return manifest


@cache
def default_nets() -> Nets:
    """Return the process's nets, loaded once."""
    return Nets.load()
