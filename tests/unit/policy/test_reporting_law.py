"""What may be reported is decided by rows with a citation and a date; unknown law is shut."""

from datetime import date
from pathlib import Path

import pytest

from models.clauses import UnroutedCriminalError
from models.errors import PolicyError
from models.protected import ProtectedClass
from models.referral import Route, Tells, Thread
from models.reportable import Activity, HiringStage
from models.reporting_rules import ReportingRules
from models.requisition import EmployerType, NoticeStage, Policy
from policy.defaults import default_draft
from policy.law import legal_params, protected_classes
from policy.offences import offence_rows, offence_rule, offences_of
from policy.reporting_law import gate_rows, gates_of, rule_text, stage_of
from policy.requisition import load_requisition_file

TODAY = date(2026, 9, 1)
ANYTIME = HiringStage.APPLICATION


def policy(**changes: object) -> Policy:
    return default_draft().policy.model_copy(update=changes)


def test_every_gate_rests_on_a_row_of_the_law_or_a_protected_class() -> None:
    classes = {str(one) for one in protected_classes()}
    for row in gate_rows():
        assert row.basis in legal_params() or row.basis in classes, row.id
        assert rule_text(row.id).startswith(row.gate)
    assert len({row.id for row in gate_rows()}) == len(gate_rows())


def test_where_no_row_says_anything_every_gate_is_shut() -> None:
    gates = gates_of(policy(jurisdiction="BR"), stage=HiringStage.CONDITIONAL_OFFER, on=TODAY)
    assert set(gates.protected) == set(Activity)
    assert gates.protected[Activity.UNION] == "unknown-law-union"
    assert gates.criminal_history == "unknown-law-criminal-history"
    assert gates.too_early == "unknown-law-everything"


def test_concerted_activity_cites_the_labor_act_for_private_employers() -> None:
    private = policy(jurisdiction="US-TX", employer_type=EmployerType.PRIVATE)
    public = policy(jurisdiction="US-TX", employer_type=EmployerType.PUBLIC)
    assert gates_of(private, stage=ANYTIME, on=TODAY).protected[Activity.CONCERTED] == "RG-01"
    assert gates_of(public, stage=ANYTIME, on=TODAY).protected[Activity.CONCERTED] == "RG-02"


def test_a_row_holds_from_its_date() -> None:
    """Washington excepts law enforcement by an act of 2024; before it no exception was known."""
    police = policy(
        jurisdiction="US-WA",
        employer_type=EmployerType.LAW_ENFORCEMENT,
        reporting=ReportingRules(confirmed_gates=frozenset({"RG-19"})),
    )
    before = gates_of(police, stage=ANYTIME, on=date(2023, 12, 31)).protected
    assert before[Activity.CANNABIS] == "RG-22"
    assert Activity.CANNABIS not in gates_of(police, stage=ANYTIME, on=TODAY).protected
    private = policy(jurisdiction="US-WA", employer_type=EmployerType.PRIVATE)
    assert gates_of(private, stage=ANYTIME, on=TODAY).protected[Activity.CANNABIS] == "RG-18"


def test_an_exception_known_from_memory_opens_nothing_until_it_is_confirmed() -> None:
    police = policy(
        jurisdiction="US-WA",
        employer_type=EmployerType.LAW_ENFORCEMENT,
        reporting=ReportingRules(),
    )
    shut = gates_of(police, stage=ANYTIME, on=TODAY)
    assert shut.protected[Activity.CANNABIS] == "RG-18"
    confirmed = ReportingRules(confirmed_gates=frozenset({"RG-19"}))
    opened = gates_of(police.model_copy(update={"reporting": confirmed}), stage=ANYTIME, on=TODAY)
    assert Activity.CANNABIS not in opened.protected


def test_criminal_history_waits_in_california_for_the_conditional_offer() -> None:
    private = policy(jurisdiction="US-CA", employer_type=EmployerType.PRIVATE)
    assert gates_of(private, stage=ANYTIME, on=TODAY).criminal_history == "RG-26"
    offered = gates_of(private, stage=HiringStage.CONDITIONAL_OFFER, on=TODAY)
    assert offered.criminal_history is None
    police = policy(jurisdiction="US-CA", employer_type=EmployerType.LAW_ENFORCEMENT)
    assert gates_of(police, stage=ANYTIME, on=TODAY).criminal_history is None


def test_britain_vets_late() -> None:
    british = policy(jurisdiction="GB")
    assert gates_of(british, stage=HiringStage.INTERVIEW, on=TODAY).too_early == "RG-31"
    late = gates_of(british, stage=HiringStage.CONDITIONAL_OFFER, on=TODAY)
    assert late.too_early is None
    assert late.criminal_history == "RG-30"


def test_the_stage_is_the_later_of_told_and_stated() -> None:
    told = policy(notice_stage=NoticeStage.CONDITIONAL_OFFER)
    assert stage_of(told, None) is HiringStage.CONDITIONAL_OFFER
    early = policy(notice_stage=NoticeStage.ADVERT)
    assert stage_of(early, None) is HiringStage.APPLICATION
    assert stage_of(early, HiringStage.INTERVIEW) is HiringStage.INTERVIEW


def test_an_offence_without_a_row_has_no_route() -> None:
    """S11: E-S11-UNROUTED."""
    with pytest.raises(UnroutedCriminalError):
        offence_rule("jaywalking", policy(), on=TODAY)
    assert offence_rule("drug-use", policy(), on=TODAY).route is Route.NONE


def test_a_states_reporting_row_comes_before_the_general_one() -> None:
    police = policy(jurisdiction="US-CA", employer_type=EmployerType.LAW_ENFORCEMENT)
    rule = offence_rule("child-abuse", police, on=TODAY)
    assert rule.within_hours == 36
    assert "11166" in rule.citation
    other = offence_rule("child-abuse", policy(jurisdiction="US-OH"), on=TODAY)
    assert other.within_hours == 24


def test_contraband_is_reported_and_nothing_of_it_is_told() -> None:
    rule = offence_rule("child-sexual-abuse-material", policy(), on=TODAY)
    assert rule.contraband
    assert rule.route is Route.MANDATORY_REPORT
    assert rule.manager is Tells.NOTHING


def test_offence_rows_have_unique_ids_and_citations() -> None:
    assert len({row.id for row in offence_rows()}) == len(offence_rows())
    assert set(offences_of(policy(jurisdiction="BR"), on=TODAY))


def written(folder: Path, table: str) -> Path:
    path = folder / "requisition.toml"
    path.write_text(
        'title = "Deputy"\ncriteria = "ca-post-2024"\n'
        f'[policy]\npack = "us-ca-law-enforcement"\n{table}',
        "utf-8",
    )
    return path


def offence(name: str, route: str, **more: str) -> str:
    rows = "".join(f'{key} = "{value}"\n' for key, value in more.items())
    return (
        f'[[policy.reporting.offences]]\noffence = "{name}"\nlabel = "Own"\nroute = "{route}"\n'
        f'citation = "General order 12"\n{rows}'
    )


def test_an_agency_may_freeze_and_add_offences(tmp_path: Path) -> None:
    table = offence("theft-or-fraud", "custodian", vetting="freeze") + offence(
        "jaywalking", "custodian"
    )
    own = load_requisition_file(written(tmp_path, table)).policy
    assert offence_rule("theft-or-fraud", own, on=TODAY).vetting is Thread.FREEZE
    assert offence_rule("jaywalking", own, on=TODAY).citation == "General order 12"


@pytest.mark.parametrize(
    ("name", "route"), [("child-abuse", "none"), ("child-sexual-abuse-material", "custodian")]
)
def test_an_agency_may_not_drop_a_mandatory_report(tmp_path: Path, name: str, route: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_requisition_file(written(tmp_path, offence(name, route)))
    assert refused.value.line == 5


def test_an_agency_may_not_lengthen_the_laws_time(tmp_path: Path) -> None:
    table = offence("child-abuse", "mandatory-report") + "within_hours = 200\n"
    own = load_requisition_file(written(tmp_path, table)).policy
    assert offence_rule("child-abuse", own, on=TODAY).within_hours == 36


def test_a_policy_without_the_table_keeps_its_digest(tmp_path: Path) -> None:
    from policy.digest import sha256_of_value

    plain = load_requisition_file(written(tmp_path, "")).policy
    assert plain.reporting is None
    with_table = load_requisition_file(
        written(tmp_path, "[policy.reporting]\nsecond_look = true\n")
    ).policy
    assert with_table.reporting is not None
    assert sha256_of_value(plain) != sha256_of_value(with_table)


def test_every_class_of_protected_conduct_has_a_gate() -> None:
    bases = {row.basis for row in gate_rows()}
    for one in (ProtectedClass.CANNABIS, ProtectedClass.EEOACT, ProtectedClass.JURY):
        assert one in bases
