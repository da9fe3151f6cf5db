"""By which name a platform is trained for: its own if it is listed, else its kind."""

from pathlib import Path

from collection.files.platforms import kind_of, listed_name
from collection.files.reader import Problem
from collection.sources import find_sources
from models.consent import PlatformKind
from models.evidence import SourceItem


def trained_name(platform: str) -> str:
    """Return the name under which people are trained for a platform, in any spelling of it."""
    return listed_name(platform) or str(kind_of(platform))


def concerned_name(name: str) -> str:
    """Return the name under which training is weighed that news of a platform concerns.

    Of a platform that is not listed, its whole kind: too much is asked anew, never too little.
    """
    said = name.strip().casefold()
    return said if said in frozenset(PlatformKind) else trained_name(said)


def names_of(items: list[SourceItem]) -> frozenset[str]:
    """Return the platforms that items come from."""
    return frozenset(trained_name(item.platform.reveal()) for item in items)


def platforms_in(folder: Path) -> frozenset[str]:
    """Return the platforms that a folder's files name, without keeping anything of them.

    Raises `InputError` as `find_sources` does; a damaged part counts for nothing.
    """
    return frozenset(
        trained_name(part.platform.reveal())
        for source in find_sources(folder)
        if source.reader is not None
        for part in source.read()
        if not isinstance(part, Problem)
    )
