"""A real home with real keys, a clock that tests move, and people in every role."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL

from casework.cases import open_case
from casework.consent import sign_consent
from casework.devices import register_device
from casework.disclosure import disclose
from casework.notice import request_notice, send_notice
from casework.people import add_person
from casework.practical import answer_practical, draw_practical, right_answers, sign_statement
from casework.rebuttal import offer_rebuttal
from casework.release import deliver, release
from casework.requisitions import open_requisition
from casework.review import approve, open_desk
from casework.source import register_source
from casework.staff import authorise_search
from casework.training import recognise_trainer, record_training
from cli.main import main
from models.consent import ConsentItem
from models.disclosure import Applicant, Disclosure
from models.ids import ActorId, BatchId, CaseId
from models.people import Actor, Role
from models.people_rules import ABOUT_A_PLATFORM, EmploymentType, Module, PeopleRules
from models.requisition import Requisition
from models.segment import Segment
from models.staff import Egress, Owner
from models.text import RawText
from policy.defaults import default_draft
from storage.domain import Domain
from storage.home import HomeMode, create_home
from storage.keyring import init_keys, open_key_ring
from storage.leases import LeaseStore
from storage.migrate import Database
from storage.released import ReleasedVault
from storage.vault import Vault
from walloff.segments import run_segment
from walloff.services import INSIDE, Services, use
from walloff.settings import Settings

PASSPHRASE = b"correct horse battery staple"
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@dataclass
class MovableClock:
    """Stands still until it is moved."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def move(self, **step: float) -> None:
        self.moment += timedelta(**step)


PEOPLE = {
    role: Actor(id=ActorId(f"the-{role}"), roles=frozenset({role}))
    for role in Role
    if role is not Role.SYSTEM
}
SECOND_REVIEWER = Actor(id=ActorId("another-reviewer"), roles=frozenset({Role.WALL_OFF_REVIEWER}))


@dataclass
class Office:
    """Everything a test needs to take a case anywhere."""

    services: Services
    clock: MovableClock
    folder: Path
    requisition: Requisition = field(init=False)
    people: dict[Role, Actor] = field(default_factory=lambda: dict(PEOPLE))
    second_reviewer: Actor = SECOND_REVIEWER

    @property
    def vault(self) -> Vault:
        return self.services.vault

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def who(self, role: Role) -> dict[str, object]:
        """The keywords every step takes."""
        return {"actor": self.people[role], "vault": self.vault, "now": self.now}

    def open(self, **changes: object) -> Requisition:
        """Open a requisition under the default policy with some fields changed."""
        draft = default_draft()
        return open_requisition(
            draft.title,
            draft.policy.model_copy(update=changes),
            draft.criteria,
            **self.who(Role.POLICY_OWNER),
        )

    def drafted(self) -> CaseId:
        applicant = Applicant(name=RawText("Rowan Applegate"), actor=self.people[Role.APPLICANT].id)
        return open_case(self.requisition.id, applicant, **self.who(Role.INVESTIGATOR)).id

    def noticed(self) -> CaseId:
        case_id = self.drafted()
        request_notice(case_id, **self.who(Role.INVESTIGATOR))
        send_notice(case_id, vault=self.vault, now=self.now)
        self.clock.move(days=self.requisition.policy.notice_lead_days)
        return case_id

    def consented(self, *, refused: frozenset[ConsentItem] = frozenset()) -> CaseId:
        case_id = self.noticed()
        sign_consent(
            case_id,
            granted=self.requisition.policy.consent_items - refused,
            refused=refused,
            consequence_acknowledged=True,
            **self.who(Role.APPLICANT),
        )
        return case_id

    def disclosed(self, **kwargs: frozenset[ConsentItem]) -> CaseId:
        case_id = self.consented(**kwargs)
        disclosure = Disclosure(name=RawText("Rowan Applegate"), handles=(RawText("rowan_a"),))
        disclose(case_id, disclosure, **self.who(Role.APPLICANT))
        return case_id

    def collecting(self, *posts: str, **kwargs: frozenset[ConsentItem]) -> CaseId:
        case_id = self.disclosed(**kwargs)
        folder = self.folder / case_id
        folder.mkdir()
        (folder / "posts.jsonl").write_text("".join(line + "\n" for line in posts))
        register_source(case_id, folder, **self.who(Role.INVESTIGATOR))
        return case_id

    def run(self, segment: Segment, case_id: CaseId) -> int:
        """Run a segment as a batch of one, without Prefect."""
        wall = self.services.wall_time()
        with self.vault.write() as tx:
            leases = LeaseStore(tx)
            batch_id: BatchId = leases.new_batch(segment, [case_id], wall)
            leases.claim([case_id], owner=batch_id, now=wall, until=wall + timedelta(minutes=5))
        return run_segment(segment, case_id, batch_id, self.services)

    def screened(self, *posts: str, **kwargs: frozenset[ConsentItem]) -> CaseId:
        case_id = self.collecting(*posts, **kwargs)
        self.run(Segment.COLLECT, case_id)
        self.run(Segment.SCREEN, case_id)
        return case_id

    def offered(self, *posts: str) -> CaseId:
        """Take a case through both reviews to the applicant's time to answer."""
        case_id = self.screened(*posts)
        for reviewer in (self.people[Role.WALL_OFF_REVIEWER], self.second_reviewer):
            taken: dict[str, Any] = {"actor": reviewer, "vault": self.vault, "now": self.now}
            open_desk(case_id, screener=self.services.screener_of(case_id), **taken)
            approve(case_id, **taken)
        offer_rebuttal(case_id, **self.who(Role.WALL_OFF_REVIEWER))
        return case_id

    def released(self, *posts: str) -> CaseId:
        case_id = self.offered(*posts)
        self.clock.move(days=14)
        release(case_id, **self.who(Role.RELEASING_OFFICER))
        deliver(case_id, vault=self.vault, released=self.services.released, now=self.now)
        return case_id


def make_services(
    root: Path, clock: MovableClock, mode: HomeMode, urls: dict[Database, URL]
) -> Services:
    home = create_home(root, mode, urls)
    init_keys(home, PASSPHRASE)
    home.passphrase_file.write_bytes(PASSPHRASE)
    vault = Vault(home, open_key_ring(home, passphrase=PASSPHRASE, domains=INSIDE))
    ring = open_key_ring(home, passphrase=PASSPHRASE, domains=frozenset({Domain.RELEASED}))
    return Services(
        settings=Settings(home=root),
        home=home,
        vault=vault,
        released=ReleasedVault(home, ring),
        clock=clock,
    )


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def home_urls() -> dict[Database, URL]:
    """Where databases lie that are no files. A module about PostgreSQL overrides this."""
    return {}


@pytest.fixture
def services(
    tmp_path: Path, clock: MovableClock, home_urls: dict[Database, URL]
) -> Iterator[Services]:
    made = make_services(tmp_path / "home", clock, HomeMode.PRODUCTION, home_urls)
    use(made)
    yield made
    made.vault.close()
    made.released.close()


@pytest.fixture
def office(services: Services, clock: MovableClock, tmp_path: Path) -> Office:
    return staffed(services, clock, tmp_path / "input")


@pytest.fixture
def another_office(clock: MovableClock) -> Iterator[Callable[[Path, dict[Database, URL]], Office]]:
    """Make a second home beside the first, with the same people; flows keep to the first."""
    made = []

    def make(root: Path, urls: dict[Database, URL]) -> Office:
        made.append(make_services(root, clock, HomeMode.PRODUCTION, urls))
        return staffed(made[-1], clock, root.with_name(f"{root.name}-input"))

    yield make
    for one in made:
        one.vault.close()
        one.released.close()


def staffed(services: Services, clock: MovableClock, folder: Path) -> Office:
    administrator = PEOPLE[Role.ADMINISTRATOR]
    add_person(administrator, "A", actor=None, vault=services.vault, now=clock.now())
    for person in (*PEOPLE.values(), SECOND_REVIEWER):
        if person is not administrator:
            add_person(person, "P", actor=administrator, vault=services.vault, now=clock.now())
    folder.mkdir()
    made = Office(services, clock, folder)
    made.requisition = made.open(notice_lead_days=0)
    return made


@pytest.fixture
def post(clock: MovableClock) -> Callable[..., str]:
    """Make one line of posts.jsonl; a counter keeps ids apart."""
    import itertools

    numbers = itertools.count(1)

    def make(text: str, *, author: str = "rowan_a", days_ago: float = 100, **more: object) -> str:
        line = {
            "id": f"p{next(numbers)}",
            "created_at": (clock.now() - timedelta(days=days_ago)).isoformat(),
            "platform": "forum",
            "author": author,
            "url": None,
            "text": text,
        }
        return json.dumps(line | more)

    return make


DEVICE = "workstation-7"
PEOPLE_RULES = PeopleRules()
TRAINER = Actor(id=ActorId("the-trainer"), roles=frozenset({Role.TRAINING_OFFICER}))
SEARCHERS = (Role.INVESTIGATOR, Role.ATTRIBUTION_ANALYST, Role.WALL_OFF_REVIEWER)


@dataclass
class Staff:
    """People as a policy's people table asks for them: authorised, trained, tested."""

    office: Office
    device_id: str = DEVICE
    rules: PeopleRules = PEOPLE_RULES
    trainer_id: ActorId = TRAINER.id

    def gated(self, **changes: Any) -> None:
        """Open the office's requisition under a policy with a people table."""
        self.office.requisition = self.office.open(
            notice_lead_days=0, people=PEOPLE_RULES.model_copy(update=changes)
        )

    def by(self, actor: Actor) -> dict[str, Any]:
        return {"actor": actor, "vault": self.office.vault, "now": self.office.now}

    def add(self, name: str, *roles: Role) -> Actor:
        person = Actor(id=ActorId(name), roles=frozenset(roles))
        add_person(person, name, **self.office.who(Role.ADMINISTRATOR))
        return person

    def trainer(self) -> None:
        add_person(TRAINER, "T", **self.office.who(Role.ADMINISTRATOR))
        recognise_trainer(
            TRAINER.id,
            basis="state certificate 12",
            modules=frozenset(Module),
            valid_until=self.office.now + timedelta(days=300),
            **self.office.who(Role.TRAINING_OFFICER),
        )

    def authorised(self, person: Actor, **changes: Any) -> None:
        given: dict[str, Any] = {
            "employment": EmploymentType.CIVILIAN,
            "basis": "order 7",
            "background_cleared": True,
            "sensitive": False,
            "review_due": self.office.now + timedelta(days=300),
        }
        authorise_search(person.id, **(given | changes), **self.office.who(Role.SUPERVISOR))

    def trained(
        self,
        person: Actor,
        *,
        without: frozenset[Module] = frozenset(),
        platforms: frozenset[str] = frozenset({"forum"}),
        days: float = 300,
    ) -> None:
        for module in sorted(frozenset(Module) - without):
            record_training(
                person.id,
                module,
                platforms=platforms if module in ABOUT_A_PLATFORM else frozenset(),
                score_percent=95,
                trainer=TRAINER.id,
                expires_at=self.office.now + timedelta(days=days),
                **self.office.who(Role.TRAINING_OFFICER),
            )

    def tested(self, person: Actor, *, wrong: int = 0) -> None:
        """Take the practical, with so many answers wrong."""
        paper, asked = draw_practical(**self.by(person))
        right = right_answers(paper)
        answers = [
            (answer + 1) % len(asked[at].options) if at < wrong else answer
            for at, answer in enumerate(right)
        ]
        answer_practical(paper.id, answers, **self.by(person))

    def device(self, name: str = DEVICE, **changes: Any) -> None:
        given: dict[str, Any] = {
            "owner": Owner.AGENCY,
            "attested_until": self.office.now + timedelta(days=300),
            "egress": Egress.UNATTRIBUTED,
            "geolocation_blocked": True,
        }
        register_device(name, **(given | changes), **self.office.who(Role.SUPERVISOR))

    def ready(self, *people: Actor) -> None:
        """Do everything that the policy asks for."""
        self.trainer()
        self.device()
        for person in people or [
            *(self.office.people[role] for role in SEARCHERS),
            self.office.second_reviewer,
        ]:
            self.competent(person)

    def competent(self, person: Actor) -> None:
        self.authorised(person)
        self.trained(person)
        self.tested(person)
        sign_statement(**self.by(person))


@pytest.fixture
def staff(office: Office) -> Staff:
    return Staff(office)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One home for all the commands that a module types; each test has cases of its own."""
    root, clock = tmp_path_factory.mktemp("typed"), MovableClock()
    made = make_services(root / "home", clock, HomeMode.PRODUCTION, {})
    use(made)
    yield staffed(made, clock, root / "input")
    made.vault.close()
    made.released.close()


@pytest.fixture(scope="module")
def staffed_with() -> type[Staff]:
    """For a module whose people are authorised, trained and tested once."""
    return Staff


@dataclass(frozen=True)
class Told:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document of a command that did what it was asked."""
        assert self.code == 0, self.err
        return json.loads(self.out)

    def refused(self, code: str, *, exit_code: int = 3) -> None:
        """One line on stderr names the rule; nothing else is said, and no words are repeated."""
        assert (self.code, self.out) == (exit_code, ""), (self.code, self.out, self.err)
        assert self.err.startswith(f"walloff: {code}: "), self.err
        assert self.err.count("\n") == 1
        for word in ("Rowan", "Applegate", "rowan_a", "boss", "cousin", "Traceback"):
            assert word not in self.err


Typed = Callable[..., Told]


@pytest.fixture
def typed(
    prepared: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Typed:
    """Type a command in the prepared home, at its time, with its keys opened once for all."""
    monkeypatch.setattr("cli.session.open_services", lambda _settings: prepared.services)
    monkeypatch.setenv("COLUMNS", "250")

    def run(
        *arguments: object,
        role: Role | None = None,
        actor: str | None = None,
        stdin: str = "",
        home: bool = True,
    ) -> Told:
        who = actor if role is None else prepared.people[role].id
        given = [] if who is None else ["--actor", who]
        if home:
            given += ["--home", str(prepared.services.home.root)]
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments), *given])
        told = capsys.readouterr()
        return Told(int(ended.value.code or 0), told.out, told.err)

    return run
