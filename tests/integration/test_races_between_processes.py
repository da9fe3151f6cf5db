"""Of two processes that take the same step at the same moment, one takes it and one is refused.

On PostgreSQL, where steps run beside each other; the database orders them. What has an effect once
stands once in the log.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.engine import URL

from casework.applicant.consent import sign_consent, withdraw_consent
from casework.applicant.notice import request_notice, send_notice
from casework.counsel.breaches import close_breach, contain_breach, report_breach
from casework.counsel.productions import approve_production, make_production, request_production
from casework.counsel.requests import answer_request, open_request
from casework.deciding.disputes import extend_dispute, open_dispute, resolve_dispute
from casework.deciding.documents import confirm_delivery, make_document
from casework.deciding.manager import decide, view
from casework.deciding.recall import recall
from casework.preview.window import window_of
from casework.records.holds import lift_hold, place_hold
from casework.records.retention import retain
from casework.releasing.rebuttal import answer, offer_rebuttal
from casework.releasing.release import deliver, release
from casework.reviewing.review import approve, open_desk
from models.adverse import Channel, DocumentKind
from models.audit import AuditAction
from models.counsel import BreachKind, ProducedKind, RequestKind, RequestOutcome
from models.decision import OtherEvidence, Outcome, Reason
from models.dispute import DisputeOutcome, RecallReason
from models.errors import WalloffError
from models.people import Actor, Role
from models.rebuttal import Claim, RebuttalAnswer
from models.text import RawText
from storage.audit import AuditLog
from storage.bundles import make_recipient, read_recipient
from storage.checkpoints import publish
from storage.domain import Domain
from storage.keyring import open_key_ring
from storage.migrate import Database
from storage.released import ReleasedVault
from storage.vault import Vault
from storage.verification import verify
from walloff.services import INSIDE, Services

A: Final = AuditAction
THREAT: Final = "I am going to kill my boss on Monday, I swear I will beat him to death."
REASON: Final = Reason(
    criterion="threats-violence", finding=0, evidence=OtherEvidence.BACKGROUND_INVESTIGATION
)
KINDS: Final = frozenset({ProducedKind.NOTICE})
PRE_ADVERSE: Final = DocumentKind.PRE_ADVERSE


@dataclass(frozen=True)
class Runner:
    """What a process opened itself, and the time that stands in it."""

    services: Services
    now: datetime

    def by(self, role: Role, name: str = "") -> dict[str, Any]:
        person = Actor.model_validate({"id": name or f"the-{role}", "roles": frozenset({role})})
        return {"actor": person, "vault": self.services.vault, "now": self.now}

    def across(self, role: Role) -> dict[str, Any]:
        return self.by(role) | {"released": self.services.released}

    def redactor(self, case: Any) -> Any:
        return self.services.screener_of(case).redactor

    def shown(self, case: Any) -> Any:
        with self.services.vault.read() as tx:
            return window_of(tx, case).shown[0]

    def approve(self, case: Any, name: str = "") -> None:
        approve(case, **self.by(Role.WALL_OFF_REVIEWER, name))

    def decide(self, case: Any, outcome: Outcome) -> None:
        reasons = () if outcome is Outcome.FAVOURABLE else (REASON,)
        decide(case, outcome, reasons=reasons, assessment="A.", **self.across(Role.HIRING_MANAGER))

    def recall(self, case: Any) -> None:
        recall(case, RecallReason.STATEMENT, **self.across(Role.WALL_OFF_REVIEWER))

    def sign(self, case: Any, items: Any) -> None:
        who = self.by(Role.APPLICANT)
        nothing: frozenset[Any] = frozenset()
        sign_consent(case, granted=items, refused=nothing, consequence_acknowledged=True, **who)

    def withdraw(self, case: Any) -> None:
        withdraw_consent(case, **self.by(Role.APPLICANT))

    def answer(self, case: Any) -> None:
        said = RebuttalAnswer(finding_id=self.shown(case), claim=Claim.NOT_ME)
        who = self.by(Role.APPLICANT) | {"redactor": self.redactor(case)}
        answer(case, (said,), **who)

    def dispute(self, case: Any) -> None:
        who = self.by(Role.APPLICANT) | {"redactor": self.redactor(case)}
        open_dispute(case, [self.shown(case)], Claim.OTHER, None, **who)

    def resolve(self, case: Any) -> None:
        resolve_dispute(case, DisputeOutcome.VERIFIED, **self.across(Role.WALL_OFF_REVIEWER))

    def document(self, case: Any) -> None:
        make_document(case, PRE_ADVERSE, **self.by(Role.INVESTIGATOR))

    def confirm(self, case: Any) -> None:
        who = self.by(Role.INVESTIGATOR)
        confirm_delivery(case, PRE_ADVERSE, Channel.BY_HAND, RawText("signed"), **who)

    def produce(self, case: Any, production: str, folder: Path) -> None:
        key, who = read_recipient(folder / "public"), self.by(Role.EVIDENCE_CUSTODIAN)
        make_production(case, production, folder / case, key, **who)

    def contain(self, case: Any, breach: str) -> None:
        contain_breach(case, breach, **self.across(Role.SUPERVISOR))

    def settle(self, case: Any, request: str) -> None:
        who = self.by(Role.EVIDENCE_CUSTODIAN) | {"redactor": self.redactor(case)}
        answer_request(case, request, RequestOutcome.GRANTED, **who)

    @property
    def bare(self) -> dict[str, Any]:
        return {"vault": self.services.vault, "now": self.now}


Act = Callable[..., object]
Made = Callable[[Any, Callable[..., str]], tuple[Any, ...]]


@dataclass(frozen=True)
class Race:
    """What comes before, the two acts, and what then stands in the log exactly once."""

    made: Made
    action: AuditAction
    act: Act
    other: Act | None = None
    others: AuditAction | None = None
    """What stands instead if the other wins."""
    both: bool = False
    """Neither is refused: what comes second finds nothing left to do."""


def noticed(office: Any, _post: Any) -> tuple[Any, ...]:
    return office.noticed(), office.requisition.policy.consent_items


def asked(office: Any, _post: Any) -> tuple[Any, ...]:
    case = office.drafted()
    request_notice(case, **office.who(Role.INVESTIGATOR))
    return (case,)


def looked_at(office: Any, post: Any) -> tuple[Any, ...]:
    case = office.screened(post(THREAT))
    who = office.who(Role.WALL_OFF_REVIEWER)
    open_desk(case, screener=office.services.screener_of(case), **who)
    return (case,)


def approved(office: Any, post: Any) -> tuple[Any, ...]:
    (case,) = looked_at(office, post)
    approve(case, **office.who(Role.WALL_OFF_REVIEWER))
    second = office.who(Role.WALL_OFF_REVIEWER) | {"actor": office.second_reviewer}
    open_desk(case, screener=office.services.screener_of(case), **second)
    approve(case, **second)
    return (case,)


def offered(office: Any, post: Any) -> tuple[Any, ...]:
    return (office.offered(post(THREAT)),)


def waited(office: Any, post: Any) -> tuple[Any, ...]:
    made = offered(office, post)
    office.clock.move(days=14)
    return made


def queued(office: Any, post: Any) -> tuple[Any, ...]:
    made = waited(office, post)
    release(*made, **office.who(Role.RELEASING_OFFICER))
    return made


def released(office: Any, post: Any) -> tuple[Any, ...]:
    case = office.released(post(THREAT))
    view(case, released=office.services.released, **office.who(Role.HIRING_MANAGER))
    return (case,)


def disputed(office: Any, post: Any) -> tuple[Any, ...]:
    made = released(office, post)
    Runner(office.services, office.now).dispute(*made)
    return made


def pending(office: Any, post: Any) -> tuple[Any, ...]:
    made = released(office, post)
    Runner(office.services, office.now).decide(*made, Outcome.PENDING_ADVERSE)
    return made


def documented(office: Any, post: Any) -> tuple[Any, ...]:
    made = pending(office, post)
    Runner(office.services, office.now).document(*made)
    return made


def decided(office: Any, post: Any) -> tuple[Any, ...]:
    made = released(office, post)
    Runner(office.services, office.now).decide(*made, Outcome.FAVOURABLE)
    return made


def held(office: Any, _post: Any) -> tuple[Any, ...]:
    case = office.drafted()
    hold = place_hold(case, "12-cv-34", **office.who(Role.EVIDENCE_CUSTODIAN))
    return case, hold.id


def demanded(office: Any, _post: Any) -> tuple[Any, ...]:
    case = office.noticed()
    made = request_production(case, "12", KINDS, **office.who(Role.EVIDENCE_CUSTODIAN))
    return case, made.id


def agreed(office: Any, post: Any) -> tuple[Any, ...]:
    case, production = demanded(office, post)
    for role in (Role.EVIDENCE_CUSTODIAN, Role.POLICY_OWNER):
        approve_production(case, production, **office.who(role))
    folder = office.folder / f"of-{case}"
    folder.mkdir()
    make_recipient(folder / "private", folder / "public")
    return case, production, folder


def broken(office: Any, _post: Any) -> tuple[Any, ...]:
    case = office.drafted()
    breach = report_breach(case, BreachKind.LOST, [], **office.who(Role.SUPERVISOR))
    return case, breach.id


def contained(office: Any, post: Any) -> tuple[Any, ...]:
    made = broken(office, post)
    Runner(office.services, office.now).contain(*made)
    return made


def requested(office: Any, _post: Any) -> tuple[Any, ...]:
    case, who = office.noticed(), office.who(Role.APPLICANT)
    request = open_request(case, RequestKind.ACCESS, released=office.services.released, **who)
    return case, request.id


RACES: Final = {
    "two senders of a notice": Race(
        asked, A.NOTICE_SENT, lambda run, case: send_notice(case, **run.bare), both=True
    ),
    "two signatures": Race(noticed, A.CONSENT_SIGNED, Runner.sign),
    "an approval twice": Race(looked_at, A.APPROVED, Runner.approve),
    "two offers": Race(
        approved,
        A.REBUTTAL_OFFERED,
        lambda run, case: offer_rebuttal(case, **run.by(Role.WALL_OFF_REVIEWER)),
    ),
    "two answers": Race(offered, A.REBUTTAL_SUBMITTED, Runner.answer),
    "two releases": Race(
        waited,
        A.RELEASED,
        lambda run, case: release(case, **run.by(Role.RELEASING_OFFICER)),
    ),
    "a release, and a withdrawal": Race(
        waited,
        A.CONSENT_WITHDRAWN,
        Runner.withdraw,
        lambda run, case: release(case, **run.by(Role.RELEASING_OFFICER)),
        A.RELEASED,
    ),
    "two deliveries": Race(
        queued,
        A.DELIVERED,
        lambda run, case: deliver(case, released=run.services.released, **run.bare),
        both=True,
    ),
    "two decisions": Race(
        released, A.DECIDED, lambda run, case: run.decide(case, Outcome.FAVOURABLE)
    ),
    "two decisions against": Race(
        released, A.DECIDED, lambda run, case: run.decide(case, Outcome.PENDING_ADVERSE)
    ),
    "a decision, and a recall": Race(
        released,
        A.DECIDED,
        lambda run, case: run.decide(case, Outcome.FAVOURABLE),
        Runner.recall,
        A.RECALLED,
    ),
    "two recalls": Race(released, A.RECALLED, Runner.recall),
    "two disputes": Race(released, A.DISPUTE_OPENED, Runner.dispute),
    "two ends of a dispute": Race(
        disputed,
        A.DISPUTE_RESOLVED,
        Runner.resolve,
    ),
    "more time for a dispute twice": Race(
        disputed,
        A.DISPUTE_EXTENDED,
        lambda run, case: extend_dispute(case, **run.by(Role.APPLICANT)),
    ),
    "a proof of delivery twice": Race(documented, A.DOCUMENT_DELIVERED, Runner.confirm),
    "a retention twice": Race(decided, A.RETAINED, lambda run, case: retain(case, **run.bare)),
    "a hold lifted twice": Race(
        held,
        A.HOLD_LIFTED,
        lambda run, case, hold: lift_hold(case, hold, **run.by(Role.EVIDENCE_CUSTODIAN)),
    ),
    "both parts of an approval by one": Race(
        demanded,
        A.PRODUCTION_APPROVED,
        lambda run, case, one: approve_production(case, one, **run.by(Role.EVIDENCE_CUSTODIAN)),
        lambda run, case, one: approve_production(
            case, one, **run.by(Role.POLICY_OWNER, "the-evidence-custodian")
        ),
    ),
    "a production made twice": Race(agreed, A.PRODUCTION_MADE, Runner.produce),
    "a breach contained twice": Race(broken, A.BREACH_CONTAINED, Runner.contain),
    "a breach closed twice": Race(
        contained,
        A.BREACH_CLOSED,
        lambda run, case, one: close_breach(
            case, one, told_at=run.now, **run.by(Role.POLICY_OWNER)
        ),
    ),
    "a request answered twice": Race(requested, A.REQUEST_ANSWERED, Runner.settle),
}


@pytest.fixture(scope="module")
def prepared_urls(postgresql: Any) -> Iterator[dict[Database, URL]]:
    urls = postgresql.urls()
    yield urls
    postgresql.drop(*(url.database for url in urls.values()))


def run_acts(pipe: Any, start: Any, office: Any) -> None:
    """In a process of its own: open the home anew, then take one act after the other."""
    home, given = office.services.home, office.services
    secret = home.passphrase_file.read_bytes()
    vault = Vault(home, open_key_ring(home, passphrase=secret, domains=INSIDE))
    own = frozenset({Domain.RELEASED})
    across = ReleasedVault(home, open_key_ring(home, passphrase=secret, domains=own))
    services = Services(given.settings, home, vault, across, given.clock)
    pipe.send("ready")
    while (asked := pipe.recv()) is not None:
        name, other, args, now = asked
        race, code = RACES[name], ""
        act = race.other if other and race.other is not None else race.act
        start.wait(60)
        try:
            act(Runner(services, now), *args)
        except WalloffError as refusal:
            code = refusal.code
        except Exception as fault:  # noqa: BLE001 - told to the test
            code = f"unforeseen: {type(fault).__name__}"
        pipe.send(code)


@pytest.fixture(scope="module")
def racers(prepared: Any) -> Iterator[list[Any]]:
    """Two processes, forked once for all races."""
    fork = multiprocessing.get_context("fork")
    start, ends, processes = fork.Barrier(2), [], []
    for _number in range(2):
        here, there = fork.Pipe()
        process = fork.Process(target=run_acts, args=(there, start, prepared), daemon=True)
        process.start()
        assert here.poll(60)
        assert here.recv() == "ready"
        ends.append(here)
        processes.append(process)
    yield ends
    for end in ends:
        end.send(None)
    for process in processes:
        process.join(20)
        process.kill()


@pytest.mark.parametrize("name", RACES)
def test_it_happens_once_and_the_other_is_told_why(
    prepared: Any, racers: list[Any], post: Any, name: str
) -> None:
    race = RACES[name]
    args = race.made(prepared, post)
    with prepared.vault.read() as tx:
        before = [one.action for one in AuditLog(tx).entries(args[0])]
    for number, end in enumerate(racers):
        end.send((name, number == 1, args, prepared.now))
    told = []
    for end in racers:
        assert end.poll(120)
        told.append(end.recv())
    publish(prepared.vault, now=prepared.now)
    with prepared.vault.read() as tx:
        added = [one.action for one in AuditLog(tx).entries(args[0])][len(before) :]
    assert not [code for code in told if code.startswith("unforeseen")], told
    if race.both:
        assert added.count(race.action) == 1
        return
    assert told.count("") == 1, told
    won = race.others if race.others and told[1] == "" else race.action
    assert [added.count(one) for one in {race.action, race.others or race.action}].count(1) == 1
    assert (added.count(won), added.count(A.DENIED)) == (1, 1)


def test_the_log_is_whole_after_all_races(prepared: Any, racers: list[Any]) -> None:
    publish(prepared.vault, now=prepared.now)
    assert verify(prepared.vault).intact
    assert racers
