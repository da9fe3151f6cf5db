"""A real home with real keys, a clock that tests move, and people in every role."""

import io
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

import models.case
from casework.applicant.cases import open_case
from casework.applicant.consent import sign_consent
from casework.applicant.disclosure import disclose
from casework.applicant.notice import request_notice, send_notice
from casework.gathering.source import register_source
from casework.people.devices import register_device
from casework.people.people import add_person
from casework.people.practical import (
    answer_practical,
    draw_practical,
    right_answers,
    sign_statement,
)
from casework.people.staff import authorise_search
from casework.people.training import recognise_trainer, record_training
from casework.releasing.rebuttal import offer_rebuttal
from casework.releasing.release import deliver, release
from casework.requisition.requisitions import open_requisition
from casework.reviewing.review import approve, open_desk
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
from storage import passphrase
from storage.domain import Domain
from storage.engine import transaction
from storage.home import Home, HomeMode, create_home, open_home
from storage.interface_folder import make_folder
from storage.keyring import init_keys, open_key_ring
from storage.leases import LeaseStore
from storage.migrate import DATABASES, Database
from storage.portions import write_portion
from storage.released import ReleasedVault
from storage.roles import PROCESSES, process_statements, server_statements
from storage.vault import Vault
from triage.engine import Triage
from walloff.segments import run_segment
from walloff.services import INSIDE, Services, use
from walloff.settings import Settings

STAFFED = pytest.StashKey[Requisition | None]()
TRIAGE: dict[str, Triage] = {}
"""By the digest of the criteria, shared by all homes: each is slow to build, and safe to share."""
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
    return opened_services(home, clock)


def opened_services(home: Home, clock: MovableClock) -> Services:
    vault = Vault(home, open_key_ring(home, passphrase=PASSPHRASE, domains=INSIDE))
    ring = open_key_ring(home, passphrase=PASSPHRASE, domains=frozenset({Domain.RELEASED}))
    return Services(
        settings=Settings(home=home.root),
        home=home,
        vault=vault,
        released=ReleasedVault(home, ring),
        clock=clock,
        _triage=TRIAGE,
    )


@pytest.fixture(scope="session", autouse=True)
def stretched_once() -> Iterator[None]:
    """Stretch each passphrase once a process: it is slow so that guessing is, and is no other."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passphrase, "_stretch", cache(passphrase._stretch))
        yield


class ReadyHomes:
    """Homes that are made once, by the product's own steps; every test has a copy of its own.

    A test that sets two homes side by side makes the second anew: copies share their keys.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._requisitions: dict[tuple[HomeMode, bool], Requisition | None] = {}

    def services(
        self, root: Path, clock: MovableClock, mode: HomeMode, *, people: bool
    ) -> tuple[Services, Requisition | None]:
        """Return services in a copy, with its people and their requisition if asked for."""
        kept = self._place / f"{mode}-{people}"
        if (mode, people) not in self._requisitions:
            made = make_services(kept, MovableClock(), mode, {})
            requisition = None
            if people:
                requisition = staffed(made, MovableClock(), self._place / f"{mode}-in").requisition
            made.vault.close()
            made.released.close()
            self._requisitions[mode, people] = requisition
        shutil.copytree(kept, root)
        return opened_services(open_home(root, mode=mode), clock), self._requisitions[mode, people]


@pytest.fixture(scope="session")
def ready_homes(tmp_path_factory: pytest.TempPathFactory) -> ReadyHomes:
    return ReadyHomes(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def home_urls(request: pytest.FixtureRequest) -> dict[Database, URL]:
    """Where databases lie that are no files: on the server of a test that asks for `guarded`.

    A module about PostgreSQL overrides this.
    """
    if "guarded" in request.fixturenames:
        return guarded_urls(request.getfixturevalue("guarded"))
    return {}


@pytest.fixture
def services(
    tmp_path: Path,
    clock: MovableClock,
    home_urls: dict[Database, URL],
    ready_homes: ReadyHomes,
    request: pytest.FixtureRequest,
) -> Iterator[Services]:
    root, requisition = tmp_path / "home", None
    if home_urls or clock.now() != NOON:
        made = make_services(root, clock, HomeMode.PRODUCTION, home_urls)
    else:
        people = "office" in request.fixturenames
        made, requisition = ready_homes.services(root, clock, HomeMode.PRODUCTION, people=people)
    request.node.stash[STAFFED] = requisition
    use(made)
    yield made
    made.vault.close()
    made.released.close()


@pytest.fixture
def office(
    services: Services, clock: MovableClock, tmp_path: Path, request: pytest.FixtureRequest
) -> Office:
    if (requisition := request.node.stash[STAFFED]) is None:
        return staffed(services, clock, tmp_path / "input")
    return seated(services, clock, tmp_path / "input", requisition)


@pytest.fixture
def rehearsed_office(
    tmp_path: Path, clock: MovableClock, ready_homes: ReadyHomes
) -> Iterator[Office]:
    """The same people in a home for rehearsals, whose steps may reach this machine itself."""
    root, mode = tmp_path / "rehearsed", HomeMode.REHEARSAL
    made, requisition = ready_homes.services(root, clock, mode, people=True)
    assert requisition is not None
    use(made)
    yield seated(made, clock, tmp_path / "rehearsed-input", requisition)
    made.vault.close()
    made.released.close()


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
    requisition = Office(services, clock, folder).open(notice_lead_days=0)
    return seated(services, clock, folder, requisition)


def seated(
    services: Services, clock: MovableClock, folder: Path, requisition: Requisition
) -> Office:
    folder.mkdir()
    made = Office(services, clock, folder)
    made.requisition = requisition
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
def prepared_urls() -> dict[Database, URL]:
    """As `home_urls`, for the home of a whole module."""
    return {}


@pytest.fixture(scope="module")
def prepared(
    tmp_path_factory: pytest.TempPathFactory,
    prepared_urls: dict[Database, URL],
    ready_homes: ReadyHomes,
) -> Iterator[Office]:
    """One home for all the commands that a module types; each test has cases of its own."""
    root, clock = tmp_path_factory.mktemp("typed"), MovableClock()
    mode = HomeMode.PRODUCTION
    if prepared_urls:
        made = make_services(root / "home", clock, mode, prepared_urls)
        prepared = staffed(made, clock, root / "input")
    else:
        made, requisition = ready_homes.services(root / "home", clock, mode, people=True)
        assert requisition is not None
        prepared = seated(made, clock, root / "input", requisition)
    use(made)
    yield prepared
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


NOBODY = 65534
ROOT = Path(models.case.__file__).parents[1]


class OtherUser:
    """A user of the machine who reaches what everybody does, and what was given to them."""

    uid = NOBODY

    def run(self, *command: str, temporary: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command as this user. Raises `PermissionError` if that user may not."""
        return subprocess.run(
            command,
            cwd=ROOT,
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            env={
                "PATH": os.environ["PATH"],
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": sysconfig.get_path("platlib"),
                "TMPDIR": str(temporary or tempfile.gettempdir()),
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    @cached_property
    def interpreter(self) -> str | None:
        """A Python of this version that the user may run.

        One that root keeps in its own home is none; Debian's, with the same packages, is.
        """
        version = "{}.{}".format(*sys.version_info)
        for candidate in (sys.executable, f"/usr/bin/python{version}"):
            try:
                if self.run(candidate, "-c", "import storage.interface_folder").returncode == 0:
                    return candidate
            except OSError:
                continue
        return None

    def told(
        self, program: str, given: Mapping[str, Any], *, temporary: Path | None = None
    ) -> dict[str, Any]:
        """Run a Python program as this user and return the JSON that it prints."""
        assert self.interpreter is not None
        done = self.run(self.interpreter, "-c", program, json.dumps(given), temporary=temporary)
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="session")
def nobody() -> OtherUser:
    """Another user; tests that need one are skipped where the machine has none for them."""
    if os.getuid() != 0:
        pytest.skip("needs root to become another user")
    user = OtherUser()
    if user.interpreter is None:
        pytest.skip("needs a Python of this version and a checkout that another user can read")
    return user


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def guarded(engine_kind: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A server that asks for passwords, with every role of the software, or None for SQLite."""
    if engine_kind == "sqlite":
        yield None
        return
    with request.getfixturevalue("postgresql_running")(passwords=True) as server:
        server.run(*server_statements())
        for role in (*DATABASES, *PROCESSES.values()):
            server.run(f"ALTER ROLE walloff_{role} PASSWORD 'secret-of-{role}'")
        yield server


RoleUrl = Callable[[str, str], str | None]


@pytest.fixture
def url_of(guarded: Any) -> RoleUrl:
    """Say with what URL a role reaches a database; None on SQLite."""

    def make(database: str, role: str) -> str | None:
        if guarded is None:
            return None
        url: URL = guarded.url(f"walloff_{database}", f"walloff_{role}", f"secret-of-{role}")
        return url.render_as_string(hide_password=False)

    return make


def guarded_urls(guarded: Any) -> dict[Database, URL]:
    """Make the databases of a home anew, each with its own role."""
    if guarded is None:
        return {}
    for database in DATABASES:
        guarded.run(
            f"DROP DATABASE walloff_{database} WITH (FORCE)",
            *(
                line
                for line in server_statements()
                if f"DATABASE walloff_{database} " in line and "ROLE" not in line
            ),
        )
    return {
        database: guarded.url(f"walloff_{database}", f"walloff_{database}", f"secret-of-{database}")
        for database in DATABASES
    }


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A place that another user can reach: the tests' own folder is root's alone."""
    made = Path(tempfile.mkdtemp(prefix="walloff-other-user-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def given_to(nobody: OtherUser, guarded: Any) -> Callable[..., Home]:
    """Give a domain's process its folder, its portion and its role, all of another user's."""

    def give(home: Home, database: Database, folder: Path) -> Home:
        moved = make_folder(home, database, folder, group=nobody.uid)
        if database is not Database.AUDIT:
            portion = folder / "portion"
            write_portion(moved, PASSPHRASE, {Domain(database)}, portion)
            shutil.chown(portion, nobody.uid)
        if guarded is not None:
            engine = moved.engine(database)
            with transaction(engine, database, writes=True) as connection:
                for statement in process_statements(database):
                    connection.execute(text(statement))
            engine.dispose()
        return moved

    return give


_SEALED_ROWS = (
    ("evidence", "body", "'item'"),
    ("captures", "body", "'capture'"),
    ("findings", "body", "'finding'"),
    ("packages", "payload", "'payload'"),
    ("records", "body", "kind"),
)


@pytest.fixture
def dump(guarded: Any) -> Callable[[Home], dict[str, list[dict[str, Any]]]]:
    """Read every sealed raw row and every lockbox, as a superuser would."""

    def rows(home: Home, database: Database, query: str) -> list[Any]:
        if guarded is None:
            engine = home.engine(database)
        else:
            parts = dict(part.split("=", 1) for part in guarded.superuser.split())
            engine = create_engine(
                guarded.url(f"walloff_{database}", parts["user"], parts["password"])
            )
        with engine.connect() as connection:
            found = list(connection.execute(text(query)))
        engine.dispose()
        return found

    def read(home: Home) -> dict[str, list[dict[str, Any]]]:
        sealed = [
            {
                "table": table,
                "id": row.id,
                "case": row.case_id,
                "kind": row.kind,
                "blob": bytes(row.blob).hex(),
            }
            for table, column, kind in _SEALED_ROWS
            for row in rows(
                home,
                Database.RAW,
                f"SELECT id, case_id, {kind} AS kind, {column} AS blob FROM {table}",
            )
        ]
        boxes = [
            {
                "case": row.case_id,
                "domain": row.domain,
                "version": row.version,
                "wrapped": bytes(row.wrapped).hex(),
            }
            for row in rows(home, Database.KEYS, "SELECT * FROM lockboxes")
        ]
        return {"rows": sealed, "lockboxes": boxes}

    return read
