"""Work that runs long asks every few items whether it may go on."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

POLL_INTERVAL: Final = 32
"""Items of input: a second's work at most, however large the file."""

T = TypeVar("T")
Live = Callable[[], None]
"""Raises if the work may not go on."""


def polled(items: Iterable[T], live: Live, *, every: int = POLL_INTERVAL) -> Iterator[T]:
    """Yield items, checking before the first and then once every so many."""
    for number, item in enumerate(items):
        if number % every == 0:
            live()
        yield item
