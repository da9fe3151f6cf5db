"""Rows M5 and A1: the applicant answers first, and a person decides with reasons that hold."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.deciding.clarifications import ask, clarifications, open_questions, reply
from casework.deciding.disputes import extend_dispute, open_dispute, resolve_dispute
from casework.deciding.documents import confirm_delivery, file_copy, make_document
from casework.deciding.manager import decide, view
from casework.deciding.recall import recall
from casework.duties.deadlines import deadlines, fire_due
from casework.preview.attachments import attach, read_attachments
from casework.preview.copies import require_copy, send_copy
from casework.preview.window import window_of
from casework.records.disposition import plan_sweep
from casework.records.retention import retain
from casework.releasing.rebuttal import answer, offer_rebuttal, preview, shown_findings
from casework.releasing.release import deliver, release
from casework.reviewing.adjudication import adjudicate
from casework.reviewing.review import approve, open_desk, weigh_finding
from casework.screening.statements import read_statement, settle_statement
from models.adverse import REQUIRED, Channel, DocumentKind
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import (
    AutoDecisionError,
    NoCopyError,
    RationaleError,
    RebuttalLeakError,
    SoleBasisError,
)
from models.deadlines import ClockKind
from models.decision import Alternative, Decision, OtherEvidence, Outcome, Reason
from models.decision_rules import DecisionRules, Language
from models.dispute import DisputeOutcome, RecallReason
from models.errors import (
    InputError,
    NoCriterionError,
    NotPermittedError,
    PackChangedError,
    RawAccessError,
    RebuttalUnansweredError,
    RebuttalWindowOpenError,
    RecordNotFoundError,
    TaintedDeciderError,
    WaitingTimeError,
    WalloffError,
    WrongStateError,
)
from models.finding import FindingState
from models.people import SYSTEM, Role
from models.rebuttal import AuthorshipGround, Claim, EvidenceCopy, Question, RebuttalAnswer, Reply
from models.redaction import Outcome as Redacted
from models.redaction import Redaction
from models.text import RawText, RedactedText
from storage.audit import AuditLog
from storage.cases import CaseStore
from storage.findings import FindingStore
from storage.records import RecordKind, RecordStore
from walloff.upkeep import reconcile_home

Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
REASON = Reason(
    criterion="threats-violence", finding=0, evidence=OtherEvidence.BACKGROUND_INVESTIGATION
)
SAID = "A threat against a superior; patrol duty needs restraint."


class NothingPasses:
    """A redactor of a language that nobody reads: a fake for what the wall cannot clear."""

    def redact(self, text: RawText, *, known: object = None) -> Redaction:
        return Redaction(
            outcome=Redacted.LEAKAGE, text=RedactedText("[withheld]"), coded="", spans=()
        )


def entries(office: Any, case_id: Any) -> list[Any]:
    with office.vault.read() as tx:
        return AuditLog(tx).entries(case_id)


def logged(office: Any, case_id: Any, action: AuditAction) -> list[str]:
    return [one.code for one in entries(office, case_id) if one.action is action]


def refused(
    office: Any, case_id: Any, kind: type[WalloffError], part: Callable[[], object]
) -> WalloffError:
    """The step is refused, its code is on record as a denial, and nothing else is written."""
    before, state = entries(office, case_id), find_case(case_id, vault=office.vault)
    with pytest.raises(kind) as refusal:
        part()
    added = entries(office, case_id)[len(before) :]
    assert [(one.action, one.code) for one in added] == [(AuditAction.DENIED, kind.code)]
    assert find_case(case_id, vault=office.vault) == state
    return refusal.value


def reviewed(office: Any, case_id: Any) -> None:
    for who in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        screener = office.services.screener_of(case_id)
        open_desk(case_id, screener=screener, actor=who, vault=office.vault, now=office.now)
        approve(case_id, actor=who, vault=office.vault, now=office.now)


def offered(office: Any, case_id: Any) -> Any:
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    return case_id


def across(office: Any, case_id: Any) -> Any:
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    return case_id


def released(office: Any, post: Post) -> Any:
    return across(office, offered(office, office.screened(post(THREAT))))


def decides(office: Any, case_id: Any, outcome: Outcome, **changes: Any) -> Decision:
    keywords = {"reasons": (REASON,), "assessment": SAID} | changes
    keywords = office.who(Role.HIRING_MANAGER) | keywords
    return decide(case_id, outcome, released=office.services.released, **keywords)


def answers(office: Any, case_id: Any, claim: Claim, words: str = "", redactor: Any = None) -> Any:
    finding = shown_findings(case_id, **office.who(Role.APPLICANT))[0]
    said = RebuttalAnswer(
        finding_id=finding, claim=claim, statement=RawText(words) if words else None
    )
    chosen = redactor or office.services.screener_of(case_id).redactor
    return finding, answer(case_id, (said,), redactor=chosen, **office.who(Role.APPLICANT))


def packet(office: Any, case_id: Any, language: Language | None = None) -> Any:
    kind = DocumentKind.PRE_ADVERSE
    made = make_document(case_id, kind, language=language, **office.who(Role.INVESTIGATOR))
    proof = RawText("signed for")
    confirm_delivery(case_id, kind, Channel.BY_HAND, proof, **office.who(Role.INVESTIGATOR))
    return made


def finding_of(office: Any, case_id: Any) -> Any:
    with office.vault.read() as tx:
        return window_of(tx, case_id).shown[0]


def dispute(office: Any, case_id: Any, words: str | None = None) -> Any:
    return open_dispute(
        case_id,
        [finding_of(office, case_id)],
        Claim.FALSE,
        None if words is None else RawText(words),
        redactor=office.services.screener_of(case_id).redactor,
        **office.who(Role.APPLICANT),
    )


# --- M5: rebuttal -------------------------------------------------------------------------------


def test_m5_the_copy_is_the_very_bytes_that_the_manager_sees(office: Any, post: Post) -> None:
    case_id = offered(office, office.screened(post(THREAT)))
    kept = send_copy(case_id, **office.who(Role.APPLICANT))
    across(office, case_id)
    assert office.services.released.view(case_id) == kept
    with office.vault.read() as tx:
        assert require_copy(tx, case_id, kept).hash


def test_m5_no_adverse_step_without_a_copy_of_these_bytes(
    office: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E-M5-NO-COPY: a copy of anything else is none, nor is a showing without one."""
    import casework.releasing.rebuttal

    monkeypatch.setattr(casework.releasing.rebuttal, "note_copy", lambda *_args: None)
    case_id = released(office, post)
    wrong = EvidenceCopy(
        case_id=case_id, version=1, hash="0" * 64, sent=office.now, channel="by-hand"
    )
    with office.vault.write(case_id) as tx:
        RecordStore(tx).put(case_id, RecordKind.EVIDENCE_COPY, wrong, now=office.now)
    adverse = lambda: decides(office, case_id, Outcome.PENDING_ADVERSE)  # noqa: E731
    refused(office, case_id, NoCopyError, adverse)
    send_copy(case_id, **office.who(Role.INVESTIGATOR))
    adverse()


def test_m5_nothing_is_released_while_the_window_is_open(office: Any, post: Post) -> None:
    """E-M5-WINDOW-OPEN; the window is the longer of the policy's and the law's."""
    case_id = offered(office, office.screened(post(THREAT)))
    with office.vault.read() as tx:
        window = window_of(tx, case_id)
    assert "FCRA-06" in window.rules or window.rules == ("policy",)
    early = lambda: release(case_id, **office.who(Role.RELEASING_OFFICER))  # noqa: E731
    refused(office, case_id, RebuttalWindowOpenError, early)
    office.clock.moment = window.closes_at
    release(case_id, **office.who(Role.RELEASING_OFFICER))


def test_m5_words_that_cannot_be_cleared_are_held_and_never_dropped(
    office: Any, post: Post
) -> None:
    """E-M5-REBUTTAL-LEAK: nothing is approved over them, and a reviewer settles them."""
    case_id = offered(office, office.screened(post(THREAT)))
    finding, held = answers(office, case_id, Claim.CONTEXT, "A line of a film.", NothingPasses())
    assert held == (finding,)
    assert logged(office, case_id, AuditAction.STATEMENT_HELD) == [RebuttalLeakError.code]
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    refused(office, case_id, RebuttalLeakError, lambda: approve(case_id, **reviewer))
    assert read_statement(case_id, finding, **reviewer).reveal() == "A line of a film."
    redactor = office.services.screener_of(case_id).redactor
    again = lambda: settle_statement(  # noqa: E731
        case_id, finding, RawText("The film."), redactor=NothingPasses(), **reviewer
    )
    refused(office, case_id, RebuttalLeakError, again)
    words = RawText("It was a line of a film.")
    settle_statement(case_id, finding, words, redactor=redactor, **reviewer)
    offered(office, case_id)
    shown = preview(case_id, **office.who(Role.APPLICANT)).findings[0].answer
    assert shown is not None
    assert shown.statement == "It was a line of a film."


def test_m5_a_reviewer_may_let_the_coded_claim_go_alone(office: Any, post: Post) -> None:
    case_id = offered(office, office.screened(post(THREAT)))
    finding, _held = answers(office, case_id, Claim.CONTEXT, "A film.", NothingPasses())
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    settle_statement(case_id, finding, None, redactor=NothingPasses(), **reviewer)
    offered(office, case_id)
    shown = preview(case_id, **office.who(Role.APPLICANT)).findings[0].answer
    assert shown is not None
    assert (shown.claim, shown.statement) == (Claim.CONTEXT, None)


def test_m5_a_denied_author_is_upheld_on_stated_grounds_or_withdrawn(
    office: Any, post: Post
) -> None:
    """E-M5-UNANSWERED: unresolved, the finding is withdrawn."""
    case_id = offered(office, office.screened(post(THREAT)))
    finding, _held = answers(office, case_id, Claim.NOT_ME)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    stand = lambda: weigh_finding(case_id, finding, stands=True, **reviewer)  # noqa: E731
    refused(office, case_id, RebuttalUnansweredError, stand)
    two = frozenset({AuthorshipGround.DISCLOSED_ACCOUNT, AuthorshipGround.CONSISTENT_OVER_TIME})
    thin = lambda: adjudicate(case_id, finding, upheld=True, grounds=two, **reviewer)  # noqa: E731
    refused(office, case_id, RebuttalUnansweredError, thin)
    with office.vault.read() as tx:
        assert FindingStore(tx).for_case(case_id)[0].state is FindingState.WITHDRAWN
    adjudicate(
        case_id,
        finding,
        upheld=True,
        grounds=two | {AuthorshipGround.VERIFIED_IDENTIFIER},
        **reviewer,
    )
    offered(office, case_id)
    assert preview(case_id, **office.who(Role.APPLICANT)).findings
    with pytest.raises(NotPermittedError):
        adjudicate(case_id, finding, upheld=True, **office.who(Role.INVESTIGATOR))


def test_m5_an_attachment_is_sealed_and_for_reviewers_alone(office: Any, post: Post) -> None:
    case_id = offered(office, office.screened(post(THREAT)))
    finding = shown_findings(case_id, **office.who(Role.APPLICANT))[0]
    content = b"a police report about the stolen account"
    name = RawText("report.pdf")
    attach(case_id, finding, name, content, **office.who(Role.APPLICANT))
    found = read_attachments(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert [body for _one, body in found] == [content]
    look = lambda: read_attachments(case_id, **office.who(Role.HIRING_MANAGER))  # noqa: E731
    refused(office, case_id, RawAccessError, look)
    across(office, case_id)
    assert b"report" not in office.services.released.view(case_id)
    assert all(content not in path.read_bytes() for path in office.services.home.root.glob("*.db*"))


# --- A1: decision -------------------------------------------------------------------------------


def test_a1_each_reason_cites_a_frozen_criterion_and_a_released_finding(
    office: Any, post: Post
) -> None:
    """E-A1-NO-CRITERION."""
    case_id = released(office, post)
    other = OtherEvidence.INTERVIEW
    for reasons in (
        (),
        (Reason(criterion="not-of-the-pack", evidence=other),),
        (Reason(criterion="illegal-drugs", finding=0, evidence=other),),
        (Reason(criterion="threats-violence", finding=7, evidence=other),),
    ):
        refused(
            office,
            case_id,
            NoCriterionError,
            lambda reasons=reasons: decides(
                office, case_id, Outcome.PENDING_ADVERSE, reasons=reasons
            ),
        )
    assert decides(office, case_id, Outcome.PENDING_ADVERSE).package_sha256


def test_a1_a_search_alone_is_no_basis_unless_the_policy_says_so(office: Any, post: Post) -> None:
    """E-A1-SOLE-BASIS."""
    alone = (Reason(criterion="threats-violence", finding=0),)
    case_id = released(office, post)
    step = lambda: decides(office, case_id, Outcome.PENDING_ADVERSE, reasons=alone)  # noqa: E731
    refused(office, case_id, SoleBasisError, step)
    office.requisition = office.open(
        notice_lead_days=0, decision=DecisionRules(sole_basis_allowed=True)
    )
    decides(office, released(office, post), Outcome.PENDING_ADVERSE, reasons=alone)


def test_a1_alternatives_are_named_where_the_policy_asks(office: Any, post: Post) -> None:
    office.requisition = office.open(
        notice_lead_days=0, decision=DecisionRules(alternatives_required=True)
    )
    case_id = released(office, post)
    bare = lambda: decides(office, case_id, Outcome.PENDING_ADVERSE)  # noqa: E731
    refused(office, case_id, NoCriterionError, bare)
    decides(office, case_id, Outcome.PENDING_ADVERSE, alternatives=(Alternative.TRAINING,))


def test_a1_rules_that_changed_are_refused(office: Any, post: Post) -> None:
    """E-A1-PACK-CHANGED: the release and the frozen rules name the same digests."""
    from casework.deciding.grounds import require_grounds

    case_id = released(office, post)
    package = view(case_id, released=office.services.released, **office.who(Role.HIRING_MANAGER))
    require_grounds(office.requisition, (), package, Outcome.FAVOURABLE, ())
    for field in ("criteria_sha256", "policy_sha256"):
        changed = office.requisition.model_copy(update={field: "0" * 64})
        with pytest.raises(PackChangedError):
            require_grounds(changed, (), package, Outcome.FAVOURABLE, ())


def test_a1_the_manager_s_words_are_read_and_never_repeated(office: Any, post: Post) -> None:
    """E-A1-RATIONALE names place and rule."""
    case_id = released(office, post)
    redactor = office.services.screener_of(case_id).redactor
    said = "My gut feeling is that this Muslim scores 3 out of 10."
    error = refused(
        office,
        case_id,
        RationaleError,
        lambda: decides(
            office, case_id, Outcome.PENDING_ADVERSE, assessment=said, redactor=redactor
        ),
    )
    for rule in ("protected-class", "score", "impression"):
        assert rule in str(error)
    assert "Muslim" not in str(error)
    assert "gut" not in str(error)
    decides(office, case_id, Outcome.PENDING_ADVERSE, redactor=redactor)


def test_a1_the_system_never_decides(office: Any, post: Post) -> None:
    """E-A1-AUTO-DECISION."""
    case_id = released(office, post)
    for outcome in Outcome:
        refused(
            office,
            case_id,
            AutoDecisionError,
            lambda outcome=outcome: decides(office, case_id, outcome, actor=SYSTEM),
        )


# --- adverse action -----------------------------------------------------------------------------


def test_an_adverse_decision_waits_for_the_packet_and_its_days(office: Any, post: Post) -> None:
    """FCRA-05, FCRA-06: from the proof of delivery, not from the decision."""
    case_id = released(office, post)
    decides(office, case_id, Outcome.PENDING_ADVERSE)
    adverse = lambda: decides(office, case_id, Outcome.ADVERSE)  # noqa: E731
    office.clock.move(days=30)
    refused(office, case_id, WaitingTimeError, adverse)
    made = packet(office, case_id)
    assert {part.block for part in made.paragraphs} == set(REQUIRED[DocumentKind.PRE_ADVERSE])
    assert THREAT.split()[0] not in made.copy_hash
    refused(office, case_id, WaitingTimeError, adverse)
    clock = next(
        one
        for one in deadlines(case_id, **office.who(Role.AUDITOR))
        if one.clock is ClockKind.PRE_ADVERSE
    )
    assert "15 USC 1681b(b)(3)" in clock.citation
    office.clock.moment = clock.due_at - timedelta(seconds=1)
    refused(office, case_id, WaitingTimeError, adverse)
    office.clock.moment = clock.due_at
    adverse()


def test_the_packet_carries_what_the_manager_saw_in_either_language(
    office: Any, post: Post
) -> None:
    case_id = released(office, post)
    decides(office, case_id, Outcome.PENDING_ADVERSE)
    seen = view(case_id, released=office.services.released, **office.who(Role.HIRING_MANAGER))
    for language, word in ((Language.ENGLISH, "your rights"), (Language.SPANISH, "sus derechos")):
        office.clock.move(minutes=1)
        text = packet(office, case_id, language).plain_text()
        assert word in text
        assert seen.findings[0].criterion_text in text
        assert (seen.findings[0].excerpt or "") in text
        assert "{" not in text


def test_the_notice_has_its_four_blocks_and_the_copy_lasts_sixty_days(
    office: Any, post: Post
) -> None:
    """FCRA-07, FCRA-08."""
    case_id = released(office, post)
    decides(office, case_id, Outcome.PENDING_ADVERSE)
    packet(office, case_id)
    office.clock.move(days=14)
    decides(office, case_id, Outcome.ADVERSE)
    early = lambda: file_copy(case_id, **office.who(Role.APPLICANT))  # noqa: E731
    refused(office, case_id, WrongStateError, early)
    made = make_document(case_id, DocumentKind.ADVERSE, **office.who(Role.INVESTIGATOR))
    assert {part.block for part in made.paragraphs} == set(REQUIRED[DocumentKind.ADVERSE])
    assert "60 days" in made.plain_text()
    office.clock.move(days=59)
    copy = json.loads(early())
    assert copy["release"].encode() == office.services.released.view(case_id)
    assert copy["release_sha256"] == hashlib.sha256(copy["release"].encode()).hexdigest()
    assert [one["kind"] for one in copy["documents"]] == ["pre-adverse", "adverse"]
    assert copy["disputes"] == []
    dispute(office, case_id, "It was a line of a film.")
    later = json.loads(early())
    assert [one["statement"] for one in later["disputes"]] == ["It was a line of a film."]
    assert "the-" not in json.dumps({key: later[key] for key in ("disputes", "papers", "copies")})
    office.clock.move(days=2)
    refused(office, case_id, WrongStateError, early)


# --- disputes and recall ------------------------------------------------------------------------


def test_a_dispute_stops_the_decision_and_its_clock(office: Any, post: Post) -> None:
    """E-M5-UNANSWERED while it is open; verified, the waiting time goes on where it stood."""
    case_id = released(office, post)
    decides(office, case_id, Outcome.PENDING_ADVERSE)
    packet(office, case_id)
    before = deadlines(case_id, **office.who(Role.AUDITOR))
    waited = next(one.due_at for one in before if one.clock is ClockKind.PRE_ADVERSE)
    opened = dispute(office, case_id)
    assert opened.due_at - opened.opened_at == timedelta(days=30)
    office.clock.move(days=20)
    adverse = lambda: decides(office, case_id, Outcome.ADVERSE)  # noqa: E731
    refused(office, case_id, RebuttalUnansweredError, adverse)
    resolve_dispute(
        case_id,
        DisputeOutcome.VERIFIED,
        released=office.services.released,
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    assert find_case(case_id, vault=office.vault).state is CaseState.PENDING_ADVERSE
    after = deadlines(case_id, **office.who(Role.AUDITOR))
    longer = next(one.due_at for one in after if one.clock is ClockKind.PRE_ADVERSE)
    assert longer - waited == timedelta(days=20)
    assert ClockKind.DISPUTE_RESULT in {one.clock for one in after}
    refused(office, case_id, WaitingTimeError, adverse)
    office.clock.moment = longer
    adverse()


def test_a_dispute_is_extended_once(office: Any, post: Post) -> None:
    """FCRA-10: 15 days, at most one extension."""
    case_id = released(office, post)
    opened = dispute(office, case_id)
    longer = extend_dispute(case_id, **office.who(Role.APPLICANT))
    assert longer.due_at - opened.due_at == timedelta(days=15)
    again = lambda: extend_dispute(case_id, **office.who(Role.APPLICANT))  # noqa: E731
    refused(office, case_id, WrongStateError, again)


def test_what_nobody_verifies_in_time_goes_and_fires_once(office: Any, post: Post) -> None:
    """FCRA-09: at expiry the unverified item is taken out; no clock decides on the applicant."""
    case_id = released(office, post)
    view(case_id, released=office.services.released, **office.who(Role.HIRING_MANAGER))
    dispute(office, case_id)
    sides = {"vault": office.vault, "released": office.services.released}
    assert fire_due(now=office.now, **sides) == 0
    office.clock.move(days=31)
    assert fire_due(now=office.now, **sides) == 1
    assert fire_due(now=office.now, **sides) == 0
    assert find_case(case_id, vault=office.vault).state is CaseState.RECALLED
    assert logged(office, case_id, AuditAction.DISPUTE_RESOLVED) == ["unverified"]
    with pytest.raises(RecordNotFoundError):
        office.services.released.view(case_id)
    offered(office, case_id)
    assert preview(case_id, **office.who(Role.APPLICANT)).findings == ()


def test_a_statement_of_dispute_goes_with_the_finding(office: Any, post: Post) -> None:
    case_id = released(office, post)
    manager = office.who(Role.HIRING_MANAGER) | {"released": office.services.released}
    view(case_id, **manager)
    dispute(office, case_id, "It was a line of a film.")
    resolve_dispute(
        case_id,
        DisputeOutcome.VERIFIED,
        released=office.services.released,
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    assert find_case(case_id, vault=office.vault).state is CaseState.RECALLED
    across(office, offered(office, case_id))
    shown = view(case_id, **(manager | {"now": office.now})).findings[0].answer
    assert shown is not None
    assert shown.statement == "It was a line of a film."


def test_a_recall_recuses_whoever_saw_it_and_tells_the_applicant(office: Any, post: Post) -> None:
    case_id = released(office, post)
    manager = office.who(Role.HIRING_MANAGER) | {"released": office.services.released}
    view(case_id, **manager)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    done = recall(case_id, RecallReason.LEAK, released=office.services.released, **reviewer)
    assert done.exposed == (office.people[Role.HIRING_MANAGER].id,)
    assert logged(office, case_id, AuditAction.RECALLED) == ["leak"]
    assert logged(office, case_id, AuditAction.DOCUMENT_MADE) == ["recall"]
    assert find_case(case_id, vault=office.vault).state is CaseState.RECALLED
    across(office, offered(office, case_id))
    late = lambda: view(case_id, **(manager | {"now": office.now}))  # noqa: E731
    with pytest.raises(TaintedDeciderError):
        late()
    fresh = office.people[Role.HIRING_MANAGER].model_copy(update={"id": "another-manager"})
    assert view(case_id, **(manager | {"actor": fresh, "now": office.now})).findings
    back = lambda: recall(  # noqa: E731
        case_id,
        RecallReason.ERROR,
        released=office.services.released,
        **office.who(Role.INVESTIGATOR),
    )
    refused(office, case_id, NotPermittedError, back)


# --- coded questions ----------------------------------------------------------------------------


def test_a_question_and_its_reply_are_codes_and_both_are_logged(office: Any, post: Post) -> None:
    case_id = released(office, post)
    manager = office.who(Role.HIRING_MANAGER)
    sides = {"released": office.services.released}
    ask(case_id, 0, Question.LITERAL, **manager, **sides)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    reply(case_id, 0, Question.LITERAL, Reply.NO, **reviewer)
    found = clarifications(case_id, **manager)
    assert [(one.question, one.reply) for one in found] == [(Question.LITERAL, Reply.NO)]
    assert logged(office, case_id, AuditAction.QUESTION_ASKED) == ["meant-literally"]
    assert logged(office, case_id, AuditAction.QUESTION_ANSWERED) == ["no"]
    twice = lambda: ask(case_id, 0, Question.LITERAL, **manager, **sides)  # noqa: E731
    refused(office, case_id, WrongStateError, twice)
    beyond = lambda: ask(case_id, 5, Question.OWN_WORDS, **manager, **sides)  # noqa: E731
    refused(office, case_id, RecordNotFoundError, beyond)
    own = lambda: reply(case_id, 0, Question.LITERAL, Reply.YES, **manager)  # noqa: E731
    refused(office, case_id, NotPermittedError, own)


def test_no_reply_leaves_for_a_release_that_nobody_decides_on_any_more(
    office: Any, post: Post
) -> None:
    """Not while it is disputed, and not after a recall, a decision or retention."""
    sides = {"released": office.services.released}
    question = (0, Question.LITERAL)
    taken_back, decided = released(office, post), released(office, post)
    for case_id in (taken_back, decided):
        ask(case_id, *question, **office.who(Role.HIRING_MANAGER), **sides)

    def late(case_id: Any) -> None:
        reviewer = office.who(Role.WALL_OFF_REVIEWER)
        reply_now = lambda: reply(case_id, *question, Reply.NO, **reviewer)  # noqa: E731
        refused(office, case_id, WrongStateError, reply_now)
        assert open_questions(case_id, **reviewer) == []
        assert logged(office, case_id, AuditAction.QUESTION_ANSWERED) == []

    assert open_questions(taken_back, **office.who(Role.WALL_OFF_REVIEWER))
    dispute(office, taken_back)
    late(taken_back)
    recall(taken_back, RecallReason.ERROR, **office.who(Role.WALL_OFF_REVIEWER), **sides)
    late(taken_back)
    decides(office, decided, Outcome.FAVOURABLE, reasons=())
    late(decided)
    retain(decided, vault=office.vault, now=office.now)
    late(decided)
    with office.vault.write(decided) as tx:
        CaseStore(tx).move(CaseStore(tx).get(decided), CaseState.DESTROYED, now=office.now)
    late(decided)


# --- after the decision, and by upkeep ----------------------------------------------------------


def adverse(office: Any, post: Post) -> Any:
    case_id = released(office, post)
    decides(office, case_id, Outcome.PENDING_ADVERSE)
    packet(office, case_id)
    office.clock.move(days=14)
    decides(office, case_id, Outcome.ADVERSE)
    return case_id


def test_a_finding_disputed_after_the_decision_is_reviewed_again(office: Any, post: Post) -> None:
    case_id = adverse(office, post)
    dispute(office, case_id)
    assert find_case(case_id, vault=office.vault).state is CaseState.ADVERSE
    resolve_dispute(
        case_id,
        DisputeOutcome.CORRECTED,
        released=office.services.released,
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    assert find_case(case_id, vault=office.vault).state is CaseState.RECALLED


def test_a_dispute_of_a_retained_case_takes_the_manager_s_copy_back(
    office: Any, post: Post
) -> None:
    """Nobody decides any more; what could not be verified is read by nobody either."""
    case_id = adverse(office, post)
    retain(case_id, vault=office.vault, now=office.now)
    dispute(office, case_id)
    assert plan_sweep(vault=office.vault, now=office.now)[0].action == "held"
    office.clock.move(days=30)
    reconcile_home(office.services)
    assert find_case(case_id, vault=office.vault).state is CaseState.RETAINED
    assert logged(office, case_id, AuditAction.DISPUTE_RESOLVED) == ["unverified"]
    with pytest.raises(RecordNotFoundError):
        office.services.released.view(case_id)


def test_upkeep_fires_each_clock_once(office: Any, post: Post) -> None:
    """However often it runs: the end of a window and of a waiting time are written down once."""
    case_id = offered(office, office.screened(post(THREAT)))
    office.clock.move(days=14)
    for _ in range(3):
        reconcile_home(office.services)
    assert logged(office, case_id, AuditAction.REBUTTAL_CLOSED) == ["rebuttal"]
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    decides(office, case_id, Outcome.PENDING_ADVERSE)
    packet(office, case_id)
    office.clock.move(days=14)
    for _ in range(3):
        reconcile_home(office.services)
    assert logged(office, case_id, AuditAction.CLOCK_ENDED) == ["pre-adverse"]
    assert find_case(case_id, vault=office.vault).state is CaseState.PENDING_ADVERSE


def test_the_system_verifies_nothing_and_waits_for_the_days(office: Any, post: Post) -> None:
    case_id = released(office, post)
    dispute(office, case_id)
    sides = {"released": office.services.released, "actor": SYSTEM}
    for outcome, kind in (
        (DisputeOutcome.VERIFIED, NotPermittedError),
        (DisputeOutcome.UNVERIFIED, InputError),
    ):
        refused(
            office,
            case_id,
            kind,
            lambda outcome=outcome: resolve_dispute(
                case_id, outcome, vault=office.vault, now=office.now, **sides
            ),
        )


def test_a_delivery_is_proved_by_something(office: Any, post: Post) -> None:
    case_id = released(office, post)
    decides(office, case_id, Outcome.PENDING_ADVERSE)
    kind = DocumentKind.PRE_ADVERSE
    who = office.who(Role.INVESTIGATOR)
    by_mail = lambda proof: confirm_delivery(  # noqa: E731
        case_id, kind, Channel.MAIL, RawText(proof), **who
    )
    refused(office, case_id, WrongStateError, lambda: by_mail("RR123456785US"))
    make_document(case_id, kind, **who)
    refused(office, case_id, InputError, lambda: by_mail(" "))
    by_mail("RR123456785US")
    manager = office.who(Role.HIRING_MANAGER)
    refused(office, case_id, NotPermittedError, lambda: make_document(case_id, kind, **manager))
