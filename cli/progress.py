"""Long reading shows its progress on a terminal's stderr: files, items, bytes, time left."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from casework.gathering.progress import Reading, Report


@contextmanager
def reading_shown() -> Iterator[Report | None]:
    """Yield what is told how far it has come; None where nobody looks at a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.fields[files]} files, {task.fields[items]} items"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as shown:
        task = shown.add_task("", total=None, files="0", items=0)

        def report(found: Reading) -> None:
            shown.update(
                task,
                total=found.size,
                completed=found.done,
                files=f"{found.files_done}/{found.files}",
                items=found.items,
            )

        yield report
