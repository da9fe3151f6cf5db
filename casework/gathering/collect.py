"""Collection: what the consent covers is captured file by file, each in one transaction.

A file that was captured before is not captured again, so a run that died is simply run again.
What a consent does not cover is never stored; a damaged row or file is noted and the rest kept.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path

from casework.applicant.consent import require_consent, require_state
from casework.criminal.contraband import barred_in, refuse_contraband
from casework.criminal.freezing import freeze
from casework.gathering.captures import documented, newest_of, stale
from casework.gathering.duplicates import KnownItems, keep_once
from casework.gathering.live import Live, consent_of
from casework.gathering.mappings import without_mapping
from casework.gathering.monitoring_bounds import outside_scope
from casework.gathering.progress import Progress, Report
from casework.gathering.recording import recorded
from casework.gathering.sorting import Sorted, sort_source
from casework.gathering.source import registered_source, source_of
from casework.people.people_gates import require_capture
from casework.search.terms_register import rules_of_search, without_terms
from casework.steps.dispatching import outbox_kind
from casework.steps.marks import collected_mark
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from collection.boxed import BOXES
from collection.files.digest import sha256_of
from collection.files.reader import WHOLE_FILE, Problem
from collection.named_platforms import names_of
from collection.sources import Source, find_sources
from models.audit import AuditAction
from models.case import CaseState
from models.consent import Consent, ConsentItem
from models.delivery import SourceFile
from models.errors import ConsentScopeError, InputError, OutOfScopeError
from models.evidence import Capture
from models.ids import CaptureId, CaseId, new_id
from models.people import SYSTEM, Actor
from models.search_clauses import StaleCaptureError
from models.segment import Segment
from models.text import RawText
from models.value import Value
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.originals import keep_original
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

Guard = Callable[[Transaction], None]
"""Called in each committing transaction: raises if this worker no longer holds the case."""

KeepOriginal = Callable[[Transaction, Capture], None]
"""Keeps the file itself beside a capture, in the capture's transaction."""


class InputProblem(Value):
    """Something in the input that could not be taken in. The file's name may name a person."""

    file: RawText
    fault: str
    pointer: str


def collect(
    case_id: CaseId,
    *,
    vault: Vault,
    now: datetime,
    guard: Guard,
    known: AbstractSet[bytes] = frozenset(),
    report: Report | None = None,
) -> int:
    """Capture everything in the registered folder that the consent covers; return the items kept.

    Whoever registered it must still be able to capture from the platforms of each file: else the
    step fails with what `require_capture` raises, and is taken up again once they are.

    A file that holds contraband by a `known` digest is refused before anything of it is stored.
    `report` is told how far it has come, in counts.
    Files are read outside the transaction that keeps them, which nobody else waits for; a
    withdrawal stops the reading within one poll interval (`casework.gathering.live`). Raises
    what `require_consent` does, `InputError` if the folder is gone, and whatever `guard` raises.
    """
    with vault.read() as tx:
        case = CaseStore(tx).get(case_id)
        folder = source_of(tx, case_id)
        consent = require_consent(tx, case, now=now)
        barred = barred_in(tx, case_id, known)
        held = KnownItems.of(tx, case_id)
    if not folder.is_dir():
        raise InputError("the input folder does not exist any more")
    live = consent_of(case_id, vault=vault, now=now)
    kept = 0
    sources, progress = find_sources(folder), Progress(report)
    progress.begin(sources)
    watched = progress.watched(live)
    for source in sources:
        digest, size = sha256_of(source.path)
        mark = file_mark(case_id, digest)
        with vault.read() as tx:
            if CommandStore(tx).seen(mark) is not None:
                progress.done(size)
                continue
        mapping = source.mapping
        contraband, found = _looked_at(source, consent, barred, watched, now=now)
        made = recorded(source, digest, size, mapping=mapping, whole=found.items > 0)
        with step(vault, case_id, actor=SYSTEM, permission=Permission.COLLECT, now=now) as work:
            guard(work.tx)
            require_state(work.case, CaseState.COLLECTING)
            if require_consent(work.tx, work.case, now=now) != consent:
                raise ConsentScopeError("the consent changed while the file was being read")
            if contraband is None:
                made.require_unchanged()

            def original(tx: Transaction, capture: Capture, path: Path = source.path) -> None:
                keep_original(tx, capture, path, home=vault.home)

            keep_file(work, made.file, contraband, found, consent, original=original, known=held)
            CommandStore(work.tx).remember(mark, "captured", now)
            kept += found.items
        progress.done(size, found.seen)
    with step(vault, case_id, actor=SYSTEM, permission=Permission.COLLECT, now=now) as work:
        guard(work.tx)
        finish(work)
    return kept


def keep_file(
    work: Work,
    file: SourceFile,
    contraband: bytes | None,
    found: Sorted,
    consent: Consent,
    *,
    ids: Mapping[ConsentItem, CaptureId] | None = None,
    original: KeepOriginal,
    known: KnownItems | None = None,
) -> None:
    """Keep what a file holds as far as every gate lets it, or refer it if it is contraband.

    `ids` gives the ids of the captures where they stand already, `known` what the case holds
    where the caller knows it. Raises what `require_capture`
    and `refuse_contraband` do.
    """
    if contraband is not None:
        refuse_contraband(work, file.name, contraband)
    else:
        _require_capturer(work, found)
        way = registered_source(work.tx, work.case.id).way
        found.left_out += outside_scope(work, found.covered)
        found.left_out += without_terms(work, found.covered, way)
        rules, read_by = rules_of_search(work.tx, work.case), file.read_by
        if rules is not None and read_by is not None:
            found.left_out += without_mapping(
                rules.mappings, read_by.name, read_by.mapping, found.covered
            )
    if known is None:
        known = KnownItems.of(work.tx, work.case.id) if found.items else KnownItems()
    _keep(work, file, found, consent, ids=ids or {}, original=original, known=known)


def finish(work: Work) -> None:
    """Note that collection has run to its end, and let the case go on."""
    require_state(work.case, CaseState.COLLECTING)
    CommandStore(work.tx).remember(collected_mark(work.case.id), "collected", work.now)
    if not freeze(work):
        work.queue(outbox_kind(Segment.SCREEN))


def file_mark(case_id: CaseId, digest: str) -> str:
    """Return the mark of a file that was captured for a case."""
    return f"file:{case_id}:{digest}"


def input_problems(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[InputProblem]:
    """Return what could not be taken in. File names tell things, so the look is logged."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        work.log(AuditAction.RAW_READ, code="input-problems")
    with vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.PROBLEM, InputProblem)


def _looked_at(
    source: Source, consent: Consent, barred: AbstractSet[bytes], live: Live, *, now: datetime
) -> tuple[bytes | None, Sorted]:
    """Return the digest by which a file is barred, or what it holds."""
    try:
        contraband = _barred(source.path, barred)
    except InputError as unchecked:
        return None, Sorted(problems=[Problem(unchecked.fault, WHOLE_FILE)], unchecked=True)
    if contraband is not None:
        return contraband, Sorted()
    found = sort_source(
        source,
        granted=consent.scope.granted,
        lookback_years=consent.scope.lookback_years,
        live=live,
        now=now,
    )
    return None, found


def _barred(path: Path, barred: AbstractSet[bytes]) -> bytes | None:
    """Return the digest by which a file, or anything packed in it, is barred. See `digests`."""
    if not barred:
        return None
    return next((digest for digest in BOXES.digests(path) if digest in barred), None)


def _require_capturer(work: Work, found: Sorted) -> None:
    registered = registered_source(work.tx, work.case.id)
    if registered.registered_by is None or not found.items:
        return  # registered under an earlier version, whose policies had no people table
    platforms = frozenset().union(*(names_of(items) for items in found.covered.values()))
    require_capture(
        work.tx,
        work.case,
        registered.registered_by,
        device=registered.device,
        platforms=platforms,
        now=work.now,
    )


def _keep(
    work: Work,
    file: SourceFile,
    found: Sorted,
    consent: Consent,
    *,
    ids: Mapping[ConsentItem, CaptureId],
    original: KeepOriginal,
    known: KnownItems,
) -> None:
    registered = registered_source(work.tx, work.case.id)
    rules = rules_of_search(work.tx, work.case)
    late = False
    for item, items in sorted(found.covered.items()):
        documentation = documented(work.tx, work.case, file, items, registered, now=work.now)
        late = late or stale(documentation, rules, work.now, about=newest_of(items))
        capture = Capture(
            id=ids.get(item) or CaptureId(new_id()),
            case_id=work.case.id,
            consent_id=consent.id,
            consent_item=item,
            captured_at=work.now,
            tool="none" if file.read_by is None else file.read_by.name,
            tool_version="0" if file.read_by is None else file.read_by.version,
            file_name=file.name,
            sha256=file.sha256,
            size=file.size,
            platforms=names_of(items),
            device=registered.device,
            documentation=documentation,
        )
        CaptureStore(work.tx).add(capture)
        keep_once(work, capture, items, known)
        if found.complete:
            # The whole original may be kept only if all of it was consented to.
            original(work.tx, capture)
    _note(work, file, found.problems)
    if found.not_consented:
        work.log(AuditAction.INPUT_REFUSED, code=ConsentScopeError.code, count=found.not_consented)
    if found.too_old:
        work.log(AuditAction.INPUT_REFUSED, code=OutOfScopeError.code, count=found.too_old)
    for code, count in sorted(found.left_out.items()):
        work.log(AuditAction.INPUT_REFUSED, code=code, count=count)
    if file.read_by is not None and not found.unchecked:
        code = StaleCaptureError.code if late else ""
        work.log(AuditAction.CAPTURED, code=code, count=found.items)


def _note(work: Work, file: SourceFile, problems: list[Problem]) -> None:
    records = RecordStore(work.tx)
    for problem in problems:
        records.put(
            work.case.id,
            RecordKind.PROBLEM,
            InputProblem(file=file.name, fault=problem.fault, pointer=problem.pointer),
            now=work.now,
        )
    if problems:
        work.log(AuditAction.INPUT_REFUSED, code=InputError.code, count=len(problems))
