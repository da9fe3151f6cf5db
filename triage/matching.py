"""Many rows against one sentence: a row is tried only where the rarest thing it needs is there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, Generic, TypeVar

from triage.patterns import Pattern
from triage.tagging import Tagged

Owner = TypeVar("Owner")

_TAGS: Final = (
    "I WE MY ME YOU YOUR THEY THEIR HE BE BES AUX DET INTENS ADV PREP CONJ NEG POSS INTERJ CS SS"
    " PERSON ROLE GROUP TRAIT PLACE SHOULD WILL WANT STOP COMMA QUESTION THOSE SOMEBODY BEGAN"
)
_WORDS: Final = "a an the is are was of to in on at for and or i my me you it that"
_COMMON: Final = dict.fromkeys(f"{_TAGS} {_WORDS}".split(), 100)
"""What most sentences hold: a row that needs also something rarer is found by that."""


class Matcher(Generic[Owner]):
    """Finds the rows of many owners in a sentence. Built once, holds no state of a text."""

    def __init__(self, rows: Iterable[tuple[Owner, Pattern]]) -> None:
        """Index the rows by what each needs."""
        self._always: list[tuple[Owner, Pattern]] = []
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._rows = list(rows)
        for number, (owner, pattern) in enumerate(self._rows):
            if not pattern.needs:
                self._always.append((owner, pattern))
                continue
            rarest = min(pattern.needs, key=lambda need: sum(_COMMON.get(name, 1) for name in need))
            for key in rarest:
                self._by_key[key].append(number)

    def matches(self, row: Tagged) -> Iterator[tuple[Owner, int, int]]:
        """Yield the owner and the first and last word of every match, rows in their order."""
        numbers: set[int] = set()
        for tag in row.tags:
            found = self._by_key.get(tag)
            if found is not None:
                numbers.update(found)
        tried = [self._rows[number] for number in sorted(numbers)] + self._always
        for owner, pattern in tried:
            if any(row.tags.isdisjoint(need) for need in pattern.needs):
                continue
            for match in pattern.search.finditer(row.encoded):
                yield owner, row.index(match.start()), row.index(match.end() - 1)
