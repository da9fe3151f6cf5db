"""Managers' letters become decisions and questions, once each, and only a viewer's own do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import casework.letters.manager_letters_in as manager_letters_in
from casework.applicant.cases import find_case
from casework.applicant.consent import expire_consents
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.manager import view
from casework.deciding.manager_side import receipts, replies, write_decision, write_question
from casework.deciding.recall import recall
from casework.people.people import add_person
from casework.releasing.look import look
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver, release
from casework.reviewing.review import approve, open_desk, rebuild
from models.adverse import Channel, DocumentKind
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import RationaleError
from models.decision import Decision, OtherEvidence, Outcome, Reason
from models.dispute import RecallReason
from models.errors import (
    ConsentExpiredError,
    NoCriterionError,
    NotPermittedError,
    RecordNotFoundError,
    SealBrokenError,
    TaintedDeciderError,
    WaitingTimeError,
    WrongStateError,
)
from models.ids import ActorId, new_id
from models.manager_letters import DecisionLetter, ManagerDesk, ManagerShelfKind
from models.people import Actor, Role
from models.rebuttal import Question
from models.text import RawText
from storage.audit import AuditLog
from storage.domain import Domain
from storage.exchange import Letter, letter
from storage.exposures import ExposureStore
from storage.records import RecordKind, RecordStore
from walloff.managers import name_readers, serve_managers

HARMLESS = "We planted tomatoes and the soup turned out great."
THREAT = "I am going to kill my boss on Monday, I swear."
ASSESSMENT = "The interview decides; nothing released speaks against it."
REASON = Reason(criterion="threats-violence", evidence=OtherEvidence.INTERVIEW)


@pytest.fixture
def desk(office: Any) -> Any:
    """The keywords of every function of the managers' process."""

    def who(**changes: Any) -> dict[str, Any]:
        given = {
            "actor": office.people[Role.HIRING_MANAGER].id,
            "released": office.services.released,
            "now": office.now,
        }
        return given | changes

    return who


@pytest.fixture
def case_id(office: Any, post: Callable[..., str]) -> Any:
    return office.released(post(HARMLESS))


def decide_by_letter(case_id: Any, outcome: Outcome, desk: Any, **changes: Any) -> str:
    reasons = () if outcome is Outcome.FAVOURABLE else (REASON,)
    return write_decision(
        case_id, outcome, reasons=reasons, assessment=ASSESSMENT, **desk(**changes)
    )


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def denied(office: Any, case_id: Any) -> list[str]:
    with office.vault.read() as tx:
        entries = AuditLog(tx).entries(case_id)
    return [one.code for one in entries if one.action is AuditAction.DENIED]


def decisions(office: Any, case_id: Any) -> list[Decision]:
    with office.vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.DECISION, Decision)


def codes(case_id: Any, desk: Any) -> list[str]:
    return [one.code for one in receipts(case_id, **desk())]


def forged(office: Any, case_id: Any, **changes: Any) -> Letter:
    """What a process might write that holds the public key and no released key."""
    words = {
        "actor": office.people[Role.HIRING_MANAGER].id,
        "proof": "0" * 64,
        "outcome": Outcome.FAVOURABLE,
        "assessment": ASSESSMENT,
    } | changes
    writer = office.vault.key_ring.writer(case_id, Domain.RAW)
    body = DecisionLetter(**words).model_dump_json().encode()
    return letter(writer, case_id, "decision", body, office.now)


def proof(office: Any, case_id: Any) -> str:
    body = office.services.released.read(case_id, ManagerShelfKind.DESK)
    return ManagerDesk.model_validate_json(body).proofs[0].proof


# --- a letter becomes the step ----------------------------------------------------------------


def test_a_decision_becomes_the_step_in_its_manager_s_name(
    office: Any, case_id: Any, desk: Any
) -> None:
    decide_by_letter(case_id, Outcome.FAVOURABLE, desk)
    assert state(office, case_id) is CaseState.RELEASED
    assert serve_managers(office.services) >= 1
    assert state(office, case_id) is CaseState.FAVOURABLE
    (made,) = decisions(office, case_id)
    assert (made.decider, made.assessment) == (desk()["actor"], ASSESSMENT)
    (receipt,) = receipts(case_id, **desk())
    assert receipt.code == ""
    assert serve_managers(office.services) == 0


def test_a_crash_before_the_receipt_takes_nothing_in_twice(
    office: Any, case_id: Any, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_by_letter(case_id, Outcome.FAVOURABLE, desk)
    with monkeypatch.context() as patch:
        patch.setattr(manager_letters_in, "_leave_receipt", lambda *_a, **_k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            serve_managers(office.services)
    assert len(decisions(office, case_id)) == 1
    serve_managers(office.services)
    assert len(decisions(office, case_id)) == 1
    assert codes(case_id, desk) == [""]
    assert denied(office, case_id) == []


def test_words_that_may_not_stand_never_leave_the_managers_process(
    office: Any, case_id: Any, desk: Any
) -> None:
    with pytest.raises(RationaleError):
        write_decision(case_id, Outcome.FAVOURABLE, reasons=(), assessment="Scored 9/10.", **desk())
    with pytest.raises(NoCriterionError):
        write_decision(case_id, Outcome.ADVERSE, reasons=(), assessment=ASSESSMENT, **desk())
    assert office.services.released.waiting() == []


def test_a_question_about_what_is_not_shown_is_not_written(
    office: Any, case_id: Any, desk: Any
) -> None:
    with pytest.raises(RecordNotFoundError):
        write_question(case_id, 0, Question.STILL_PUBLIC, **desk())
    assert replies(case_id, **desk()) == ()
    assert office.services.released.waiting() == []


# --- every gate is asked again ----------------------------------------------------------------


def test_the_redactor_reads_the_words_again_inside(office: Any, case_id: Any, desk: Any) -> None:
    """E-A1-RATIONALE, whatever the managers' process let through."""
    words = "He goes to the mosque on Fridays."
    office.services.released.add(
        forged(office, case_id, proof=proof(office, case_id), assessment=words)
    )
    serve_managers(office.services)
    assert denied(office, case_id) == codes(case_id, desk) == [RationaleError.code]
    assert state(office, case_id) is CaseState.RELEASED


def test_a_manager_who_came_to_see_raw_evidence_is_refused_by_name(
    office: Any, case_id: Any, desk: Any
) -> None:
    """E-S10-TAINTED-DECIDER: the letter was written before, and counts for nothing after."""
    decide_by_letter(case_id, Outcome.FAVOURABLE, desk)
    with office.vault.write() as tx:
        ExposureStore(tx).record(desk()["actor"], case_id, office.now)
    serve_managers(office.services)
    assert denied(office, case_id) == codes(case_id, desk) == [TaintedDeciderError.code]
    assert decisions(office, case_id) == []
    name_readers(office.services)
    with pytest.raises(NotPermittedError):
        decide_by_letter(case_id, Outcome.FAVOURABLE, desk)


def test_an_adverse_decision_waits_however_it_is_dated(
    office: Any, case_id: Any, desk: Any
) -> None:
    """E-A1-WAITING-TIME: neither a date of the past nor one of the future shortens the time."""
    decide_by_letter(case_id, Outcome.PENDING_ADVERSE, desk)
    serve_managers(office.services)
    assert state(office, case_id) is CaseState.PENDING_ADVERSE
    investigator = office.who(Role.INVESTIGATOR)
    make_document(case_id, DocumentKind.PRE_ADVERSE, **investigator)
    proved = (case_id, DocumentKind.PRE_ADVERSE, Channel.POST, RawText("tracked"))
    confirm_delivery(*proved, **investigator)
    for shift in (-40, 0, 40):
        decide_by_letter(case_id, Outcome.ADVERSE, desk, now=office.now + timedelta(days=shift))
    serve_managers(office.services)
    assert denied(office, case_id) == [WaitingTimeError.code] * 3
    # Written too early, and taken in when the time is over: it was no decision.
    decide_by_letter(case_id, Outcome.ADVERSE, desk)
    office.clock.move(days=30)
    serve_managers(office.services)
    assert denied(office, case_id) == [WaitingTimeError.code] * 4
    decide_by_letter(case_id, Outcome.ADVERSE, desk)
    serve_managers(office.services)
    assert state(office, case_id) is CaseState.ADVERSE


def test_a_letter_about_an_earlier_delivery_is_refused(
    office: Any, case_id: Any, desk: Any
) -> None:
    decide_by_letter(case_id, Outcome.FAVOURABLE, desk)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    recall(case_id, RecallReason.STATEMENT, released=office.services.released, **reviewer)
    serve_managers(office.services)
    assert decisions(office, case_id) == []
    assert denied(office, case_id) == [RecordNotFoundError.code]


# --- what is no letter of a viewer's ----------------------------------------------------------


def test_a_forged_letter_is_refused_and_logged(office: Any, case_id: Any, desk: Any) -> None:
    """The public key alone is not enough to write in a manager's name."""
    office.services.released.add(forged(office, case_id))
    serve_managers(office.services)
    assert denied(office, case_id) == codes(case_id, desk) == [NotPermittedError.code]
    assert (decisions(office, case_id), state(office, case_id)) == ([], CaseState.RELEASED)


def test_another_manager_s_proof_serves_nobody_else(office: Any, case_id: Any, desk: Any) -> None:
    other = Actor(id=ActorId("other-manager"), roles=frozenset({Role.HIRING_MANAGER}))
    add_person(other, "O", **office.who(Role.ADMINISTRATOR))
    mine = proof(office, case_id)
    office.services.released.add(forged(office, case_id, actor=other.id, proof=mine))
    office.services.released.add(forged(office, case_id, actor=ActorId("nobody"), proof=mine))
    serve_managers(office.services)
    assert denied(office, case_id) == codes(case_id, desk) == [NotPermittedError.code] * 2
    assert decisions(office, case_id) == []


def test_a_letter_that_is_posted_again_takes_no_second_effect(
    office: Any, case_id: Any, desk: Any, post: Callable[..., str]
) -> None:
    """Under its own id it is known; under another, or about another case, it opens no more."""
    decide_by_letter(case_id, Outcome.PENDING_ADVERSE, desk)
    (caught,) = office.services.released.waiting()
    elsewhere = office.released(post(HARMLESS))
    serve_managers(office.services)
    office.services.released.add(replace(caught, id=new_id()))
    office.services.released.add(replace(caught, id=new_id(), case_id=elsewhere))
    serve_managers(office.services)
    assert denied(office, case_id) == denied(office, elsewhere) == [SealBrokenError.code]
    assert len(decisions(office, case_id)) == 1
    assert state(office, elsewhere) is CaseState.RELEASED


@pytest.mark.parametrize("kind", ["answers", "decision", "nothing"])
def test_what_is_no_letter_is_refused_and_logged(
    office: Any, case_id: Any, desk: Any, kind: str
) -> None:
    writer = office.vault.key_ring.writer(case_id, Domain.RAW)
    office.services.released.add(letter(writer, case_id, kind, b"{}", office.now))
    serve_managers(office.services)
    assert denied(office, case_id) == codes(case_id, desk) == [SealBrokenError.code]


def test_a_decision_that_was_made_is_not_made_again(office: Any, case_id: Any, desk: Any) -> None:
    decide_by_letter(case_id, Outcome.FAVOURABLE, desk)
    decide_by_letter(case_id, Outcome.FAVOURABLE, desk)
    serve_managers(office.services)
    assert len(decisions(office, case_id)) == 1
    assert denied(office, case_id) == [WrongStateError.code]
    assert codes(case_id, desk) == ["", WrongStateError.code]


# --- a look is at something -------------------------------------------------------------------


def test_a_look_before_delivery_is_no_look_and_recuses_nobody(
    office: Any, post: Callable[..., str], desk: Any
) -> None:
    """S10: only what was shown exposes, in either process."""
    case_id = office.offered(post(HARMLESS))
    manager = office.who(Role.HIRING_MANAGER)
    released = office.services.released
    released.name_viewers(case_id, [desk()["actor"]])
    with pytest.raises(RecordNotFoundError):
        look(case_id, **desk())
    with pytest.raises(RecordNotFoundError):
        view(case_id, released=released, **manager)
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=released, now=office.now)
    serve_managers(office.services)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    done = recall(case_id, RecallReason.LEAK, released=released, **reviewer)
    assert done.exposed == ()
    assert denied(office, case_id) == [RecordNotFoundError.code] * 2


def test_a_look_at_what_was_delivered_recuses_at_a_recall_for_a_leak(
    office: Any, case_id: Any, desk: Any
) -> None:
    look(case_id, **desk())
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    done = recall(case_id, RecallReason.LEAK, released=office.services.released, **reviewer)
    assert done.exposed == (desk()["actor"],)


# --- a release that was wrong is corrected ----------------------------------------------------


def test_a_recalled_release_is_corrected_though_the_consent_has_run_out(
    office: Any, case_id: Any, desk: Any
) -> None:
    """Nothing new is gathered, and whoever was told something wrong is told what is right."""
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    recall(case_id, RecallReason.STATEMENT, released=office.services.released, **reviewer)
    office.clock.move(days=800)
    for person in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        who: dict[str, Any] = {"actor": person, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **who)
        if person is not office.second_reviewer:
            rebuild(case_id, **who)
        approve(case_id, **who)
    assert expire_consents(vault=office.vault, now=office.now) == []
    assert state(office, case_id) is CaseState.REVIEWED
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    assert expire_consents(vault=office.vault, now=office.now) == []
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    assert look(case_id, **desk()).findings == ()


def test_a_consent_that_ran_out_before_the_first_release_ends_the_case(
    office: Any, post: Callable[..., str]
) -> None:
    case_id = office.offered(post(HARMLESS))
    office.clock.move(days=800)
    with pytest.raises(ConsentExpiredError):
        release(case_id, **office.who(Role.RELEASING_OFFICER))
    assert expire_consents(vault=office.vault, now=office.now) == [case_id]
    assert state(office, case_id) is CaseState.EXPIRED
