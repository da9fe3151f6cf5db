"""An excerpt keeps what makes conduct understandable and nothing a search engine could find.

Words are left out where they carry least, and " … " stands in their place, so that no run of the
author's own words is longer than the policy allows. A withheld span breaks a run as well.
"""

import re
from functools import cache
from typing import Final, NamedTuple

from models.redaction import untyped
from models.text import WITHHELD, CodedText, RedactedText
from triage.lexicon import CATEGORY, lexicon
from triage.tokens import plain

_PIECE: Final = re.compile(rf"{re.escape(WITHHELD)}|\S+")
_WITHHELD_IN: Final = re.compile(rf"(\S*?)({re.escape(WITHHELD)})(\S*)")
_READABLE: Final = 3
"""Pieces without which an excerpt says nothing; all but one of them plain words."""
_LONGEST: Final = 160
"""Words of a passage that are looked at, around its core."""
_GAP_COST: Final = 3.0
_SMALL: Final = frozenset({"DET", "INTENS", "ADV", "CONJ", "INTERJ", "POSS"})
_LINKING: Final = frozenset({"AUX", "BE", "BES"})
"""Small too, but a sentence falls apart without: "would … better off"."""
_FRAME: Final = frozenset(
    {"I", "WE", "MY", "YOU", "YOUR", "THEY", "THEIR", "NEG", "SHOULD", "WILL"}
)


class _Piece(NamedTuple):
    """One white-space-bound piece of the passage."""

    text: str
    weight: float
    plain: bool
    """True if it is a word of the author's, false for the fixed token and bare punctuation."""


def neutral_excerpt(
    passage: CodedText, *, words_max: int, quote_run_max: int
) -> RedactedText | None:
    """Return an excerpt of at most `words_max` words, or None if nothing readable remains.

    No more than `quote_run_max` consecutive words of the passage stand together. The fixed token
    and the sign of omission count as words. The same passage always gives the same excerpt.
    """
    pieces = _clipped(_pieces(untyped(passage)))
    kept = _chosen(pieces, words_max=words_max, run_max=quote_run_max)
    if len(kept) < _READABLE or sum(pieces[at].plain for at in kept) < _READABLE - 1:
        return None
    out: list[str] = []
    last = -1
    for at in kept:
        if last >= 0 and at > last + 1:
            out.append("…")
        out.append(pieces[at].text)
        last = at
    return RedactedText(" ".join(out))


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    for word in _PIECE.findall(_WITHHELD_IN.sub(r"\1 \2 \3", text)):
        if word == WITHHELD:
            if not pieces or pieces[-1].text != WITHHELD:
                pieces.append(_Piece(WITHHELD, 3.0, plain=False))
        elif any(letter.isalnum() for letter in word):
            pieces.append(_Piece(word, _weight(word), plain=True))
        elif pieces and pieces[-1].plain:
            # Punctuation standing alone belongs to the word before it.
            before = pieces[-1]
            pieces[-1] = before._replace(text=before.text + word)
    return pieces


@cache
def _weight(word: str) -> float:
    """Return how much a word carries: a word of conduct most, a filler least."""
    tags = lexicon().words.get(plain(re.sub(r"^[\W_]+|[\W_]+$", "", word)))
    if tags is not None:
        tags = frozenset(tag for tag in tags if not tag.startswith(CATEGORY))
    if not tags:
        return 2.0
    if tags <= _SMALL:
        return 1.0
    if tags <= _SMALL | _LINKING:
        return 1.5
    if "NEG" in tags:
        return 4.0
    if tags & _FRAME:
        return 2.5
    return 4.0


def _clipped(pieces: list[_Piece]) -> list[_Piece]:
    """Return the stretch of a very long passage that carries most."""
    if len(pieces) <= _LONGEST:
        return pieces
    total = best = sum(piece.weight for piece in pieces[:_LONGEST])
    first = 0
    for start in range(1, len(pieces) - _LONGEST + 1):
        total += pieces[start + _LONGEST - 1].weight - pieces[start - 1].weight
        if total > best:
            best, first = total, start
    return pieces[first : first + _LONGEST]


def _chosen(pieces: list[_Piece], *, words_max: int, run_max: int) -> list[int]:
    """Return which pieces to keep: most weight, runs and number within their limits.

    Dynamic programming over (words used, run length). Opening a run after an omission costs a
    word, for the sign, and some weight, so that few long runs win over many scraps.
    """
    worst = float("-inf")
    # State: (used, run) -> (score, kept). Run 0: the piece before was left out.
    states: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, ())}
    for at, piece in enumerate(pieces):
        after: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {}

        def offer(
            state: tuple[int, int],
            score: float,
            kept: tuple[int, ...],
            into: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = after,
        ) -> None:
            if score > into.get(state, (worst, ()))[0]:
                into[state] = (score, kept)

        for (used, run), (score, kept) in states.items():
            offer((used, 0), score, kept)
            opens = bool(kept) and kept[-1] != at - 1
            cost = 1 + opens
            length = run + 1 if piece.plain else 0
            if used + cost <= words_max and length <= run_max:
                offer(
                    (used + cost, length),
                    score + piece.weight - _GAP_COST * opens,
                    (*kept, at),
                )
        states = after
    return list(max(states.values(), key=lambda state: (state[0], state[1]))[1])
