"""Row F1: every applicant of a requisition is treated alike; what differs was approved before."""

from collections.abc import Callable
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.deviations import approve_deviation
from casework.counsel.consistency import consistency_report
from casework.gathering.source import register_source
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver, release
from casework.reviewing.review import approve, open_desk
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import DeviationError
from models.consent import Notice
from models.consistency import CaseTreatment, DeviationKind, DeviationReason, Unequal
from models.counsel_rules import CounselRules, Outsourced, StaffedDuty
from models.errors import NotPermittedError, SeparationOfDutiesError, WalloffError
from models.people import Role
from storage.audit import AuditLog
from storage.records import RecordKind, RecordStore

Post = Callable[..., str]
THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."


def codes(office: Any, about: str, action: AuditAction) -> list[str]:
    with office.vault.read() as tx:
        return [one.code for one in AuditLog(tx).entries(about) if one.action is action]


def refused(
    office: Any, case_id: Any, kind: type[WalloffError], part: Callable[[], object]
) -> WalloffError:
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


def register(office: Any, case_id: Any, line: str) -> None:
    folder = office.folder / case_id
    folder.mkdir(exist_ok=True)
    (folder / "posts.jsonl").write_text(line + "\n")
    register_source(case_id, folder, **office.who(Role.INVESTIGATOR))


def approves(office: Any, case_id: Any, who: Any) -> None:
    screener = office.services.screener_of(case_id)
    open_desk(case_id, screener=screener, actor=who, vault=office.vault, now=office.now)
    approve(case_id, actor=who, vault=office.vault, now=office.now)


def crossed(office: Any, case_id: Any) -> Any:
    for who in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        approves(office, case_id, who)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)
    return case_id


def report(office: Any, role: Role = Role.AUDITOR) -> Any:
    return consistency_report(office.requisition.id, **office.who(role))


def treatment(office: Any, case_id: Any) -> CaseTreatment:
    return next(one for one in report(office).cases if one.case_id == case_id)


def late_rule(office: Any) -> None:
    office.requisition = office.open(
        notice_lead_days=0, counsel=CounselRules(collect_within_days=10)
    )


def deviation(office: Any, case_id: Any, kind: DeviationKind, role: Role = Role.SUPERVISOR) -> Any:
    return approve_deviation(case_id, kind, DeviationReason.STAFF_ABSENT, **office.who(role))


def test_f1_a_late_search_needs_a_reason_and_an_approver_first(office: Any, post: Post) -> None:
    """Row F1: within the days nothing is asked; after them somebody else approves first."""
    late_rule(office)
    in_time = office.disclosed()
    register(office, in_time, post(THREAT))
    case_id = office.disclosed()
    office.clock.move(days=11)
    refused(office, case_id, DeviationError, lambda: register(office, case_id, post(THREAT)))
    with office.vault.read() as tx:
        assert RecordStore(tx).cases_with(RecordKind.SOURCE) == [in_time]
    assert deviation(office, case_id, DeviationKind.LATE_SEARCH).approved_by == "the-supervisor"
    register(office, case_id, post(THREAT))
    assert find_case(case_id, vault=office.vault).state is CaseState.COLLECTING
    assert codes(office, case_id, AuditAction.DEVIATION_APPROVED) == ["late-search:staff-absent"]
    found = treatment(office, case_id)
    assert (found.unequal, found.approved) == ((Unequal.LATE_SEARCH,), (Unequal.LATE_SEARCH,))
    assert found.equal
    assert found.deviations == ("late-search:staff-absent",)


def test_f1_nobody_approves_who_takes_part_or_has_no_such_role(office: Any, post: Post) -> None:
    late_rule(office)
    case_id = office.disclosed()
    kind = DeviationKind.LATE_SEARCH
    for role in (Role.INVESTIGATOR, Role.HIRING_MANAGER, Role.WALL_OFF_REVIEWER):
        refused(
            office,
            case_id,
            NotPermittedError,
            lambda role=role: deviation(office, case_id, kind, role),
        )
    both = office.people[Role.INVESTIGATOR].model_copy(
        update={"roles": frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})}
    )
    register(office, case_id, post(THREAT))
    refused(
        office,
        case_id,
        SeparationOfDutiesError,
        lambda: approve_deviation(
            case_id, kind, DeviationReason.TECHNICAL, actor=both, vault=office.vault, now=office.now
        ),
    )


def test_f1_who_takes_the_step_has_not_approved_it(office: Any, post: Post) -> None:
    late_rule(office)
    case_id = office.disclosed()
    office.clock.move(days=11)
    both = office.people[Role.INVESTIGATOR].model_copy(
        update={"roles": frozenset({Role.INVESTIGATOR, Role.SUPERVISOR})}
    )
    approve_deviation(
        case_id,
        DeviationKind.LATE_SEARCH,
        DeviationReason.TECHNICAL,
        actor=both,
        vault=office.vault,
        now=office.now,
    )
    refused(office, case_id, DeviationError, lambda: register(office, case_id, post(THREAT)))


def test_f1_a_reviewer_whom_the_policy_does_not_name_needs_approval(
    office: Any, post: Post
) -> None:
    named = office.people[Role.WALL_OFF_REVIEWER]
    office.requisition = office.open(
        notice_lead_days=0,
        counsel=CounselRules(
            reviewers=frozenset({named.id}),
            outsourced=(Outsourced(duty=StaffedDuty.SECOND_REVIEW, agency="Next county"),),
        ),
    )
    case_id = office.screened(post(THREAT))
    approves(office, case_id, named)
    second = office.second_reviewer
    screener = office.services.screener_of(case_id)
    open_desk(case_id, screener=screener, actor=second, vault=office.vault, now=office.now)
    by = {"actor": second, "vault": office.vault, "now": office.now}
    refused(office, case_id, DeviationError, lambda: approve(case_id, **by))
    deviation(office, case_id, DeviationKind.OTHER_REVIEWER)
    assert approve(case_id, **by) == 2
    assert treatment(office, case_id).equal


def test_f1_without_the_table_nothing_is_gated_and_everybody_is_reported_alike(
    office: Any, post: Post
) -> None:
    first = crossed(office, office.screened(post(THREAT)))
    office.consented()
    found = report(office)
    assert found.consistent
    assert [one.unequal for one in found.cases] == [(), ()]
    assert {one.rules for one in found.cases} == {found.rules}
    steps = treatment(office, first).steps
    assert steps[0] == AuditAction.CASE_OPENED
    assert steps[-1] == AuditAction.RELEASED
    assert treatment(office, first).reviewers == 2


def test_f1_what_was_otherwise_is_named_and_not_repaired(office: Any) -> None:
    """A notice at another stage, written past the steps: records are compared, not promises."""
    alike, otherwise = office.disclosed(), office.disclosed()
    with office.vault.write(otherwise) as tx:
        records = RecordStore(tx)
        notice = records.latest(otherwise, RecordKind.NOTICE, Notice)
        assert notice is not None
        moved = notice.model_copy(update={"stage": "advert"})
        records.put(otherwise, RecordKind.NOTICE, moved, now=office.now)
    found = report(office)
    assert not found.consistent
    assert {one.case_id: one.unequal for one in found.cases} == {
        alike: (),
        otherwise: (Unequal.STAGE,),
    }


def test_f1_the_report_is_for_auditors_in_ids_and_codes(office: Any, post: Post) -> None:
    crossed(office, office.screened(post(THREAT)))
    found = report(office)
    text = found.model_dump_json()
    assert "Applegate" not in text
    assert "kill" not in text
    assert codes(office, office.requisition.id, AuditAction.CONSISTENCY_READ)[-1]
    for role in (Role.HIRING_MANAGER, Role.INVESTIGATOR, Role.APPLICANT):
        with pytest.raises(NotPermittedError):
            report(office, role)
    assert codes(office, office.requisition.id, AuditAction.DENIED) == ["not-permitted"] * 3


def test_f3_what_is_stricter_than_peers_is_remarked_in_the_report(office: Any) -> None:
    office.requisition = office.open(notice_lead_days=0, lookback_years=20)
    assert "lookback_years" in report(office).stricter
    office.requisition = office.open(notice_lead_days=90, lookback_years=1)
    assert "lookback_years" not in report(office).stricter
