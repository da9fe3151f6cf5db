"""A file is read by an operator's mapping only if the frozen policy allows that mapping.

A policy that lists none allows any. A mapping that is wrong, or not allowed, is refused when its
folder is brought in, before anything is read or moves; what changes after that is left out.
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from collection.reports.mapped import MappedReader
from collection.reports.mapping import MAPPING, read_mapping
from collection.sources import Source
from models.consent import ConsentItem, Sha256
from models.errors import InputError
from models.evidence import SourceItem
from models.search_clauses import MappingBarredError


def require_mappings(sources: Iterable[Source], allowed: AbstractSet[str] | None) -> None:
    """Check the mappings by which files of a folder would be read.

    Raises `InputError` with line and rule for one that is wrong, `MappingBarredError`.
    """
    beside = {source.path.parent for source in sources if name_of(source) == MappedReader.name}
    for folder in sorted(beside):
        try:
            digest = read_mapping(folder / MAPPING).sha256
        except OSError:
            raise InputError("cannot be opened", file=MAPPING) from None
        if allowed is not None and digest not in allowed:
            raise MappingBarredError(f"the policy does not list the mapping sha256:{digest}")


def without_mapping(
    allowed: AbstractSet[str] | None,
    form: str | None,
    mapping: Sha256 | None,
    covered: dict[ConsentItem, list[SourceItem]],
) -> Counter[str]:
    """Take out what was read by a mapping that is not allowed; count it by the refusal's code.

    A mapping that is not told is not on a list.
    """
    if allowed is None or form != MappedReader.name or mapping in allowed:
        return Counter()
    count = sum(len(items) for items in covered.values())
    covered.clear()
    return Counter({MappingBarredError.code: count} if count else {})


def name_of(source: Source) -> str | None:
    """Return the name of the format by which a file is read."""
    return None if source.form is None else source.form.name
