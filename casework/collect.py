"""Collection: what the consent covers is captured file by file, each in one transaction.

A file that was captured before is not captured again, so a run that died is simply run again.
What a consent does not cover is never stored; a damaged row or file is noted and the rest kept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from casework.consent import require_consent, require_state
from casework.dispatching import outbox_kind
from casework.permissions import Permission
from casework.source import source_of
from casework.step import Work, step
from collection.digest import sha256_of
from collection.reader import Problem
from collection.sources import Source, find_sources
from models.audit import AuditAction
from models.case import CaseState
from models.consent import Consent, ConsentItem, item_for
from models.errors import ConsentScopeError, InputError, OutOfScopeError
from models.evidence import AccessGate, Capture, SourceItem
from models.ids import CaptureId, CaseId, new_id
from models.people import SYSTEM
from models.segment import Segment
from models.text import RawText
from models.value import Value
from storage.captures import CaptureStore
from storage.commands import CommandStore
from storage.evidence import EvidenceStore
from storage.home import Home
from storage.originals import keep_original
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault

Guard = Callable[[Transaction], None]
"""Called in each committing transaction: raises if this worker no longer holds the case."""


class InputProblem(Value):
    """Something in the input that could not be taken in. The file's name may name a person."""

    file: RawText
    fault: str
    pointer: str


@dataclass(slots=True)
class Sorted:
    """A file's items by the consent item that covers them, and what was left out."""

    covered: dict[ConsentItem, list[SourceItem]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)
    not_consented: int = 0
    too_old: int = 0


def collect(case_id: CaseId, *, vault: Vault, now: datetime, guard: Guard) -> int:
    """Capture everything in the registered folder that the consent covers; return the items kept.

    Raises what `require_consent` does, `InputError` if the folder is gone, and whatever `guard`
    raises.
    """
    with vault.read() as tx:
        folder = source_of(tx, case_id)
    if not folder.is_dir():
        raise InputError("the input folder does not exist any more")
    kept = 0
    for source in find_sources(folder):
        with step(vault, case_id, actor=SYSTEM, permission=Permission.COLLECT, now=now) as work:
            guard(work.tx)
            require_state(work.case, CaseState.COLLECTING)
            consent = require_consent(work.tx, work.case, now=now)
            kept += _capture(work, source, consent, vault.home)
    with step(vault, case_id, actor=SYSTEM, permission=Permission.COLLECT, now=now) as work:
        guard(work.tx)
        require_state(work.case, CaseState.COLLECTING)
        CommandStore(work.tx).remember(_done(case_id), "collected", now)
        work.queue(outbox_kind(Segment.SCREEN))
    return kept


def collected(tx: Transaction, case_id: CaseId) -> bool:
    """Say whether collection has run to its end."""
    return CommandStore(tx).seen(_done(case_id)) is not None


def input_problems(case_id: CaseId, *, vault: Vault) -> list[InputProblem]:
    """Return what could not be taken in, for the investigator."""
    with vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.PROBLEM, InputProblem)


def _capture(work: Work, source: Source, consent: Consent, home: Home) -> int:
    digest, size = sha256_of(source.path)
    mark = f"file:{work.case.id}:{digest}"
    commands = CommandStore(work.tx)
    if commands.seen(mark) is not None:
        return 0
    if source.reader is None:
        _note(work, source, [Problem("no reader knows this kind of file", "file:0")])
        commands.remember(mark, "unreadable", work.now)
        return 0
    found = _sort(source.reader.read(source.path), consent, now=work.now)
    kept = 0
    for item, items in sorted(found.covered.items()):
        capture = Capture(
            id=CaptureId(new_id()),
            case_id=work.case.id,
            consent_id=consent.id,
            consent_item=item,
            captured_at=work.now,
            tool=source.reader.name,
            tool_version=source.reader.version,
            file_name=RawText(source.name),
            sha256=digest,
            size=size,
        )
        CaptureStore(work.tx).add(capture)
        EvidenceStore(work.tx).add_many(capture, items)
        if not found.not_consented and not found.too_old:
            # The whole original may be kept only if all of it was consented to.
            keep_original(work.tx, capture, source.path, home=home)
        kept += len(items)
    _note(work, source, found.problems)
    if found.not_consented:
        work.log(AuditAction.INPUT_REFUSED, code=ConsentScopeError.code, count=found.not_consented)
    if found.too_old:
        work.log(AuditAction.INPUT_REFUSED, code=OutOfScopeError.code, count=found.too_old)
    work.log(AuditAction.CAPTURED, code=source.reader.name, count=kept)
    commands.remember(mark, "captured", work.now)
    return kept


def _sort(found: Iterable[SourceItem | Problem], consent: Consent, *, now: datetime) -> Sorted:
    result = Sorted()
    earliest = now.replace(year=now.year - consent.scope.lookback_years, day=min(now.day, 28))
    for part in found:
        if isinstance(part, Problem):
            result.problems.append(part)
            continue
        item = ConsentItem.ARCHIVE if part.gate is AccessGate.GIVEN else item_for(part.kind)
        if item not in consent.scope.granted:
            result.not_consented += 1
        elif part.created_at is not None and part.created_at < earliest:
            result.too_old += 1
        else:
            result.covered[item].append(part)
    return result


def _note(work: Work, source: Source, problems: list[Problem]) -> None:
    records = RecordStore(work.tx)
    for problem in problems:
        records.put(
            work.case.id,
            RecordKind.PROBLEM,
            InputProblem(file=RawText(source.name), fault=problem.fault, pointer=problem.pointer),
            now=work.now,
        )
    if problems:
        work.log(AuditAction.INPUT_REFUSED, code=InputError.code, count=len(problems))


def _done(case_id: CaseId) -> str:
    return f"collect:{case_id}"
