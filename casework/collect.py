"""Collection: what the consent covers is captured file by file, each in one transaction.

A file that was captured before is not captured again, so a run that died is simply run again.
What a consent does not cover is never stored; a damaged row or file is noted and the rest kept.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from casework.captures import Recorded, documented, recorded, stale
from casework.consent import require_consent, require_state
from casework.contraband import barred_in, refuse_contraband
from casework.dispatching import outbox_kind
from casework.freezing import freeze
from casework.live import Live, consent_of, polled
from casework.marks import collected_mark
from casework.people_gates import require_capture
from casework.permissions import Permission
from casework.source import registered_source, source_of
from casework.step import Work, step
from casework.terms_register import rules_of_search, without_terms
from collection.contraband import known_within
from collection.digest import sha256_of
from collection.named_platforms import names_of
from collection.reader import WHOLE_FILE, Problem
from collection.sources import Source, find_sources
from models.audit import AuditAction
from models.case import CaseState
from models.consent import Consent, ConsentItem, item_for
from models.errors import ConsentScopeError, InputError, OutOfScopeError
from models.evidence import AccessGate, Capture, SourceItem
from models.ids import CaptureId, CaseId, new_id
from models.people import SYSTEM, Actor
from models.search_clauses import NotPublicError, StaleCaptureError
from models.segment import Segment
from models.text import RawText
from models.value import Value
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.evidence import EvidenceStore
from storage.home import Home
from storage.originals import keep_original
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault
from triage.recency import years_before

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
    left_out: Counter[str] = field(default_factory=Counter)
    """Items behind a gate, or of a platform whose terms do not allow it, by the refusal's code."""
    unchecked: bool = False
    """True for an archive that could not be looked through for contraband: nothing is kept."""

    @property
    def items(self) -> int:
        """The number of items to keep."""
        return sum(len(items) for items in self.covered.values())


def collect(
    case_id: CaseId,
    *,
    vault: Vault,
    now: datetime,
    guard: Guard,
    known: AbstractSet[bytes] = frozenset(),
) -> int:
    """Capture everything in the registered folder that the consent covers; return the items kept.

    Whoever registered it must still be able to capture from the platforms of each file: else the
    step fails with what `require_capture` raises, and is taken up again once they are.

    A file that holds contraband by a `known` digest is refused before anything of it is stored.
    Files are read outside the transaction that keeps them, which nobody else waits for; a
    withdrawal stops the reading within one poll interval (`casework.live`). Raises
    what `require_consent` does, `InputError` if the folder is gone, and whatever `guard` raises.
    """
    with vault.read() as tx:
        case = CaseStore(tx).get(case_id)
        folder = source_of(tx, case_id)
        consent = require_consent(tx, case, now=now)
        barred = barred_in(tx, case_id, known)
    if not folder.is_dir():
        raise InputError("the input folder does not exist any more")
    live = consent_of(case_id, vault=vault, now=now)
    kept = 0
    for source in find_sources(folder):
        digest, size = sha256_of(source.path)
        mark = f"file:{case_id}:{digest}"
        with vault.read() as tx:
            if CommandStore(tx).seen(mark) is not None:
                continue
        contraband, found = _looked_at(source, consent, barred, live, now=now)
        made = recorded(source, digest) if found.items else Recorded()
        with step(vault, case_id, actor=SYSTEM, permission=Permission.COLLECT, now=now) as work:
            guard(work.tx)
            require_state(work.case, CaseState.COLLECTING)
            if require_consent(work.tx, work.case, now=now) != consent:
                raise ConsentScopeError("the consent changed while the file was being read")
            if contraband is not None:
                refuse_contraband(work, RawText(source.name), contraband)
            else:
                made.require_unchanged()
                _require_capturer(work, found)
                found.left_out += without_terms(
                    work, found.covered, registered_source(work.tx, case_id).way
                )
            _keep(work, source, found, consent, made, digest=digest, size=size, home=vault.home)
            CommandStore(work.tx).remember(mark, "captured", now)
            kept += found.items
    with step(vault, case_id, actor=SYSTEM, permission=Permission.COLLECT, now=now) as work:
        guard(work.tx)
        require_state(work.case, CaseState.COLLECTING)
        CommandStore(work.tx).remember(collected_mark(case_id), "collected", now)
        if not freeze(work):
            work.queue(outbox_kind(Segment.SCREEN))
    return kept


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
        contraband = known_within(source.path, barred)
    except InputError as unchecked:
        return None, Sorted(problems=[Problem(unchecked.fault, WHOLE_FILE)], unchecked=True)
    return contraband, Sorted() if contraband else _sort(source, consent, live, now=now)


def _sort(source: Source, consent: Consent, live: Live, *, now: datetime) -> Sorted:
    result = Sorted()
    if source.reader is None:
        result.problems.append(Problem("no reader knows this kind of file", WHOLE_FILE))
        return result
    earliest = years_before(now, consent.scope.lookback_years)
    for part in polled(source.reader.read(source.path), live):
        if isinstance(part, Problem):
            result.problems.append(part)
            continue
        item = _covering_item(part)
        if item is None:
            result.left_out[NotPublicError.code] += 1
        elif item not in consent.scope.granted:
            result.not_consented += 1
        elif part.created_at is not None and part.created_at < earliest:
            result.too_old += 1
        else:
            result.covered[item].append(part)
    return result


def _covering_item(part: SourceItem) -> ConsentItem | None:
    """Return the item of a consent that covers content; none covers what was behind a gate."""
    match part.gate:
        case AccessGate.GIVEN:
            return ConsentItem.ARCHIVE
        case AccessGate.NONE:
            return item_for(part.kind)
        case _:
            return None


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
    source: Source,
    found: Sorted,
    consent: Consent,
    made: Recorded,
    *,
    digest: str,
    size: int,
    home: Home,
) -> None:
    registered = registered_source(work.tx, work.case.id)
    rules = rules_of_search(work.tx, work.case)
    late = False
    for item, items in sorted(found.covered.items()):
        documentation = documented(
            work.tx, work.case.id, source, items, made, registered, now=work.now
        )
        late = late or stale(documentation, rules, work.now)
        capture = Capture(
            id=CaptureId(new_id()),
            case_id=work.case.id,
            consent_id=consent.id,
            consent_item=item,
            captured_at=work.now,
            tool="none" if source.reader is None else source.reader.name,
            tool_version="0" if source.reader is None else source.reader.version,
            file_name=RawText(source.name),
            sha256=digest,
            size=size,
            platforms=names_of(items),
            device=registered.device,
            documentation=documentation,
        )
        CaptureStore(work.tx).add(capture)
        EvidenceStore(work.tx).add_many(capture, items)
        if not found.not_consented and not found.too_old and not found.left_out:
            # The whole original may be kept only if all of it was consented to.
            keep_original(work.tx, capture, source.path, home=home)
    _note(work, source, found.problems)
    if found.not_consented:
        work.log(AuditAction.INPUT_REFUSED, code=ConsentScopeError.code, count=found.not_consented)
    if found.too_old:
        work.log(AuditAction.INPUT_REFUSED, code=OutOfScopeError.code, count=found.too_old)
    for code, count in sorted(found.left_out.items()):
        work.log(AuditAction.INPUT_REFUSED, code=code, count=count)
    if source.reader is not None and not found.unchecked:
        code = StaleCaptureError.code if late else ""
        work.log(AuditAction.CAPTURED, code=code, count=found.items)


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
