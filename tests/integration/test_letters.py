"""Applicants' letters become steps, once each, and their shelves hold what they may read."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import casework.letters.letters_in as letters_in
from casework.applicant.cases import find_case
from casework.applicant.disclosure import disclosure_of
from casework.letters.applicant_side import (
    desk,
    identify,
    own_cases,
    preview_of,
    read,
    receipts,
    shelf,
    write_answers,
    write_consent,
    write_disclosure,
    write_withdrawal,
)
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import release
from casework.reviewing.review import (
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from models.audit import AuditAction
from models.case import CaseState
from models.consent import ConsentItem
from models.disclosure import Disclosure
from models.errors import (
    ConsentScopeError,
    ConsequenceMissingError,
    CredentialRefusedError,
    NotPermittedError,
    RebuttalWindowOpenError,
    RecordNotFoundError,
    SealBrokenError,
    WrongStateError,
)
from models.ids import ActorId, new_id
from models.letters import Awaited, ConsentLetter, LetterKind, NumberedAnswer, ShelfKind
from models.people import Role
from models.rebuttal import Claim
from models.self_identification import SelfIdentification, Sex
from models.text import RawText
from storage.audit import AuditLog
from storage.commands import CommandStore
from storage.domain import Domain
from storage.exchange import Letter, letter
from storage.interface_folder import make_folder
from storage.migrate import Database
from storage.packages import PackageStore
from storage.sealed_write import Writer
from walloff.applicants import exchange_letters

THREAT = "I am going to kill my boss on Monday, I swear."


@pytest.fixture
def portal(office: Any) -> Any:
    """The keywords of every function of the applicant's process."""

    def who(**changes: Any) -> dict[str, Any]:
        given = {
            "actor": office.people[Role.APPLICANT].id,
            "applicants": office.services.applicants,
            "now": office.now,
        }
        return given | changes

    return who


def noticed(office: Any) -> Any:
    case_id = office.noticed()
    exchange_letters(office.services)
    return case_id


def consented(office: Any, portal: Any) -> Any:
    case_id = noticed(office)
    asked = desk(case_id, **portal())
    write_consent(
        case_id,
        granted=frozenset(asked.consent_items),
        refused=frozenset(),
        consequence_acknowledged=True,
        **portal(),
    )
    exchange_letters(office.services)
    return case_id


def offered(office: Any, post: Callable[..., str]) -> Any:
    case_id = office.screened(post(THREAT))
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        who = {"actor": reviewer, "vault": office.vault, "now": office.now}
        open_desk(case_id, screener=office.services.screener_of(case_id), **who)
        findings, unreadable = waiting_for_person(case_id, vault=office.vault)
        for finding_id in findings:
            weigh_finding(case_id, finding_id, stands=True, **who)
        if unreadable:
            settle_unreadable(case_id, **who)
        approve(case_id, **who)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    exchange_letters(office.services)
    return case_id


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def entries(office: Any, case_id: Any) -> list[Any]:
    with office.vault.read() as tx:
        return AuditLog(tx).entries(case_id)


def codes(office: Any, case_id: Any) -> list[str]:
    return [one.code for one in entries(office, case_id) if one.action is AuditAction.DENIED]


def raw_letter(office: Any, case_id: Any, kind: str, body: bytes) -> Letter:
    """What a process that was taken over might write: anything, to the public key."""
    writer = office.vault.key_ring.writer(case_id, Domain.RAW)
    return letter(writer, case_id, kind, body, office.now)


# --- what an applicant reads ------------------------------------------------------------------


def test_before_the_notice_there_is_nothing_and_nobody_s_shelf(office: Any, portal: Any) -> None:
    case_id = office.drafted()
    exchange_letters(office.services)
    with pytest.raises(NotPermittedError):
        desk(case_id, **portal())
    assert own_cases(actor=portal()["actor"], applicants=office.services.applicants) == []


def test_the_notice_and_what_is_asked_lie_on_the_shelf(office: Any, portal: Any) -> None:
    case_id = noticed(office)
    asked = desk(case_id, **portal())
    assert asked.awaited is Awaited.CONSENT
    assert set(asked.consent_items) == office.requisition.policy.consent_items
    assert asked.consequence_text == office.requisition.policy.consequence_text
    assert not asked.may_withdraw
    text = read(case_id, ShelfKind.NOTICE, **portal()).decode()
    assert office.requisition.policy.notice_text.strip() in text
    assert own_cases(actor=portal()["actor"], applicants=office.services.applicants) == [case_id]


def test_another_person_reads_nothing_and_both_looks_are_logged(office: Any, portal: Any) -> None:
    case_id = noticed(office)
    with pytest.raises(NotPermittedError):
        desk(case_id, **portal(actor=ActorId("somebody-else")))
    desk(case_id, **portal())
    exchange_letters(office.services)
    last = [one for one in entries(office, case_id) if one.role is Role.APPLICANT]
    # At one moment by this clock, so in any order.
    assert sorted(one.action for one in last[-2:]) == [AuditAction.DENIED, AuditAction.VIEWED]


def test_the_preview_is_byte_for_byte_what_the_manager_gets(
    office: Any, portal: Any, post: Callable[..., str]
) -> None:
    case_id = offered(office, post)
    with office.vault.read() as tx:
        package = PackageStore(tx).current(case_id)
    assert package is not None
    assert read(case_id, ShelfKind.PREVIEW, **portal()) == package.payload
    asked = desk(case_id, **portal())
    assert asked.package_sha256 == hashlib.sha256(package.payload).hexdigest()
    assert len(preview_of(case_id, **portal()).findings) == 1


@pytest.mark.parametrize("hidden", [CaseState.COLLECTING, CaseState.CRIMINAL_HOLD])
def test_the_desk_never_says_where_a_case_is(office: Any, portal: Any, hidden: CaseState) -> None:
    """That a case waits for the police is nobody's business on the network."""
    case_id = office.collecting()
    if hidden is CaseState.CRIMINAL_HOLD:
        from storage.cases import CaseStore

        with office.vault.write() as tx:
            CaseStore(tx).move(CaseStore(tx).get(case_id), hidden, now=office.now)
    exchange_letters(office.services)
    asked = desk(case_id, **portal())
    assert asked.awaited is Awaited.NOTHING
    assert hidden.value not in asked.model_dump_json()


# --- what an applicant writes -----------------------------------------------------------------


def test_a_consent_becomes_the_step_in_the_applicant_s_name(office: Any, portal: Any) -> None:
    case_id = consented(office, portal)
    assert state(office, case_id) is CaseState.CONSENTED
    signed = [one for one in entries(office, case_id) if one.action is AuditAction.CONSENT_SIGNED]
    assert [one.actor for one in signed] == [portal()["actor"]]
    (receipt,) = receipts(case_id, **portal())
    assert receipt.taken
    copy = ConsentLetter.model_validate_json(read(case_id, ShelfKind.WRITTEN, **portal()))
    assert copy.consequence_acknowledged
    assert desk(case_id, **portal()).awaited is Awaited.DISCLOSURE
    assert desk(case_id, **portal()).may_withdraw


def test_a_consent_that_leaves_an_item_out_is_not_written(office: Any, portal: Any) -> None:
    case_id = noticed(office)
    with pytest.raises(ConsentScopeError):
        write_consent(
            case_id,
            granted=frozenset({ConsentItem.PUBLIC_SOCIAL}),
            refused=frozenset(),
            consequence_acknowledged=True,
            **portal(),
        )
    assert office.services.applicants.waiting() == []


def test_a_refusal_comes_back_as_a_code_and_is_logged_once(office: Any, portal: Any) -> None:
    case_id = noticed(office)
    asked = desk(case_id, **portal())
    write_consent(
        case_id,
        granted=frozenset(asked.consent_items),
        refused=frozenset(),
        consequence_acknowledged=False,
        **portal(),
    )
    exchange_letters(office.services)
    exchange_letters(office.services)
    (receipt,) = receipts(case_id, **portal())
    assert receipt.code == ConsequenceMissingError.code
    assert codes(office, case_id) == [ConsequenceMissingError.code]
    assert state(office, case_id) is CaseState.NOTICED
    assert office.services.applicants.waiting() == []


def test_a_disclosure_is_sealed_to_the_inside_and_not_put_back(office: Any, portal: Any) -> None:
    case_id = consented(office, portal)
    given = Disclosure(name=RawText("Rowan"), handles=(RawText("rowan_a"),))
    write_disclosure(case_id, given, **portal())
    (waiting,) = office.services.applicants.waiting()
    assert b"rowan" not in waiting.body
    exchange_letters(office.services)
    assert state(office, case_id) is CaseState.DISCLOSED
    with office.vault.read() as tx:
        assert disclosure_of(tx, case_id) == given
    written = [one for one in shelf(case_id, **portal()) if one.kind == ShelfKind.WRITTEN]
    assert len(written) == 1


def test_a_credential_is_refused_before_anything_is_stored(office: Any, portal: Any) -> None:
    """Clause S5: in the applicant's own process, with E-S5-CREDENTIAL-REFUSED."""
    case_id = consented(office, portal)
    given = Disclosure(name=RawText("Rowan"), handles=(RawText("password: Hunter2!x"),))
    with pytest.raises(CredentialRefusedError) as refusal:
        write_disclosure(case_id, given, **portal())
    assert "Hunter2" not in str(refusal.value)
    assert office.services.applicants.waiting() == []
    assert exchange_letters(office.services) >= 0
    assert state(office, case_id) is CaseState.CONSENTED


def test_a_credential_that_a_taken_over_process_lets_through_is_refused_inside(
    office: Any, portal: Any
) -> None:
    case_id = consented(office, portal)
    body = b'{"name": "Rowan", "handles": ["password: Hunter2!x"]}'
    office.services.applicants.post(raw_letter(office, case_id, LetterKind.DISCLOSURE, body))
    exchange_letters(office.services)
    assert receipts(case_id, **portal())[-1].code == CredentialRefusedError.code
    assert codes(office, case_id) == [CredentialRefusedError.code]
    assert state(office, case_id) is CaseState.CONSENTED


def test_answers_name_findings_by_their_place_and_pass_the_wall(
    office: Any, portal: Any, post: Callable[..., str]
) -> None:
    case_id = offered(office, post)
    with pytest.raises(RecordNotFoundError):
        write_answers(case_id, (NumberedAnswer(finding=2, claim=Claim.FALSE),), **portal())
    secret = NumberedAnswer(finding=1, claim=Claim.OTHER, statement=RawText("my pin: 4711"))
    with pytest.raises(CredentialRefusedError):
        write_answers(case_id, (secret,), **portal())
    answer = NumberedAnswer(finding=1, claim=Claim.CONTEXT, statement=RawText("It was a joke."))
    write_answers(case_id, (answer,), **portal())
    exchange_letters(office.services)
    assert receipts(case_id, **portal())[-1].taken
    submitted = [
        one for one in entries(office, case_id) if one.action is AuditAction.REBUTTAL_SUBMITTED
    ]
    assert [one.actor for one in submitted] == [portal()["actor"]]
    assert desk(case_id, **portal()).awaited is Awaited.NOTHING


def test_an_answer_to_another_preview_is_refused(
    office: Any, portal: Any, post: Callable[..., str]
) -> None:
    case_id = offered(office, post)
    body = b'{"package_sha256": "%s", "answers": [{"finding": 1, "claim": "false"}]}' % (b"0" * 64)
    office.services.applicants.post(raw_letter(office, case_id, LetterKind.ANSWERS, body))
    exchange_letters(office.services)
    assert receipts(case_id, **portal())[-1].code == WrongStateError.code


def test_an_answer_in_time_counts_however_long_the_inside_was_down(
    office: Any, portal: Any, post: Callable[..., str]
) -> None:
    case_id = offered(office, post)
    closes = desk(case_id, **portal()).closes_at
    office.clock.moment = closes - timedelta(minutes=5)
    write_answers(case_id, (NumberedAnswer(finding=1, claim=Claim.FALSE),), **portal())
    office.clock.moment = closes + timedelta(days=5)
    with pytest.raises(WrongStateError):
        write_answers(case_id, (NumberedAnswer(finding=1, claim=Claim.FALSE),), **portal())
    exchange_letters(office.services)
    assert receipts(case_id, **portal())[-1].taken
    submitted = [
        one for one in entries(office, case_id) if one.action is AuditAction.REBUTTAL_SUBMITTED
    ]
    assert [one.at for one in submitted] == [office.now], "what it claims for itself counts nowhere"


def test_nobody_dates_an_answer_back_once_it_was_looked_for(
    office: Any, portal: Any, post: Callable[..., str]
) -> None:
    """Whatever time a letter claims: it was not there when the window had closed."""
    case_id = offered(office, post)
    closes = desk(case_id, **portal()).closes_at
    office.clock.moment = closes + timedelta(minutes=1)
    exchange_letters(office.services)
    before = portal(now=closes - timedelta(minutes=5))
    write_answers(case_id, (NumberedAnswer(finding=1, claim=Claim.FALSE),), **before)
    exchange_letters(office.services)
    assert receipts(case_id, **portal())[-1].code == WrongStateError.code
    assert codes(office, case_id) == [WrongStateError.code]


def test_a_release_waits_until_answers_were_looked_for(
    office: Any, portal: Any, post: Callable[..., str], tmp_path: Path
) -> None:
    """Where applicants have a process of their own, no release overtakes a letter in time."""
    services = office.services
    case_id = offered(office, post)
    services.home = make_folder(services.home, Database.APPLICANT, tmp_path / "applicants")
    services.applicants.close()
    services._applicants, office.vault._home = None, services.home
    office.clock.moment = desk(case_id, **portal()).closes_at
    with pytest.raises(RebuttalWindowOpenError):
        release(case_id, **office.who(Role.RELEASING_OFFICER))
    assert codes(office, case_id) == [RebuttalWindowOpenError.code]
    exchange_letters(services)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    assert state(office, case_id) is CaseState.RELEASED


def test_the_consent_can_be_withdrawn(office: Any, portal: Any) -> None:
    case_id = noticed(office)
    with pytest.raises(WrongStateError):
        write_withdrawal(case_id, **portal())
    case_id = consented(office, portal)
    write_withdrawal(case_id, **portal())
    exchange_letters(office.services)
    assert state(office, case_id) is CaseState.WITHDRAWN
    assert receipts(case_id, **portal())[-1].taken
    assert not desk(case_id, **portal()).may_withdraw


# --- hostile letters, crashes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("consent", b"not json"),
        ("consent", b'{"granted": "everything"}'),
        ("no-such-kind", b"{}"),
        ("answers", b'{"package_sha256": "x", "answers": []}'),
    ],
)
def test_a_letter_that_is_none_is_refused_once(
    office: Any, portal: Any, kind: str, body: bytes
) -> None:
    case_id = noticed(office)
    office.services.applicants.post(raw_letter(office, case_id, kind, body))
    exchange_letters(office.services)
    exchange_letters(office.services)
    assert [one.code for one in receipts(case_id, **portal())] == [SealBrokenError.code]
    assert codes(office, case_id) == [SealBrokenError.code]


def test_a_letter_moved_to_another_case_opens_nothing(office: Any, portal: Any) -> None:
    mine, other = noticed(office), noticed(office)
    one = raw_letter(office, mine, LetterKind.CONSENT, b"{}")
    moved = Letter(one.id, other, one.kind, one.at, one.body)
    office.services.applicants.post(moved)
    exchange_letters(office.services)
    assert codes(office, other) == [SealBrokenError.code]
    assert codes(office, mine) == []


def test_a_letter_of_no_case_stops_nobody(office: Any, portal: Any) -> None:
    case_id = noticed(office)
    applicants = office.services.applicants
    applicants.post(Letter(new_id(), "no case at all", "consent", office.now, b"x"))
    applicants.post(Letter(new_id(), new_id(), "consent", office.now, b"x"))
    asked = desk(case_id, **portal())
    write_consent(
        case_id,
        granted=frozenset(asked.consent_items),
        refused=frozenset(),
        consequence_acknowledged=True,
        **portal(),
    )
    exchange_letters(office.services)
    assert state(office, case_id) is CaseState.CONSENTED
    assert applicants.waiting() == []


def test_a_crash_at_any_instant_loses_no_letter_and_doubles_none(
    office: Any, portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop before and after every call that writes, until one run comes through."""
    writes: list[tuple[Any, str]] = [
        (type(office.services.applicants), "put"),
        (type(office.services.applicants), "take_in"),
        (CommandStore, "remember"),
        (letters_in, "_leave_receipt"),
    ]
    stops = 0
    for refused in (False, True):
        case_id = noticed(office)
        asked = desk(case_id, **portal())
        write_consent(
            case_id,
            granted=frozenset(asked.consent_items),
            refused=frozenset(),
            consequence_acknowledged=not refused,
            **portal(),
        )
        for owner, name in writes:
            for after in (False, True):
                stops += _stopped(office, monkeypatch, owner, name, after=after)
        exchange_letters(office.services)
        (receipt,) = receipts(case_id, **portal())
        assert receipt.taken is not refused
        done = [one.action for one in entries(office, case_id)]
        assert done.count(AuditAction.CONSENT_SIGNED) == int(not refused)
        assert done.count(AuditAction.DENIED) == int(refused)
        assert state(office, case_id) is (CaseState.NOTICED if refused else CaseState.CONSENTED)
        assert office.services.applicants.waiting() == []
    assert stops >= 8


def _stopped(
    office: Any, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool
) -> int:
    real = getattr(owner, name)

    def stop(*args: Any, **kwargs: Any) -> None:
        if after:
            real(*args, **kwargs)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, stop)
        try:
            exchange_letters(office.services)
        except KeyboardInterrupt:
            return 1
    return 0


# --- what is for the enclave alone ------------------------------------------------------------


def test_a_self_identification_passes_through_unopened(office: Any, portal: Any) -> None:
    """Nobody inside can open it; a refusal to answer has the same size, and neither an effect."""
    case_id = noticed(office)
    before = entries(office, case_id)
    identify(case_id, SelfIdentification(sex=Sex.FEMALE), **portal())
    identify(case_id, SelfIdentification(), **portal())
    said, refused = office.services.applicants.waiting()
    assert len(said.body) == len(refused.body)
    assert case_id not in (said.case_id, refused.case_id)
    exchange_letters(office.services)
    assert office.services.applicants.waiting() == []
    inbox = office.services.fairness.waiting()
    kept = [one for one in inbox if one.kind == LetterKind.SELF_IDENTIFICATION]
    assert [one.body for one in kept] == [said.body, refused.body]
    with pytest.raises(SealBrokenError), office.vault.read() as tx:
        tx.unseal(case_id, ("inbox", said.id, f"{said.case_id}/{said.kind}"), said.body)
    after = [one for one in entries(office, case_id) if one.action is not AuditAction.VIEWED]
    assert after == before
    assert state(office, case_id) is CaseState.NOTICED
    assert receipts(case_id, **portal()) == []


def test_what_was_written_cannot_be_read_back_by_its_writer(office: Any, portal: Any) -> None:
    case_id = consented(office, portal)
    asked = desk(case_id, **portal())
    assert Domain.RAW not in office.services.applicants.key_ring.domains
    writer = Writer.parse(asked.writer.encode())
    assert (writer.domain, writer.case_id) == (Domain.RAW, case_id)
    assert not hasattr(writer.key, "seed")
