"""Rows S1, Q1, Q3, F2, I2, I3, S7: who may capture and review, shown beside who may not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.attribution.attribute import unattributed
from casework.gathering.source import SourceFolder, register_source, registered_source
from casework.people import practical
from casework.people.devices import retire_device
from casework.people.practical import (
    answer_practical,
    draw_practical,
    right_answers,
    sign_statement,
)
from casework.people.staff import authorise_search, name_panel, revoke_authorisation
from casework.people.training import (
    change_platform,
    close_gap,
    declare_gap,
    recognise_trainer,
    record_training,
)
from casework.reviewing.review import approve, open_desk
from models.audit import AuditAction
from models.case import CaseState
from models.errors import InputError, NotPermittedError, RecordNotFoundError, WalloffError
from models.people import Role
from models.people_rules import EmploymentType, Module
from models.segment import Segment
from models.staff import Authorization, Device, Egress, Owner, Training
from storage.audit import AuditLog
from storage.captures import CaptureStore
from storage.evidence import EvidenceStore
from storage.records import RecordKind, RecordStore
from storage.registers import RegisterKind, RegisterStore

Post = Callable[..., str]
INVESTIGATOR = Role.INVESTIGATOR
DEVICE = "workstation-7"


def by(office: Any, actor: Any) -> dict[str, Any]:
    return {"actor": actor, "vault": office.vault, "now": office.now}


def folder(office: Any, case_id: Any, *posts: str) -> Any:
    made = office.folder / case_id
    made.mkdir(exist_ok=True)
    (made / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
    return made


def registers(office: Any, case_id: Any, *posts: str, device: str | None = DEVICE) -> None:
    material = folder(office, case_id, *posts)
    register_source(case_id, material, device=device, **office.who(INVESTIGATOR))


def last_entry(office: Any, about: str) -> Any:
    with office.vault.read() as tx:
        return AuditLog(tx).entries(about)[-1]


def refused(office: Any, code: str, case_id: Any, *posts: str, **how: Any) -> None:
    """Registering a source is refused with a code, logged, and nothing was written."""
    with pytest.raises(WalloffError) as caught:
        registers(office, case_id, *posts, **how)
    assert caught.value.code == code
    entry = last_entry(office, case_id)
    assert (entry.action, entry.code) == (AuditAction.DENIED, code)
    assert entry.actor == office.people[INVESTIGATOR].id
    with office.vault.read() as tx:
        assert RecordStore(tx).latest(case_id, RecordKind.SOURCE, SourceFolder) is None
    assert find_case(case_id, vault=office.vault).state is CaseState.DISCLOSED


def entry_refused(office: Any, code: str, about: str, kind: RegisterKind, act: Any) -> None:
    """An entry of a register is refused with a code, logged, and not made."""
    with pytest.raises(WalloffError) as caught:
        act()
    assert caught.value.code == code
    entry = last_entry(office, about)
    assert (entry.action, entry.code) == (AuditAction.DENIED, code)
    with office.vault.read() as tx:
        assert RegisterStore(tx).latest(kind, about, Authorization) is None


@pytest.fixture
def office(office: Any, staff: Any) -> Any:
    """An office whose policy has a people table, and whose trainer is recognised."""
    office.staff = staff
    office.staff.gated()
    office.staff.trainer()
    office.staff.device()
    return office


@pytest.fixture
def investigator(office: Any) -> Any:
    return office.people[INVESTIGATOR]


def test_s1_q1_f2_whoever_has_all_of_it_captures_and_the_capture_names_its_device(
    office: Any, investigator: Any, post: Post
) -> None:
    office.staff.competent(investigator)
    case_id = office.disclosed()
    registers(office, case_id, post("Rain again."))
    office.run(Segment.COLLECT, case_id)
    with office.vault.read() as tx:
        (capture,) = CaptureStore(tx).all(case_id)
        assert registered_source(tx, case_id).registered_by == investigator.id
    assert (capture.device, capture.platforms) == (DEVICE, frozenset({"forum"}))


def test_a_policy_without_the_table_asks_nothing(office: Any, post: Post) -> None:
    """Homes and requisitions of an earlier version go on."""
    office.requisition = office.open(notice_lead_days=0)
    case_id = office.disclosed()
    registers(office, case_id, post("Rain again."), device=None)
    assert office.run(Segment.COLLECT, case_id) == 1


# --- S1 -------------------------------------------------------------------------------------------


def test_s1_nobody_searches_unauthorised(office: Any, post: Post) -> None:
    refused(office, "E-S1-UNAUTHORISED", office.disclosed(), post("Rain."))


def test_s1_a_revoked_authorisation_is_none(office: Any, investigator: Any, post: Post) -> None:
    office.staff.competent(investigator)
    revoke_authorisation(investigator.id, **office.who(Role.SUPERVISOR))
    refused(office, "E-S1-UNAUTHORISED", office.disclosed(), post("Rain."))


@pytest.mark.parametrize("employment", ["intern", "temporary", "volunteer"])
def test_s1_definitely_not_the_intern(office: Any, investigator: Any, employment: str) -> None:
    entry_refused(
        office,
        "E-S1-FORBIDDEN-TYPE",
        investigator.id,
        RegisterKind.AUTHORIZATION,
        lambda: office.staff.authorised(investigator, employment=EmploymentType(employment)),
    )


def test_s1_a_policy_may_forbid_contractors_too(office: Any, investigator: Any, post: Post) -> None:
    office.staff.gated(
        forbidden_types=office.staff.rules.forbidden_types | {EmploymentType.CONTRACTOR}
    )
    office.staff.authorised(investigator, employment=EmploymentType.CONTRACTOR)
    refused(office, "E-S1-FORBIDDEN-TYPE", office.disclosed(), post("Rain."))


def test_s1_without_a_cleared_background_nobody_is_authorised(
    office: Any, investigator: Any
) -> None:
    entry_refused(
        office,
        "E-S1-UNAUTHORISED",
        investigator.id,
        RegisterKind.AUTHORIZATION,
        lambda: office.staff.authorised(investigator, background_cleared=False),
    )


def test_s1_an_authorisation_is_renewed_in_time(office: Any, investigator: Any, post: Post) -> None:
    office.staff.competent(investigator)
    office.staff.authorised(investigator, review_due=office.now + timedelta(days=2))
    case_id = office.disclosed()
    office.clock.move(days=2)
    refused(office, "E-S1-REAUTH-DUE", case_id, post("Rain."))
    office.staff.authorised(investigator)
    registers(office, case_id, post("Rain."))


def test_s1_a_review_is_within_a_year(office: Any, investigator: Any) -> None:
    with pytest.raises(InputError):
        office.staff.authorised(investigator, review_due=office.now + timedelta(days=800))


def test_s1_nobody_authorises_themselves(office: Any) -> None:
    supervisor = office.people[Role.SUPERVISOR]
    entry_refused(
        office,
        "E-S1-SOD",
        supervisor.id,
        RegisterKind.AUTHORIZATION,
        lambda: office.staff.authorised(supervisor),
    )


def test_s1_only_policy_owner_and_supervisor_authorise(office: Any, investigator: Any) -> None:
    with pytest.raises(NotPermittedError):
        authorise_search(
            investigator.id,
            employment=EmploymentType.SWORN,
            basis="order 7",
            background_cleared=True,
            sensitive=False,
            review_due=office.now + timedelta(days=30),
            **office.who(Role.TRAINING_OFFICER),
        )


def test_s1_who_selects_searches_nobody_there_even_after_leaving_the_panel(
    office: Any, investigator: Any, post: Post
) -> None:
    """POL-06: the investigator may not be anyone involved in candidate selection."""
    office.staff.competent(investigator)
    case_id = office.disclosed()
    owner = office.who(Role.POLICY_OWNER)
    name_panel(office.requisition.id, {investigator.id}, **owner)
    refused(office, "E-S1-SOD", case_id, post("Rain."))
    name_panel(office.requisition.id, {office.people[Role.HIRING_MANAGER].id}, **owner)
    refused(office, "E-S1-SOD", case_id, post("Rain."))


# --- Q1, Q3 ---------------------------------------------------------------------------------------


def test_q1_every_module_is_needed(office: Any, investigator: Any, post: Post) -> None:
    office.staff.authorised(investigator)
    office.staff.trained(investigator, without=frozenset({Module.OPSEC}))
    refused(office, "E-Q1-UNTRAINED", office.disclosed(), post("Rain."))


def test_q1_california_asks_for_the_certified_course_first(
    office: Any, investigator: Any, post: Post
) -> None:
    """POL-01, 11 CCR 1953(a)(1)."""
    office.staff.authorised(investigator)
    office.staff.trained(investigator, without=frozenset({Module.CERTIFIED_COURSE}))
    case_id = office.disclosed()
    refused(office, "E-Q1-UNTRAINED", case_id, post("Rain."))
    with pytest.raises(WalloffError, match="1953"):
        registers(office, case_id, post("Rain."))


def test_q1_training_counts_for_its_platform_alone(
    office: Any, investigator: Any, post: Post
) -> None:
    office.staff.competent(investigator)
    case_id = office.disclosed()
    elsewhere = post("Rain.", platform="Reddit")
    refused(office, "E-Q1-PLATFORM-UNTRAINED", case_id, post("Rain."), elsewhere)
    registers(office, case_id, post("Rain."))


def test_q1_the_files_are_looked_at_again_when_they_are_captured(
    office: Any, investigator: Any, post: Post
) -> None:
    """Somebody adds a file after registering: it waits, and nothing is lost."""
    office.staff.competent(investigator)
    case_id = office.disclosed()
    registers(office, case_id, post("Rain."))
    (office.folder / case_id / "more.posts.jsonl").write_text("")
    folder(office, case_id, post("Rain.", platform="reddit"))
    with pytest.raises(WalloffError) as caught:
        office.run(Segment.COLLECT, case_id)
    assert caught.value.code == "E-Q1-PLATFORM-UNTRAINED"
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 0
    office.staff.trained(investigator, platforms=frozenset({"reddit"}))


def test_q1_a_reviewer_needs_the_platforms_of_the_case(office: Any, post: Post) -> None:
    """No review action either: nothing is shown, and nobody is exposed."""
    office.staff.competent(office.people[INVESTIGATOR])
    reviewer = office.people[Role.WALL_OFF_REVIEWER]
    case_id = office.disclosed()
    registers(office, case_id, post("Rain."))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    office.staff.authorised(reviewer)
    office.staff.trained(reviewer, platforms=frozenset({"mastodon"}))
    office.staff.tested(reviewer)
    sign_statement(**by(office, reviewer))
    screener = office.services.screener_of(case_id)
    with pytest.raises(WalloffError) as caught:
        open_desk(case_id, screener=screener, **by(office, reviewer))
    assert caught.value.code == "E-Q1-PLATFORM-UNTRAINED"
    entry = last_entry(office, case_id)
    assert (entry.action, entry.code) == (AuditAction.DENIED, "E-Q1-PLATFORM-UNTRAINED")
    office.staff.trained(reviewer)
    open_desk(case_id, screener=screener, **by(office, reviewer))
    declare_gap("forum", **by(office, reviewer))
    with pytest.raises(WalloffError) as caught:
        approve(case_id, **by(office, reviewer))
    assert caught.value.code == "E-I3-GAP"


def test_q1_an_analyst_is_asked_too(office: Any, post: Post) -> None:
    office.staff.competent(office.people[INVESTIGATOR])
    case_id = office.disclosed()
    registers(office, case_id, post("Rain.", author="somebody_else"))
    office.run(Segment.COLLECT, case_id)
    office.run(Segment.SCREEN, case_id)
    analyst = office.people[Role.ATTRIBUTION_ANALYST]
    with pytest.raises(WalloffError) as caught:
        unattributed(case_id, **by(office, analyst))
    assert caught.value.code == "E-S1-UNAUTHORISED"
    office.staff.competent(analyst)
    assert len(unattributed(case_id, **by(office, analyst))) == 1


def test_q3_expired_training_suspends(office: Any, investigator: Any, post: Post) -> None:
    office.staff.competent(investigator)
    case_id = office.disclosed()
    office.clock.move(days=170)
    office.staff.authorised(investigator)
    registers(office, case_id, post("Rain."))
    later = office.disclosed()
    office.clock.move(days=131)
    office.staff.authorised(investigator)
    refused(office, "E-Q3-REFRESH-DUE", later, post("Rain."))


def test_q3_a_platform_s_change_expires_its_training_early(
    office: Any, investigator: Any, post: Post
) -> None:
    office.staff.competent(investigator)
    officer = office.who(Role.TRAINING_OFFICER)
    case_id = office.disclosed()
    change_platform("reddit", "new audience", effective=office.now, **officer)
    change_platform("forum", "new audience", effective=office.now + timedelta(days=3), **officer)
    registers(office, case_id, post("Rain."))
    later = office.disclosed()
    office.clock.move(days=3)
    refused(office, "E-Q3-REFRESH-DUE", later, post("Rain."))
    office.staff.trained(investigator)
    registers(office, later, post("Rain."))


# --- F2 -------------------------------------------------------------------------------------------


def test_f2_attendance_is_not_competence(office: Any, investigator: Any, post: Post) -> None:
    office.staff.authorised(investigator)
    office.staff.trained(investigator)
    sign_statement(**by(office, investigator))
    case_id = office.disclosed()
    refused(office, "E-F2-NO-COMPETENCE", case_id, post("Rain."))
    office.staff.tested(investigator, wrong=9)
    refused(office, "E-F2-NO-COMPETENCE", case_id, post("Rain."))
    office.staff.tested(investigator)
    registers(office, case_id, post("Rain."))


def test_f2_the_newest_practical_counts(office: Any, investigator: Any, post: Post) -> None:
    office.staff.competent(investigator)
    office.staff.tested(investigator, wrong=18)
    refused(office, "E-F2-NO-COMPETENCE", office.disclosed(), post("Rain."))


def test_f2_the_statement_is_signed(office: Any, investigator: Any, post: Post) -> None:
    office.staff.authorised(investigator)
    office.staff.trained(investigator)
    office.staff.tested(investigator)
    case_id = office.disclosed()
    refused(office, "E-F2-NO-STATEMENT", case_id, post("Rain."))
    sign_statement(**by(office, investigator))
    registers(office, case_id, post("Rain."))


def test_f2_a_statement_of_older_words_is_signed_anew(
    office: Any, investigator: Any, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signed other words has not said that they answer for these."""
    office.staff.competent(investigator)
    registers(office, office.disclosed(), post("Rain."))
    monkeypatch.setattr(practical, "STATEMENT", "I answer for more than before.")
    case_id = office.disclosed()
    refused(office, "E-F2-NO-STATEMENT", case_id, post("Rain."))
    sign_statement(**by(office, investigator))
    registers(office, case_id, post("Rain."))


def test_f2_a_paper_is_one_s_own_and_scored_once(office: Any, investigator: Any) -> None:
    paper, asked = draw_practical(**by(office, investigator))
    right = right_answers(paper)
    assert len(asked) == len(right) == 18
    analyst = office.people[Role.ATTRIBUTION_ANALYST]
    with pytest.raises(RecordNotFoundError):
        answer_practical(paper.id, right, **by(office, analyst))
    with pytest.raises(InputError):
        answer_practical(paper.id, right[:-1], **by(office, investigator))
    result = answer_practical(paper.id, right, **by(office, investigator))
    assert result.total.percent == 100
    with pytest.raises(RecordNotFoundError):
        answer_practical(paper.id, right, **by(office, investigator))


def test_f2_an_old_paper_is_not_answered(office: Any, investigator: Any) -> None:
    paper, _asked = draw_practical(**by(office, investigator))
    office.clock.move(days=2)
    with pytest.raises(RecordNotFoundError):
        answer_practical(paper.id, right_answers(paper), **by(office, investigator))


# --- I3 -------------------------------------------------------------------------------------------


def test_i3_a_declared_gap_blocks_its_platform_until_somebody_else_closes_it(
    office: Any, investigator: Any, post: Post
) -> None:
    office.staff.competent(investigator)
    case_id = office.disclosed()
    declare_gap("mastodon", **by(office, investigator))
    declare_gap("forum", **by(office, investigator))
    refused(office, "E-I3-GAP", case_id, post("Rain."))
    with pytest.raises(NotPermittedError):
        close_gap(investigator.id, "forum", **by(office, investigator))
    close_gap(investigator.id, "forum", **office.who(Role.TRAINING_OFFICER))
    registers(office, case_id, post("Rain."))


def test_i3_a_trainer_is_up_to_date(office: Any, investigator: Any) -> None:
    office.clock.move(days=301)

    def train() -> None:
        office.staff.trained(investigator)

    entry_refused(office, "E-I3-GAP", investigator.id, RegisterKind.TRAINING, train)


def test_i3_a_trainer_teaches_what_the_credential_names(office: Any, investigator: Any) -> None:
    officer = office.who(Role.TRAINING_OFFICER)
    recognise_trainer(
        office.staff.trainer_id,
        basis="certificate",
        modules={Module.OPSEC},
        valid_until=office.now + timedelta(days=9),
        **officer,
    )
    given: Any = {
        "score_percent": 90,
        "trainer": office.staff.trainer_id,
        "expires_at": office.now + timedelta(days=9),
        **officer,
    }
    record_training(investigator.id, Module.OPSEC, **given)
    with pytest.raises(WalloffError) as caught:
        record_training(investigator.id, Module.REDACTION, **given)
    assert caught.value.code == "E-I3-GAP"
    with office.vault.read() as tx:
        found = RegisterStore(tx).all(RegisterKind.TRAINING, Training, about=investigator.id)
    assert [one.module for one in found] == [Module.OPSEC]


def test_q1_a_failed_module_is_not_recorded(office: Any, investigator: Any) -> None:
    def train() -> None:
        record_training(
            investigator.id,
            Module.OPSEC,
            score_percent=69,
            trainer=office.staff.trainer_id,
            expires_at=office.now + timedelta(days=9),
            **office.who(Role.TRAINING_OFFICER),
        )

    entry_refused(office, "E-Q1-UNTRAINED", investigator.id, RegisterKind.TRAINING, train)


# --- S7, I2 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("device", [None, "my-own-laptop"])
def test_s7_a_capture_comes_from_a_registered_device(
    office: Any, investigator: Any, post: Post, device: str | None
) -> None:
    office.staff.competent(investigator)
    refused(office, "E-S7-DEVICE", office.disclosed(), post("Rain."), device=device)


def test_s7_an_attestation_lapses_and_a_retired_device_is_gone(
    office: Any, investigator: Any, post: Post
) -> None:
    office.staff.competent(investigator)
    office.staff.device("workstation-8", attested_until=office.now + timedelta(days=1))
    case_id = office.disclosed()
    office.clock.move(days=1)
    refused(office, "E-S7-DEVICE", case_id, post("Rain."), device="workstation-8")
    retire_device(DEVICE, **office.who(Role.SUPERVISOR))
    refused(office, "E-S7-DEVICE", case_id, post("Rain."))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"owner": Owner.PERSONAL}, "E-S7-DEVICE"),
        ({"egress": Egress.AGENCY}, "E-I2-DEVICE"),
        ({"egress": Egress.PERSONAL}, "E-I2-DEVICE"),
        ({"geolocation_blocked": False}, "E-I2-GEO"),
    ],
)
def test_s7_i2_a_device_that_gives_somebody_away_is_not_registered(
    office: Any, changes: dict[str, Any], code: str
) -> None:
    entry_refused(
        office,
        code,
        "tablet-1",
        RegisterKind.DEVICE,
        lambda: office.staff.device("tablet-1", **changes),
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"owner": Owner.PERSONAL}, "E-S7-DEVICE"),
        ({"egress": Egress.AGENCY}, "E-I2-DEVICE"),
        ({"geolocation_blocked": False}, "E-I2-GEO"),
    ],
)
def test_s7_i2_the_gate_looks_at_the_device_itself(
    office: Any, investigator: Any, post: Post, changes: dict[str, Any], code: str
) -> None:
    """An entry that came into the register by another way opens nothing."""
    office.staff.competent(investigator)
    with office.vault.write() as tx:
        device = RegisterStore(tx).latest(RegisterKind.DEVICE, DEVICE, Device)
        assert device is not None
        changed = device.model_copy(update=changes)
        RegisterStore(tx).put(RegisterKind.DEVICE, DEVICE, changed, now=office.now)
    refused(office, code, office.disclosed(), post("Rain."))


def test_s7_a_policy_may_leave_devices_out(office: Any, investigator: Any, post: Post) -> None:
    office.staff.gated(devices_required=False)
    office.staff.competent(investigator)
    registers(office, office.disclosed(), post("Rain."), device=None)
