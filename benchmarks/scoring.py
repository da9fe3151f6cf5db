"""What is counted on redacted text: what survives, what collapses, what is lost besides."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from benchmarks.corpus import Row
from benchmarks.intervals import Share
from models.redaction import Outcome
from models.text import RawText
from redaction.pipeline import Redactor

_TOKEN = re.compile(r"\[[^\]\n]{1,40}\]")


@dataclass(slots=True)
class Tally:
    """Shares by class, by group, and in total."""

    total: Share = field(default_factory=lambda: Share(0, 0))
    by: dict[tuple[str, str], Share] = field(default_factory=lambda: defaultdict(_nothing))

    def add(self, protected_class: str, group: str, *, hit: bool) -> None:
        """Count one."""
        one = Share(int(hit), 1)
        self.total += one
        self.by[protected_class, group] += one

    def classes(self) -> dict[str, Share]:
        """Return the shares by class."""
        return self._folded(0)

    def groups(self) -> dict[str, Share]:
        """Return the shares by group."""
        return self._folded(1)

    def gaps(self, least: int) -> dict[str, tuple[float, str, str]]:
        """Return, for each class of several groups, best minus worst and which they are.

        Groups of fewer than `least` are left out.
        """
        found = {}
        for name in self.classes():
            groups = {
                group: share
                for (of, group), share in self.by.items()
                if of == name and share.n >= least
            }
            if len(groups) > 1:
                best = max(groups, key=lambda group: groups[group].value)
                worst = min(groups, key=lambda group: groups[group].value)
                found[name] = (groups[best].value - groups[worst].value, best, worst)
        return found

    def _folded(self, part: int) -> dict[str, Share]:
        shares: dict[str, Share] = defaultdict(_nothing)
        for key, share in self.by.items():
            shares[key[part]] += share
        return dict(shares)


def _nothing() -> Share:
    return Share(0, 0)


@dataclass(frozen=True, slots=True)
class Redacted:
    """What the manager's side would read of a row."""

    row: Row
    text: str
    closed: bool
    """True if the text was withheld whole: unsupported language, or a leak found afterwards."""


def redact(rows: Sequence[Row], redactor: Redactor) -> list[Redacted]:
    """Redact rows through the real redactor."""
    results = redactor.redact_many(RawText(row.text) for row in rows)
    return [
        Redacted(row, result.text, result.outcome is not Outcome.PASSED)
        for row, result in zip(rows, results, strict=True)
    ]


@cache
def _as_word(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE)


def survives(term: str, text: str) -> bool:
    """Tell whether a term stands in a text as a word of its own, in any case."""
    return _as_word(term).search(text) is not None


def letters(text: str) -> int:
    """Count letters and digits outside tokens."""
    return sum(map(str.isalnum, _TOKEN.sub("", text)))


def withheld(pairs: Iterable[tuple[str, str]]) -> Share:
    """Return the share of letters and digits that redaction took, of pairs before and after."""
    taken = total = 0
    for before, after in pairs:
        had = letters(before)
        total += had
        taken += had - min(had, letters(after))
    return Share(taken, total)


def recall(redacted: Iterable[Redacted]) -> Tally:
    """Return the share of gold stretches that do not survive."""
    tally = Tally()
    for item in redacted:
        for gold in item.row.gold:
            tally.add(item.row.protected_class, item.row.group, hit=not survives(gold, item.text))
    return tally


def all_gone(redacted: Iterable[Redacted]) -> Tally:
    """Return the share of rows of which no gold stretch survives."""
    tally = Tally()
    for item in redacted:
        gone = not any(survives(gold, item.text) for gold in item.row.gold)
        tally.add(item.row.protected_class, item.row.group, hit=gone)
    return tally


def untouched(redacted: Iterable[Redacted]) -> Tally:
    """Return the share of rows that came out as they went in."""
    tally = Tally()
    for item in redacted:
        same = item.text.strip() == item.row.text.strip()
        tally.add(item.row.protected_class, item.row.group, hit=same)
    return tally


def excess(redacted: Iterable[Redacted]) -> dict[tuple[str, str], Share]:
    """Return, by class and group, the share of letters lost outside the gold stretches."""
    shares: dict[tuple[str, str], Share] = defaultdict(_nothing)
    for item in redacted:
        outside = letters(item.row.text) - sum(map(letters, item.row.gold))
        lost = max(0, outside - letters(item.text))
        shares[item.row.protected_class, item.row.group] += Share(lost, outside)
    return dict(shares)


def collapse(redacted: Iterable[Redacted]) -> Tally:
    """Return the share of families of rows that come out as one text."""
    outputs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in redacted:
        outputs[item.row.group, item.row.family].add(item.text)
    tally = Tally()
    for (group, _family), texts in outputs.items():
        tally.add("", group, hit=len(texts) == 1)
    return tally
