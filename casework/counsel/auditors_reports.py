"""A report that was made elsewhere is taken for what it is only if it holds, and told how well.

Figures on groups come from the fairness enclave, those on work and dates from the inside; auditors
get them as files. Each is read by its schema, and where the log has a word on it, held against the
log: of a certificate its signature too. Nothing that this module imports reaches a raw store.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from pydantic import TypeAdapter

from casework.counsel.ledgers import read_entries
from models.audit import AuditAction, AuditEntry
from models.consistency import ConsistencyReport
from models.errors import AuditBrokenError
from models.impact import ImpactReport
from models.people import Actor
from models.residual import ResidualReport
from models.retention import RetentionSchedule
from models.value import Value
from policy.digest import sha256_of_value
from policy.impact import K
from storage.auditors import AuditorsLog
from storage.log_index import Asked, LogIndex
from storage.report_folder import ReportFile, ReportFolder


class Kind(StrEnum):
    """What a report is about."""

    IMPACT = "impact"
    RESIDUAL = "residual"
    CONSISTENCY = "consistency"
    QUALITY = "quality"
    RETENTION = "retention"
    CERTIFICATE = "certificate"


class Check(StrEnum):
    """How well it holds."""

    IN_LOG = "in-log"
    """The log has its digest."""
    NOT_IN_LOG = "not-in-log"
    """The log should have its digest and has another, or none."""
    NO_WORD = "no-word"
    """The log says nothing of such reports: only the schema was checked."""
    UNSIGNED = "unsigned"
    """A certificate that the log's key did not sign."""
    SMALL_GROUP = "small-group"
    """It tells of fewer than ten, and is not shown."""
    UNREADABLE = "unreadable"


HOLDS: Final = frozenset({Check.IN_LOG, Check.NO_WORD})
"""The checks after which a report is shown."""


class QualityRate(Value):
    """A share with its interval."""

    of: int
    share: float
    low: float
    high: float


class ReviewerQuality(Value):
    """How one reviewer, by pseudonym, did on items of a known answer and against second looks."""

    reviewer: str
    missed: QualityRate | None
    kappa: float | None
    overdue: int


class QualityFigures(Value):
    """Monitoring of a requisition, as `walloff quality report --json` writes it."""

    drawn: int
    reviewed: int
    overdue: tuple[str, ...]
    upheld: QualityRate | None
    kappa: float | None
    alpha: float | None
    reviewers: tuple[ReviewerQuality, ...]


class DestructionCertificate(Value):
    """What a certificate says that can be told in a row."""

    case_id: str
    requisition_id: str
    erased_at: datetime
    rules: tuple[str, ...]
    digest: str
    """SHA-256 of its canonical JSON, which the log has too."""


Content = (
    ImpactReport
    | ResidualReport
    | ConsistencyReport
    | QualityFigures
    | tuple[RetentionSchedule, ...]
    | DestructionCertificate
)


@dataclass(frozen=True, slots=True)
class Report:
    """A file with what it holds; without content, `check` says why."""

    name: str
    at: datetime
    sha256: str
    kind: Kind | None
    check: Check
    content: Content | None = None


_FIRST: Final = "walloff certificate of destruction"
_DIGEST_TOLD: Final = 16
_ADDED: Final = ("consistent", "passes", "unreadable")
"""What commands write beside a report's own fields."""


class Reports:
    """The reports in one folder; a file that has not changed is not read again."""

    def __init__(self, folder: ReportFolder, log: AuditorsLog, index: LogIndex) -> None:
        self._folder, self._log, self._index = folder, log, index
        self._known: dict[str, tuple[object, ReportFile, Kind | None, Content | None]] = {}

    def all(self, *, actor: Actor) -> list[Report]:
        """Return every report, by name. Raises `NotPermittedError`."""
        found = (self.find(name, actor=actor) for name in self._folder.names())
        return [one for one in found if one is not None]

    def find(self, name: str, *, actor: Actor) -> Report | None:
        """Return one report, or None. Raises `NotPermittedError`."""
        read_entries(self._index, Asked(), actor=actor, limit=1)
        mark = self._folder.mark(name)
        known = self._known.get(name)
        if mark is None:
            return None
        if known is None or known[0] != mark:
            file = self._folder.read(name)
            if file is None:
                return None
            kind, content = _parsed(file.content)
            known = self._known[name] = (mark, file, kind, content)
        _, file, kind, content = known
        check = Check.UNREADABLE if content is None else self._checked(file, content, actor)
        shown = content if check in HOLDS else None
        return Report(file.name, file.at, file.sha256, kind, check, shown)

    def _checked(self, file: ReportFile, content: Content, actor: Actor) -> Check:
        if isinstance(content, ConsistencyReport):
            digest = sha256_of_value(content)[:_DIGEST_TOLD]
            read = self._entries(AuditAction.CONSISTENCY_READ, content.requisition, actor)
            codes = [one.code for one in read]
            return Check.IN_LOG if digest in codes else Check.NOT_IN_LOG
        if isinstance(content, DestructionCertificate):
            try:
                self._log.key().verify((file.content or b"").decode())
            except (AuditBrokenError, UnicodeDecodeError):
                return Check.UNSIGNED
            certified = self._entries(AuditAction.CERTIFIED, content.case_id, actor)
            digests = [one.commitment for one in certified]
            return Check.IN_LOG if content.digest in digests else Check.NOT_IN_LOG
        if isinstance(content, ImpactReport | ResidualReport) and tells_few(content):
            return Check.SMALL_GROUP
        return Check.NO_WORD

    def _entries(self, action: AuditAction, object_id: str, actor: Actor) -> list[AuditEntry]:
        asked = Asked(action=action, object_id=object_id)
        return [one.entry for one in read_entries(self._index, asked, actor=actor, limit=1000)]


def tells_few(report: ImpactReport | ResidualReport) -> bool:
    """Say whether a group of fewer than ten is told."""
    if report.k < K:
        return True
    if isinstance(report, ImpactReport):
        sizes = [one.n for table in report.tables for one in table.groups]
    else:
        sizes = [size for one in report.groups for size in (one.n, one.others)]
    return any(size is not None and size < K for size in sizes)


_KINDS: Final[Mapping[Kind, TypeAdapter[Any]]] = {
    Kind.IMPACT: TypeAdapter(ImpactReport),
    Kind.RESIDUAL: TypeAdapter(ResidualReport),
    Kind.CONSISTENCY: TypeAdapter(ConsistencyReport),
    Kind.QUALITY: TypeAdapter(QualityFigures),
    Kind.RETENTION: TypeAdapter(tuple[RetentionSchedule, ...]),
}


def _parsed(raw: bytes | None) -> tuple[Kind | None, Content | None]:
    """Return what a file holds, by the one schema that it fits."""
    try:
        text = (raw or b"").decode()
        if text.startswith(f"{_FIRST}\n"):
            return Kind.CERTIFICATE, _certificate(text.split("\n")[1])
        said = json.loads(text)
    except (ValueError, IndexError, RecursionError):
        return None, None
    if isinstance(said, dict):
        said = {name: value for name, value in said.items() if name not in _ADDED}
    body = json.dumps(said)
    for kind, schema in _KINDS.items():
        try:
            return kind, schema.validate_json(body)
        except ValueError:
            continue
    return None, None


def _certificate(line: str) -> DestructionCertificate:
    said = json.loads(line)
    if not isinstance(said, dict):
        raise ValueError("not a certificate of one case")  # noqa: TRY004 - as the schema says it
    names = ("case_id", "requisition_id", "erased_at", "rules")
    told = {name: said[name] for name in names if name in said}
    body = json.dumps(told | {"digest": sha256(line.encode()).hexdigest()})
    return DestructionCertificate.model_validate_json(body)
