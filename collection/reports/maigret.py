"""Maigret's report of one user name gives a lead for each site that claims to have it.

Formats of Maigret 0.6.6: JSON "simple" (an object by site), "ndjson" (a site a line, with
`sitename`) and CSV. What it guessed of a person (`ids`, `tags`) and pages that are only alike are
never taken: the first is inference, the second names nobody.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from collection.files.limits import MAX_LINE
from collection.files.reader import WHOLE_FILE, Problem
from collection.files.strict_json import parse
from collection.reports.lead_table import begins_with, leads_of_table
from collection.reports.leads import MAX_LEADS, NoEvidence, account, bounded
from models.errors import InputError
from models.leads import FoundLead

COLUMNS: Final = (
    "username", "name", "url_main", "url_user", "exists", "http_status", "error_reason",
)  # fmt: skip

_HEAD: Final = 256 * 1024
_SIGNS: Final = (b'"url_user"', b'"site_name"', b'"status"')


class MaigretReader(NoEvidence):
    """Knows Maigret's reports, and reads none of them as evidence."""

    name: Final = "maigret"
    seen_versions: Final = ("0.6.6 simple", "0.6.6 ndjson", "0.6.6 csv")

    def accepts(self, path: Path) -> bool:
        """Say whether the file looks like a report of Maigret's."""
        if path.name.lower().endswith(".csv"):
            return begins_with(path, COLUMNS)
        with path.open("rb") as file:
            head = file.read(_HEAD)
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and all(
            sign in head for sign in _SIGNS
        )


def leads_of_maigret(path: Path) -> Iterator[FoundLead | Problem]:
    """Yield a lead for each account that a report claims, and what was left out."""
    try:
        text = bounded(path)
    except InputError as damage:
        yield Problem(damage.fault, WHOLE_FILE)
        return
    if path.name.lower().endswith(".csv"):
        yield from leads_of_table(text, COLUMNS)
        return
    left_out: Counter[str] = Counter()
    for number, part in enumerate(_sites(text), start=1):
        if isinstance(part, Problem):
            yield part
            continue
        site, value = part
        try:
            found = _lead(site, value, f"site:{number}", left_out)
        except InputError as damage:
            yield Problem(damage.fault, f"site:{number}")
            continue
        if found is not None:
            yield found
    for reason, count in sorted(left_out.items()):
        yield Problem(f"left out: {reason} ({count})", WHOLE_FILE)


def _sites(text: str) -> Iterator[tuple[object, object] | Problem]:
    lines = text.splitlines()
    if not _a_line_a_site(text):
        try:
            value = parse(text)
            if not isinstance(value, dict):
                raise InputError("not an object by site")  # noqa: TRY301 - one place for both
        except InputError as damage:
            yield Problem(damage.fault, WHOLE_FILE)
            return
        yield from value.items()
        return
    for number, line in enumerate(lines[:MAX_LEADS], start=1):
        if not line.strip():
            continue
        try:
            if len(line) > MAX_LINE:
                raise InputError(f"longer than {MAX_LINE} characters")  # noqa: TRY301 - as above
            value = parse(line)
        except InputError as damage:
            yield Problem(damage.fault, f"line:{number}")
            continue
        yield (value.get("sitename") if isinstance(value, dict) else None), value


def _a_line_a_site(text: str) -> bool:
    """Say whether the first line is a site by itself."""
    if '"sitename"' not in text:
        return False
    line = next((one for one in text.splitlines() if one.strip()), "")
    try:
        first = parse(line)
    except InputError:
        return True
    return isinstance(first, dict) and "sitename" in first


def _lead(site: object, value: object, pointer: str, left_out: Counter[str]) -> FoundLead | None:
    status = value.get("status") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(status, dict):
        raise InputError("a site without its status")
    if status.get("status") != "Claimed":
        left_out["sites that do not claim the name"] += 1
        return None
    if value.get("is_similar"):
        left_out["pages that are only alike"] += 1
        return None
    handle = status.get("username") or value.get("username")
    return account(handle, site, status.get("url") or value.get("url_user"), pointer)
