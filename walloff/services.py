"""Services: one home, opened with its keys, its clock, and the engines that are built once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from casework.gathering.progress import Report
from casework.requisition.requisitions import frozen
from casework.screening.screen import Screener
from models.errors import SettingsError
from models.ids import CaseId
from models.requisition import Requisition
from models.terms import OperatorException, OperatorLists
from storage.audit import newest_time
from storage.auditors import AuditorsLog
from storage.cases import CaseStore
from storage.domain import Domain
from storage.exchange import ApplicantVault, FairnessVault, SealedVault
from storage.home import Home, HomeMode
from storage.released import ReleasedVault
from storage.vault import Vault
from triage.engine import Triage
from walloff.clock import Clock, LogicalClock, SystemClock
from walloff.databases import home_of
from walloff.key_access import open_keys
from walloff.lists import redactor_of
from walloff.reader_box import confine_readers
from walloff.settings import Settings

INSIDE = frozenset({Domain.RAW, Domain.AUDIT})
"""What the investigators' side holds; the released domain has a key ring of its own."""


@dataclass
class Services:
    """What a process needs to take steps in one home."""

    settings: Settings
    home: Home
    vault: Vault
    released: ReleasedVault
    clock: Clock
    report: Report | None = None
    """Told how far a long reading has come, where somebody looks."""
    _triage: dict[str, Triage] = field(default_factory=dict)
    _applicants: ApplicantVault | None = None
    _fairness: FairnessVault | None = None
    _sealed: SealedVault | None = None
    _auditors: AuditorsLog | None = None

    @property
    def applicants(self) -> ApplicantVault:
        """What applicants read and write: opened, with the applicant domain's key, when asked for.

        Raises `KeyUnavailableError`.
        """
        if self._applicants is None:
            ring = open_keys(self.settings, self.home, frozenset({Domain.APPLICANT}))
            self._applicants = ApplicantVault(self.home, ring)
        return self._applicants

    @property
    def fairness(self) -> FairnessVault:
        """The enclave's inbox, for writing: nothing inside holds the key that opens it."""
        if self._fairness is None:
            self._fairness = FairnessVault(self.home, self.vault.key_ring)
        return self._fairness

    @property
    def sealed(self) -> SealedVault:
        """The custodian's inbox, for writing: nothing inside holds the key that opens it."""
        if self._sealed is None:
            self._sealed = SealedVault(self.home, self.vault.key_ring)
        return self._sealed

    @property
    def auditors(self) -> AuditorsLog:
        """The auditors' database, for handing over what was signed."""
        if self._auditors is None:
            self._auditors = AuditorsLog(self.home)
        return self._auditors

    def screener(self, requisition: Requisition) -> Screener:
        """Return the screener for a requisition's frozen criteria and lists."""
        key = requisition.criteria_sha256
        if key not in self._triage:
            self._triage[key] = Triage(requisition.criteria)
        return Screener(redactor_of(requisition.policy.lists), self._triage[key])

    def screener_of(self, case_id: CaseId) -> Screener:
        """Return the screener for a case's requisition."""
        with self.vault.read() as tx:
            requisition = frozen(tx, CaseStore(tx).get(case_id).requisition_id)
        return self.screener(requisition)

    def screener_excepting(self, case_id: CaseId, phrases: Sequence[str]) -> Screener:
        """Return a case's screener under lists that except these phrases as well.

        Raises `PolicyError` for a phrase that is itself a protected term.
        """
        with self.vault.read() as tx:
            requisition = frozen(tx, CaseStore(tx).get(case_id).requisition_id)
        more = OperatorLists(exceptions=tuple(OperatorException(phrase=one) for one in phrases))
        lists = requisition.policy.lists
        redactor = redactor_of(more if lists is None else lists.joined(more))
        return Screener(redactor, self.screener(requisition).triage)

    def wall_time(self) -> datetime:
        """Return the machine's own time, for leases: they are about processes, not about cases."""
        return datetime.now(UTC)


def open_services(settings: Settings, *, mode: HomeMode | None = None) -> Services:
    """Open the home that the settings name. Raises `HomeError`, `KeyUnavailableError`."""
    confine_readers(settings)
    home = home_of(settings, mode)
    vault = Vault(home, open_keys(settings, home, INSIDE))
    released = ReleasedVault(home, open_keys(settings, home, frozenset({Domain.RELEASED})))
    clock = clock_of(vault)
    return Services(settings=settings, home=home, vault=vault, released=released, clock=clock)


def clock_of(vault: Vault) -> Clock:
    """Return a home's clock: a rehearsal's is its own and never stands before its log."""
    if vault.home.mode is HomeMode.PRODUCTION:
        return SystemClock()
    with vault.read() as tx:
        return LogicalClock(not_before=newest_time(tx))


_current: Services | None = None


def use(services: Services) -> None:
    """Make services the ones that flows in this process work with."""
    global _current
    _current = services


def services() -> Services:
    """Return the process's services, opened from the settings if nobody has done so."""
    if _current is None:
        use(open_services(Settings()))
    if _current is None:
        raise SettingsError("no home is open")
    return _current
