"""Ways around a clause: the wrong person, the wrong order, one role too many, another spelling."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from casework.applicant.cases import open_case
from casework.applicant.consent import sign_consent, withdraw_consent
from casework.applicant.contacts import approve_contact, propose_contact, record_contact
from casework.applicant.disclosure import disclose
from casework.applicant.notice import request_notice, send_notice
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.manager import decide
from casework.gathering.source import register_source
from casework.people.drawing import draw_samples, drawn, overdue_for
from casework.people.people import add_person
from casework.people.personas import request_persona
from casework.people.staff import name_panel
from casework.people.training import change_platform
from casework.records.retention import retain
from casework.releasing.rebuttal import offer_rebuttal, preview
from casework.releasing.release import deliver, release
from casework.reviewing.review import approve, open_desk
from casework.reviewing.second_review import give_second_review, open_blind_desk
from casework.search.queries import make_query, queries_of
from casework.search.viewing import close_viewing, end_viewing, start_viewing, viewings_of
from models.adverse import Channel, DocumentKind
from models.applicant_rules import ApplicantRules, ContactCondition, ContactRules
from models.audit import AuditAction
from models.consent import ConsentItem
from models.decision import OtherEvidence, Outcome, Reason
from models.disclosure import Applicant, Disclosure
from models.errors import SeparationOfDutiesError, UnreviewedError, WalloffError
from models.ids import ActorId
from models.people import Actor, Role
from models.quality import DrawnFor
from models.requisition import EmployerType
from models.search_rules import SearchRules
from models.segment import Segment
from models.text import RawText
from storage.audit import AuditLog
from storage.exposures import ExposureStore
from storage.tables.cases import PEOPLE

Post = Callable[..., str]
VIEWING = ConsentItem.SUPERVISED_VIEWING
FRIENDS = ConsentItem.CONTACT_OF_FRIENDS
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
DRUGS = "We snorted cocaine all night at the lake house and I would do it again."


def by(office: Any, actor: Actor) -> dict[str, Any]:
    return {"actor": actor, "vault": office.vault, "now": office.now}


def refused(office: Any, code: str, about: str, act: Callable[[], object]) -> None:
    """Refused with a code, and the refusal is all that was logged."""
    with office.vault.read() as tx:
        before = len(AuditLog(tx).entries(about))
    with pytest.raises(WalloffError) as caught:
        act()
    assert caught.value.code == code
    with office.vault.read() as tx:
        (entry,) = AuditLog(tx).entries(about)[before:]
    assert (entry.action, entry.code) == (AuditAction.DENIED, code)


def gated(office: Any, staff: Any, **changes: Any) -> None:
    office.requisition = office.open(**{"notice_lead_days": 0, "people": staff.rules} | changes)


def told(office: Any) -> Any:
    """A case whose applicant was told just now, agreed to everything and answered."""
    case_id = office.drafted()
    policy = office.requisition.policy
    request_notice(case_id, stage=policy.notice_stage, **office.who(Role.INVESTIGATOR))
    send_notice(case_id, vault=office.vault, now=office.now)
    sign_consent(
        case_id,
        granted=policy.consent_items,
        refused=frozenset(),
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    disclose(case_id, Disclosure(name=RawText("R")), **office.who(Role.APPLICANT))
    return case_id


def exposed(office: Any, person: Actor, case_id: Any) -> bool:
    with office.vault.read() as tx:
        return ExposureStore(tx).exposed(person.id, case_id)


# --- S1: whoever searches ------------------------------------------------------------------------


def test_s1_q1_a_query_is_a_search(office: Any, staff: Any) -> None:
    gated(office, staff)
    case_id = office.disclosed()
    who = office.who(Role.INVESTIGATOR)
    ask = partial(make_query, case_id, "Rowan Applegate", identity="anonymous-public", **who)
    refused(office, "E-S1-UNAUTHORISED", case_id, ask)
    staff.ready(office.people[Role.INVESTIGATOR])
    assert ask().sequence == 1


def test_s1_n3_a_friend_is_spoken_to_by_somebody_authorised(office: Any, staff: Any) -> None:
    named = ContactCondition.NAMED_BY_APPLICANT
    contact = ContactRules(conditions=frozenset({named}), script="I work for the agency.")
    rules = ApplicantRules(delivery_proof=False, signature=False, asks=frozenset(), contact=contact)
    items = office.requisition.policy.consent_items | {FRIENDS}
    gated(office, staff, applicant=rules, consent_items=items)
    case_id = told(office)
    who = office.who(Role.INVESTIGATOR)
    words = RawText("Robin"), named, RawText("on the form")
    propose = partial(propose_contact, case_id, *words, **who)
    refused(office, "E-S1-UNAUTHORISED", case_id, propose)
    staff.ready(office.people[Role.INVESTIGATOR])
    contact_id = propose()
    both = staff.add("both", Role.SUPERVISOR, Role.INVESTIGATOR)
    staff.competent(both)
    approve_contact(case_id, contact_id, **by(office, both))
    speak = partial(record_contact, case_id, contact_id, script=contact.script)
    refused(office, "E-N3-FRIEND-CONTACT", case_id, partial(speak, **by(office, both)))
    assert speak(**who).made_at == office.now


def test_s1_q1_s6_a_viewing_is_attended_by_somebody_trained(office: Any, staff: Any) -> None:
    case_id = viewable(office, people=staff.rules)
    begin = partial(start_viewing, case_id, **office.who(Role.WALL_OFF_REVIEWER))
    refused(office, "E-S1-UNAUTHORISED", case_id, begin)
    staff.ready()
    assert begin()


# --- S6 ------------------------------------------------------------------------------------------


def viewable(office: Any, **changes: Any) -> Any:
    rules = {
        "notice_lead_days": 0,
        "jurisdiction": "US-MD",
        "employer_type": EmployerType.PRIVATE,
        "search": SearchRules(terms_reviewed=False, supervised_viewing=True),
        "consent_items": office.requisition.policy.consent_items | {VIEWING},
    } | changes
    office.requisition = office.open(**rules)
    return office.disclosed()


def test_s6_whoever_selects_is_not_present(office: Any) -> None:
    case_id = viewable(office)
    member = office.people[Role.AUDITOR].id
    name_panel(office.requisition.id, {member}, **office.who(Role.POLICY_OWNER))
    who = office.who(Role.WALL_OFF_REVIEWER)
    begin = partial(start_viewing, case_id, present={member}, **who)
    refused(office, "E-S6-HM-PRESENT", case_id, begin)
    name_panel(office.requisition.id, set(), **office.who(Role.POLICY_OWNER))
    refused(office, "E-S6-HM-PRESENT", case_id, begin)


def test_s6_a_viewing_whose_reviewer_may_attend_none_any_more_is_ended_by_another(
    office: Any,
) -> None:
    """Else no viewing of the case would ever begin again."""
    case_id = viewable(office)
    start_viewing(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    other = by(office, office.second_reviewer)
    begin = partial(start_viewing, case_id, **other)
    close = partial(close_viewing, case_id, **other)
    refused(office, "wrong-state", case_id, begin)
    refused(office, "wrong-state", case_id, close)
    with office.vault.write() as tx:
        gone = PEOPLE.c.id == office.people[Role.WALL_OFF_REVIEWER].id
        tx.execute(update(PEOPLE).where(gone).values(roles=Role.AUDITOR.value))
    auditor = partial(close_viewing, case_id, **office.who(Role.AUDITOR))
    refused(office, "not-permitted", case_id, auditor)
    ended = close()
    assert (ended.ended_at, ended.ended_by) == (office.now, office.second_reviewer.id)
    assert ended.explanation_offered is False, "nobody there says that it was"
    with office.vault.read() as tx:
        last = AuditLog(tx).entries(case_id)[-1]
    assert (last.action, last.actor) == (AuditAction.VIEWING_ENDED, office.second_reviewer.id)
    assert last.code == "for-another"
    refused(office, "record-not-found", case_id, close)
    assert begin().ended_at is None


def test_s6_a_viewing_of_yesterday_is_ended_by_another(office: Any) -> None:
    case_id = viewable(office)
    start_viewing(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    own = partial(close_viewing, case_id)
    refused(office, "wrong-state", case_id, lambda: own(**by(office, office.second_reviewer)))
    office.clock.move(days=1)
    refused(office, "wrong-state", case_id, lambda: own(**office.who(Role.WALL_OFF_REVIEWER)))
    assert own(**by(office, office.second_reviewer)).ended_at == office.now


def test_n1_s6_nobody_is_asked_to_show_an_account_within_the_lead_time(office: Any) -> None:
    viewable(office)
    office.requisition = office.open(**dict(office.requisition.policy) | {"notice_lead_days": 5})
    case_id = told(office)

    def begin() -> Any:
        return start_viewing(case_id, **office.who(Role.WALL_OFF_REVIEWER))

    refused(office, "E-N1-LEAD-TIME", case_id, begin)
    office.clock.move(days=5)
    assert begin()


def test_s10_who_reads_of_viewings_or_queries_has_seen_raw_words(office: Any) -> None:
    case_id = viewable(office)
    start_viewing(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    end_viewing(
        case_id,
        notes=set(),
        explanation_offered=True,
        explanation=RawText("My cousin's."),
        **office.who(Role.WALL_OFF_REVIEWER),
    )
    for name, read in (("a", viewings_of), ("b", queries_of)):
        person = Actor(id=ActorId(name), roles=frozenset({Role.INVESTIGATOR}))
        add_person(person, "P", **office.who(Role.ADMINISTRATOR))
        read(case_id, **by(office, person))
        assert exposed(office, person, case_id), name


# --- Q2: second review ---------------------------------------------------------------------------


def reviewed(office: Any, staff: Any, *posts: str) -> Any:
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
    register_source(case_id, folder, device=staff.device_id, **office.who(Role.INVESTIGATOR))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        open_desk(case_id, screener=office.services.screener_of(case_id), **by(office, reviewer))
        approve(case_id, **by(office, reviewer))
    return case_id


def test_q2_who_saw_what_the_first_reviewers_chose_is_not_blind(
    office: Any, staff: Any, post: Post
) -> None:
    gated(office, staff)
    staff.ready()
    third = staff.add("third", Role.WALL_OFF_REVIEWER)
    staff.competent(third)
    case_id = reviewed(office, staff, post(DRUGS))
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    draw_samples(vault=office.vault, now=office.now)
    preview(case_id, **by(office, third))
    screener = office.services.screener_of(case_id)
    refused(
        office,
        SeparationOfDutiesError.code,
        case_id,
        lambda: open_blind_desk(case_id, screener=screener, **by(office, third)),
    )
    fourth = staff.add("fourth", Role.WALL_OFF_REVIEWER)
    staff.competent(fourth)
    desk = open_blind_desk(case_id, screener=screener, **by(office, fourth))
    stands = {finding.id: True for finding, _item, _red in desk.findings}
    assert give_second_review(case_id, stands=stands, confirmed={}, **by(office, fourth))


def test_q2_the_blind_desk_itself_must_have_been_opened(
    office: Any, staff: Any, post: Post
) -> None:
    """A look at something else of the case is no look at what is judged."""
    gated(office, staff)
    staff.ready()
    third = staff.add("third", Role.WALL_OFF_REVIEWER)
    staff.competent(third)
    case_id = reviewed(office, staff, post("A fine day."))
    draw_samples(vault=office.vault, now=office.now)
    with office.vault.write(case_id) as tx:
        ExposureStore(tx).record(third.id, case_id, office.now)
    refused(
        office,
        UnreviewedError.code,
        case_id,
        lambda: give_second_review(case_id, stands={}, confirmed={}, **by(office, third)),
    )


def test_q2_a_drawn_case_that_can_no_longer_be_looked_at_holds_nobody_up(
    office: Any, staff: Any, post: Post
) -> None:
    gated(office, staff)
    staff.ready()
    case_id = reviewed(office, staff, post(DRUGS))
    draw_samples(vault=office.vault, now=office.now)
    office.clock.move(days=31)
    person = office.people[Role.WALL_OFF_REVIEWER].id

    def late() -> int:
        with office.vault.read() as tx:
            return len(overdue_for(tx, office.requisition.id, now=office.now, person=person))

    assert late() == 1
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    assert late() == 0


def decided(office: Any, staff: Any, post: Post, *outcomes: Outcome) -> Any:
    """A case that is released, decided and at once retained, with no draw on the way."""
    case_id = reviewed(office, staff, post(THREAT))
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    reason = Reason(
        criterion="threats-violence", finding=0, evidence=OtherEvidence.BACKGROUND_INVESTIGATION
    )
    for outcome in outcomes:
        decide(
            case_id,
            outcome,
            reasons=() if outcome is Outcome.FAVOURABLE else (reason,),
            assessment="The duties of the post need restraint.",
            released=office.services.released,
            **office.who(Role.HIRING_MANAGER),
        )
        if outcome is Outcome.PENDING_ADVERSE:
            kind, who = DocumentKind.PRE_ADVERSE, office.who(Role.INVESTIGATOR)
            make_document(case_id, kind, **who)
            confirm_delivery(case_id, kind, Channel.BY_HAND, RawText("signed for"), **who)
            office.clock.move(days=14)
    retain(case_id, vault=office.vault, now=office.now)
    return case_id


def test_q2_a_case_that_is_retained_before_a_draw_is_drawn_all_the_same(
    office: Any, staff: Any, post: Post
) -> None:
    """Retention is quicker than a draw may be; a withdrawn case stays nobody's to look at."""
    gated(office, staff)
    staff.ready()
    withdrawn = reviewed(office, staff, post(DRUGS))
    withdraw_consent(withdrawn, **office.who(Role.APPLICANT))
    retain(withdrawn, vault=office.vault, now=office.now)
    assert draw_samples(vault=office.vault, now=office.now) == 0
    against = decided(office, staff, post, Outcome.PENDING_ADVERSE, Outcome.ADVERSE)
    decided(office, staff, post, Outcome.FAVOURABLE)
    assert draw_samples(vault=office.vault, now=office.now) == 1
    with office.vault.read() as tx:
        (one,) = drawn(tx, office.requisition.id)
    assert (one.case_id, one.why) == (against, DrawnFor.ADVERSE)


# --- own case ------------------------------------------------------------------------------------


def test_nobody_works_on_their_own_case(office: Any) -> None:
    person = Actor(id=ActorId("insider"), roles=frozenset({Role.INVESTIGATOR, Role.APPLICANT}))
    add_person(person, "P", **office.who(Role.ADMINISTRATOR))
    applicant = Applicant(name=RawText("Rowan"), actor=person.id)
    case_id = open_case(office.requisition.id, applicant, **office.who(Role.INVESTIGATOR)).id
    refused(
        office,
        SeparationOfDutiesError.code,
        case_id,
        lambda: request_notice(case_id, **by(office, person)),
    )
    request_notice(case_id, **office.who(Role.INVESTIGATOR))


# --- S1: panel -----------------------------------------------------------------------------------
def test_s1_who_has_seen_raw_evidence_is_not_named_to_the_panel(office: Any, post: Post) -> None:
    office.screened(post("Rain."))
    investigator = office.people[Role.INVESTIGATOR].id
    owner = office.who(Role.POLICY_OWNER)
    refused(
        office,
        SeparationOfDutiesError.code,
        office.requisition.id,
        lambda: name_panel(office.requisition.id, {investigator}, **owner),
    )
    name_panel(office.requisition.id, {office.people[Role.HIRING_MANAGER].id}, **owner)


# --- Q3 ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("said", ["twitter", "x", "twitter.com"])
def test_q3_i3_a_platform_is_known_by_any_of_its_names(
    office: Any, staff: Any, post: Post, said: str
) -> None:
    gated(office, staff)
    staff.ready(office.people[Role.INVESTIGATOR])
    staff.trained(office.people[Role.INVESTIGATOR], platforms=frozenset({"x", "twitter"}))
    office.clock.move(days=1)
    change_platform(said, "new terms", effective=office.now, **office.who(Role.TRAINING_OFFICER))
    case_id = office.disclosed()
    folder = office.folder / case_id
    folder.mkdir()
    (folder / "posts.jsonl").write_text(
        post("Rain.", platform="x") + "\n" + post("Rain.", platform="twitter") + "\n"
    )
    refused(
        office,
        "E-Q3-REFRESH-DUE",
        case_id,
        lambda: register_source(
            case_id, folder, device=staff.device_id, **office.who(Role.INVESTIGATOR)
        ),
    )


# --- I1 ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wrap", ["{}", "vetting/{}", "case-{}.2"])
def test_i1_a_matter_that_holds_a_case_s_id_is_one_of_vetting(office: Any, wrap: str) -> None:
    case_id = office.drafted()
    for matter in (
        wrap.format(case_id),
        wrap.format(case_id.upper()),
        wrap.format(office.requisition.id),
    ):
        with pytest.raises(WalloffError) as caught:
            request_persona(
                matter,
                name=RawText("Sam"),
                handle=RawText("sam_w"),
                platform="forum",
                platform_rule="r",
                purpose="p",
                **office.who(Role.INVESTIGATOR),
            )
        assert caught.value.code == "E-I1-PERSONA-IN-VETTING"
