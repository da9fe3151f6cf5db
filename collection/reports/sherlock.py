"""Sherlock's table of one user name gives a lead for each site that claims to have it.

Format of Sherlock 0.16.2: CSV. Its `--json` is a list of sites that it reads, and what it prints
is not parsed.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from collection.files.reader import WHOLE_FILE, Problem
from collection.reports.lead_table import begins_with, leads_of_table
from collection.reports.leads import NoEvidence, bounded
from models.errors import InputError
from models.leads import FoundLead

COLUMNS: Final = (
    "username", "name", "url_main", "url_user", "exists", "http_status", "response_time_s",
)  # fmt: skip


class SherlockReader(NoEvidence):
    """Knows Sherlock's table, and reads none of it as evidence."""

    name: Final = "sherlock"
    seen_versions: Final = ("0.16.2",)

    def accepts(self, path: Path) -> bool:
        """Say whether the file's columns are those of Sherlock."""
        return path.name.lower().endswith(".csv") and begins_with(path, COLUMNS)


def leads_of_sherlock(path: Path) -> Iterator[FoundLead | Problem]:
    """Yield a lead for each account that the table claims."""
    try:
        text = bounded(path)
    except InputError as damage:
        yield Problem(damage.fault, WHOLE_FILE)
        return
    yield from leads_of_table(text, COLUMNS)
