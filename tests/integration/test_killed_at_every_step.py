"""Killed before or after the commit of any automatic step: the next process ends it the same."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.consent import sign_consent
from casework.applicant.notice import request_notice
from casework.records.retention import explain_retention, retain_ended
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import release
from casework.reviewing.review import approve, open_desk
from models.ids import CaseId
from models.people import Role

sys.path.insert(0, str(Path(__file__).parent))
from kill_matrix import matrix

Post = Callable[..., str]
STEPS = (
    "notice-sent",
    "captured",
    "attributed",
    "triaged",
    "redacted",
    "delivered",
    "rebuttal-closed",
    "retained",
)


def offered(office: Any, *posts: str) -> CaseId:
    """Through both reviews, to the applicant's time to answer."""
    case_id: CaseId = office.screened(*posts)
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        taken: dict[str, Any] = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **taken)
        approve(case_id, **taken)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    return case_id


def refused(office: Any) -> CaseId:
    case_id: CaseId = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    return case_id


@pytest.mark.sqlite_only
@pytest.mark.parametrize("when", ["before", "after"])
def test_every_step_of_a_case_is_done_once_whenever_it_is_killed(
    office: Any, post: Post, when: str
) -> None:
    """Notice, collection, attribution, triage, redaction, delivery, a clock, and retention."""
    bad = "I will beat that clerk until he cannot walk."
    delivered, waiting = offered(office, post(bad)), offered(office, post("A quiet day."))
    office.clock.move(days=14)
    release(delivered, **office.who(Role.RELEASING_OFFICER))
    refused(office)
    office.collecting(post(bad), post("The pond again."))
    request_notice(office.drafted(), **office.who(Role.INVESTIGATOR))
    steps = "+".join(matrix(office, "cases", when))
    for action in STEPS:
        assert action in steps, steps
    assert waiting


@pytest.mark.sqlite_only
@pytest.mark.parametrize("when", ["before", "after"])
def test_the_end_of_a_case_comes_once_whenever_it_is_killed(office: Any, when: str) -> None:
    """A consent that runs out, and destruction with its certificate."""
    ended = refused(office)
    retain_ended(vault=office.vault, now=office.now)
    last = explain_retention(ended, **office.who(Role.AUDITOR)).dates.keep_until
    assert last is not None
    office.clock.moment += timedelta(days=(last - office.now.date()).days - 20)
    office.consented()
    office.clock.move(days=25)
    steps = "+".join(matrix(office, "endings", when))
    assert "destroyed" in steps, steps
