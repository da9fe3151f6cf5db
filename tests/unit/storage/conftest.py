"""A small agency in a rehearsal home, with one of everything to put into the stores."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL

from models.audit import AuditAction, AuditEntry
from models.case import Case, CaseState
from models.consent import Consent, ConsentItem, ConsentScope, PlatformKind
from models.criteria import Conduct, CriteriaPack, Severity
from models.evidence import AccessGate, Capture, Evidence, SourceItem
from models.finding import Finding, Proposal
from models.ids import (
    ActorId,
    CaptureId,
    CaseId,
    ConsentId,
    EvidenceId,
    FindingId,
    RequisitionId,
    new_id,
)
from models.people import Role
from models.requisition import (
    EmployerType,
    ExcerptPolicy,
    NoticeStage,
    Policy,
    Requisition,
    VettingMode,
)
from models.text import CodedText, RawText
from policy.digest import sha256_of_value
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.consents import ConsentStore
from storage.domain import Domain
from storage.evidence import EvidenceStore
from storage.home import Home, HomeMode, create_home, open_home
from storage.keyring import KeyRing, init_keys, open_key_ring
from storage.migrate import Database
from storage.passphrase import KdfCost
from storage.requisitions import RequisitionStore
from storage.vault import Vault

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSPHRASE = b"correct horse battery staple"
CHEAP = KdfCost(memory_kib=64, iterations=1, lanes=1)


@dataclass
class Agency:
    """A home with keys, its vault, and makers of values."""

    home: Home
    ring: KeyRing
    vault: Vault
    now: datetime = NOW
    passphrase: bytes = PASSPHRASE

    def ring_for(self, *domains: Domain) -> KeyRing:
        return open_key_ring(self.home, passphrase=PASSPHRASE, domains=frozenset(domains))

    def requisition(self) -> Requisition:
        pack = CriteriaPack(
            id="conduct", version="1", title="Conduct", citation="none", dimensions=(), criteria=()
        )
        policy = Policy(
            id="agency",
            version="1",
            title="An agency",
            jurisdiction="US-CA",
            employer_type=EmployerType.LAW_ENFORCEMENT,
            mode=VettingMode.IN_HOUSE,
            notice_stage=NoticeStage.CONDITIONAL_OFFER,
            notice_lead_days=0,
            notice_text="You will be vetted.",
            consequence_text="Refusing has these consequences.",
            consent_items=frozenset(ConsentItem),
            consent_valid_days=90,
            lookback_years=7,
            rebuttal_business_days=5,
            pre_adverse_business_days=5,
            excerpt=ExcerptPolicy.NEUTRAL,
            quote_run_max=12,
            excerpt_words_max=40,
            retention=(),
        )
        requisition = Requisition(
            id=RequisitionId(new_id()),
            title="Deputy",
            policy=policy,
            policy_sha256=sha256_of_value(policy),
            criteria=pack,
            criteria_sha256=sha256_of_value(pack),
            opened_by=ActorId("owner"),
            opened_at=self.now,
        )
        with self.vault.write() as tx:
            RequisitionStore(tx).add(requisition)
        return requisition

    def case(self, state: CaseState = CaseState.DRAFT) -> Case:
        case = Case(
            id=CaseId(new_id()),
            requisition_id=self.requisition().id,
            state=state,
            opened_by=ActorId("investigator"),
            opened_at=self.now,
            changed_at=self.now,
        )
        with self.vault.write() as tx:
            CaseStore(tx).add(case)
        return case

    def consent_value(self, case_id: CaseId, *granted: ConsentItem) -> Consent:
        items = frozenset(granted or (ConsentItem.PUBLIC_SOCIAL,))
        return Consent(
            id=ConsentId(new_id()),
            case_id=case_id,
            scope=ConsentScope(
                granted=items, refused=frozenset(ConsentItem) - items, lookback_years=7
            ),
            consequence_sha256="2" * 64,
            consequence_acknowledged=True,
            notice_sha256="3" * 64,
            signed_at=self.now - timedelta(days=1),
            expires_at=self.now + timedelta(days=89),
        )

    def consent(self, case_id: CaseId, *granted: ConsentItem) -> Consent:
        consent = self.consent_value(case_id, *granted)
        with self.vault.write() as tx:
            ConsentStore(tx).add(consent)
        return consent

    def capture_value(self, consent: Consent, words: str = "posts.jsonl") -> Capture:
        return Capture(
            id=CaptureId(new_id()),
            case_id=consent.case_id,
            consent_id=consent.id,
            consent_item=ConsentItem.PUBLIC_SOCIAL,
            captured_at=self.now,
            tool="walloff",
            tool_version="0.1.0",
            file_name=RawText(words),
            sha256=hashlib.sha256(words.encode()).hexdigest(),
            size=len(words),
        )

    def item(self, words: str = "hello") -> SourceItem:
        return SourceItem(
            native_id=RawText(f"native {words}"),
            platform=RawText(f"platform {words}"),
            kind=PlatformKind.SOCIAL,
            author=RawText(f"author {words}"),
            created_at=self.now,
            url=RawText(f"https://example.org/{words}"),
            text=RawText(f"text {words}"),
            gate=AccessGate.NONE,
            pointer="line:1",
        )

    def evidence(self, case_id: CaseId, *words: str) -> list[Evidence]:
        capture = self.capture_value(self.consent(case_id), " ".join(words) or "file")
        with self.vault.write() as tx:
            CaptureStore(tx).add(capture)
            EvidenceStore(tx).add_many(capture, [self.item(word) for word in words])
        with self.vault.read() as tx:
            return list(EvidenceStore(tx).for_case(case_id))

    def finding(self, case_id: CaseId, evidence_id: EvidenceId, words: str = "passage") -> Finding:
        return Finding(
            id=FindingId(new_id()),
            case_id=case_id,
            evidence_id=evidence_id,
            proposal=Proposal(
                criterion="threats",
                conduct=Conduct.THREATENS_VIOLENCE,
                severity=Severity.HIGH,
                passage=CodedText(words),
                rule="threats.1",
            ),
            said_at=self.now,
            excerpt=None,
        )

    def entry(self, object_id: str = "a-case", *, at: datetime | None = None) -> AuditEntry:
        return AuditEntry(
            event_id=new_id(),
            at=at or self.now,
            actor=ActorId("investigator"),
            role=Role.INVESTIGATOR,
            action=AuditAction.CASE_OPENED,
            object_id=object_id,
        )


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """One suite for both engines. A test of SQLite's own files asks for `sqlite_only`."""
    only = request.node.get_closest_marker("sqlite_only")
    if only is not None and request.param != "sqlite":
        pytest.skip("about SQLite's files")
    return str(request.param)


def new_home(root: Path, urls: Mapping[Database, URL]) -> Home:
    home = create_home(root, HomeMode.REHEARSAL, urls)
    init_keys(home, PASSPHRASE, cost=CHEAP)
    return home


class ReadyHomes:
    """A home with keys is made once for each engine; a test takes a copy of its own."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._made: dict[str, Home] = {}

    def copy(self, root: Path, engine_name: str, server: Any) -> Home:
        if engine_name not in self._made:
            urls = {} if server is None else server.urls()
            self._made[engine_name] = new_home(self._place / engine_name, urls)
        home = self._made[engine_name]
        urls = {}
        if server is not None:
            urls = server.copies({item: str(url.database) for item, url in home.urls.items()})
        shutil.copytree(home.root, root)
        return open_home(root, mode=HomeMode.REHEARSAL, urls=urls)


@pytest.fixture(scope="session")
def ready_homes(tmp_path_factory: pytest.TempPathFactory) -> ReadyHomes:
    return ReadyHomes(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def make_agency(
    tmp_path: Path, engine_name: str, ready_homes: ReadyHomes, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Agency]]:
    """Make agencies; the second of a test, and any further, has an id and keys like no other."""
    made: list[Agency] = []
    server = None if engine_name == "sqlite" else request.getfixturevalue("postgresql")

    def make(name: str) -> Agency:
        root = tmp_path / name
        if made:
            home = new_home(root, {} if server is None else server.urls())
        else:
            home = ready_homes.copy(root, engine_name, server)
        ring = open_key_ring(home, passphrase=PASSPHRASE, domains=frozenset(Domain))
        agency = Agency(home, ring, Vault(home, ring))
        made.append(agency)
        return agency

    yield make
    for agency in made:
        agency.vault.close()
        agency.ring.close()
        if server is not None:
            server.drop(*(str(url.database) for url in agency.home.urls.values()))


@pytest.fixture
def agency(make_agency: Callable[[str], Agency]) -> Agency:
    return make_agency("home")
