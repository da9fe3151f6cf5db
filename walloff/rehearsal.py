"""Rehearsal: labelled actors play every human part over a folder of applicants.

The casework functions, flows and gates are those of real cases; only the people and the clock are
made up, and the home can never become production. The actors accept what the machine proposes and
withhold whatever it marked for a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from casework.attribute import attribution_waits, settle_attribution
from casework.cases import open_case
from casework.clock_guard import confirm_clock
from casework.collect import input_problems
from casework.manager import decide, view
from casework.people import add_person, list_people
from casework.rebuttal import offer_rebuttal
from casework.release import release
from casework.requisitions import open_requisition
from casework.results import results_date, show_results
from casework.retention import retain_ended, retention_schedule
from casework.review import (
    approve,
    open_desk,
    settle_unreadable,
    waiting_for_person,
    weigh_finding,
)
from casework.source import register_source
from casework.step import Taken
from collection.disclosure import read_disclosure
from models.decision import Outcome
from models.disclosure import Applicant, Disclosure
from models.errors import FakeInProductionError, WalloffError
from models.ids import ActorId, CaseId
from models.people import Actor, Role
from models.release import ReleasePackage
from models.requisition import Requisition
from policy.requisition import RequisitionDraft
from storage.checkpoints import publish
from storage.home import HomeMode
from walloff.clock import LogicalClock
from walloff.custody import sweep_home
from walloff.dispatch import work_off
from walloff.guard import UNFORESEEN
from walloff.rehearsal_staff import engage_staff
from walloff.rehearsed_applicant import agree, list_identities, receive, tell
from walloff.services import Services

DISCLOSURE_FILE: Final = "disclosure.toml"

Progress = Callable[[str, int, int], None]
"""Called with a stage, the number of applicants done in it, and how many there are."""


def _actor(name: str, *roles: Role) -> Actor:
    return Actor(id=ActorId(f"rehearsal-{name}"), roles=frozenset(roles), rehearsal=True)


ADMINISTRATOR: Final = _actor("administrator", Role.ADMINISTRATOR)
POLICY_OWNER: Final = _actor("policy-owner", Role.POLICY_OWNER)
INVESTIGATOR: Final = _actor("investigator", Role.INVESTIGATOR)
APPLICANT: Final = _actor("applicant", Role.APPLICANT)
ANALYST: Final = _actor("analyst", Role.ATTRIBUTION_ANALYST)
FIRST_REVIEWER: Final = _actor("first-reviewer", Role.WALL_OFF_REVIEWER)
SECOND_REVIEWER: Final = _actor("second-reviewer", Role.WALL_OFF_REVIEWER)
RELEASING_OFFICER: Final = _actor("releasing-officer", Role.RELEASING_OFFICER)
MANAGER: Final = _actor("hiring-manager", Role.HIRING_MANAGER)
AUDITOR: Final = _actor("auditor", Role.AUDITOR)
CUSTODIAN: Final = _actor("custodian", Role.EVIDENCE_CUSTODIAN)

_CAST: Final = (
    ADMINISTRATOR,
    POLICY_OWNER,
    INVESTIGATOR,
    APPLICANT,
    ANALYST,
    FIRST_REVIEWER,
    SECOND_REVIEWER,
    RELEASING_OFFICER,
    MANAGER,
    AUDITOR,
    CUSTODIAN,
)


@dataclass(slots=True)
class Rehearsed:
    """How one applicant's case went."""

    name: str
    """The folder's name: on the operator's screen only, never in the home."""
    case_id: CaseId | None = None
    package: ReleasePackage | None = None
    problems: list[str] = field(default_factory=list)
    withheld_for_person: int = 0
    error: str = ""


@dataclass(slots=True)
class Rehearsal:
    """One rehearsal: its requisition and every applicant's outcome."""

    requisition: Requisition
    applicants: list[Rehearsed]
    destroyed: tuple[CaseId, ...] = ()
    """The cases that were carried to their end, if that was asked for."""


def applicant_folders(folder: Path) -> list[Path]:
    """Return the applicants' folders, in order of name."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] != ".")


def rehearse(
    folders: Sequence[Path],
    draft: RequisitionDraft,
    *,
    services: Services,
    progress: Progress,
    to_destruction: bool = False,
) -> Rehearsal:
    """Take every applicant from notice to retention, or on to destruction, years later.

    One applicant's trouble is that applicant's `error` and stops no other. Raises
    `FakeInProductionError` in a production home.
    """
    clock = services.clock
    if services.home.mode is not HomeMode.REHEARSAL or not isinstance(clock, LogicalClock):
        raise FakeInProductionError("a rehearsal needs a rehearsal home")
    _engage_cast(services)
    requisition = open_requisition(
        draft.title,
        draft.policy,
        draft.criteria,
        actor=POLICY_OWNER,
        vault=services.vault,
        now=clock.now(),
    )
    device = engage_staff(
        requisition,
        searchers=(INVESTIGATOR, ANALYST, FIRST_REVIEWER, SECOND_REVIEWER),
        manager=MANAGER,
        administrator=ADMINISTRATOR,
        policy_owner=POLICY_OWNER,
        services=services,
    )
    play = _Play(services, clock, requisition, [Rehearsed(path.name) for path in folders], progress)
    play.device = device
    play.run(dict(zip((path.name for path in folders), folders, strict=True)))
    destroyed = _outlive(services, clock) if to_destruction else ()
    publish(services.vault, now=clock.now())
    return Rehearsal(requisition, play.applicants, destroyed)


def _outlive(services: Services, clock: LogicalClock) -> tuple[CaseId, ...]:
    """Let the years pass until no rule keeps any case, and sweep."""
    found = retention_schedule(actor=AUDITOR, vault=services.vault, now=clock.now())
    days = [dates.keep_until for _case, dates in found if dates.keep_until is not None]
    last = max(days, default=clock.now().date())
    clock.advance_to(datetime.combine(last, time(), UTC) + timedelta(days=2))
    confirm_clock(clock.now().date(), actor=CUSTODIAN, vault=services.vault, now=clock.now())
    return sweep_home(services, actor=CUSTODIAN).destroyed


def _engage_cast(services: Services) -> None:
    known = {person.id for person, _label in list_people(vault=services.vault)}
    for person in _CAST:
        if person.id not in known:
            add_person(
                person,
                f"{person.id} (rehearsal)",
                actor=ADMINISTRATOR if known else None,
                vault=services.vault,
                now=services.clock.now(),
            )
            known.add(person.id)


@dataclass(slots=True)
class _Play:
    services: Services
    clock: LogicalClock
    requisition: Requisition
    applicants: list[Rehearsed]
    progress: Progress
    disclosures: dict[str, Disclosure] = field(default_factory=dict)
    windows: list[datetime] = field(default_factory=list)
    device: str | None = None

    def run(self, folders: dict[str, Path]) -> None:
        self._each("notice", lambda one: self._open(one, folders[one.name]))
        self._dispatch("notice delivered")
        policy = self.requisition.policy
        self._each("delivery", lambda one: receive(_id(one), policy, self.by(APPLICANT)))
        lead = timedelta(days=self.requisition.policy.notice_lead_days)
        self.clock.advance_to(self.clock.now() + lead)
        self._each("consent", lambda one: self._consent(one, folders[one.name]))
        self._dispatch("collected and screened")
        self._each("attribution", self._settle)
        self._dispatch("screened")
        self._each("review", self._review)
        self._each("rebuttal", self._offer)
        # Once for all: waiting for each applicant in turn would let consents expire.
        self.clock.advance_to(max(self.windows, default=self.clock.now()))
        self._each("release", self._release)
        self._dispatch("delivered")
        if (day := results_date(self.requisition, self.clock.now())) is not None:
            self.clock.advance_to(day)
            show_results(vault=self.services.vault, released=self.services.released, now=day)
        self._each("manager", self._manage)
        retain_ended(vault=self.services.vault, now=self.clock.now())

    def by(self, actor: Actor) -> Taken:
        """Return the keywords of a step that an actor takes now."""
        return Taken(actor=actor, vault=self.services.vault, now=self.clock.now())

    def _each(self, stage: str, part: Callable[[Rehearsed], None]) -> None:
        alive = [one for one in self.applicants if not one.error]
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

    def _open(self, one: Rehearsed, folder: Path) -> None:
        self.disclosures[one.name] = disclosure = read_disclosure(folder / DISCLOSURE_FILE)
        case = open_case(
            self.requisition.id,
            Applicant(name=disclosure.name, actor=APPLICANT.id),
            **self.by(INVESTIGATOR),
        )
        one.case_id = case.id
        tell(case.id, self.requisition.policy, self.by(INVESTIGATOR))

    def _consent(self, one: Rehearsed, folder: Path) -> None:
        case_id, policy, applicant = _id(one), self.requisition.policy, self.by(APPLICANT)
        agree(case_id, policy, applicant, witness=INVESTIGATOR.id, now=self.clock.now())
        list_identities(case_id, self.disclosures[one.name], policy, applicant)
        register_source(case_id, folder, device=self.device, **self.by(INVESTIGATOR))

    def _settle(self, one: Rehearsed) -> None:
        case_id, vault = _id(one), self.services.vault
        one.problems = [
            f"{problem.file.reveal()}: {problem.pointer}: {problem.fault}"
            for problem in input_problems(case_id, **self.by(INVESTIGATOR))
        ]
        with vault.read() as tx:
            waits = attribution_waits(tx, case_id)
        if waits:
            settle_attribution(case_id, confirmed=frozenset(), **self.by(ANALYST))

    def _review(self, one: Rehearsed) -> None:
        case_id, services = _id(one), self.services
        vault = services.vault
        for reviewer in (FIRST_REVIEWER, SECOND_REVIEWER):
            open_desk(case_id, screener=services.screener(self.requisition), **self.by(reviewer))
            findings, unreadable = waiting_for_person(case_id, vault=vault)
            one.withheld_for_person += len(findings) + unreadable
            for finding_id in findings:
                weigh_finding(case_id, finding_id, stands=False, **self.by(reviewer))
            if unreadable:
                settle_unreadable(case_id, **self.by(reviewer))
            approve(case_id, **self.by(reviewer))

    def _offer(self, one: Rehearsed) -> None:
        window = offer_rebuttal(_id(one), **self.by(FIRST_REVIEWER))
        self.windows.append(window.closes_at)

    def _release(self, one: Rehearsed) -> None:
        release(_id(one), **self.by(RELEASING_OFFICER))

    def _manage(self, one: Rehearsed) -> None:
        services = self.services
        one.package = view(
            _id(one),
            actor=MANAGER,
            vault=services.vault,
            released=services.released,
            now=self.clock.now(),
        )
        decide(
            _id(one),
            Outcome.FAVOURABLE,
            reasons=(),
            assessment="Rehearsal: no person was assessed.",
            redactor=services.screener(self.requisition).redactor,
            actor=MANAGER,
            vault=services.vault,
            released=services.released,
            now=self.clock.now(),
        )


def _id(one: Rehearsed) -> CaseId:
    if one.case_id is None:
        raise WalloffError("the case was not opened")
    return one.case_id
