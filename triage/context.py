"""What a whole post says about how its sentences are meant: game, fiction, news, regret, joke."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from models.criteria import Mitigator
from triage.tagging import Tagged

_SETTINGS: Final = {
    # setting: tag, how many different words make it
    "game": ("GAME", 1),
    "play": ("PLAY", 1),
    "fiction": ("FICTION", 1),
    "lyrics": ("LYRICS", 1),
    "news": ("NEWS", 1),
    "recovery": ("RECOVERY", 1),
    "medicine": ("MEDICINE", 1),
    "sport": ("SPORT", 1),
    "joke": ("JOKE", 1),
    "laugh": ("LAUGH", 1),
    "training": ("TRAINING", 1),
    "published": ("PUBLISHED", 1),
    "others": ("OTHERS", 1),
    "publicplace": ("PUBLICPLACE", 1),
    "trifle": ("TRIFLE", 1),
}
_QUOTED: Final = re.compile(
    r'"([^"\n]{3,400})"|“([^”\n]{3,400})”|(?<!\w)‘([^’\n]{8,400})’(?!\w)|(?<!\w)\'([^\'\n]{8,400})\'(?!\w)'
)
_SCARE_WORDS: Final = 2
"""Marks around so few words cast doubt on them; around more they quote."""


@dataclass(frozen=True, slots=True)
class Context:
    """A post's settings and stance. `quotes` are the stretches in quotation marks."""

    settings: frozenset[str]
    tags: frozenset[str]
    quotes: tuple[tuple[int, int], ...]
    disapproves: bool
    agrees: bool
    mitigators: frozenset[Mitigator]


def context_of(text: str, sentences: Iterable[Tagged]) -> Context:
    """Read a post's context off its tagged sentences."""
    seen: dict[str, set[str]] = {}
    for sentence in sentences:
        for word in sentence.words:
            for tag in word.tags:
                seen.setdefault(tag, set()).add(word.form)
    settings = {name for name, (tag, least) in _SETTINGS.items() if len(seen.get(tag, ())) >= least}
    mitigators = set()
    if "REGRET" in seen:
        mitigators.add(Mitigator.EXPRESSED_REGRET)
    if "RETRACTS" in seen:
        mitigators.add(Mitigator.RETRACTED)
    return Context(
        settings=frozenset(settings),
        tags=frozenset(seen),
        quotes=tuple(
            (match.start(), match.end())
            for match in _QUOTED.finditer(text)
            if len(match[0].split()) > _SCARE_WORDS
        ),
        disapproves="DISAPPROVE" in seen,
        agrees="AGREE" in seen,
        mitigators=frozenset(mitigators),
    )
