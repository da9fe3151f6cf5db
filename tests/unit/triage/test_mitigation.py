"""What speaks for the applicant is added from the whole set of a case's findings."""

from datetime import UTC, datetime, timedelta

from models.criteria import Conduct, Mitigator, Severity
from models.finding import Finding, FindingState, Proposal
from models.ids import CaseId, EvidenceId, FindingId, new_id
from models.text import CodedText
from triage.mitigation import mitigate

NOW = datetime(2026, 6, 15, tzinfo=UTC)


def finding(
    criterion: str = "harassment",
    *,
    days: int = 10,
    needs_person: bool = False,
    state: FindingState = FindingState.PROPOSED,
) -> Finding:
    return Finding(
        id=FindingId(new_id()),
        case_id=CaseId("c" * 32),
        evidence_id=EvidenceId(new_id()),
        proposal=Proposal(
            criterion=criterion,
            conduct=Conduct.HARASSES_A_PERSON,
            severity=Severity.LOW,
            passage=CodedText("…"),
            mitigators=frozenset({Mitigator.EXPRESSED_REGRET}),
            rule="r",
            needs_person=needs_person,
        ),
        said_at=NOW - timedelta(days=days),
        excerpt=None,
        state=state,
    )


def found(*findings: Finding) -> list[frozenset[Mitigator]]:
    return [item.proposal.mitigators for item in mitigate(findings, now=NOW)]


def test_a_single_finding_of_its_criterion_is_isolated() -> None:
    assert Mitigator.ISOLATED in found(finding())[0]
    assert all(Mitigator.ISOLATED in item for item in found(finding(), finding("dishonesty")))


def test_two_of_one_criterion_are_not_isolated() -> None:
    assert not any(Mitigator.ISOLATED in item for item in found(finding(), finding()))


def test_what_does_not_stand_leaves_no_trace_on_what_does() -> None:
    """Else a missing mitigator would tell the manager that something was withheld."""
    for hidden in (finding(needs_person=True), finding(state=FindingState.WITHHELD)):
        assert found(finding(), hidden)[0] == found(finding())[0]


def test_after_five_years_conduct_is_remote_in_time() -> None:
    assert Mitigator.REMOTE_IN_TIME in found(finding(days=6 * 366))[0]
    assert Mitigator.REMOTE_IN_TIME not in found(finding(days=4 * 366))[0]


def test_other_mitigators_stay_and_a_second_pass_changes_nothing() -> None:
    once = mitigate([finding(), finding("dishonesty", days=6 * 366)], now=NOW)
    assert all(Mitigator.EXPRESSED_REGRET in item.proposal.mitigators for item in once)
    assert mitigate(once, now=NOW) == once


def test_a_finding_becomes_isolated_when_the_other_is_withdrawn() -> None:
    first, second = mitigate([finding(), finding()], now=NOW)
    gone = second.model_copy(update={"state": FindingState.WITHDRAWN})
    assert Mitigator.ISOLATED in mitigate([first, gone], now=NOW)[0].proposal.mitigators
