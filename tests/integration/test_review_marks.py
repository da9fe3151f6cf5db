"""A reviewer's marks: withheld besides the machine's, a phrase excepted, undone, seen item by item.

Every change builds the package anew, so whoever approved before approves again.
"""

from collections.abc import Callable
from typing import Any

import pytest

from casework.duties.queues import TOLD, count_cases, history_of, page_of_cases
from casework.preview.marked import stands_in, without
from casework.reviewing.desk_items import as_it_stands, open_item, outline_of
from casework.reviewing.marking import except_phrase, undo_mark, withhold_words
from casework.reviewing.review import approve
from models.audit import AuditAction
from models.case import CaseState
from models.errors import InputError, NotPermittedError, PolicyError, UnreviewedError
from models.ids import CaseId
from models.marks import MarkKind
from models.people import Role
from models.text import WITHHELD, RawText
from storage.audit import AuditLog

THREAT = "I will come to your office in the black sedan and shoot you with my rifle tomorrow."
SECOND = "I am going to bring my rifle to your office and shoot all of you."


def excepting(office: Any, case_id: CaseId) -> Any:
    return lambda phrases: office.services.screener_excepting(case_id, phrases)


def looked(office: Any, case_id: CaseId, **who: Any) -> Any:
    """Look at every item of a case, and return the outline."""
    taken = who or office.who(Role.WALL_OFF_REVIEWER)
    screener = office.services.screener_of(case_id)
    outline = outline_of(case_id, screener=screener, **taken)
    for finding in outline.findings:
        open_item(case_id, finding.id, screener=screener, **taken)
    return outline


@pytest.fixture
def case_id(office: Any, post: Callable[..., str]) -> CaseId:
    made: CaseId = office.screened(post(THREAT), post(SECOND))
    return made


def excerpts(office: Any, case_id: CaseId) -> list[str | None]:
    package = as_it_stands(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    return [finding.excerpt for finding in package.findings]


def test_words_are_withheld_everywhere_and_undone(office: Any, case_id: CaseId) -> None:
    """One token stands for them, as for anything else that is withheld."""
    looked(office, case_id)
    before = excerpts(office, case_id)
    assert all("shoot" in (text or "") for text in before)
    taken = office.who(Role.WALL_OFF_REVIEWER)
    mark = withhold_words(case_id, RawText("Shoot"), **taken)
    assert not any("shoot" in (text or "").lower() for text in excerpts(office, case_id))
    undo_mark(case_id, mark.id, screener_excepting=excepting(office, case_id), **taken)
    assert excerpts(office, case_id) == before


def test_words_of_one_finding_stay_in_the_others(office: Any, case_id: CaseId) -> None:
    outline = looked(office, case_id)
    taken = office.who(Role.WALL_OFF_REVIEWER)
    withhold_words(case_id, RawText("shoot"), finding_id=outline.findings[0].id, **taken)
    assert sum("shoot" in (text or "") for text in excerpts(office, case_id)) == 1


def test_words_that_stand_nowhere_are_refused_and_nothing_is_written(
    office: Any, case_id: CaseId
) -> None:
    looked(office, case_id)
    before = excerpts(office, case_id)
    with pytest.raises(InputError):
        withhold_words(case_id, RawText("violin"), **office.who(Role.WALL_OFF_REVIEWER))
    assert excerpts(office, case_id) == before


def test_a_mark_asks_for_fresh_approvals(office: Any, case_id: CaseId) -> None:
    looked(office, case_id)
    taken = office.who(Role.WALL_OFF_REVIEWER)
    assert approve(case_id, **taken) == 1
    withhold_words(case_id, RawText("shoot"), **taken)
    assert approve(case_id, **taken) == 1


def test_a_protected_term_is_never_excepted(office: Any, case_id: CaseId) -> None:
    """A reviewer may say what an ambiguous phrase means; the wall's own terms stand."""
    looked(office, case_id)
    who = office.who(Role.WALL_OFF_REVIEWER) | {"screener_excepting": excepting(office, case_id)}
    with pytest.raises(InputError):
        except_phrase(case_id, RawText("muslim"), **who)
    with pytest.raises(PolicyError):
        office.services.screener_excepting(case_id, ["muslim"])
    mark = except_phrase(case_id, RawText("black sedan"), **who)
    assert mark.kind is MarkKind.EXCEPT
    undo_mark(case_id, mark.id, **who)


def test_whoever_did_not_look_marks_nothing(office: Any, case_id: CaseId) -> None:
    with pytest.raises(UnreviewedError):
        withhold_words(case_id, RawText("shoot"), **office.who(Role.WALL_OFF_REVIEWER))


def test_an_investigator_marks_nothing(office: Any, case_id: CaseId) -> None:
    with pytest.raises(NotPermittedError):
        withhold_words(case_id, RawText("shoot"), **office.who(Role.INVESTIGATOR))
    with pytest.raises(NotPermittedError):
        outline_of(
            case_id,
            screener=office.services.screener_of(case_id),
            **office.who(Role.INVESTIGATOR),
        )


def test_whoever_saw_one_item_of_two_does_not_approve(office: Any, case_id: CaseId) -> None:
    """A package is approved by whoever has looked at all of what is behind it."""
    taken = office.who(Role.WALL_OFF_REVIEWER)
    screener = office.services.screener_of(case_id)
    first, second = outline_of(case_id, screener=screener, **taken).findings
    open_item(case_id, first.id, screener=screener, **taken)
    with pytest.raises(UnreviewedError):
        approve(case_id, **taken)
    open_item(case_id, second.id, screener=screener, **taken)
    assert approve(case_id, **taken) == 1


def test_a_look_at_an_item_is_logged_with_the_item(office: Any, case_id: CaseId) -> None:
    outline = looked(office, case_id)
    with office.vault.read() as tx:
        entries = AuditLog(tx).entries(case_id)
    looks = [one.code for one in entries if one.action is AuditAction.RAW_READ]
    assert looks == [f"item:{finding.id}" for finding in outline.findings]


def test_cases_are_counted_and_paged_without_being_opened(office: Any, case_id: CaseId) -> None:
    other = office.drafted()
    taken = {"actor": office.people[Role.INVESTIGATOR], "vault": office.vault}
    counts = {one.state: one for one in count_cases(**taken)}
    assert counts[CaseState.REDACTED].cases == counts[CaseState.DRAFT].cases == 1
    assert counts[CaseState.REDACTED].consent_ends is not None
    assert counts[CaseState.DRAFT].consent_ends is None
    first = page_of_cases(limit=1, **taken)
    rest = page_of_cases(limit=1, after=first.following, **taken)
    assert {one.id for one in (*first.cases, *rest.cases)} == {case_id, other}
    assert rest.following is None
    with pytest.raises(NotPermittedError):
        count_cases(actor=office.people[Role.HIRING_MANAGER], vault=office.vault)
    with pytest.raises(NotPermittedError):
        page_of_cases(actor=office.people[Role.HIRING_MANAGER], vault=office.vault)


def test_a_history_tells_no_reviewers_choice(office: Any, case_id: CaseId) -> None:
    """A second reviewer is not to know what the first one chose."""
    assert not TOLD & {
        AuditAction.FINDING_CONFIRMED,
        AuditAction.FINDING_WITHHELD,
        AuditAction.APPROVED,
        AuditAction.ADJUDICATED,
        AuditAction.REFERRAL_FLAGGED,
        AuditAction.SEEDED,
        AuditAction.DENIED,
    }
    told = history_of(case_id, **office.who(Role.INVESTIGATOR))
    assert told[0].action is AuditAction.CASE_OPENED
    with pytest.raises(NotPermittedError):
        history_of(case_id, **office.who(Role.HIRING_MANAGER))


def test_the_token_itself_is_no_words() -> None:
    """A mark on the word of the token would tell marks apart from what the machine withheld."""
    assert not stands_in(f"one {WITHHELD} two", "withheld")
    assert without("a b c a", "a B") == f"{WITHHELD} c a"
    assert without(f"x {WITHHELD} y z", "y") == f"x {WITHHELD} z"
    assert without("barn", "bar") == "barn"
