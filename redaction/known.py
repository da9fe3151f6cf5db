"""The applicant's own names, handles and addresses are withheld wherever they stand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.view import view_of
from redaction.wordlists import word_set

_SEPARATOR: Final = r"[\s._'-]*"
_SHORTEST_PART: Final = 3
"""A name's part of one or two letters is withheld only within the whole name."""


@dataclass(frozen=True)
class KnownPersons:
    """Names and identifiers disclosed for a case; its `repr` shows none of them."""

    names: tuple[str, ...] = field(default=(), repr=False)
    """Whole names as disclosed, maiden and former names among them: "Ana María Ruiz-Soto"."""
    handles: tuple[str, ...] = field(default=(), repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)

    def propose(self, text: str) -> Iterator[Candidate]:
        """Propose every mention of them in a view's text: whole, in part, with initials, joined."""
        pattern = self._pattern
        if pattern is None:
            return
        for found in pattern.finditer(text):
            if found["part"] and not found[0][0].isupper() and found[0].lower() in _COMMON:
                continue
            yield Candidate(
                found.start(),
                found.end(),
                ProtectedClass.ETHNICITY,
                Mention.PERSON,
                "case.person",
                "case",
                Form.OTHER,
            )

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        whole: set[str] = set()
        parts: set[str] = set()
        for name in self.names:
            words = [word for word in re.split(r"[\s,]+", _plain(name)) if word.strip(".")]
            whole |= set(_whole(words))
            pieces = {piece for word in words for piece in (word, *word.split("-"))}
            parts |= {re.escape(piece) for piece in pieces if len(piece) >= _SHORTEST_PART}
        for handle in (*self.handles, *self.emails):
            bare = _plain(handle).strip().lstrip("@")
            whole.add("@?" + re.escape(bare))
            whole.add(re.escape(bare.split("@")[0]))
        whole.discard("")
        if not whole and not parts:
            return None
        return re.compile(
            rf"(?<![^\W_])(?:{_alternatives(whole)}|(?P<part>{_alternatives(parts)}))(?![^\W_])",
            re.IGNORECASE,
        )


_COMMON: Final = word_set(
    """will may mark grace faith hope joy rose bill jack pat sue art gene dean chase hunter grant
    drew guy ray rich frank young king brown green white black long short day rain summer autumn
    april june august sky star angel amber ruby pearl ivy lily daisy violet olive sage basil jay
    robin drake wolf fox price cook baker mason miller page stone wood woods field fields hill
    bush park rivers lake banks banks church bishop pope abbot love best sharp strong moody"""
)
"""Names that are ordinary words are withheld only with a capital letter."""


def _plain(name: str) -> str:
    return view_of(name).text.strip()


def _alternatives(patterns: Iterable[str]) -> str:
    return "|".join(sorted(patterns, key=lambda item: (-len(item), item))) or r"(?!)"


def _whole(words: list[str]) -> Iterator[str]:
    """Give the whole name in its orders, run together, and with initials."""
    if len(words) < 2:
        yield re.escape(words[0]) if words else ""
        return
    escaped = [re.escape(word.strip(".")) for word in words]
    for order in (escaped, escaped[::-1], [escaped[0], escaped[-1]], [escaped[-1], escaped[0]]):
        yield (r",?" + _SEPARATOR).join(order)
    first, last = words[0], escaped[-1]
    yield re.escape(first[0]) + r"\.?" + _SEPARATOR + r"(?:[^\W\d_]\.?\s*)?" + last
    yield escaped[0] + _SEPARATOR + re.escape(words[-1][0]) + r"\."
    yield r"\.".join(re.escape(word[0]) for word in words) + r"\."
