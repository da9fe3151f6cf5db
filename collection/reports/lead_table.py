"""Tables of candidate accounts are read by their columns; a row that claims nothing is counted."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from collection.files.reader import WHOLE_FILE, Problem
from collection.reports.leads import MAX_LEADS, account
from models.errors import InputError
from models.leads import FoundLead

_CLAIMED: Final = "claimed"
_MAX_HEAD: Final = 1024


def begins_with(path: Path, columns: Sequence[str]) -> bool:
    """Say whether a file's first line names exactly these columns."""
    with path.open("rb") as file:
        line = file.readline(_MAX_HEAD).decode("utf-8-sig", "replace")
    return [part.strip().strip('"') for part in line.split(",")] == list(columns)


def leads_of_table(text: str, columns: Sequence[str]) -> Iterator[FoundLead | Problem]:
    """Yield a lead for each row that claims an account, then a count of the others."""
    left_out: Counter[str] = Counter()
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        if next(rows, None) != list(columns):
            yield Problem("the columns are not those of this tool", WHOLE_FILE)
            return
        for number, row in enumerate(rows, start=2):
            if number > MAX_LEADS:
                yield Problem(f"more than {MAX_LEADS} rows", WHOLE_FILE)
                break
            if not row:
                continue
            try:
                found = _lead(
                    dict(zip(columns, row, strict=False)), len(row) - len(columns), number
                )
            except InputError as damage:
                yield Problem(damage.fault, f"row:{number}")
                continue
            if found is None:
                left_out["sites that do not claim the name"] += 1
            else:
                yield found
    except csv.Error:
        yield Problem("not a table of commas and quotes from here on", f"row:{number + 1}")
    for reason, count in sorted(left_out.items()):
        yield Problem(f"left out: {reason} ({count})", WHOLE_FILE)


def _lead(row: dict[str, str], surplus: int, number: int) -> FoundLead | None:
    if surplus:
        raise InputError("a row of another width")
    if row["exists"].strip().rpartition(".")[2].lower() != _CLAIMED:
        return None
    return account(row["username"], row["name"], row["url_user"], f"row:{number}")
