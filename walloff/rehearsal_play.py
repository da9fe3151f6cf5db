"""The play of a rehearsal: every case goes from stage to stage, all of them together.

Time passes once for all: waiting for each applicant in turn would let consents expire.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from casework.applicant.cases import open_case
from casework.applicant.consent import withdraw_consent
from casework.attribution.attribute import attribution_waits, settle_attribution
from casework.deciding.manager import view
from casework.gathering.collect import input_problems
from casework.gathering.source import register_source
from casework.records.retention import retain_ended
from casework.releasing.rebuttal import offer_rebuttal, preview
from casework.releasing.release import release
from casework.releasing.results import results_date, show_results
from casework.releasing.waits import waits_until
from collection.egress.disclosure import read_disclosure
from models.adverse import DocumentKind
from models.decision import Outcome
from models.disclosure import Applicant, Disclosure
from models.errors import WalloffError
from models.ids import CaseId
from models.people import Actor
from models.release import ReleasePackage
from models.requisition import Policy, Requisition
from walloff import rehearsed_turns as turns
from walloff.clock import LogicalClock
from walloff.dispatch import work_off
from walloff.guard import UNFORESEEN
from walloff.rehearsal_cast import (
    ANALYST,
    APPLICANT,
    EMPLOYEE,
    FIRST_REVIEWER,
    INVESTIGATOR,
    MANAGER,
    RELEASING_OFFICER,
    SUPERVISOR,
    taken_by,
)
from walloff.rehearsed_applicant import agree, goes_on, list_identities, receive, tell
from walloff.rehearsed_parts import Concern, Part
from walloff.services import Services

DISCLOSURE_FILE: Final = "disclosure.toml"

Progress = Callable[[str, int, int], None]
"""Called with a stage, the number of applicants done in it, and how many there are."""


@dataclass(frozen=True, slots=True)
class Employed:
    """The steps about somebody who works here; the command that plays them hands them in."""

    tell: Callable[[Requisition, Disclosure, Services], None]
    open_case: Callable[[Requisition, Concern, Services], CaseId]


@dataclass(slots=True)
class Rehearsed:
    """How one applicant's case went."""

    name: str
    """The folder's name: on the operator's screen only, never in the home."""
    case_id: CaseId | None = None
    package: ReleasePackage | None = None
    problems: list[str] = field(default_factory=list)
    withheld_for_person: int = 0
    course: list[str] = field(default_factory=list)
    """What happened besides the plain way, in order; inside the wall only."""
    ended: bool = False
    """True if nothing more is done in the case before the manager's turn."""
    error: str = ""


@dataclass(slots=True)
class Play:
    """One rehearsal's cases, and where each stands."""

    services: Services
    clock: LogicalClock
    requisitions: list[Requisition]
    """That of the applicants, and that of monitoring if there is one."""
    applicants: list[Rehearsed]
    progress: Progress
    parts: Mapping[str, Part]
    device: str | None
    employed: Employed | None = None
    disclosures: dict[str, Disclosure] = field(default_factory=dict)
    until: list[datetime] = field(default_factory=list)
    """What is waited for next."""

    def run(self, folders: dict[str, Path]) -> None:
        """Take everybody from the notice to the end of their case."""
        self._each("notice", lambda one: self._open(one, folders[one.name]))
        self._dispatch("notice delivered")
        self._each("delivery", self._receive)
        lead = max(one.policy.notice_lead_days for one in self.requisitions)
        self.clock.advance_to(self.clock.now() + timedelta(days=lead))
        self._each("consent", lambda one: self._consent(one, folders[one.name]))
        self._dispatch("collected and screened")
        self._each("referral", self._refer)
        self._dispatch("copies put away")
        turns.receive_copies({_id(one) for one in self._with_referrals()}, self.services)
        self._each("attribution", self._settle)
        self._dispatch("screened")
        self._each("review", self._review)
        self._each("rebuttal", self._offer)
        self._second_reviews()
        self._wait()
        self._each("release", self._release)
        self._dispatch("delivered")
        self._show_on_dates()
        self._each("manager", self._manage, ended_too=True)
        self._second_reviews()
        self._wait()
        self._each("decision", self._decide)
        retain_ended(vault=self.services.vault, now=self.clock.now())

    def part(self, one: Rehearsed) -> Part:
        """Return what somebody does besides agreeing."""
        return self.parts.get(one.name) or Part()

    def requisition(self, one: Rehearsed) -> Requisition:
        """Return the requisition that a case is of."""
        return self.requisitions[-1 if self.part(one).concern else 0]

    def policy(self, one: Rehearsed) -> Policy:
        """Return the frozen policy of a case."""
        return self.requisition(one).policy

    def person(self, one: Rehearsed) -> Actor:
        """Return who acts for themselves in a case."""
        return EMPLOYEE if self.part(one).concern else APPLICANT

    def _each(
        self, stage: str, part: Callable[[Rehearsed], None], *, ended_too: bool = False
    ) -> None:
        alive = [one for one in self.applicants if not one.error and (ended_too or not one.ended)]
        for done, one in enumerate(alive, start=1):
            try:
                part(one)
            except WalloffError as error:
                one.error = f"{error.code}: {error}"
            except Exception as error:  # noqa: BLE001 - one applicant's trouble stops no other
                one.error = f"{UNFORESEEN}: {type(error).__name__}"
            self.progress(stage, done, len(alive))

    def _dispatch(self, stage: str) -> None:
        self.progress(stage, 0, len(self.applicants))
        work_off(self.services)
        self.progress(stage, len(self.applicants), len(self.applicants))

    def _wait(self) -> None:
        self.clock.advance_to(max(self.until, default=self.clock.now()))

    def _second_reviews(self) -> None:
        for requisition in self.requisitions:
            turns.second_reviews(requisition, self.services)

    def _with_referrals(self) -> list[Rehearsed]:
        return [one for one in self.applicants if not one.error and self.part(one).refers]

    def _show_on_dates(self) -> None:
        for requisition in self.requisitions:
            if (day := results_date(requisition, self.clock.now())) is not None:
                self.clock.advance_to(day)
                show_results(vault=self.services.vault, released=self.services.released, now=day)

    def _open(self, one: Rehearsed, folder: Path) -> None:
        self.disclosures[one.name] = disclosure = read_disclosure(folder / DISCLOSURE_FILE)
        if self.employed is not None and self.part(one).concern is not None:
            self.employed.tell(self.requisition(one), disclosure, self.services)
            return
        case = open_case(
            self.requisition(one).id,
            Applicant(name=disclosure.name, actor=APPLICANT.id),
            **taken_by(INVESTIGATOR, self.services),
        )
        one.case_id = case.id
        tell(case.id, self.policy(one), taken_by(INVESTIGATOR, self.services))

    def _receive(self, one: Rehearsed) -> None:
        if self.part(one).concern is None:
            receive(_id(one), self.policy(one), taken_by(APPLICANT, self.services))

    def _consent(self, one: Rehearsed, folder: Path) -> None:
        concern = self.part(one).concern
        if self.employed is not None and concern is not None:
            one.case_id = self.employed.open_case(self.requisition(one), concern, self.services)
            one.course.append(f"works here; {concern.kind} approved")
        elif not self._agreed(one):
            return
        investigator = taken_by(INVESTIGATOR, self.services)
        register_source(_id(one), folder, device=self.device, **investigator)

    def _agreed(self, one: Rehearsed) -> bool:
        case_id, policy, applicant = _id(one), self.policy(one), taken_by(APPLICANT, self.services)
        refused = self.part(one).refused_of(policy)
        agree(
            case_id,
            policy,
            applicant,
            refused=refused,
            witness=INVESTIGATOR.id,
            now=self.clock.now(),
        )
        if refused:
            one.course.append(f"refused {len(refused)} of {len(policy.consent_items)} items")
        one.ended = not goes_on(case_id, taken_by(SUPERVISOR, self.services))
        if one.ended:
            return False
        list_identities(case_id, self.disclosures[one.name], policy, applicant)
        if (asked := self.part(one).contact) is not None:
            turns.contact(case_id, asked, policy, self.services)
            one.course.append("a friend was asked")
        return True

    def _refer(self, one: Rehearsed) -> None:
        for referred in self.part(one).refers:
            turns.refer(_id(one), referred, self.services)
            one.course.append(f"{referred.offence} referred to the custodian")

    def _settle(self, one: Rehearsed) -> None:
        case_id, vault = _id(one), self.services.vault
        one.problems = [
            f"{problem.file.reveal()}: {problem.pointer}: {problem.fault}"
            for problem in input_problems(case_id, **taken_by(INVESTIGATOR, self.services))
        ]
        with vault.read() as tx:
            waits = attribution_waits(tx, case_id)
        if waits:
            analyst = taken_by(ANALYST, self.services)
            settle_attribution(case_id, confirmed=frozenset(), **analyst)

    def _review(self, one: Rehearsed) -> None:
        reviewed = turns.review(_id(one), self.requisition(one), self.services)
        one.withheld_for_person += reviewed

    def _offer(self, one: Rehearsed) -> None:
        part, services = self.part(one), self.services
        reviewer = taken_by(FIRST_REVIEWER, services)
        self.until.append(offer_rebuttal(_id(one), **reviewer).closes_at)
        if part.withdraws:
            preview(_id(one), **taken_by(self.person(one), services))
            withdraw_consent(_id(one), **taken_by(self.person(one), services))
            one.course.append("withdrew")
            one.ended = True
        elif part.answers and turns.answers(_id(one), part.answers, self.person(one), services):
            one.course.append("answered " + ", ".join(said.claim for said in part.answers))
            self._review(one)
            self.until.append(offer_rebuttal(_id(one), **reviewer).closes_at)

    def _release(self, one: Rehearsed) -> None:
        release(_id(one), **taken_by(RELEASING_OFFICER, self.services))

    def _manage(self, one: Rehearsed) -> None:
        if one.ended and results_date(self.requisition(one), self.clock.now()) is None:
            return  # without fixed dates nobody is shown that there is nothing to see
        one.package = view(
            _id(one), released=self.services.released, **taken_by(MANAGER, self.services)
        )
        adverse = self.part(one).decision is Outcome.ADVERSE and bool(one.package.findings)
        outcome = Outcome.PENDING_ADVERSE if adverse else Outcome.FAVOURABLE
        turns.decide_by(_id(one), outcome, one.package, self.services)
        if not adverse:
            one.course.append("shown as any other with nothing" if one.ended else "decided for")
            return
        turns.hand_over(_id(one), DocumentKind.PRE_ADVERSE, self.services)
        with self.services.vault.read() as tx:
            now = self.clock.now()
            self.until.append(waits_until(tx, _id(one), self.policy(one), now))

    def _decide(self, one: Rehearsed) -> None:
        part = self.part(one)
        if part.decision is Outcome.ADVERSE and one.package and one.package.findings:
            turns.decide_by(_id(one), Outcome.ADVERSE, one.package, self.services)
            turns.hand_over(_id(one), DocumentKind.ADVERSE, self.services)
            one.course.append("decided against")
        if part.dispute is not None and one.package and one.package.findings:
            turns.dispute(_id(one), part.dispute, self.person(one), self.services)
            one.course.append(f"disputed: {part.dispute.outcome}")


def _id(one: Rehearsed) -> CaseId:
    if one.case_id is None:
        raise WalloffError("the case was not opened")
    return one.case_id
