"""Separation of duties, review before release, and a manager who never meets raw evidence."""

from collections.abc import Callable
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import sign_consent
from casework.attribution.attribute import settle_attribution, unattributed
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.manager import decide, view
from casework.records.disposition import plan_sweep
from casework.records.holds import lift_hold, place_hold
from casework.records.retention import retain
from casework.releasing.rebuttal import answer, offer_rebuttal, preview, shown_findings
from casework.releasing.release import deliver, release
from casework.reviewing.review import (
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from models.adverse import Channel, DocumentKind
from models.case import CaseState
from models.decision import OtherEvidence, Outcome, Reason
from models.errors import (
    CaseNotFoundError,
    NoCriterionError,
    NotPermittedError,
    RebuttalUnansweredError,
    RebuttalWindowOpenError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    UnreviewedError,
    WaitingTimeError,
    WrongStateError,
)
from models.ids import CaseId, is_id
from models.people import Actor, Role
from models.rebuttal import Claim, RebuttalAnswer
from models.text import RawText

Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
HARMLESS = "We planted tomatoes and the soup turned out great."


def reviewed(office: Any, case_id: Any) -> None:
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        look(office, case_id, reviewer)
        approve(case_id, actor=reviewer, vault=office.vault, now=office.now)


def look(office: Any, case_id: Any, reviewer: Actor) -> Any:
    desk = open_desk(
        case_id,
        screener=office.services.screener_of(case_id),
        actor=reviewer,
        vault=office.vault,
        now=office.now,
    )
    findings, unreadable = waiting_for_person(case_id, vault=office.vault)
    for finding_id in findings:
        weigh_finding(
            case_id, finding_id, stands=False, actor=reviewer, vault=office.vault, now=office.now
        )
    if unreadable:
        settle_unreadable(case_id, actor=reviewer, vault=office.vault, now=office.now)
    return desk


def offered(office: Any, case_id: Any) -> None:
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))


def released(office: Any, case_id: Any) -> None:
    offered(office, case_id)
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    services = office.services
    deliver(case_id, vault=office.vault, released=services.released, now=office.now)


def seen(office: Any, case_id: Any, **who: Any) -> Any:
    keywords = office.who(Role.HIRING_MANAGER) | who
    return view(case_id, released=office.services.released, **keywords)


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def test_a_planted_threat_reaches_the_manager_and_small_talk_does_not(
    office: Any, post: Post
) -> None:
    case_id = office.screened(post(THREAT), post(HARMLESS))
    released(office, case_id)
    package = seen(office, case_id)
    assert [finding.criterion for finding in package.findings] == ["threats-violence"]
    assert "tomatoes" not in package.payload().decode()


def test_the_collector_never_reviews_nor_releases(office: Any, post: Post) -> None:
    """Separation of duties holds even for someone whose role was changed later."""
    case_id = office.screened(post(HARMLESS))
    collector = office.people[Role.INVESTIGATOR]
    promoted = collector.model_copy(
        update={"roles": frozenset({Role.WALL_OFF_REVIEWER, Role.RELEASING_OFFICER})}
    )
    with pytest.raises(SeparationOfDutiesError):
        approve(case_id, actor=promoted, vault=office.vault, now=office.now)
    offered(office, case_id)
    office.clock.move(days=14)
    with pytest.raises(SeparationOfDutiesError):
        release(case_id, actor=promoted, vault=office.vault, now=office.now)


def test_two_different_reviewers_approve(office: Any, post: Post) -> None:
    case_id = office.screened(post(HARMLESS))
    first = office.people[Role.WALL_OFF_REVIEWER]
    look(office, case_id, first)
    assert approve(case_id, actor=first, vault=office.vault, now=office.now) == 1
    with pytest.raises(SeparationOfDutiesError):
        approve(case_id, actor=first, vault=office.vault, now=office.now)
    assert state(office, case_id) is CaseState.REDACTED
    look(office, case_id, office.second_reviewer)
    approve(case_id, actor=office.second_reviewer, vault=office.vault, now=office.now)
    assert state(office, case_id) is CaseState.REVIEWED


def test_a_reviewer_looks_before_approving(office: Any, post: Post) -> None:
    case_id = office.screened(post(HARMLESS))
    with pytest.raises(UnreviewedError):
        approve(case_id, **office.who(Role.WALL_OFF_REVIEWER))


def test_a_withheld_finding_needs_fresh_approvals_and_is_gone(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    first = office.people[Role.WALL_OFF_REVIEWER]
    desk = look(office, case_id, first)
    approve(case_id, actor=first, vault=office.vault, now=office.now)
    look(office, case_id, office.second_reviewer)
    weigh_finding(
        case_id,
        desk.findings[0][0].id,
        stands=False,
        actor=office.second_reviewer,
        vault=office.vault,
        now=office.now,
    )
    assert approve(case_id, actor=office.second_reviewer, vault=office.vault, now=office.now) == 1
    approve(case_id, actor=first, vault=office.vault, now=office.now)
    assert look(office, case_id, first).package.findings == ()


def test_an_unreadable_text_waits_for_a_person(office: Any, post: Post) -> None:
    """What the machine cannot read is never cleared by it."""
    case_id = office.screened(post("Сегодня мы ездили на озеро и долго гуляли по лесу вместе."))
    reviewer = office.people[Role.WALL_OFF_REVIEWER]
    open_desk(
        case_id,
        screener=office.services.screener_of(case_id),
        actor=reviewer,
        vault=office.vault,
        now=office.now,
    )
    with pytest.raises(UnreviewedError):
        approve(case_id, actor=reviewer, vault=office.vault, now=office.now)
    settle_unreadable(case_id, actor=reviewer, vault=office.vault, now=office.now)
    assert approve(case_id, actor=reviewer, vault=office.vault, now=office.now) == 1


def test_an_item_of_unknown_author_waits_for_an_analyst(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT, author="someone_else"), post(HARMLESS))
    assert state(office, case_id) is CaseState.COLLECTING
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    assert len(unattributed(case_id, **analyst)) == 1
    settle_attribution(case_id, confirmed=frozenset(), **analyst)
    from models.segment import Segment

    office.run(Segment.SCREEN, case_id)
    released(office, case_id)
    assert seen(office, case_id).findings == ()


def test_nothing_is_released_while_the_applicant_may_answer(office: Any, post: Post) -> None:
    case_id = office.screened(post(HARMLESS))
    offered(office, case_id)
    with pytest.raises(RebuttalWindowOpenError):
        release(case_id, **office.who(Role.RELEASING_OFFICER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))


def test_the_applicant_sees_the_manager_s_bytes(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    offered(office, case_id)
    shown = preview(case_id, **office.who(Role.APPLICANT)).payload()
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    assert seen(office, case_id).payload() == shown


def test_an_answer_passes_the_same_wall(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    offered(office, case_id)
    finding = shown_findings(case_id, **office.who(Role.APPLICANT))[0]
    answers = (
        RebuttalAnswer(
            finding_id=finding,
            claim=Claim.CONTEXT,
            statement=RawText("I was quoting a film; my wife and our imam can confirm it."),
        ),
    )
    answer(
        case_id,
        answers,
        redactor=office.services.screener_of(case_id).redactor,
        **office.who(Role.APPLICANT),
    )
    office.clock.move(days=14)
    with pytest.raises(UnreviewedError):
        release(case_id, **office.who(Role.RELEASING_OFFICER))
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    package = seen(office, case_id)
    assert package.findings[0].answer is not None
    assert package.findings[0].answer.claim is Claim.CONTEXT
    words = package.payload().decode().lower()
    assert "wife" not in words
    assert "imam" not in words


def test_a_package_changed_after_the_preview_is_shown_again(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    offered(office, case_id)
    finding = shown_findings(case_id, **office.who(Role.APPLICANT))[0]
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        if reviewer is office.second_reviewer:
            break
        weigh_finding(
            case_id, finding, stands=True, actor=reviewer, vault=office.vault, now=office.now
        )
    with office.vault.read() as tx:
        from storage.packages import PackageStore

        assert PackageStore(tx).approvals(PackageStore(tx).current(case_id).id) == []
    office.clock.move(days=14)
    with pytest.raises((UnreviewedError, RebuttalUnansweredError)):
        release(case_id, **office.who(Role.RELEASING_OFFICER))


def test_a_denied_authorship_withdraws_the_finding(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    offered(office, case_id)
    finding = shown_findings(case_id, **office.who(Role.APPLICANT))[0]
    answer(
        case_id,
        (RebuttalAnswer(finding_id=finding, claim=Claim.NOT_ME),),
        redactor=office.services.screener_of(case_id).redactor,
        **office.who(Role.APPLICANT),
    )
    with pytest.raises(WrongStateError):
        preview(case_id, **office.who(Role.APPLICANT))
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    assert preview(case_id, **office.who(Role.APPLICANT)).findings == ()


def test_whoever_saw_the_raw_evidence_is_never_the_manager(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    released(office, case_id)
    reviewer = office.people[Role.WALL_OFF_REVIEWER]
    turned = reviewer.model_copy(update={"roles": frozenset({Role.HIRING_MANAGER})})
    with pytest.raises(TaintedDeciderError):
        seen(office, case_id, actor=turned)
    assert seen(office, case_id).findings


@pytest.mark.parametrize("typed", ["Rowan Applegate", "", "0" * 32])
def test_a_case_that_is_none_is_not_found_whatever_was_typed(office: Any, typed: str) -> None:
    with pytest.raises(CaseNotFoundError) as refusal:
        approve(CaseId(typed), **office.who(Role.WALL_OFF_REVIEWER))
    assert not typed or typed not in str(refusal.value) or is_id(typed)


def test_the_manager_opens_no_desk(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    with pytest.raises(NotPermittedError):
        look(office, case_id, office.people[Role.HIRING_MANAGER])


def test_nothing_found_withheld_and_unattributed_look_the_same(office: Any, post: Post) -> None:
    """Three reasons, one package: the difference would tell."""
    clean = office.screened(post(HARMLESS))
    withheld = office.screened(post(THREAT))
    desk = look(office, withheld, office.people[Role.WALL_OFF_REVIEWER])
    weigh_finding(
        withheld,
        desk.findings[0][0].id,
        stands=False,
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    stranger = office.screened(post(THREAT, author="someone_else"))
    settle_attribution(stranger, confirmed=frozenset(), **office.who(Role.ATTRIBUTION_ANALYST))
    from models.segment import Segment

    office.run(Segment.SCREEN, stranger)
    payloads = set()
    for case_id in (clean, withheld, stranger):
        released(office, case_id)
        payloads.add(seen(office, case_id).payload())
    assert len(payloads) == 1


def test_an_adverse_reason_cites_criterion_and_finding(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    released(office, case_id)
    manager = office.who(Role.HIRING_MANAGER) | {"released": office.services.released}
    for reasons in ((), (Reason(criterion="illegal-drugs", finding=0),)):
        with pytest.raises(NoCriterionError):
            decide(case_id, Outcome.PENDING_ADVERSE, reasons=reasons, assessment="A.", **manager)
    good = (
        Reason(
            criterion="threats-violence",
            finding=0,
            evidence=OtherEvidence.BACKGROUND_INVESTIGATION,
        ),
    )
    decide(case_id, Outcome.PENDING_ADVERSE, reasons=good, assessment="A.", **manager)
    make_document(case_id, DocumentKind.PRE_ADVERSE, **office.who(Role.INVESTIGATOR))
    confirm_delivery(
        case_id,
        DocumentKind.PRE_ADVERSE,
        Channel.BY_HAND,
        RawText("signed for"),
        **office.who(Role.INVESTIGATOR),
    )
    with pytest.raises(WaitingTimeError):
        decide(case_id, Outcome.ADVERSE, reasons=good, assessment="A.", **manager)
    office.clock.move(days=14)
    manager["now"] = office.now
    decide(case_id, Outcome.ADVERSE, reasons=good, assessment="A.", **manager)
    assert state(office, case_id) is CaseState.ADVERSE


def test_no_adverse_decision_without_the_pending_one(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    released(office, case_id)
    with pytest.raises(WrongStateError):
        decide(
            case_id,
            Outcome.ADVERSE,
            reasons=(
                Reason(
                    criterion="threats-violence",
                    finding=0,
                    evidence=OtherEvidence.INTERVIEW,
                ),
            ),
            assessment="A.",
            released=office.services.released,
            **office.who(Role.HIRING_MANAGER),
        )


def test_a_decided_case_is_kept_until_its_rules_say(office: Any, post: Post) -> None:
    case_id = office.screened(post(HARMLESS))
    released(office, case_id)
    with pytest.raises(WrongStateError):
        retain(case_id, vault=office.vault, now=office.now)
    decide(
        case_id,
        Outcome.FAVOURABLE,
        reasons=(),
        assessment="Nothing reportable.",
        released=office.services.released,
        **office.who(Role.HIRING_MANAGER),
    )
    dates = retain(case_id, vault=office.vault, now=office.now)
    assert dates.applied
    assert state(office, case_id) is CaseState.RETAINED
    assert sweep(office) == ["keep"]
    office.clock.move(days=(dates.keep_until - office.now.date()).days + 1)
    assert sweep(office) == ["destroy"]


def test_a_hold_stops_destruction_until_it_is_lifted(office: Any, post: Post) -> None:
    case_id = office.noticed()
    items = office.requisition.policy.consent_items
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    with pytest.raises(NotPermittedError):
        place_hold(case_id, "23-cv-0117", **office.who(Role.HIRING_MANAGER))
    hold = place_hold(case_id, "23-cv-0117", **office.who(Role.EVIDENCE_CUSTODIAN))
    dates = retain(case_id, vault=office.vault, now=office.now)
    office.clock.move(days=(dates.keep_until - office.now.date()).days + 1)
    assert sweep(office) == ["held"]
    lift_hold(case_id, hold.id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert sweep(office) == ["destroy"]


def sweep(office: Any) -> list[str]:
    return [line.action for line in plan_sweep(vault=office.vault, now=office.now)]
