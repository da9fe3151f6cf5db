"""A fetch or a page's capture that was killed at any step is run again, and nothing is untrue."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from casework.applicant.disclosure import disclose
from casework.search.terms_register import review_terms
from models.disclosure import Account, Disclosure
from models.people import Role
from models.text import RawText

sys.path.insert(0, str(Path(__file__).parent))
from kill_matrix import matrix

STEPS: Final = frozenset(
    {
        "raw.db fetch-started step.step",
        "raw.db query-made step.step",
        "raw.db fetched step.step",
        "raw.db page-captured step.step",
        "file rename parts.give_name",
        "file link browser_files._written",
    }
)


@pytest.mark.sqlite_only
def test_a_killed_fetch_or_capture_leaves_no_record_without_its_file(rehearsed_office: Any) -> None:
    """Nor an entry without its record, nor a request that no query stands for."""
    office = rehearsed_office
    for platform in ("mastodon", "kind.other"):
        review_terms(
            platform,
            version="2026-08",
            rule="Public pages may be read by programs.",
            next_review=office.now.date() + timedelta(days=150),
            by_hand=True,
            automated=True,
            requests_per_minute=6000,
            **office.who(Role.POLICY_OWNER),
        )
    case_id = office.consented()
    account = Account(platform=RawText("Mastodon"), handle=RawText("rowan_a@social.example"))
    disclosure = Disclosure(name=RawText("Rowan Applegate"), accounts=(account,))
    disclose(case_id, disclosure, **office.who(Role.APPLICANT))
    for when in ("before", "after"):
        steps = matrix(office, "fetches", when)
        assert steps >= STEPS, (STEPS - steps, steps)
