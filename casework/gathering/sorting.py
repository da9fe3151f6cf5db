"""A file's items are sorted by the consent item that covers them; the rest is counted, not kept.

The same rules hold where a file is read and where what was read is taken in. Nothing here reaches
a store.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from casework.steps.polling import Live, polled
from collection.files.reader import Problem
from collection.sources import Source
from models.consent import ConsentItem, item_for
from models.evidence import AccessGate, SourceItem
from models.search_clauses import NotPublicError
from triage.recency import years_before


@dataclass(slots=True)
class Sorted:
    """A file's items by the consent item that covers them, and what was left out."""

    covered: dict[ConsentItem, list[SourceItem]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)
    not_consented: int = 0
    too_old: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    """Items behind a gate, or of a platform whose terms do not allow it, by the refusal's code."""
    unchecked: bool = False
    """True for an archive that could not be looked through for contraband: nothing is kept."""

    @property
    def items(self) -> int:
        """The number of items to keep."""
        return sum(len(items) for items in self.covered.values())

    @property
    def seen(self) -> int:
        """The number of items that were read, kept or not."""
        return self.items + self.not_consented + self.too_old + self.left_out.total()

    @property
    def complete(self) -> bool:
        """True if nothing was left out: only then may the original be kept."""
        return not self.not_consented and not self.too_old and not self.left_out


def sort_parts(
    parts: Iterable[SourceItem | Problem],
    *,
    granted: AbstractSet[ConsentItem],
    lookback_years: int,
    live: Live,
    now: datetime,
) -> Sorted:
    """Sort what a reader yields. Raises whatever `live` does, which is asked again and again."""
    result = Sorted()
    earliest = years_before(now, lookback_years)
    for part in polled(parts, live):
        if isinstance(part, Problem):
            result.problems.append(part)
            continue
        item = _covering_item(part)
        if item is None:
            result.left_out[NotPublicError.code] += 1
        elif item not in granted:
            result.not_consented += 1
        elif part.created_at is not None and part.created_at < earliest:
            result.too_old += 1
        else:
            result.covered[item].append(part)
    return result


def sort_source(
    source: Source,
    *,
    granted: AbstractSet[ConsentItem],
    lookback_years: int,
    live: Live,
    now: datetime,
) -> Sorted:
    """Read a file and sort what is in it. Raises as `sort_parts` does."""
    return sort_parts(
        source.read(),
        granted=granted,
        lookback_years=lookback_years,
        live=live,
        now=now,
    )


def _covering_item(part: SourceItem) -> ConsentItem | None:
    """Return the item of a consent that covers content; none covers what was behind a gate."""
    match part.gate:
        case AccessGate.GIVEN:
            return ConsentItem.ARCHIVE
        case AccessGate.NONE:
            return item_for(part.kind)
        case _:
            return None
