"""The end of a case: nothing goes early, nothing stays in silence, and what went is certified."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case
from casework.applicant.consent import sign_consent, withdraw_consent
from casework.deciding.manager import view
from casework.records.certificates import certificate_of, signed_certificate
from casework.records.clock_guard import confirm_clock, witness_time
from casework.records.disposition import destroy_case, plan_sweep, show_sweep
from casework.records.holds import holds_on, lift_hold, place_hold
from casework.records.retention import (
    explain_retention,
    retain,
    retain_ended,
    retention_schedule,
    state_employment,
)
from casework.releasing.look import look
from casework.reviewing.review import open_desk
from models.audit import AuditAction
from models.case import CaseState
from models.errors import (
    AuditBrokenError,
    CaseNotFoundError,
    ClockError,
    EarlyDestructionError,
    HeldError,
    InputError,
    NotPermittedError,
    RecordNotFoundError,
    RetentionConflictError,
    RetentionUnknownError,
    SealedError,
    SeparationOfDutiesError,
    WrongStateError,
)
from models.ids import HoldId, new_id
from models.people import SYSTEM, Role
from models.release import ReleasePackage
from models.requisition import EmployerType
from models.retention import Clock, Confidence, Employment, HoldKind, RetentionRule
from policy.defaults import default_draft
from policy.retention import Disposition
from storage.audit import AuditLog
from storage.certificate_note import read_certificate
from storage.certificates import CertificateStore
from storage.checkpoints import publish
from storage.cosigning import keep_cosignatures
from storage.duties import Duty, DutyStore
from storage.evidence import EvidenceStore
from storage.note import Cosigner, Scheme, Verifier, split_note
from storage.records import RecordKind, RecordStore
from storage.verification import verify
from walloff.custody import sweep_home
from walloff.upkeep import reconcile_home, retain_all, sweep_due

Post = Callable[..., str]
CUSTODIAN = Role.EVIDENCE_CUSTODIAN


def refused(office: Any) -> Any:
    """A case that ended before anything was collected."""
    case_id = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset(),
        refused=office.requisition.policy.consent_items,
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    return case_id


def kept_out(office: Any) -> Any:
    """Put a refused case into retention."""
    case_id = refused(office)
    retain(case_id, vault=office.vault, now=office.now)
    return case_id


def pass_time(office: Any, until: Any) -> None:
    """Move the clock behind a day, and have somebody witness it."""
    office.clock.moment = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    office.clock.move(days=1)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))


def wait_out(office: Any, case_id: Any) -> None:
    pass_time(office, dates(office, case_id).keep_until)


def dates(office: Any, case_id: Any) -> Any:
    return explain_retention(case_id, **office.who(Role.AUDITOR)).dates


def state(office: Any, case_id: Any) -> CaseState:
    return find_case(case_id, vault=office.vault).state


def actions(office: Any, case_id: Any) -> list[AuditAction]:
    with office.vault.read() as tx:
        return [one.action for one in AuditLog(tx).entries(case_id)]


def run_sweep(office: Any, **options: Any) -> Any:
    return sweep_home(office.services, actor=office.people[CUSTODIAN], **options)


def under(office: Any, *, place: str = "US-CA", rules: tuple[RetentionRule, ...] = ()) -> None:
    """Open the requisition under which the next cases run."""
    retention = rules or default_draft().policy.retention
    office.requisition = office.open(jurisdiction=place, notice_lead_days=0, retention=retention)


def own(rule_id: str, clock: Clock, period: str) -> RetentionRule:
    return RetentionRule(
        id=rule_id, clock=clock, period=period, citation="c", confidence=Confidence.VERIFIED
    )


def test_a_destroyed_case_is_unreadable_by_everybody_and_the_others_are_whole(
    office: Any, post: Post
) -> None:
    """Rows, files, package and keys are gone; the audit log verifies; the neighbour opens."""
    gone = office.screened(post("We planted tomatoes behind the shed."))
    withdraw_consent(gone, **office.who(Role.APPLICANT))
    retain_all(office.services)
    wait_out(office, gone)
    stays = office.screened(post("The night bus was late again.", days_ago=30))
    done = run_sweep(office)
    assert (done.destroyed, done.certified, done.pending) == ((gone,), (gone,), ())
    assert state(office, gone) is CaseState.DESTROYED
    assert actions(office, gone)[-2:] == [AuditAction.DESTROYED, AuditAction.CERTIFIED]
    for role in Role:
        if role is Role.SYSTEM:
            continue
        who = {"actor": office.people[role], "vault": office.vault, "now": office.now}
        with pytest.raises((NotPermittedError, WrongStateError, RecordNotFoundError)):
            open_desk(gone, screener=office.services.screener_of(stays), **who)
        with pytest.raises((NotPermittedError, RecordNotFoundError)):
            view(gone, released=office.services.released, **who)
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(gone) == 0
        assert EvidenceStore(tx).count(stays) == 1
        assert [item.item.text.reveal() for item in EvidenceStore(tx).for_case(stays)] == [
            "The night bus was late again."
        ]
    names = {path.name for path in office.services.home.files.iterdir()}
    assert len(names) == 1, "the neighbour's original alone"
    assert gone in office.vault.key_ring.finished_dropping()
    assert verify(office.vault).intact
    assert run_sweep(office).certified == ()


def test_the_certificate_verifies_without_the_content(office: Any, tmp_path: Any) -> None:
    case_id = kept_out(office)
    wait_out(office, case_id)
    run_sweep(office)
    found = certificate_of(case_id, actor=office.people[Role.AUDITOR], vault=office.vault)
    assert found.case_id == case_id
    assert found.outcome is CaseState.REFUSED
    assert (found.destroyed_by, found.role) == (office.people[CUSTODIAN].id, CUSTODIAN)
    assert "REC-07" in found.rules
    assert not found.reissued
    assert found.keys.complete
    assert found.keys.cases == (case_id,)
    note = signed_certificate(found, vault=office.vault)
    vkey = Verifier.parse(office.services.home.audit_key_file.read_text())
    assert read_certificate(note, vkey) == found.keys
    with pytest.raises(AuditBrokenError):
        read_certificate(note.replace(case_id, new_id()), vkey)
    for role in (Role.HIRING_MANAGER, Role.INVESTIGATOR):
        with pytest.raises(NotPermittedError):
            certificate_of(case_id, actor=office.people[role], vault=office.vault)


def test_a_certificate_other_than_the_logged_one_is_refused(office: Any) -> None:
    case_id = kept_out(office)
    wait_out(office, case_id)
    run_sweep(office)
    other = kept_out(office)
    with office.vault.read() as tx:
        true = CertificateStore(tx).get(case_id)
    assert true is not None
    with office.vault.write() as tx:
        CertificateStore(tx).put(true.model_copy(update={"case_id": other}), now=office.now)
    with pytest.raises(AuditBrokenError):
        certificate_of(other, actor=office.people[CUSTODIAN], vault=office.vault)


def test_there_is_no_certificate_before_destruction(office: Any) -> None:
    case_id = kept_out(office)
    with pytest.raises(RecordNotFoundError):
        certificate_of(case_id, actor=office.people[CUSTODIAN], vault=office.vault)
    with pytest.raises(CaseNotFoundError):
        certificate_of("no id", actor=office.people[CUSTODIAN], vault=office.vault)  # type: ignore[arg-type] # what somebody typed


def test_nothing_goes_before_its_last_day_is_over(office: Any) -> None:
    case_id = kept_out(office)
    last = dates(office, case_id).keep_until
    office.clock.moment = datetime(last.year, last.month, last.day, 23, 59, tzinfo=UTC)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    assert run_sweep(office).destroyed == ()
    with pytest.raises(EarlyDestructionError, match="REC-07"):
        destroy_case(case_id, **office.who(CUSTODIAN))
    office.clock.move(hours=12, minutes=1)
    assert run_sweep(office).destroyed == (case_id,)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM, CUSTODIAN}))
def test_only_the_custodian_and_the_system_destroy(office: Any, role: Role) -> None:
    case_id = kept_out(office)
    wait_out(office, case_id)
    with pytest.raises(NotPermittedError):
        destroy_case(case_id, **office.who(role))
    with pytest.raises(NotPermittedError):
        sweep_home(office.services, actor=office.people[role])
    assert state(office, case_id) is CaseState.RETAINED
    destroy_case(case_id, **office.who(CUSTODIAN))


def test_the_system_destroys_on_schedule(office: Any) -> None:
    case_id = refused(office)
    assert retain_all(office.services) == 1
    wait_out(office, case_id)
    assert sweep_due(office.services) == 1
    assert sweep_due(office.services) == 0


@pytest.mark.parametrize("duty", [Duty.COLLECTED, Duty.DECIDED])
def test_who_gathered_or_decided_does_not_destroy(office: Any, duty: Duty) -> None:
    case_id = kept_out(office)
    wait_out(office, case_id)
    with office.vault.write() as tx:
        DutyStore(tx).record(case_id, office.people[CUSTODIAN].id, duty, office.now)
    with pytest.raises(SeparationOfDutiesError):
        destroy_case(case_id, **office.who(CUSTODIAN))
    destroy_case(case_id, actor=SYSTEM, vault=office.vault, now=office.now)


def test_a_case_that_is_not_retained_is_not_destroyed(office: Any) -> None:
    with pytest.raises(WrongStateError):
        destroy_case(refused(office), **office.who(CUSTODIAN))


def test_a_hold_blocks_and_its_release_lets_the_next_sweep_act(office: Any) -> None:
    case_id = kept_out(office)
    other = kept_out(office)
    wait_out(office, case_id)
    hold = place_hold(case_id, "26-cv-1", **office.who(CUSTODIAN))
    second = place_hold(case_id, "26-cv-2", **office.who(CUSTODIAN))
    assert run_sweep(office).destroyed == (other,)
    with pytest.raises(HeldError):
        destroy_case(case_id, **office.who(CUSTODIAN))
    lift_hold(case_id, hold.id, **office.who(CUSTODIAN))
    assert run_sweep(office).destroyed == (), "one of two holds is still in force"
    lift_hold(case_id, second.id, **office.who(CUSTODIAN))
    assert run_sweep(office).destroyed == (case_id,)
    with pytest.raises(WrongStateError):
        place_hold(case_id, "26-cv-3", **office.who(CUSTODIAN))


def test_a_hold_that_comes_between_plan_and_step_stops_the_step(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = kept_out(office)
    wait_out(office, case_id)
    place_hold(case_id, "26-cv-1", **office.who(CUSTODIAN))
    monkeypatch.setattr("walloff.custody.due_cases", lambda **_: [case_id])
    assert run_sweep(office).destroyed == ()
    assert state(office, case_id) is CaseState.RETAINED


def test_a_charge_starts_its_rule_and_a_settled_dispute_keeps_a_while(office: Any) -> None:
    case_id = kept_out(office)
    first = dates(office, case_id).keep_until
    charge = place_hold(case_id, "E-1", kind=HoldKind.CHARGE, **office.who(CUSTODIAN))
    opened = dates(office, case_id)
    assert "REC-03" in opened.endless
    assert opened.keep_until is None
    lift_hold(case_id, charge.id, **office.who(CUSTODIAN))
    assert dates(office, case_id).keep_until == first
    pass_time(office, first - timedelta(days=11))
    dispute = place_hold(case_id, "D-1", kind=HoldKind.DISPUTE, **office.who(CUSTODIAN))
    lift_hold(case_id, dispute.id, **office.who(CUSTODIAN))
    # Received ten days before the last day; thirty days, and fifteen more.
    assert dates(office, case_id).keep_until == first + timedelta(days=35)
    kinds = [hold.kind for hold in holds_on(case_id, **office.who(CUSTODIAN))]
    assert kinds == [HoldKind.CHARGE, HoldKind.DISPUTE]
    with pytest.raises(RecordNotFoundError):
        lift_hold(case_id, HoldId(new_id()), **office.who(CUSTODIAN))
    with pytest.raises(NotPermittedError):
        holds_on(case_id, **office.who(Role.AUDITOR))


def test_withdrawal_seals_until_the_last_day_and_only_then_destroys(
    office: Any, post: Post
) -> None:
    case_id = office.screened(post("Rain over the harbour again."))
    desk = {"screener": office.services.screener_of(case_id)}
    open_desk(case_id, **desk, **office.who(Role.WALL_OFF_REVIEWER))
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    for _stage in ("withdrawn", "retained"):
        with pytest.raises(SealedError):
            open_desk(case_id, **desk, **office.who(Role.WALL_OFF_REVIEWER))
        retain_ended(vault=office.vault, now=office.now)
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 1, "sealed, not destroyed"
    assert run_sweep(office).destroyed == ()
    wait_out(office, case_id)
    assert run_sweep(office).destroyed == (case_id,)


def test_a_manager_cannot_tell_a_withdrawal_from_a_case_that_was_never_released(
    office: Any,
) -> None:
    withdrawn, waiting = office.consented(), office.consented()
    withdraw_consent(withdrawn, **office.who(Role.APPLICANT))
    told = []
    for case_id in (withdrawn, waiting):
        with pytest.raises(RecordNotFoundError) as error:
            view(case_id, released=office.services.released, **office.who(Role.HIRING_MANAGER))
        told.append((error.value.code, str(error.value).replace(case_id, "")))
    assert told[0] == told[1]


def test_withdrawn_material_that_no_rule_covers_goes_at_once(office: Any, post: Post) -> None:
    under(office, place="GB", rules=(own("GB-01", Clock.KEEP_UNTIL, "0 days"),))
    case_id = office.consented()
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    retain_all(office.services)
    assert run_sweep(office).destroyed == (case_id,)


def test_a_conflict_is_named_and_sealed_for_good(office: Any) -> None:
    under(office, rules=(own("AGENCY-01", Clock.DESTROY_BY, "1 years"),))
    case_id = kept_out(office)
    found = dates(office, case_id)
    assert found.conflict == ("REC-07", "AGENCY-01")
    pass_time(office, found.keep_until + timedelta(days=4000))
    (line,) = plan_sweep(vault=office.vault, now=office.now)
    assert (line.action, line.rule) == (Disposition.SEALED, "REC-07+AGENCY-01")
    assert line.overdue
    assert run_sweep(office).destroyed == ()
    with pytest.raises(RetentionConflictError, match="REC-07 says keep where AGENCY-01"):
        destroy_case(case_id, **office.who(CUSTODIAN))


def test_unknown_law_is_named_and_sealed(office: Any) -> None:
    under(office, place="US-TX")
    case_id = kept_out(office)
    pass_time(office, dates(office, case_id).keep_until + timedelta(days=4000))
    assert run_sweep(office).destroyed == ()
    with pytest.raises(RetentionUnknownError, match="US-TX:law-enforcement"):
        destroy_case(case_id, **office.who(CUSTODIAN))


def test_what_became_of_the_applicant_is_stated_where_a_rule_depends_on_it(office: Any) -> None:
    under(office, place="US-MN", rules=(own("X-1", Clock.KEEP_UNTIL, "1 years"),))
    assert office.requisition.policy.employer_type is EmployerType.LAW_ENFORCEMENT
    case_id = kept_out(office)
    custodian = office.who(CUSTODIAN)
    assert dates(office, case_id).keep_until.year == 2032
    stated = state_employment(case_id, Employment(hired=True), **custodian)
    assert stated.endless == ("REC-11",)
    assert dates(office, case_id).keep_until is None
    for wrong in (
        Employment(hired=False, monitored=True),
        Employment(hired=False, separated=office.now.date()),
        Employment(hired=True, separated=office.now.date() + timedelta(days=1)),
    ):
        with pytest.raises(InputError):
            state_employment(case_id, wrong, **custodian)
    ended = Employment(hired=True, separated=office.now.date())
    assert state_employment(case_id, ended, **custodian).keep_until.year == 2028
    with pytest.raises(NotPermittedError):
        state_employment(case_id, ended, **office.who(Role.HIRING_MANAGER))
    with pytest.raises(WrongStateError):
        state_employment(office.noticed(), ended, **custodian)
    with office.vault.read() as tx:
        assert RecordStore(tx).latest(case_id, RecordKind.EMPLOYMENT, Employment) == ended


def test_every_rule_is_explained_for_auditors_and_custodians(office: Any) -> None:
    case_id = kept_out(office)
    found = explain_retention(case_id, **office.who(CUSTODIAN))
    told = {one.rule.id: one for one in found.considered}
    assert told["REC-07"].applies
    assert not told["REC-10"].applies
    assert told["REC-10"].why == "only in US-MN"
    assert all(one.why and one.rule.citation for one in found.considered)
    undecided = explain_retention(office.noticed(), **office.who(Role.AUDITOR))
    assert undecided.dates.endless == ("undecided",)
    with pytest.raises(NotPermittedError):
        explain_retention(case_id, **office.who(Role.HIRING_MANAGER))
    with pytest.raises(CaseNotFoundError):
        explain_retention("nothing", **office.who(Role.AUDITOR))
    listed = retention_schedule(**office.who(Role.AUDITOR))
    assert [case.id for case, _dates in listed] == [case_id]


@pytest.mark.parametrize("days", [-2, 2, 4000])
def test_a_clock_that_no_witness_bears_out_destroys_nothing(office: Any, days: int) -> None:
    case_id = kept_out(office)
    wait_out(office, case_id)
    office.clock.move(days=days)
    with pytest.raises(ClockError, match="by more than a day"):
        run_sweep(office)
    assert state(office, case_id) is CaseState.RETAINED
    office.clock.move(days=-days)
    assert run_sweep(office).destroyed == (case_id,)


def test_a_clock_set_forward_is_not_borne_out_by_what_happened_since(office: Any) -> None:
    """Work goes on under the wrong clock and is logged and signed with its time: no witness."""
    case_id = kept_out(office)
    office.clock.move(days=4000)
    office.drafted()
    publish(office.vault, now=office.now)
    reconcile_home(office.services)
    for _run in range(2):
        with pytest.raises(ClockError, match="leap by more than a day"):
            sweep_due(office.services)
    assert state(office, case_id) is CaseState.RETAINED
    office.clock.move(days=-4000)
    with pytest.raises(ClockError, match="behind the newest audit entry"):
        run_sweep(office)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    assert run_sweep(office).destroyed == ()


def test_a_person_says_what_day_it_is_after_a_pause(office: Any) -> None:
    case_id = kept_out(office)
    last = dates(office, case_id).keep_until
    office.clock.moment = datetime(last.year, last.month, last.day, tzinfo=UTC)
    office.clock.move(days=2)
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.KEY_CUSTODIAN):
        with pytest.raises(NotPermittedError):
            confirm_clock(office.now.date(), **office.who(role))
    with pytest.raises(ClockError, match="another day"):
        confirm_clock(office.now.date() + timedelta(days=2), **office.who(CUSTODIAN))
    with pytest.raises(ClockError):
        run_sweep(office)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    assert run_sweep(office).destroyed == (case_id,)


def test_a_home_at_work_bears_witness_and_sweeps_night_after_night(office: Any) -> None:
    """Nobody opens a case for a week; the schedule alone keeps the times together."""
    kept_out(office)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    for _night in range(7):
        for _quarter in range(4):
            office.clock.move(hours=6, minutes=5)
            assert witness_time(vault=office.vault, now=office.now)
            assert not witness_time(vault=office.vault, now=office.now)
        assert sweep_due(office.services) == 0


def test_a_clock_that_creeps_before_every_sweep_gets_no_further_than_a_week(office: Any) -> None:
    """Each leap is shorter than a day, and each sweep would bear out the one before it."""
    case_id = kept_out(office)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    began = office.now
    with pytest.raises(ClockError, match="nobody but the clock"):  # noqa: PT012 - one of many
        for _run in range(40):
            office.clock.move(hours=23)
            sweep_home(office.services, actor=SYSTEM)
    assert office.now - began < timedelta(days=9)
    assert state(office, case_id) is CaseState.RETAINED
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    assert run_sweep(office).destroyed == ()


def cosign(office: Any, *, at: datetime) -> None:
    """Have a witness sign the newest checkpoint by a clock of its own."""
    witness = Cosigner("witness.example", b"w" * 32, Scheme.COSIGNATURE)
    checkpoint = publish(office.vault, now=office.now)
    line = witness.cosign(split_note(checkpoint.note)[0], at=int(at.timestamp())).line
    keep_cosignatures(office.vault, checkpoint, line, witnesses=[witness.verifier], now=office.now)


def test_a_witness_that_signed_another_time_stops_the_sweep(office: Any) -> None:
    """What counts is the time in its signature, not the time at which its answer was kept."""
    kept_out(office)
    confirm_clock(office.now.date(), **office.who(CUSTODIAN))
    cosign(office, at=office.now - timedelta(days=30))
    with pytest.raises(ClockError, match="another time"):
        run_sweep(office)


def test_a_witness_stands_for_the_time_as_a_custodian_does(office: Any) -> None:
    kept_out(office)
    for _run in range(20):
        office.clock.move(hours=23)
        witness_time(vault=office.vault, now=office.now)
        cosign(office, at=office.now)
        assert run_sweep(office).destroyed == ()


def test_a_clock_that_creeps_from_the_first_day_on_is_stopped_too(office: Any) -> None:
    """Where nobody ever stood for the time, the log's first entry does."""
    kept_out(office)
    with pytest.raises(ClockError, match="nobody but the clock"):  # noqa: PT012 - one of many
        for _run in range(40):
            office.clock.move(hours=23)
            sweep_home(office.services, actor=SYSTEM)


def test_what_a_sweep_would_do_is_told_to_whoever_may_read_the_schedule(office: Any) -> None:
    case_id = kept_out(office)
    for role in (Role.AUDITOR, CUSTODIAN):
        (line,) = show_sweep(**office.who(role))
        assert line.case_id == case_id
    asked = actions(office, office.vault.home.id)
    assert asked.count(AuditAction.SWEEP_PLANNED) == 2


@pytest.mark.parametrize("role", [Role.HIRING_MANAGER, Role.INVESTIGATOR, Role.ADMINISTRATOR])
def test_what_a_sweep_would_do_is_told_to_nobody_else(office: Any, role: Role) -> None:
    kept_out(office)
    with pytest.raises(NotPermittedError):
        show_sweep(**office.who(role))
    asked = actions(office, office.vault.home.id)
    assert AuditAction.SWEEP_PLANNED not in asked
    assert asked[-1] is AuditAction.DENIED


def test_a_sweep_goes_in_batches_and_stops_at_its_limit(office: Any) -> None:
    cases = [kept_out(office) for _ in range(5)]
    office.services.settings = office.services.settings.model_copy(update={"batch_size": 2})
    wait_out(office, cases[0])
    first = run_sweep(office, limit=3)
    assert len(set(first.destroyed)) == 3
    assert set(run_sweep(office).destroyed) == set(cases) - set(first.destroyed)
    assert {state(office, case_id) for case_id in cases} == {CaseState.DESTROYED}


def test_the_managers_own_process_shows_no_sealed_and_no_destroyed_case(office: Any) -> None:
    """It knows nothing of either: the inside takes their viewers away."""
    open_one = kept_out(office)
    wait_out(office, open_one)
    under(office, rules=(own("AGENCY-01", Clock.DESTROY_BY, "1 years"),))
    sealed, destroyed = kept_out(office), open_one
    under(office)
    kept = kept_out(office)
    released = office.services.released
    manager = office.people[Role.HIRING_MANAGER].id
    payload = ReleasePackage(
        policy_sha256="0" * 64, criteria_pack="c", criteria_sha256="1" * 64, findings=()
    ).payload()
    for case_id in (sealed, destroyed, kept):
        released.deliver(case_id, 1, payload, office.now)
        released.name_viewers(case_id, [manager])
    # A crash falls between the rows and the keys.
    destroy_case(destroyed, **office.who(CUSTODIAN))
    reconcile_home(office.services)
    look(kept, actor=manager, released=released, now=office.now)
    view(kept, released=released, **office.who(Role.HIRING_MANAGER))
    for case_id in (sealed, destroyed):
        with pytest.raises(NotPermittedError):
            look(case_id, actor=manager, released=released, now=office.now)
        with pytest.raises(RecordNotFoundError):
            view(case_id, released=released, **office.who(Role.HIRING_MANAGER))


def test_a_case_whose_keys_are_gone_does_not_stand_in_the_way_of_others(office: Any) -> None:
    """Older data restored under newer keys holds cases that were destroyed since."""
    gone, due = kept_out(office), kept_out(office)
    for case_id in (gone, due):
        hold = place_hold(case_id, "26-cv-1", **office.who(CUSTODIAN))
        lift_hold(case_id, hold.id, **office.who(CUSTODIAN))
    wait_out(office, due)
    office.vault.key_ring.drop(gone, at=office.now)
    by_case = {line.case_id: line for line in plan_sweep(vault=office.vault, now=office.now)}
    assert by_case[gone].action is Disposition.SEALED
    assert by_case[gone].rule == "keys-gone"
    assert by_case[due].action is Disposition.DESTROY
    run_sweep(office)
    assert state(office, due) is CaseState.DESTROYED
