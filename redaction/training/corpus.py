"""The corpus is made, not collected: seeded, from the project's own frames, the same every time.

Frames and terms held out of training show what the nets make of what they have not seen. Which
they are is decided by a hash of the words, so that a new frame moves no other.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from random import Random
from typing import Any, Final

from redaction.training.frames import (
    Filled,
    Filler,
    Frame,
    Slot,
    cue_frames,
    frames_of,
    slots_of,
    term_frames,
    without_coded,
)

_FILES: Final = ("age", "belonging", "family", "harmless", "health", "life", "self")


class Split(StrEnum):
    """What a part of the corpus is for."""

    TRAIN = "train"
    TUNE = "tune"
    """Frames held out, to set thresholds on."""
    TEST = "test"
    """Other frames and terms held out, to report on."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence: its text, the spans that disclose, and the class disclosed ("" if none)."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    says: str
    frame: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The frames, the slots and random ordinary words; `digest` is a hash of all of it."""

    frames: tuple[Frame, ...]
    slots: dict[str, Slot]
    words: tuple[str, ...]
    kept: frozenset[str]
    digest: str

    @property
    def classes(self) -> list[str]:
        """The classes that the frames disclose, in order."""
        return sorted({frame.says for frame in self.frames if frame.says})

    @property
    def kept_plain(self) -> frozenset[str]:
        """The words that disclose nothing by themselves, as the nets read them."""
        return frozenset(word.replace("'", "") for word in self.kept)

    def lines(self, split: Split, *, seed: int, copies: int) -> Iterator[Line]:
        """Fill each frame of a split `copies` times, in a random order that the seed fixes."""
        rng = Random(f"{seed}-{split}")  # noqa: S311  # repeatable text, no secret
        unseen = split is Split.TEST
        slots = {name: _part(name, slot, unseen=unseen) for name, slot in self.slots.items()}
        cut = len(self.words) * 4 // 5
        words = self.words[cut:] if split is not Split.TRAIN else self.words[:cut]
        filler = Filler(slots, words)
        chosen = [frame for frame in self.frames if split_of(frame) is split]
        harmless = [frame for frame in chosen if not frame.says]
        due = [
            frame
            for frame in chosen
            for _ in range(max(1, copies // 4) if frame.id.startswith("term.") else copies)
        ]
        rng.shuffle(due)
        scrambler = _Scrambler(words, self.kept)
        for frame in due:
            other = filler.fill(rng.choice(harmless), rng).text
            filled = filler.fill(frame, rng)
            yield _line(frame, filled, other, slots, rng)
            if frame.says and (scrambled := scrambler.of(filled, rng)) is not None:
                yield _line(frame, scrambled, other, slots, rng)


def read_corpus() -> Corpus:
    """Read the package's own frames. Raises `InputError` if one is malformed when filled."""
    folder = resources.files("redaction.training") / "corpus"
    digest = hashlib.sha256()
    documents: dict[str, dict[str, Any]] = {}
    for name in (*_FILES, "cues", "terms", "slots"):
        content = (folder / f"{name}.toml").read_bytes()
        digest.update(content)
        documents[name] = tomllib.loads(content.decode())
    words = (folder / "words.txt").read_text("utf-8")
    digest.update(words.encode())
    ordered = sorted(words.split(), key=lambda word: hashlib.sha256(word.encode()).digest())
    return Corpus(
        (
            *(frame for name in _FILES for frame in frames_of(documents[name])),
            *cue_frames(documents["cues"]),
            *term_frames(documents["terms"]),
        ),
        slots_of(documents["slots"]),
        tuple(ordered),
        frozenset(documents["slots"]["kept"]["words"].split()),
        digest.hexdigest(),
    )


def split_of(frame: Frame) -> Split:
    """Return the split that a frame belongs to: one in ten tunes, one in ten tests."""
    if frame.id.startswith("term."):
        return Split.TRAIN  # the lists know them: nothing is gained by holding them out
    number = _number(frame.text) % 10
    return Split.TUNE if number == 0 else Split.TEST if number == 1 else Split.TRAIN


def _number(words: str) -> int:
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:4])


def _part(name: str, slot: Slot, *, unseen: bool) -> Slot:
    """Keep the terms that a split may use; only terms of a class are ever held out."""
    if not slot.coded or len(slot.words) < 5:
        return slot
    held = tuple(word for word in slot.words if _number(f"{name}|{word}") % 5 == 0)
    seen = tuple(word for word in slot.words if word not in held)
    return Slot((held or seen) if unseen else seen, slot.coded)


class _Scrambler:
    """Writes a disclosing line's twin that discloses nothing: its telling words are random."""

    def __init__(self, words: tuple[str, ...], kept: frozenset[str]) -> None:
        self._words: Final = words
        self._kept: Final = kept

    def of(self, filled: Filled, rng: Random) -> Filled | None:
        """Return the twin, or nothing if no word of the line tells anything."""
        text = filled.text
        for start, end in sorted(filled.spans, reverse=True):
            new = _WORD.sub(lambda found: self._other(found[0], rng), text[start:end])
            text = text[:start] + new + text[end:]
        return Filled(text) if text != filled.text else None

    def _other(self, word: str, rng: Random) -> str:
        return word if word.lower() in self._kept else rng.choice(self._words)


_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def _line(frame: Frame, filled: Filled, other: str, slots: dict[str, Slot], rng: Random) -> Line:
    spans = without_coded(filled) if frame.says else []
    before = after = ""
    if rng.random() < 0.2:
        before = rng.choice(slots["opener"].words).strip() + " "
    if rng.random() < 0.15:
        before += other + rng.choice((", ", " but ", " and ", " - ", "; "))
    elif rng.random() < 0.15:
        link = rng.choice((", ", " but ", " and ", " - ", ", so ", " because "))
        after = link + other
    if rng.random() < 0.2:
        after += rng.choice(slots["closer"].words)
    elif rng.random() < 0.5:
        after += rng.choice((".", ".", "!", "..."))
    text, moved = _misspelt(Filled(before + filled.text + after, _shifted(spans, len(before))), rng)
    return Line(
        text,
        tuple((start, end, frame.protected_class) for start, end in moved),
        frame.says if spans else "",
        frame.id,
    )


def _shifted(spans: list[tuple[int, int]], by: int) -> list[tuple[int, int]]:
    return [(start + by, end + by) for start, end in spans]


def _misspelt(filled: Filled, rng: Random) -> tuple[str, list[tuple[int, int]]]:
    """Let one line in seven lose a letter, double one or swap two, as people who type do."""
    text, spans = filled.text, filled.spans
    if rng.random() > 0.15 or len(text) < 12:
        return text, spans
    at = rng.randrange(1, len(text) - 2)
    if not text[at - 1 : at + 2].isalpha():
        return text, spans
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :], [
            (start - (start > at), end - (end > at)) for start, end in spans
        ]
    if kind == 1:
        return text[:at] + text[at] + text[at:], [
            (start + (start > at), end + (end > at)) for start, end in spans
        ]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :], spans
