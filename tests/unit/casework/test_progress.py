"""A long reading says how far it has come, in counts alone."""

from dataclasses import fields
from pathlib import Path

import pytest

from casework.gathering.progress import Progress, Reading
from casework.steps.polling import POLL_INTERVAL, polled
from collection.sources import find_sources
from models.errors import ConsentWithdrawnError


def test_counts_go_up_to_the_whole(tmp_path: Path) -> None:
    told: list[Reading] = []
    seconds = iter(range(100))
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(b"x" * 100)
    progress = Progress(told.append, clock=lambda: float(next(seconds)))
    progress.begin(find_sources(tmp_path))
    watched = progress.watched(lambda: None)
    assert len(list(polled(range(3 * POLL_INTERVAL), watched))) == 3 * POLL_INTERVAL
    progress.done(100, 3 * POLL_INTERVAL)
    progress.done(100)  # of an earlier run
    assert [one.items for one in told] == [0, 32, 64, 96, 96]
    assert [one.done for one in told] == [0, 0, 0, 100, 200]
    assert told[0].seconds_left is None
    assert told[-2].seconds_left == pytest.approx(told[-2].seconds)
    assert told[-1].seconds_left == 0
    assert (told[-1].files, told[-1].files_done, told[-1].size) == (2, 2, 200)


def test_nothing_but_numbers_is_told() -> None:
    """Names of files may name people."""
    assert {field.type for field in fields(Reading)} <= {int, float, "int", "float"}


def test_what_stops_the_reading_stops_it_here_too() -> None:
    def gone() -> None:
        raise ConsentWithdrawnError

    with pytest.raises(ConsentWithdrawnError):
        next(polled([1], Progress().watched(gone)))
