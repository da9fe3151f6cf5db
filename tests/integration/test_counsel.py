"""Counsel: productions, breaches of the wall, requests, assessments, and enough people."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.counsel.breaches import close_breach, contain_breach, list_breaches, report_breach
from casework.counsel.productions import (
    PRIVILEGE_LOG,
    approve_production,
    list_productions,
    make_production,
    request_production,
    scope_of,
    withhold_item,
)
from casework.counsel.requests import (
    answer_request,
    extend_request,
    lift_restriction,
    list_requests,
    open_request,
)
from casework.duties.deadlines import deadlines
from casework.duties.due import is_due
from casework.people.people import add_person
from casework.records.holds import holds_on
from casework.releasing.manager_desk import name_all_managers
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver, release
from casework.releasing.viewers import viewers_of
from casework.requisition.impact_assessments import (
    approve_assessment,
    list_assessments,
    record_assessment,
)
from casework.reviewing.review import approve, open_desk
from models.audit import AuditAction
from models.case import CaseState
from models.counsel import (
    BreachKind,
    ImpactAssessment,
    PrivilegeGround,
    ProducedKind,
    RequestKind,
    RequestOutcome,
    Risk,
)
from models.counsel_clauses import (
    AssessmentMissingError,
    BreachOpenError,
    ProductionUnapprovedError,
    RestrictedError,
    TooFewPeopleError,
)
from models.counsel_rules import CounselRules, Outsourced, StaffedDuty
from models.deadlines import ClockKind
from models.errors import (
    InputError,
    NotPermittedError,
    RecordNotFoundError,
    SealBrokenError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    WalloffError,
    WrongStateError,
)
from models.ids import ActorId
from models.peer_reports import PeerReport
from models.people import Actor, Role
from models.segment import Segment
from models.text import RawText
from storage.audit import AuditLog
from storage.bundles import MANIFEST, make_recipient, open_bundle, read_recipient
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.registers import RegisterKind, RegisterStore

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
KINDS = frozenset({ProducedKind.EVIDENCE, ProducedKind.NOTICE, ProducedKind.LOG})


def by(office: Any, actor: Actor) -> dict[str, Any]:
    return {"actor": actor, "vault": office.vault, "now": office.now}


def logged(office: Any, about: str, action: AuditAction) -> list[str]:
    with office.vault.read() as tx:
        return [one.code for one in AuditLog(tx).entries(about) if one.action is action]


def refused(
    office: Any, case_id: Any, kind: type[WalloffError], part: Callable[[], object]
) -> WalloffError:
    """The step is refused, its code is on record as a denial, and nothing else is written."""
    with office.vault.read() as tx:
        before = len(AuditLog(tx).entries(case_id))
    state = find_case(case_id, vault=office.vault)
    with pytest.raises(kind) as refusal:
        part()
    with office.vault.read() as tx:
        added = AuditLog(tx).entries(case_id)[before:]
    assert [(one.action, one.code) for one in added] == [(AuditAction.DENIED, kind.code)]
    assert find_case(case_id, vault=office.vault) == state
    return refusal.value


def released(office: Any, post: Post) -> Any:
    case_id = office.screened(post(THREAT))
    for who in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        screener = office.services.screener_of(case_id)
        open_desk(case_id, screener=screener, **by(office, who))
        approve(case_id, **by(office, who))
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    return case_id


def person(office: Any, name: str, *roles: Role) -> Actor:
    made = Actor(id=ActorId(name), roles=frozenset(roles))
    add_person(made, "P", **office.who(Role.ADMINISTRATOR))
    return made


# --- productions --------------------------------------------------------------------------------


def demanded(office: Any, case_id: Any) -> str:
    made = request_production(case_id, "12-cv-34", KINDS, **office.who(Role.EVIDENCE_CUSTODIAN))
    return str(made.id)


def test_what_is_produced_is_on_record_before_it_is_on_disk(
    office: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stops the program while the file is written has a file that the log knows of."""
    case_id = office.noticed()
    wanted = demanded(office, case_id)
    for role in (Role.EVIDENCE_CUSTODIAN, Role.POLICY_OWNER):
        approve_production(case_id, wanted, **office.who(role))
    make_recipient(tmp_path / "private", tmp_path / "public")

    def killed(*_what: Any) -> None:
        assert logged(office, case_id, AuditAction.RAW_READ) == ["production"]
        raise KeyboardInterrupt

    monkeypatch.setattr("casework.counsel.productions.write_bundle", killed)
    with pytest.raises(KeyboardInterrupt):
        make_production(
            case_id,
            wanted,
            tmp_path / "bundle",
            read_recipient(tmp_path / "public"),
            **office.who(Role.EVIDENCE_CUSTODIAN),
        )
    assert logged(office, case_id, AuditAction.PRODUCTION_MADE) == []


def test_a_production_is_approved_by_two_sealed_and_held(
    office: Any, post: Post, tmp_path: Any
) -> None:
    case_id = office.screened(post(THREAT), post("A fine day at the lake."))
    wanted = demanded(office, case_id)
    assert [one.matter for one in holds_on(case_id, **office.who(Role.EVIDENCE_CUSTODIAN))] == [
        "12-cv-34"
    ]
    make_recipient(tmp_path / "private", tmp_path / "public")
    key, target = read_recipient(tmp_path / "public"), tmp_path / "bundle"

    def make() -> Any:
        custodian = office.who(Role.EVIDENCE_CUSTODIAN)
        return make_production(case_id, wanted, target, key, **custodian)

    refused(office, case_id, ProductionUnapprovedError, make)
    approve_production(case_id, wanted, **office.who(Role.EVIDENCE_CUSTODIAN))
    refused(office, case_id, ProductionUnapprovedError, make)
    assert not target.exists()
    approve_production(case_id, wanted, **office.who(Role.POLICY_OWNER))
    made = make()
    assert (made.items, made.custodian, made.owner) == (
        4,
        "the-evidence-custodian",
        "the-policy-owner",
    )
    assert b"kill" not in target.read_bytes()
    files = open_bundle(target, tmp_path / "private")
    assert sum(name.startswith("evidence/") for name in files) == 2
    assert any(b"kill my boss" in content for content in files.values())
    assert json.loads(files[MANIFEST])["case"] == case_id
    assert not any(name.startswith("disclosure/") for name in files), "not asked for"
    refused(office, case_id, WrongStateError, make)
    assert logged(office, case_id, AuditAction.PRODUCTION_MADE) == [made.manifest_sha256[:16]]
    assert logged(office, case_id, AuditAction.PRODUCTION_APPROVED) == ["custodian", "owner"]


def test_nobody_gives_both_approvals_and_nobody_else_gives_any(office: Any) -> None:
    case_id = office.drafted()
    wanted = demanded(office, case_id)
    both = person(office, "both", Role.EVIDENCE_CUSTODIAN, Role.POLICY_OWNER)
    approve_production(case_id, wanted, **by(office, both))
    refused(
        office,
        case_id,
        SeparationOfDutiesError,
        lambda: approve_production(case_id, wanted, **by(office, both)),
    )
    for role in (Role.INVESTIGATOR, Role.HIRING_MANAGER, Role.SUPERVISOR):
        refused(
            office,
            case_id,
            NotPermittedError,
            lambda role=role: approve_production(case_id, wanted, **office.who(role)),
        )
    refused(
        office,
        case_id,
        NotPermittedError,
        lambda: request_production(case_id, "x", KINDS, **office.who(Role.POLICY_OWNER)),
    )


def test_what_is_withheld_stands_in_the_privilege_log_and_approvals_start_anew(
    office: Any, post: Post, tmp_path: Any
) -> None:
    case_id = office.screened(post(THREAT))
    wanted = demanded(office, case_id)
    custodian, owner = office.who(Role.EVIDENCE_CUSTODIAN), office.who(Role.POLICY_OWNER)
    approve_production(case_id, wanted, **custodian)
    approve_production(case_id, wanted, **owner)
    item = next(
        item
        for item, kind in scope_of(case_id, wanted, **custodian)
        if kind is ProducedKind.EVIDENCE
    )
    refused(
        office,
        case_id,
        RecordNotFoundError,
        lambda: withhold_item(
            case_id, wanted, "nothing", PrivilegeGround.WORK_PRODUCT, **custodian
        ),
    )
    changed = withhold_item(case_id, wanted, item, PrivilegeGround.WORK_PRODUCT, **owner)
    assert not changed.approved
    approve_production(case_id, wanted, **custodian)
    approve_production(case_id, wanted, **owner)
    make_recipient(tmp_path / "private", tmp_path / "public")
    key = read_recipient(tmp_path / "public")
    make_production(case_id, wanted, tmp_path / "bundle", key, **custodian)
    files = open_bundle(tmp_path / "bundle", tmp_path / "private")
    assert f"{item},work-product,the-policy-owner" in files[PRIVILEGE_LOG].decode()
    assert not any(b"kill my boss" in content for content in files.values())
    assert [one.made_at for one in list_productions(case_id, **custodian)] == [office.now]
    other = tmp_path / "other"
    make_recipient(other, tmp_path / "other.pub")
    with pytest.raises(SealBrokenError):
        open_bundle(tmp_path / "bundle", other)


def test_what_joins_a_case_after_approval_is_not_produced_and_a_withheld_log_stays_so(
    office: Any, post: Post, tmp_path: Any
) -> None:
    """Two people approved these items and no others, and an approval is itself in the log."""
    case_id = office.screened(post(THREAT))
    custodian, owner = office.who(Role.EVIDENCE_CUSTODIAN), office.who(Role.POLICY_OWNER)
    kinds = frozenset({ProducedKind.LOG, ProducedKind.PACKAGES})
    wanted = request_production(case_id, "12-cv-34", kinds, **custodian).id
    log = next(
        item for item, kind in scope_of(case_id, wanted, **owner) if kind is ProducedKind.LOG
    )
    withhold_item(case_id, wanted, log, PrivilegeGround.CONFIDENTIAL_REPORTER, **owner)
    for who in (custodian, owner):
        approve_production(case_id, wanted, **who)
    make_recipient(tmp_path / "private", tmp_path / "public")
    key, target = read_recipient(tmp_path / "public"), tmp_path / "bundle"
    with office.vault.write(case_id) as tx:
        package = PackageStore(tx).current(case_id)
        assert package is not None
        PackageStore(tx).put(case_id, package.payload, now=office.now)

    def make() -> Any:
        return make_production(case_id, wanted, target, key, **custodian)

    refused(office, case_id, ProductionUnapprovedError, make)
    for who in (custodian, owner):
        approve_production(case_id, wanted, **who)
    assert make().items == 1
    names = open_bundle(target, tmp_path / "private")
    assert not any(name.startswith("log/") for name in names)


# --- breaches -----------------------------------------------------------------------------------


def test_a_breach_is_reported_contained_and_closed_by_three(office: Any, post: Post) -> None:
    case_id = released(office, post)
    manager = office.people[Role.HIRING_MANAGER]
    other = person(office, "another-manager", Role.HIRING_MANAGER)
    breach = report_breach(
        case_id, BreachKind.CLASS_DISCLOSED, [manager.id], **office.who(Role.WALL_OFF_REVIEWER)
    )
    assert breach.notify_by == office.now + timedelta(hours=72)
    with office.vault.read() as tx:
        assert viewers_of(tx, case_id) == [other.id], "the exposed manager decides no more"
    assert logged(office, case_id, AuditAction.RECUSED) == [""]

    def contain(replacement: str | None, **who: Any) -> Any:
        return contain_breach(
            case_id,
            breach.id,
            replacement=None if replacement is None else ActorId(replacement),
            released=office.services.released,
            **(who or office.who(Role.SUPERVISOR)),
        )

    def close(role: Role = Role.POLICY_OWNER) -> Any:
        return close_breach(case_id, breach.id, told_at=office.now, **office.who(role))

    refused(office, case_id, BreachOpenError, close)
    refused(office, case_id, BreachOpenError, lambda: contain(None))
    refused(office, case_id, TaintedDeciderError, lambda: contain(manager.id))
    refused(
        office, case_id, NotPermittedError, lambda: contain(other.id, **office.who(Role.AUDITOR))
    )
    done = contain(other.id)
    assert done.recalled
    assert find_case(case_id, vault=office.vault).state is CaseState.RECALLED
    with pytest.raises(RecordNotFoundError):
        office.services.released.view(case_id)
    refused(office, case_id, NotPermittedError, lambda: close(Role.SUPERVISOR))
    office.clock.move(hours=80)
    close()
    assert logged(office, case_id, AuditAction.BREACH_CLOSED) == ["late"]
    assert list_breaches(case_id, **office.who(Role.AUDITOR))[0].replacement == other.id


def test_who_reported_a_breach_does_not_close_it(office: Any) -> None:
    case_id = office.drafted()
    owner = office.who(Role.POLICY_OWNER)
    breach = report_breach(case_id, BreachKind.LOST, [], **owner)
    contain_breach(
        case_id,
        breach.id,
        released=office.services.released,
        **office.who(Role.EVIDENCE_CUSTODIAN),
    )
    refused(
        office,
        case_id,
        SeparationOfDutiesError,
        lambda: close_breach(case_id, breach.id, told_at=office.now, **owner),
    )
    second = person(office, "second-owner", Role.POLICY_OWNER)
    early = office.now - timedelta(days=1)
    refused(
        office,
        case_id,
        BreachOpenError,
        lambda: close_breach(case_id, breach.id, told_at=early, **by(office, second)),
    )
    close_breach(case_id, breach.id, told_at=office.now, **by(office, second))
    assert logged(office, case_id, AuditAction.BREACH_CLOSED) == ["in-time"]


# --- requests -----------------------------------------------------------------------------------


def asks(office: Any, case_id: Any, kind: RequestKind, role: Role = Role.APPLICANT) -> Any:
    return open_request(case_id, kind, released=office.services.released, **office.who(role))


def answers(office: Any, case_id: Any, request: Any, outcome: RequestOutcome) -> Any:
    return answer_request(
        case_id,
        request.id,
        outcome,
        redactor=office.services.screener_of(case_id).redactor,
        **office.who(Role.EVIDENCE_CUSTODIAN),
    )


def test_eu05_a_request_has_a_month_and_two_more_where_the_row_says_so(office: Any) -> None:
    office.requisition = office.open(notice_lead_days=0, jurisdiction="DE")
    case_id = office.drafted()
    request = asks(office, case_id, RequestKind.RECTIFICATION)
    assert (request.rule, request.due_at.date().isoformat()) == ("EU-05", "2026-10-01")
    longer = extend_request(case_id, request.id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert longer.due_at.date().isoformat() == "2026-12-01"
    refused(
        office,
        case_id,
        WrongStateError,
        lambda: extend_request(case_id, request.id, **office.who(Role.EVIDENCE_CUSTODIAN)),
    )
    office.clock.move(days=100)
    answers(office, case_id, request, RequestOutcome.GRANTED)
    assert logged(office, case_id, AuditAction.REQUEST_ANSWERED) == ["rectification:granted:late"]


def test_without_a_row_the_policy_s_days_hold_and_nothing_is_extended(office: Any) -> None:
    case_id = office.drafted()
    request = asks(office, case_id, RequestKind.ACCESS)
    assert (request.rule, request.due_at) == ("policy", office.now + timedelta(days=30))
    refused(
        office,
        case_id,
        WrongStateError,
        lambda: extend_request(case_id, request.id, **office.who(Role.EVIDENCE_CUSTODIAN)),
    )


def test_only_the_applicant_of_the_case_or_staff_asks_and_a_custodian_answers(office: Any) -> None:
    case_id = office.drafted()
    stranger = Actor(id=ActorId("a-stranger"), roles=frozenset({Role.APPLICANT}))
    refused(
        office,
        case_id,
        SeparationOfDutiesError,
        lambda: open_request(case_id, RequestKind.ACCESS, **by(office, stranger)),
    )
    request = asks(office, case_id, RequestKind.ACCESS)
    refused(
        office,
        case_id,
        NotPermittedError,
        lambda: answer_request(
            case_id,
            request.id,
            RequestOutcome.REFUSED_IDENTITY,
            redactor=office.services.screener_of(case_id).redactor,
            **office.who(Role.INVESTIGATOR),
        ),
    )
    assert list_requests(case_id, **office.who(Role.APPLICANT)) == [request]


def test_eu05_the_copy_has_the_applicant_s_data_and_no_other_person(
    office: Any, post: Post
) -> None:
    case_id = office.screened(
        post("Lunch with Megan Castellano, write to megan.c@example.org or @megan_c, rowan_a"),
        post("She is lying about everything.", author="somebody_else"),
    )
    request = asks(office, case_id, RequestKind.ACCESS)
    done = answers(office, case_id, request, RequestOutcome.GRANTED)
    assert done.copy is not None
    text = done.copy.content.decode()
    assert done.request.copy_sha256 == done.copy.sha256
    assert "Rowan Applegate" in text
    assert "Lunch with" in text
    assert "rowan_a" in text
    for other in ("Castellano", "megan", "somebody_else", "lying", "the-investigator"):
        assert other not in text
    content = json.loads(text)
    assert set(content) == {
        "form", "case", "state", "made_at", "applicant", "notice", "consents", "disclosure",
        "items", "findings", "package", "answers", "decisions", "documents", "who_looked",
        "left_out", "attachments", "came_of_age", "copies", "disputes", "documents_delivered",
        "earlier_disclosures", "notice_deliveries", "papers", "recalls",
    }  # fmt: skip
    assert content["state"] == "in-review"
    assert "Applegate" not in repr(done.copy)


def test_eu07_a_restriction_stops_processing_until_it_is_lifted(office: Any, post: Post) -> None:
    case_id = office.collecting(post(THREAT))
    request = asks(office, case_id, RequestKind.RESTRICTION)
    assert not is_due(Segment.COLLECT, case_id, vault=office.vault)
    screener = office.services.screener_of(case_id)
    reviewer = office.who(Role.WALL_OFF_REVIEWER)
    refused(
        office, case_id, RestrictedError, lambda: open_desk(case_id, screener=screener, **reviewer)
    )
    answers(office, case_id, request, RequestOutcome.GRANTED)
    refused(
        office, case_id, RestrictedError, lambda: open_desk(case_id, screener=screener, **reviewer)
    )
    lift_restriction(case_id, request.id, **office.who(Role.EVIDENCE_CUSTODIAN))
    assert is_due(Segment.COLLECT, case_id, vault=office.vault)
    refused(
        office, case_id, WrongStateError, lambda: open_desk(case_id, screener=screener, **reviewer)
    )


def test_eu07_a_refused_restriction_stops_nothing_more(office: Any, post: Post) -> None:
    case_id = office.collecting(post(THREAT))
    request = asks(office, case_id, RequestKind.RESTRICTION)
    answers(office, case_id, request, RequestOutcome.REFUSED_LEGAL_DUTY)
    assert is_due(Segment.COLLECT, case_id, vault=office.vault)


def test_eu07_a_manager_cannot_tell_a_restricted_release_from_none(office: Any, post: Post) -> None:
    case_id = released(office, post)
    manager = office.people[Role.HIRING_MANAGER].id

    def sees() -> Any:
        return office.services.released.look(case_id, actor=manager, at=office.now)

    assert sees()
    request = asks(office, case_id, RequestKind.RESTRICTION)
    with pytest.raises(WalloffError):
        sees()
    name_all_managers(vault=office.vault, released=office.services.released, now=office.now)
    with pytest.raises(WalloffError):
        sees()
    answers(office, case_id, request, RequestOutcome.REFUSED_UNFOUNDED)
    name_all_managers(vault=office.vault, released=office.services.released, now=office.now)
    assert sees()


# --- assessments and people ---------------------------------------------------------------------


def assessment(office: Any, **changes: Any) -> ImpactAssessment:
    given: dict[str, Any] = {
        "policy": office.requisition.policy.id,
        "version": "2026-1",
        "purpose": "fitness for duty",
        "lawful_basis": "public task",
        "necessity": "no milder means",
        "proportionality": "public content alone",
        "data": ("public posts",),
        "recipients": ("one manager",),
        "risks": (
            Risk(
                id="bias",
                risk="a class is inferred",
                likelihood=3,
                severity=4,
                measures=("the wall",),
                residual=4,
            ),
        ),
        "review_due": office.now + timedelta(days=300),
    }
    return ImpactAssessment(**(given | changes))


def test_eu02_a_requisition_opens_on_an_approved_and_current_assessment(office: Any) -> None:
    rules = CounselRules(assessment_required=True)
    owner = office.who(Role.POLICY_OWNER)
    with pytest.raises(AssessmentMissingError):
        office.open(counsel=rules)
    record_assessment(assessment(office), **owner)
    with pytest.raises(AssessmentMissingError):
        office.open(counsel=rules)
    policy = office.requisition.policy.id
    refused_by = office.requisition.policy.id
    with pytest.raises(SeparationOfDutiesError):
        approve_assessment(policy, "2026-1", **owner)
    with pytest.raises(NotPermittedError):
        approve_assessment(policy, "2026-1", **office.who(Role.INVESTIGATOR))
    assert logged(office, refused_by, AuditAction.DENIED) == ["E-S1-SOD", "not-permitted"]
    approve_assessment(policy, "2026-1", **office.who(Role.SUPERVISOR))
    assert office.open(counsel=rules).policy.counsel == rules
    with pytest.raises(WrongStateError):
        record_assessment(assessment(office), **owner)
    with pytest.raises(InputError):
        record_assessment(assessment(office, version="2", approved_by="me"), **owner)
    office.clock.move(days=301)
    with pytest.raises(AssessmentMissingError):
        office.open(counsel=rules)
    assert len(list_assessments(**office.who(Role.AUDITOR))) == 1


def test_eu02_an_assessment_is_looked_at_again_within_a_year(office: Any) -> None:
    owner = office.who(Role.POLICY_OWNER)
    policy = office.requisition.policy.id
    far = assessment(office, review_due=office.now + timedelta(days=367))
    with pytest.raises(InputError):
        record_assessment(far, **owner)
    assert logged(office, policy, AuditAction.DENIED) == [InputError.code]
    assert list_assessments(policy, **office.who(Role.AUDITOR)) == []
    record_assessment(
        far.model_copy(update={"review_due": office.now + timedelta(days=366)}), **owner
    )


def test_eu02_an_assessment_with_a_review_too_far_off_counts_for_a_year(office: Any) -> None:
    """One that was recorded when nothing bounded its next review."""
    rules = CounselRules(assessment_required=True)
    old = assessment(
        office,
        review_due=office.now + timedelta(days=9999),
        recorded_by=office.people[Role.POLICY_OWNER].id,
        recorded_at=office.now,
    )
    with office.vault.write() as tx:
        RegisterStore(tx).put(RegisterKind.IMPACT_ASSESSMENT, old.policy, old, now=office.now)
    approve_assessment(old.policy, old.version, **office.who(Role.SUPERVISOR))
    assert office.open(counsel=rules)
    office.clock.move(days=367)
    with pytest.raises(AssessmentMissingError):
        office.open(counsel=rules)


def test_eu02_an_older_version_does_not_stand_in_for_the_newest(office: Any) -> None:
    rules = CounselRules(assessment_required=True)
    owner, supervisor = office.who(Role.POLICY_OWNER), office.who(Role.SUPERVISOR)
    policy = office.requisition.policy.id
    for version in ("1", "2"):
        record_assessment(assessment(office, version=version), **owner)
    approve_assessment(policy, "1", **supervisor)
    with pytest.raises(AssessmentMissingError):
        office.open(counsel=rules)
    approve_assessment(policy, "2", **supervisor)
    assert office.open(counsel=rules)


def test_an_agency_with_too_few_people_is_told_which_duties_collide(office: Any) -> None:
    """Five duties, five people: one named reviewer cannot give both approvals."""
    named = CounselRules(reviewers=frozenset({office.second_reviewer.id}))
    with pytest.raises(TooFewPeopleError) as refusal:
        office.open(counsel=named)
    assert "first-review, second-review" in str(refusal.value)
    assert "outsourced" in str(refusal.value)
    elsewhere = (Outsourced(duty=StaffedDuty.SECOND_REVIEW, agency="Next county"),)
    opened = office.open(counsel=named.model_copy(update={"outsourced": elsewhere}))
    assert opened.policy.counsel is not None
    assert office.open(counsel=CounselRules()), "with enough people nothing is outsourced"


def test_m3_a_confidential_reporter_is_in_no_copy_and_no_production(
    office: Any, tmp_path: Any
) -> None:
    """Row M3: whatever stands in the case of a report, the lists of what leaves are closed."""
    case_id = office.drafted()
    report = PeerReport(
        employee=ActorId("somebody"),
        allegation=RawText("Casey Whitlock from dispatch saw it"),
        anonymous=False,
        given_at=office.now,
    )
    with office.vault.write(case_id) as tx:
        RecordStore(tx).put(case_id, RecordKind.PEER_REPORT, report, now=office.now)
    request = asks(office, case_id, RequestKind.ACCESS)
    done = answers(office, case_id, request, RequestOutcome.GRANTED)
    assert done.copy is not None
    assert b"Whitlock" not in done.copy.content
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    everything = frozenset(ProducedKind)
    wanted = request_production(case_id, "12-cv-34", everything, **custodian).id
    approve_production(case_id, wanted, **custodian)
    approve_production(case_id, wanted, **office.who(Role.POLICY_OWNER))
    make_recipient(tmp_path / "private", tmp_path / "public")
    key = read_recipient(tmp_path / "public")
    make_production(case_id, wanted, tmp_path / "bundle", key, **custodian)
    files = open_bundle(tmp_path / "bundle", tmp_path / "private")
    assert not any(b"Whitlock" in content for content in files.values())


def test_open_requests_and_breaches_run_among_the_clocks_of_a_case(office: Any) -> None:
    case_id = office.drafted()
    request = asks(office, case_id, RequestKind.RECTIFICATION)
    report_breach(case_id, BreachKind.LOST, [], **office.who(Role.SUPERVISOR))
    running = deadlines(case_id, **office.who(Role.AUDITOR))
    assert [one.clock for one in running] == [ClockKind.BREACH_TOLD, ClockKind.REQUEST]
    answers(office, case_id, request, RequestOutcome.GRANTED)
    running = deadlines(case_id, **office.who(Role.AUDITOR))
    assert [one.clock for one in running] == [ClockKind.BREACH_TOLD]
