"""Files that other people's tools wrote, about two pages on this machine, are read as they are.

Made by Wget 1.21.3, py-wacz 0.6.0, Maigret 0.6.6 and Sherlock 0.16.2 against a small server, one
page of which belongs to the name that was searched for.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collection.boxed import BOXES
from collection.files.reader import WHOLE_FILE, Problem
from collection.formats.registry import Format, candidates
from models.evidence import SourceItem
from models.leads import FoundLead, LeadKind

FIXTURES = Path(__file__).parent / "fixtures"


def format_of(path: Path) -> Format:
    forms = candidates(path.name)
    found = BOXES.accepting([one for one in forms if not one.by_name], path)
    return found or next(one for one in forms if one.by_name)


@pytest.mark.parametrize(("name", "read_by"), [("wget.warc.gz", "warc"), ("py-wacz.wacz", "wacz")])
def test_a_recording_gives_its_post_once(name: str, read_by: str) -> None:
    """Both pages hold the same post; nothing is damaged and every digest holds."""
    path = FIXTURES / name
    form = format_of(path)
    assert form.name == read_by
    item, *rest = list(BOXES.read(form, path))
    assert isinstance(item, SourceItem)
    assert rest == [
        Problem("2 answers or posts are no public pages: another status than 2xx", WHOLE_FILE),
        Problem("2 answers or posts are no public pages: data (JSON or text)", WHOLE_FILE),
    ]
    assert item.text.reveal() == "I fixed the fence behind the barn."
    assert item.author.reveal() == "alexr"
    assert item.created_at == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "read_by"),
    [
        ("report_alexr_simple.json", "maigret"),
        ("report_alexr_ndjson.json", "maigret"),
        ("report_alexr.csv", "maigret"),
        ("alexr.csv", "sherlock"),
    ],
)
def test_a_search_for_a_name_gives_one_lead_and_no_evidence(name: str, read_by: str) -> None:
    """The site where nobody has that name is no lead."""
    path = FIXTURES / name
    form = format_of(path)
    assert form.name == read_by
    assert all(isinstance(part, Problem) for part in BOXES.read(form, path))
    (lead,) = [part for part in BOXES.leads(form, path) if isinstance(part, FoundLead)]
    assert lead.kind is LeadKind.ACCOUNT
    assert (lead.text.reveal(), lead.site.reveal()) == ("alexr", "LocalForum")
