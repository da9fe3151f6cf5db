"""What a query names of the protected classes, by the lists of redaction and those in Spanish.

Names of people, and of where somebody lives, are what queries are made of. A word of two meanings
counts where nothing else is asked for.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from collection.egress.spanish import spanish_words_in
from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.gazetteer import load_gazetteer
from redaction.words import ordinary_words, proper_words

_WHERE_SOMEBODY_LIVES: Final = frozenset({ProtectedClass.RESIDENCE})
_OF_SOMEBODY: Final = frozenset({Mention.GROUP, Mention.TRAIT, Mention.SLUR})
_ALONE: Final = frozenset(
    {
        ProtectedClass.RACE,
        ProtectedClass.COLOR,
        ProtectedClass.ETHNICITY,
        ProtectedClass.NATORIGIN,
        ProtectedClass.CITIZENSHIP,
        ProtectedClass.RELIGION,
        ProtectedClass.ORIENTATION,
        ProtectedClass.GENDERID,
        ProtectedClass.MARITAL,
        ProtectedClass.AGE40,
        ProtectedClass.DISABILITY,
    }
)
"""What somebody is. Words of two meanings for conduct, rank and looks ("complaint", "sergeant",
"short") mostly ask for something else."""


class _Hit(NamedTuple):
    start: int
    end: int
    protected_class: ProtectedClass
    ambiguous: bool
    of_somebody: bool


def named_classes(text: str) -> frozenset[ProtectedClass]:
    """Return the classes that a query names in every context.

    What is no class in every context counts for genetic information alone, where a likely hit is
    enough (29 CFR 1635.8(a)).
    """
    return frozenset(
        hit.protected_class
        for hit in _hits(text)
        if not hit.ambiguous or hit.protected_class is ProtectedClass.GENETIC
    )


def classes_alone(text: str) -> frozenset[ProtectedClass]:
    """Return what somebody is by a text of listed words alone, of two meanings or not.

    Beside the applicant's name "blind" asks for a class, and "blind hem stitch" does not.
    """
    hits = list(_hits(text))
    left = list(text)
    for hit in hits:
        left[hit.start : hit.end] = " " * (hit.end - hit.start)
    if any(map(str.isalnum, left)):
        return frozenset()
    return frozenset(hit.protected_class for hit in hits if hit.of_somebody) & _ALONE


def _hits(text: str) -> Iterator[_Hit]:
    for hit in load_gazetteer().find(text):
        entry = hit.entry
        if entry.mention is not Mention.PERSON and (
            entry.protected_class not in _WHERE_SOMEBODY_LIVES
        ):
            somebody = entry.mention in _OF_SOMEBODY
            yield _Hit(hit.start, hit.end, entry.protected_class, entry.ambiguous, somebody)
    for found in spanish_words_in(text):
        ambiguous = found.ambiguous or _is_english(found.word)
        yield _Hit(found.start, found.end, found.protected_class, ambiguous, of_somebody=True)


def _is_english(word: str) -> bool:
    """Say whether a Spanish word is an ordinary English one, or somebody's name."""
    return (
        word in ordinary_words()
        or word in proper_words()
        or any(entry.mention is Mention.PERSON for entry in load_gazetteer().lookup(word))
    )
