"""Why a manager sees nothing never shows: the same bytes, on the same day, in the same words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.applicant.consent import sign_consent, withdraw_consent
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.documents_owed import owed_documents
from casework.deciding.manager import decide, view
from casework.records.retention import retain_ended
from casework.releasing.look import look
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver, release
from casework.releasing.results import results_date, show_results
from casework.reviewing.review import approve, open_desk
from models.adverse import Channel, DocumentKind
from models.case import CaseState
from models.decision import OtherEvidence, Outcome, Reason
from models.decision_rules import DecisionRules
from models.errors import RecordNotFoundError, WalloffError
from models.people import Role
from models.text import RawText
from portal.manager.page import render
from storage.audit import AuditLog
from storage.cases import CaseStore
from walloff.managers import name_readers

Post = Callable[..., str]

HARMLESS = "We planted tomatoes and the soup turned out great."


def clean(office: Any, post: Post) -> Any:
    """A case that is reviewed, answered and released, with nothing to report."""
    case_id = office.screened(post(HARMLESS))
    for who in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        screener = office.services.screener_of(case_id)
        open_desk(case_id, screener=screener, actor=who, vault=office.vault, now=office.now)
        approve(case_id, actor=who, vault=office.vault, now=office.now)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    return case_id


def refusing(office: Any) -> Any:
    case_id = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    return case_id


def withdrawing(office: Any) -> Any:
    case_id = office.consented()
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    return case_id


def moved(office: Any, case_id: Any, state: CaseState) -> Any:
    """Put a case by the table's own edge where a test needs it."""
    with office.vault.write(case_id) as tx:
        store = CaseStore(tx)
        store.move(store.get(case_id), state, now=office.now)
    return case_id


def shown(office: Any) -> int:
    return show_results(vault=office.vault, released=office.services.released, now=office.now)


def seen(office: Any, case_id: Any) -> Any:
    return view(case_id, released=office.services.released, **office.who(Role.HIRING_MANAGER))


def says(office: Any, case_id: Any, outcome: Outcome, **changes: Any) -> str:
    """What a manager reads of a decision: what was recorded, or the refusal's code and words."""
    keywords = {"reasons": (), "assessment": "Nothing reportable."} | changes
    keywords = office.who(Role.HIRING_MANAGER) | keywords
    try:
        made = decide(case_id, outcome, released=office.services.released, **keywords)
    except WalloffError as error:
        return f"{error.code} {error}".replace(case_id, "CASE")
    return made.model_dump_json(exclude={"case_id"})


@pytest.fixture
def dated(office: Any) -> Any:
    office.requisition = office.open(
        notice_lead_days=0, decision=DecisionRules(results_after_days=40)
    )
    return office


def test_refused_withdrawn_expired_diverted_and_clean_are_one_state_on_one_day(
    dated: Any, post: Post
) -> None:
    cases = {
        "clean": clean(dated, post),
        "refused": refusing(dated),
        "withdrawn": withdrawing(dated),
        "expired": moved(dated, dated.consented(), CaseState.EXPIRED),
        "diverted": moved(dated, dated.collecting(post(HARMLESS)), CaseState.CRIMINAL_HOLD),
    }
    retain_ended(vault=dated.vault, now=dated.now)
    assert shown(dated) == 0
    for case_id in cases.values():
        with pytest.raises(RecordNotFoundError):
            seen(dated, case_id)
    day = results_date(dated.requisition, dated.now)
    assert day is not None
    dated.clock.moment = day
    assert shown(dated) == len(cases)
    assert shown(dated) == 0
    payloads = {dated.services.released.view(case_id) for case_id in cases.values()}
    assert len(payloads) == 1
    pages = {render(seen(dated, case_id), case_number="CASE") for case_id in cases.values()}
    assert len(pages) == 1
    manager = dated.people[Role.HIRING_MANAGER].id
    side = {"released": dated.services.released, "now": dated.now}
    assert len({look(case_id, actor=manager, **side).payload() for case_id in cases.values()}) == 1
    times = set()
    for case_id in cases.values():
        with dated.vault.read() as tx:
            times |= {
                one.at for one in AuditLog(tx).entries(case_id) if one.action == "result-shown"
            }
    assert times == {day}


def test_a_manager_s_decisions_tell_the_cases_apart_by_nothing(dated: Any, post: Post) -> None:
    cases = [clean(dated, post), refusing(dated), withdrawing(dated)]
    day = results_date(dated.requisition, dated.now)
    assert day is not None
    dated.clock.moment = day
    shown(dated)
    reason = Reason(criterion="threats-violence", evidence=OtherEvidence.INTERVIEW)
    from_finding = Reason(criterion="threats-violence", finding=0)
    for outcome, reasons in (
        (Outcome.ADVERSE, (reason,)),
        (Outcome.PENDING_ADVERSE, ()),
        (Outcome.PENDING_ADVERSE, (from_finding,)),
        (Outcome.PENDING_ADVERSE, (reason,)),
        (Outcome.PENDING_ADVERSE, (reason,)),
        (Outcome.FAVOURABLE, ()),
        (Outcome.FAVOURABLE, ()),
    ):
        answers = {says(dated, case_id, outcome, reasons=reasons) for case_id in cases}
        assert len(answers) == 1, (outcome, reasons)


def proved_packet(office: Any, case_id: Any) -> None:
    investigator = office.who(Role.INVESTIGATOR)
    made = make_document(case_id, DocumentKind.PRE_ADVERSE, **investigator)
    assert made.plain_text().strip()
    proved = (case_id, DocumentKind.PRE_ADVERSE, Channel.POST, RawText("tracked"))
    confirm_delivery(*proved, **investigator)


def owed(office: Any) -> set[Any]:
    found = owed_documents(actor=office.people[Role.INVESTIGATOR], vault=office.vault)
    return {(one.case_id, one.kind) for one in found}


def test_an_adverse_decision_waits_for_its_packet_whatever_is_behind_the_null_state(
    dated: Any, post: Post
) -> None:
    """A1: nobody is decided against without the packet, and the wait tells no case apart."""
    cases = [clean(dated, post), refusing(dated), withdrawing(dated)]
    cases.append(moved(dated, dated.collecting(post(HARMLESS)), CaseState.CRIMINAL_HOLD))
    day = results_date(dated.requisition, dated.now)
    assert day is not None
    dated.clock.moment = day
    shown(dated)
    retain_ended(vault=dated.vault, now=dated.now)
    reasons = (Reason(criterion="threats-violence", evidence=OtherEvidence.INTERVIEW),)

    def all_say(outcome: Outcome) -> str:
        (said,) = {says(dated, case_id, outcome, reasons=reasons) for case_id in cases}
        return said

    assert '"pending-adverse"' in all_say(Outcome.PENDING_ADVERSE)
    dated.clock.move(days=40)
    assert all_say(Outcome.ADVERSE).startswith("E-A1-WAITING-TIME")
    assert owed(dated) == {(case_id, DocumentKind.PRE_ADVERSE) for case_id in cases}
    for case_id in cases:
        proved_packet(dated, case_id)
    assert owed(dated) == set()
    assert all_say(Outcome.ADVERSE).startswith("E-A1-WAITING-TIME")
    dated.clock.move(days=40)
    assert '"adverse"' in all_say(Outcome.ADVERSE)
    for case_id in cases:
        assert (case_id, DocumentKind.ADVERSE) in owed(dated)
        make_document(case_id, DocumentKind.ADVERSE, **dated.who(Role.INVESTIGATOR))


@pytest.mark.parametrize(("place", "hidden"), [("US", False), ("US-TX", True)])
def test_where_law_seals_a_decided_release_the_null_state_is_hidden_on_the_same_day(
    office: Any, post: Post, place: str, hidden: bool
) -> None:
    """And where it seals nothing, both go on being shown. Nobody wrote down the law of Texas."""
    dated = office
    rules = DecisionRules(results_after_days=40)
    office.requisition = office.open(notice_lead_days=0, jurisdiction=place, decision=rules)
    cases = [clean(dated, post), refusing(dated), withdrawing(dated)]
    day = results_date(dated.requisition, dated.now)
    assert day is not None
    dated.clock.moment = day
    shown(dated)
    retain_ended(vault=dated.vault, now=dated.now)

    def visible() -> list[bool]:
        found = []
        for case_id in cases:
            try:
                seen(dated, case_id)
                found.append(True)
            except RecordNotFoundError:
                found.append(False)
        return found

    assert visible() == [True] * 3
    for case_id in cases:
        says(dated, case_id, Outcome.FAVOURABLE)
    assert visible() == [True] * 3
    dated.clock.move(days=1)
    retain_ended(vault=dated.vault, now=dated.now)
    assert visible() == [not hidden] * 3
    name_readers(dated.services)
    named = dated.services.released.viewed_by(dated.people[Role.HIRING_MANAGER].id)
    assert named == ([] if hidden else sorted(cases))


def test_a_result_after_the_first_date_waits_for_the_next(dated: Any, post: Post) -> None:
    first = results_date(dated.requisition, dated.now)
    assert first is not None
    dated.clock.moment = first
    case_id = refusing(dated)
    dated.clock.move(days=1)
    late = withdrawing(dated)
    assert shown(dated) == 1
    assert seen(dated, case_id).findings == ()
    dated.clock.moment = results_date(dated.requisition, dated.now)
    assert (dated.now - first).days == 7
    assert shown(dated) == 1
    assert seen(dated, late).findings == ()


def test_without_fixed_dates_nothing_is_shown_of_a_case_that_was_not_released(
    office: Any,
) -> None:
    case_id = refusing(office)
    office.clock.move(days=400)
    assert shown(office) == 0
    with pytest.raises(RecordNotFoundError):
        seen(office, case_id)


def test_a_sealed_case_that_was_released_stays_hidden(office: Any, tmp_path: Path) -> None:
    """Only the null state is shown of sealed cases: what was never released has nothing to hide."""
    case_id = withdrawing(office)
    with pytest.raises(RecordNotFoundError):
        seen(office, case_id)
