"""Any employee may report a colleague; who did is put away for the custodian, and nobody is told.

A report lies in a monitoring draft, in which nothing is gathered. Its entries in the log name the
system, so that not even an auditor reads who came. A report of protected activity is kept as one
and sets nothing in motion; one that holds a password is refused unread (M3).
"""

from dataclasses import dataclass
from datetime import datetime

from casework.after_hire.monitoring_notice import monitoring_policy
from casework.after_hire.protected_activity import protected_in
from casework.after_hire.reporter_guard import guard_of, names_of, spoken_in
from casework.after_hire.triggers import new_draft
from casework.requisition.requisitions import frozen
from casework.screening.screen import Screener
from casework.steps.monitoring_gate import of_monitoring
from casework.steps.permissions import Permission, authorize
from casework.steps.sealed_domain import put_away
from casework.steps.step import Work, refusals_logged, step
from collection.egress.credentials import refuse_credentials
from models.after_hire_rules import AfterHireRules
from models.audit import AuditAction
from models.case import CaseState
from models.clauses import AnonymousReportError, ReporterExposedError
from models.disclosure import Applicant
from models.errors import InputError, KeyUnavailableError, NotPermittedError, RecordNotFoundError
from models.ids import ActorId, CaseId, RequisitionId, new_id
from models.peer_reports import PeerReport, Reporter
from models.people import SYSTEM, Actor, Role
from models.text import RawText
from storage.cases import CaseStore
from storage.exposures import ExposureStore
from storage.people import PersonStore
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

KIND = "peer-reporter"
"""How the custodian finds who reported."""


@dataclass(frozen=True, slots=True)
class Reported:
    """One report in a list: whom it is about and what may come of it; no word of it."""

    case_id: CaseId
    employee: ActorId
    given_at: datetime
    anonymous: bool
    protected: tuple[str, ...]
    state: CaseState


def give_peer_report(
    requisition_id: RequisitionId,
    employee: ActorId,
    allegation: RawText,
    *,
    anonymous: bool = False,
    reporter: ActorId | None = None,
    screener: Screener,
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> CaseId:
    """Take a report and return the draft that it lies in.

    The reporter is whoever gives it; the custodian alone takes one down for somebody else. Raises
    `AnonymousReportError` (E-M3-ANON-NOT-ALLOWED) where the policy takes none without a name,
    `ReporterExposedError` (E-M3-REPORTER-EXPOSED) if its words name the reporter, somebody else
    than the custodian would learn it, or there is no custodian's key to seal it to, and
    `CredentialRefusedError`.
    """
    case_id = CaseId(new_id())
    protected = protected_in(allegation, requisition_id, screener, vault, now=now)
    # Refusals name the system as well: the code alone would tell who tried.
    with refusals_logged(case_id, actor=SYSTEM, vault=vault, now=now), vault.write() as tx:
        authorize(actor, Permission.GIVE_PEER_REPORT)
        requisition = frozen(tx, requisition_id)
        rules = monitoring_policy(tx, requisition_id).after_hire or AfterHireRules()
        if anonymous and not rules.anonymous_reports:
            raise AnonymousReportError("the policy takes no report without a name")
        if reporter is not None and Role.EVIDENCE_CUSTODIAN not in actor.roles:
            raise ReporterExposedError("only the custodian takes down who somebody else is")
        person = reporter or actor.id
        if person == employee:
            raise InputError("nobody reports themselves as a colleague")
        if not allegation.reveal().strip():
            raise InputError("the report says nothing")
        refuse_credentials(allegation.reveal(), where="report")
        name = _name(tx, person)
        if spoken_in(allegation) & names_of(person, name):
            raise ReporterExposedError("the words name who reports: leave the name out")
        case = new_draft(tx, requisition, case_id, opened_by=SYSTEM.id, now=now)
        records = RecordStore(tx)
        nobody = Applicant(name=RawText(employee), actor=employee)
        records.put(case_id, RecordKind.APPLICANT, nobody, now=now)
        report = PeerReport(
            employee=employee,
            allegation=allegation,
            anonymous=anonymous,
            given_at=now,
            protected=frozenset(protected),
        )
        records.put(case_id, RecordKind.PEER_REPORT, report, now=now)
        work = Work(tx, case, SYSTEM, Role.SYSTEM, now)
        work.log(AuditAction.PEER_REPORTED, code="protected" if protected else "")
        if not anonymous:
            guard = guard_of(tx, case_id, person, name, now=now, days=rules.watch_days)
            records.put(case_id, RecordKind.REPORTER_GUARD, guard, now=now)
            _put_away(work, Reporter(person=person, name=RawText(name), given_at=now))
    return case_id


def list_peer_reports(
    *, reporters: bool = False, actor: Actor, vault: Vault, now: datetime
) -> list[Reported]:
    """Return the reports, without any about whoever asks; their reporters are told to nobody.

    Raises `NotPermittedError`, and `ReporterExposedError` (E-M3-REPORTER-EXPOSED), which is logged.
    """
    with refusals_logged(vault.home.id, actor=actor, vault=vault, now=now):
        authorize(actor, Permission.READ_PEER_REPORTS)
        if reporters:
            raise ReporterExposedError("who reported is shown in the custodian's process alone")
    with vault.read() as tx:
        found = []
        for case_id in RecordStore(tx).cases_with(RecordKind.PEER_REPORT):
            case = CaseStore(tx).get(case_id)
            report = _report(tx, case_id)
            mine = report is not None and report.employee == actor.id
            if report is None or mine or not of_monitoring(tx, case.requisition_id):
                continue
            protected = tuple(sorted(report.protected))
            found.append(
                Reported(
                    case_id=case_id,
                    employee=report.employee,
                    given_at=report.given_at,
                    anonymous=report.anonymous,
                    protected=protected,
                    state=case.state,
                )
            )
    return sorted(found, key=lambda one: (one.given_at, one.case_id))


def read_peer_report(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> PeerReport:
    """Return what a report says; whoever reads it never decides about the employee.

    Raises `RecordNotFoundError`, and `NotPermittedError` for the employee whom it is about.
    """
    with step(
        vault, case_id, actor=actor, permission=Permission.READ_PEER_REPORTS, now=now
    ) as work:
        report = _report(work.tx, case_id)
        if report is None:
            raise RecordNotFoundError("there is no report in this case")
        if report.employee == actor.id:
            raise NotPermittedError("the report is about this person")
        ExposureStore(work.tx).record(actor.id, case_id, now)
        work.log(AuditAction.RAW_READ, code="peer-report")
        return report


def _put_away(work: Work, reporter: Reporter) -> None:
    try:
        put_away(work, KIND, reporter)
    except KeyUnavailableError:
        raise ReporterExposedError(
            "no custodian's key in this home: nowhere could the reporter be kept from view"
        ) from None


def _name(tx: Transaction, person: ActorId) -> str:
    PersonStore(tx).get(person)
    return next(label for one, label in PersonStore(tx).all() if one.id == person)


def _report(tx: Transaction, case_id: CaseId) -> PeerReport | None:
    return RecordStore(tx).latest(case_id, RecordKind.PEER_REPORT, PeerReport)
