"""Where an applicant's material lies is registered by an investigator, and stays sealed."""

from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path

from casework.applicant.consent import require_consent, require_lead_time, require_state
from casework.applicant.deviations import require_search_in_time
from casework.gathering.left_files import settle_left
from casework.gathering.mappings import require_mappings
from casework.people.people_gates import require_capture, rules_of
from casework.people.vetting_identity import vetting_identity
from casework.search.terms_names import OF_A_KIND
from casework.search.terms_register import require_terms, rules_of_search
from casework.steps.dispatching import outbox_kind
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from collection.named_platforms import platforms_in, trained_name
from collection.reports.mapping import MAPPING
from collection.sources import find_sources
from models.audit import AuditAction
from models.case import CaseState
from models.errors import InputError
from models.evidence import AccessGate
from models.ids import ActorId, CaseId
from models.people import Actor
from models.search import AccessWay, SessionIdentity
from models.search_clauses import NotPublicError
from models.segment import Segment
from models.text import RawText
from models.value import Moment, Value
from storage.duties import Duty
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


class SourceFolder(Value):
    """A folder of input files. Its path may name the applicant, so it is raw text."""

    path: RawText
    registered_by: ActorId | None = None
    device: str | None = None
    """The registered device on which the material was captured."""
    registered_at: Moment | None = None
    identity: SessionIdentity = SessionIdentity.ANONYMOUS_PUBLIC
    """As whom somebody looked at what is public in it."""
    way: AccessWay = AccessWay.BY_HAND
    collector: str | None = None
    """The collector that has the order; None where the inside reads the folder itself."""


def register_source(
    case_id: CaseId,
    folder: Path,
    *,
    device: str | None = None,
    identity: str = SessionIdentity.ANONYMOUS_PUBLIC,
    way: AccessWay = AccessWay.BY_HAND,
    gate: AccessGate = AccessGate.NONE,
    platforms_used: AbstractSet[str] = frozenset(),
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Open the gate for collection from a folder: `disclosed → collecting`.

    Whoever registers a source has gathered evidence, and so neither reviews nor releases.
    Raises `LeadTimeError`, `InputError` if there is no such folder or a mapping in it is wrong,
    `MappingBarredError`, what `require_consent` does,
    and what `require_capture` does of the investigator, the device, and every platform in it.
    `identity` is as whom somebody looked (`vetting_identity`), `gate` what stood before the
    content: `NotPublicError` for anything. Of each of `platforms_used`, which are those that
    somebody looked at, the terms are asked, and the investigator's training.
    """
    permission = Permission.REGISTER_SOURCE
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        _require_ready(work)
        if not folder.is_dir():
            raise InputError("the input folder does not exist or is not a folder")
        settle_left(work.tx, case_id, folder)
        asked = rules_of(work.tx, work.case) is not None
        rules = rules_of_search(work.tx, work.case)
    # Between two steps: reading takes its time, and the first said that it may be read.
    sources = find_sources(folder) if any(folder.rglob(MAPPING)) else ()
    platforms = platforms_in(folder) if asked else frozenset()
    with step(vault, case_id, actor=actor, permission=permission, now=now) as work:
        _require_ready(work)
        require_mappings(sources, None if rules is None else rules.mappings)
        source = SourceFolder(path=RawText(str(folder.resolve())), device=device, way=way)
        _register(work, source, platforms, identity, gate, platforms_used)
        work.queue(outbox_kind(Segment.COLLECT))


def order_collection(
    case_id: CaseId,
    collector: str,
    *,
    device: str | None = None,
    identity: str = SessionIdentity.ANONYMOUS_PUBLIC,
    way: AccessWay = AccessWay.BY_HAND,
    gate: AccessGate = AccessGate.NONE,
    platforms_used: AbstractSet[str] = frozenset(),
    actor: Actor,
    vault: Vault,
    now: datetime,
) -> None:
    """Open the gate for collection by a collector's process: `disclosed → collecting`.

    The inside has no files then, so what their platforms ask is asked when they are taken in.
    Raises `InputError` for a collector that there is not, and otherwise as `register_source`.
    """
    with step(vault, case_id, actor=actor, permission=Permission.REGISTER_SOURCE, now=now) as work:
        _require_ready(work)
        if collector not in vault.home.collectors:
            raise InputError("there is no such collector")
        source = SourceFolder(path=RawText(""), device=device, way=way, collector=collector)
        _register(work, source, frozenset(), identity, gate, platforms_used)


def source_of(tx: Transaction, case_id: CaseId) -> Path:
    """Return the registered folder. Raises `InputError` if none is, or a collector has it."""
    source = registered_source(tx, case_id)
    if source.collector is not None:
        raise InputError("a collector was given the order, and has the files")
    return Path(source.path.reveal())


def registered_source(tx: Transaction, case_id: CaseId) -> SourceFolder:
    """Return what was registered. Raises `InputError` if nothing is."""
    source = RecordStore(tx).latest(case_id, RecordKind.SOURCE, SourceFolder)
    if source is None:
        raise InputError("no input folder is registered for this case")
    return source


def handed_over(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether a collector was given the order for a case."""
    source = RecordStore(tx).latest(case_id, RecordKind.SOURCE, SourceFolder)
    return source is not None and source.collector is not None


def _require_ready(work: Work) -> None:
    require_state(work.case, CaseState.DISCLOSED)
    require_consent(work.tx, work.case, now=work.now)
    require_lead_time(work.tx, work.case, now=work.now)
    require_search_in_time(work)


def _register(
    work: Work,
    source: SourceFolder,
    platforms: AbstractSet[str],
    identity: str,
    gate: AccessGate,
    platforms_used: AbstractSet[str],
) -> None:
    tx, case, now = work.tx, work.case, work.now
    looked_at = platforms | {trained_name(one.removeprefix(OF_A_KIND)) for one in platforms_used}
    require_capture(tx, case, work.actor.id, device=source.device, platforms=looked_at, now=now)
    if gate not in (AccessGate.NONE, AccessGate.GIVEN):
        raise NotPublicError(f"nothing consented to opens what lies behind a gate: {gate}")
    looked_as = vetting_identity(tx, identity)
    rules = rules_of_search(tx, case)
    for platform in sorted(platforms_used):
        require_terms(tx, platform, source.way, rules=rules, now=now)
    registered = source.model_copy(
        update={"registered_by": work.actor.id, "registered_at": now, "identity": looked_as}
    )
    RecordStore(tx).put(case.id, RecordKind.SOURCE, registered, now=now)
    work.record_duty(Duty.COLLECTED)
    work.move(CaseState.COLLECTING)
    work.log(AuditAction.SOURCE_REGISTERED)
