"""Separation of duties and fairness, where a first version let something through."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from casework.applicant.cases import find_case, open_case
from casework.applicant.consent import sign_consent, withdraw_consent
from casework.applicant.disclosure import disclose
from casework.attribution.attribute import settle_attribution, unattributed
from casework.deciding.manager import decide, view
from casework.gathering.collect import collect
from casework.people.people import add_person
from casework.records.holds import lift_hold, place_hold
from casework.releasing.rebuttal import answer, offer_rebuttal, preview, shown_findings
from casework.releasing.release import deliver, release
from casework.reviewing.adjudication import adjudicate
from casework.reviewing.review import approve, open_desk, rebuild, weigh_finding
from models.case import CaseState
from models.consent import ConsentItem
from models.criteria import Mitigator
from models.decision import Outcome
from models.disclosure import Applicant, Disclosure
from models.errors import (
    LeaseLostError,
    NotPermittedError,
    RebuttalUnansweredError,
    RecordNotFoundError,
    SealedError,
    SeparationOfDutiesError,
    TaintedDeciderError,
    UnreviewedError,
    WrongStateError,
)
from models.ids import ActorId
from models.people import Actor, Role
from models.rebuttal import AuthorshipGround, Claim, RebuttalAnswer
from models.segment import Segment
from models.text import RawText
from storage.evidence import EvidenceStore
from storage.leases import LeaseStore
from walloff.segments import run_segment

Post = Callable[..., str]

THREAT = "I am going to kill my boss on Monday, I swear I will beat him to death."
DRUGS = "We snorted cocaine all night at the lake house and I would do it again."
MORE_DRUGS = "Bought two grams of heroin and shot it up behind the garage last night."


def look(office: Any, case_id: Any, who: Actor) -> Any:
    screener = office.services.screener_of(case_id)
    return open_desk(case_id, screener=screener, actor=who, vault=office.vault, now=office.now)


def reviewed(office: Any, case_id: Any) -> None:
    for reviewer in (office.people[Role.WALL_OFF_REVIEWER], office.second_reviewer):
        look(office, case_id, reviewer)
        approve(case_id, actor=reviewer, vault=office.vault, now=office.now)


def offered(office: Any, case_id: Any) -> None:
    reviewed(office, case_id)
    offer_rebuttal(case_id, **office.who(Role.WALL_OFF_REVIEWER))


def with_roles(person: Actor, *roles: Role) -> Actor:
    return person.model_copy(update={"roles": frozenset(roles)})


def decides(office: Any, case_id: Any, who: Actor) -> None:
    decide(
        case_id,
        Outcome.FAVOURABLE,
        reasons=(),
        assessment="A.",
        released=office.services.released,
        actor=who,
        vault=office.vault,
        now=office.now,
    )


def brought_across(office: Any, case_id: Any) -> None:
    office.clock.move(days=14)
    release(case_id, **office.who(Role.RELEASING_OFFICER))
    deliver(case_id, vault=office.vault, released=office.services.released, now=office.now)


def test_whoever_reviewed_attributed_disclosed_or_released_never_decides(
    office: Any, post: Post
) -> None:
    case_id = office.screened(post(THREAT), post("Nice.", author="stranger"))
    settle_attribution(case_id, confirmed=frozenset(), **office.who(Role.ATTRIBUTION_ANALYST))
    office.run(Segment.SCREEN, case_id)
    offered(office, case_id)
    brought_across(office, case_id)
    for role in (
        Role.WALL_OFF_REVIEWER,
        Role.ATTRIBUTION_ANALYST,
        Role.APPLICANT,
        Role.RELEASING_OFFICER,
        Role.INVESTIGATOR,
    ):
        with pytest.raises(TaintedDeciderError):
            decides(office, case_id, with_roles(office.people[role], Role.HIRING_MANAGER))
    decides(office, case_id, office.people[Role.HIRING_MANAGER])


def test_whoever_approved_an_earlier_version_does_not_release(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    early = Actor(id=ActorId("early"), roles=frozenset({Role.WALL_OFF_REVIEWER}))
    add_person(early, "E", **office.who(Role.ADMINISTRATOR))
    look(office, case_id, early)
    approve(case_id, actor=early, vault=office.vault, now=office.now)
    look(office, case_id, office.second_reviewer)
    rebuild(case_id, actor=office.second_reviewer, vault=office.vault, now=office.now)
    offered(office, case_id)
    office.clock.move(days=14)
    turned = with_roles(early, Role.RELEASING_OFFICER)
    with pytest.raises(SeparationOfDutiesError):
        release(case_id, actor=turned, vault=office.vault, now=office.now)
    release(case_id, **office.who(Role.RELEASING_OFFICER))


def test_a_finding_is_weighed_only_by_somebody_who_looked(office: Any, post: Post) -> None:
    case_id = office.screened(post(THREAT))
    finding = look(office, case_id, office.second_reviewer).findings[0][0].id
    with pytest.raises(UnreviewedError):
        weigh_finding(case_id, finding, stands=False, **office.who(Role.WALL_OFF_REVIEWER))


def test_what_was_withheld_leaves_no_trace_in_the_mitigators(office: Any, post: Post) -> None:
    """One finding of two withheld gives the bytes of a case that never held the second."""
    both = office.screened(post(DRUGS), post(MORE_DRUGS))
    one = office.screened(post(DRUGS))
    reviewer = office.people[Role.WALL_OFF_REVIEWER]
    for finding, evidence, _redaction in look(office, both, reviewer).findings:
        if evidence.item.text.reveal() == MORE_DRUGS:
            weigh_finding(both, finding.id, stands=False, **office.who(Role.WALL_OFF_REVIEWER))
    left = look(office, both, reviewer).package
    assert left.payload() == look(office, one, reviewer).package.payload()
    assert Mitigator.ISOLATED in left.findings[0].mitigators


def test_an_answer_goes_to_the_finding_that_was_shown(office: Any, post: Post) -> None:
    """Even when another finding has become too old to be shown since."""
    years = timedelta(days=365.25 * office.requisition.policy.lookback_years)
    case_id = office.screened(post(THREAT, days_ago=years.days - 70), post(DRUGS))
    offered(office, case_id)
    before = shown_findings(case_id, **office.who(Role.APPLICANT))
    package = preview(case_id, **office.who(Role.APPLICANT))
    office.clock.move(days=3)
    assert shown_findings(case_id, **office.who(Role.APPLICANT)) == before
    assert len(package.findings) == len(before)
    position = [finding.criterion for finding in package.findings].index("illegal-drugs")
    denial = RebuttalAnswer(finding_id=before[position], claim=Claim.NOT_ME)
    answer(
        case_id,
        (denial,),
        redactor=office.services.screener_of(case_id).redactor,
        **office.who(Role.APPLICANT),
    )
    offered(office, case_id)
    left = preview(case_id, **office.who(Role.APPLICANT)).findings
    assert [finding.criterion for finding in left] == [
        finding.criterion for finding in package.findings if finding.criterion != "illegal-drugs"
    ]


def test_the_newest_answer_is_the_one_that_crosses(office: Any, post: Post) -> None:
    """A denial that a reviewer overrules is still what the manager reads."""
    case_id = office.screened(post(THREAT))
    offered(office, case_id)
    finding = shown_findings(case_id, **office.who(Role.APPLICANT))[0]
    for claim in (Claim.CONTEXT, Claim.HACKED):
        answer(
            case_id,
            (RebuttalAnswer(finding_id=finding, claim=claim),),
            redactor=office.services.screener_of(case_id).redactor,
            **office.who(Role.APPLICANT),
        )
        if claim is Claim.HACKED:
            with pytest.raises(RebuttalUnansweredError):
                weigh_finding(case_id, finding, stands=True, **office.who(Role.WALL_OFF_REVIEWER))
            adjudicate(
                case_id,
                finding,
                upheld=True,
                grounds=frozenset({AuthorshipGround.APPLICANT_CONFIRMED}),
                **office.who(Role.WALL_OFF_REVIEWER),
            )
        offered(office, case_id)
    brought_across(office, case_id)
    seen = view(case_id, released=office.services.released, **office.who(Role.HIRING_MANAGER))
    assert seen.findings[0].answer
    assert seen.findings[0].answer.claim is Claim.HACKED


def test_an_old_package_is_built_and_reviewed_again(office: Any, post: Post) -> None:
    """Time passes between screening and release; the seven years do not wait."""
    limit = 365.25 * 7
    case_id = office.screened(post(DRUGS, days_ago=limit - 90))
    offered(office, case_id)
    assert preview(case_id, **office.who(Role.APPLICANT)).findings
    office.clock.move(days=61)
    with pytest.raises(UnreviewedError):
        release(case_id, **office.who(Role.RELEASING_OFFICER))
    rebuild(case_id, **office.who(Role.WALL_OFF_REVIEWER))
    offered(office, case_id)
    assert preview(case_id, **office.who(Role.APPLICANT)).findings == ()
    brought_across(office, case_id)


def test_attribution_is_settled_only_after_the_machine_has_looked(office: Any, post: Post) -> None:
    """Else a failed screening would turn every post into nobody's."""
    case_id = office.collecting(post(THREAT))
    office.run(Segment.COLLECT, case_id)
    with pytest.raises(WrongStateError):
        settle_attribution(case_id, confirmed=frozenset(), **office.who(Role.ATTRIBUTION_ANALYST))
    office.run(Segment.SCREEN, case_id)
    assert find_case(case_id, vault=office.vault).state is CaseState.REDACTED


def test_nobody_reads_items_after_a_withdrawal(office: Any, post: Post) -> None:
    case_id = office.screened(post(DRUGS, author="stranger"))
    analyst = office.who(Role.ATTRIBUTION_ANALYST)
    assert unattributed(case_id, **analyst)
    withdraw_consent(case_id, **office.who(Role.APPLICANT))
    with pytest.raises(SealedError):
        unattributed(case_id, **analyst)


def test_an_applicant_acts_in_no_other_case(office: Any) -> None:
    own = office.consented()
    other = open_case(
        office.requisition.id, Applicant(name=RawText("Kim")), **office.who(Role.INVESTIGATOR)
    ).id
    with pytest.raises(SeparationOfDutiesError):
        withdraw_consent(other, **office.who(Role.APPLICANT))
    withdraw_consent(own, **office.who(Role.APPLICANT))


@pytest.mark.parametrize(
    "impostor",
    [
        Actor(id=ActorId("system"), roles=frozenset({Role.AUDITOR})),
        Actor(id=ActorId("somebody"), roles=frozenset({Role.SYSTEM})),
    ],
)
def test_nobody_is_registered_as_the_system(office: Any, impostor: Actor) -> None:
    with pytest.raises(NotPermittedError):
        add_person(impostor, "S", **office.who(Role.ADMINISTRATOR))


def test_a_hold_is_lifted_on_its_own_case_only(office: Any) -> None:
    custodian = office.who(Role.EVIDENCE_CUSTODIAN)
    held, other = office.noticed(), office.noticed()
    hold = place_hold(held, "23-cv-0117", **custodian)
    with pytest.raises(RecordNotFoundError):
        lift_hold(other, hold.id, **custodian)
    lift_hold(held, hold.id, **custodian)


def test_every_case_that_was_not_released_looks_the_same_to_a_manager(
    office: Any, post: Post
) -> None:
    withdrawn, running = office.consented(), office.screened(post(THREAT))
    withdraw_consent(withdrawn, **office.who(Role.APPLICANT))
    refusals = set()
    for case_id in (withdrawn, running):
        with pytest.raises(RecordNotFoundError) as refusal:
            decides(office, case_id, office.people[Role.HIRING_MANAGER])
        refusals.add(str(refusal.value).replace(case_id, "CASE"))
    assert len(refusals) == 1


def test_progress_on_one_case_keeps_the_leases_of_the_others(office: Any, post: Post) -> None:
    cases = [office.collecting(post("Rain.")) for _ in range(2)]
    wall = office.services.wall_time()
    with office.vault.write() as tx:
        leases = LeaseStore(tx)
        batch = leases.new_batch(Segment.COLLECT, cases, wall)
        leases.claim(cases, owner=batch, now=wall, until=wall + timedelta(seconds=5))
    run_segment(Segment.COLLECT, cases[0], batch, office.services)
    with office.vault.read() as tx:
        LeaseStore(tx).check(batch, cases[1], wall + timedelta(seconds=60))


def test_a_worker_that_lost_its_lease_keeps_nothing(office: Any, post: Post) -> None:
    case_id = office.collecting(post("Rain."))

    def lost(_tx: Any) -> None:
        raise LeaseLostError("taken over")

    with pytest.raises(LeaseLostError):
        collect(case_id, vault=office.vault, now=office.now, guard=lost)
    with office.vault.read() as tx:
        assert EvidenceStore(tx).count(case_id) == 0


def test_the_disclosure_taints_whoever_typed_it(office: Any) -> None:
    case_id = office.noticed()
    sign_consent(
        case_id,
        granted=frozenset({ConsentItem.ARCHIVE}),
        refused=office.requisition.policy.consent_items - {ConsentItem.ARCHIVE},
        consequence_acknowledged=True,
        **office.who(Role.APPLICANT),
    )
    disclose(case_id, Disclosure(name=RawText("R")), **office.who(Role.INVESTIGATOR))
    turned = with_roles(office.people[Role.INVESTIGATOR], Role.HIRING_MANAGER)
    with pytest.raises(TaintedDeciderError):
        decides(office, case_id, turned)
