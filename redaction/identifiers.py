"""Handles, addresses, links, numbers and emoji are withheld whoever they belong to."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.view import EMOJI, OPAQUE
from redaction.wordlists import word_set
from redaction.words import ordinary_words

_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:]{1,64}@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_][\w-]*)+")
_HANDLE: Final = re.compile(r"(?<![\w@/.])@[^\W_]\w{0,50}(?:\.\w{2,30})*(?:@[\w.-]+\w)?")
_TLD: Final = (
    "com|org|net|edu|gov|mil|int|info|biz|io|co|me|tv|us|uk|ca|au|de|fr|es|it|nl|in|jp|br|mx|ru|cn|"
    "eu|ie|nz|za|se|no|fi|dk|pl|ch|at|be|gr|tr|il|ke|ng|ph|sg|hk|tw|kr|app|dev|xyz|online|site|"
    "blog|shop|social|club|lgbt|gay|church|faith|bible|islam|catholic|men|vet|party|care|love|"
    "ly|gg|fm|to|ai|news|live|world|life|today"
)
_LINK: Final = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s<>\"]+[^\s<>\".,;:!?')\]]"
    rf"|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]{{0,62}}[a-z0-9])?\.)+(?:{_TLD})(?![\w-])"
    r"(?:/[^\s<>\"]*[^\s<>\".,;:!?')\]])?",
    re.IGNORECASE,
)
_SUB: Final = re.compile(r"(?<![\w/])/?[ru]/[A-Za-z0-9_]{2,30}(?!\w)")
_PHONE: Final = re.compile(
    r"(?<![\w.])(?:\+?\d{1,3}[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]?\d{4}(?!\d)"
    r"|(?<![\w.])\+\d{1,3}(?:[\s.-]?\d{2,4}){2,5}(?!\d)"
    r"|(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"
)
_DIGITS: Final = re.compile(r"\d{2}")
_HASHTAG: Final = re.compile(r"(?<![\w&])#([^\W_]\w*)")
_CAMEL: Final = re.compile(
    r"(?<![\w#@])(?:(?:[A-Z][a-z]{3,15}){2}|(?:[A-Z][a-z]{1,15}){3,6})(?!\w)"
)
_DAYS: Final = word_set("monday tuesday wednesday thursday friday saturday sunday")
_HUMPED: Final = re.compile(r"[a-z][A-Z]")
_HUMP: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")


def identifiers(
    text: str, discloses: Callable[[str], bool], terms: frozenset[str]
) -> Iterator[Candidate]:
    """Propose links, addresses, handles and numbers, and each hashtag whose words disclose.

    A hashtag with a word that is no ordinary one is withheld as well: it names somebody or
    something, and finds the page that it stands on. `discloses` tells whether something protected
    is named in a few words; `terms` are words, in small letters, that a hashtag may be made of
    besides ordinary ones.
    """
    if "@" in text:
        yield from _all(_EMAIL, text, "contact.email", Mention.PERSON, Form.TOKEN)
        yield from _all(_HANDLE, text, "contact.handle", Mention.PERSON, Form.OTHER)
    if "." in text:
        yield from _all(_LINK, text, "contact.link", Mention.PLACE, Form.TOKEN)
    if "/" in text:
        yield from _all(_SUB, text, "contact.community", Mention.PLACE, Form.TOKEN)
    if _DIGITS.search(text):
        yield from _all(_PHONE, text, "contact.number", Mention.PERSON, Form.TOKEN)
    for pattern in (_HASHTAG, _CAMEL):
        if not (("#" in text) if pattern is _HASHTAG else _HUMPED.search(text)):
            continue
        for found in pattern.finditer(text):
            words = tag_words(found[0].lstrip("#"), terms)
            odd = pattern is _HASHTAG and not _are_ordinary(words, terms)
            if odd or discloses(" ".join(words)):
                yield _candidate(found, "contact.hashtag", Mention.TRAIT, Form.TOKEN)


def symbols(text: str) -> Iterator[Candidate]:
    """Propose each emoji, and mark what was withheld before."""
    for found in _SYMBOL.finditer(text):
        emoji = found[0] == EMOJI
        yield Candidate(
            found.start(),
            found.end(),
            ProtectedClass.ASSOCIATION,
            Mention.TRAIT,
            "emoji.any" if emoji else "token",
            "rule",
            Form.DROPPED if emoji else Form.OPAQUE,
        )


_SYMBOL: Final = re.compile(f"[{EMOJI}{OPAQUE}]")


def _all(
    pattern: re.Pattern[str], text: str, rule: str, mention: Mention, form: Form
) -> Iterator[Candidate]:
    for found in pattern.finditer(text):
        yield _candidate(found, rule, mention, form)


def _candidate(found: re.Match[str], rule: str, mention: Mention, form: Form) -> Candidate:
    return Candidate(
        found.start(), found.end(), ProtectedClass.ASSOCIATION, mention, rule, "rule", form
    )


def _are_ordinary(words: list[str], terms: frozenset[str]) -> bool:
    known = (ordinary_words(), terms, _DAYS)
    lower = [word.lower() for word in words]
    return all(word.isdigit() or any(word in some for some in known) for word in lower)


def tag_words(tag: str, terms: frozenset[str]) -> list[str]:
    """Split a hashtag or a name written as one word: "gayAndProud", "proudveteran"."""
    humps = _HUMP.findall(tag.replace("_", " "))
    if len(humps) > 1:
        return list(humps)
    return segmented(tag.lower(), terms) or [tag]


_LONGEST: Final = 30
_MOST_LETTERS: Final = 2000


def segmented(letters: str, extra: frozenset[str] = frozenset()) -> list[str]:
    """Cut letters into the fewest words, or return nothing if they are no words."""
    known = ordinary_words()
    if not letters.isalpha() or len(letters) > _MOST_LETTERS:
        return []
    best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before = best[start]
            piece = letters[start:end]
            if before is None or not (
                piece in extra or (piece in known and (len(piece) > 1 or piece in "ai"))
            ):
                continue
            cost = before[0] + (1 if len(piece) > 2 else 2)
            found = best[end]
            if found is None or cost < found[0]:
                best[end] = (cost, start)
    if best[-1] is None:
        return []
    pieces: list[str] = []
    end = len(letters)
    while end:
        step = best[end]
        if step is None:
            return []
        pieces.append(letters[step[1] : end])
        end = step[1]
    return pieces[::-1]
