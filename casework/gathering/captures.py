"""Every capture documents itself, follows the one before it, and can be checked again (I4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casework.gathering.source import SourceFolder
from casework.requisition.requisitions import frozen
from casework.search.terms_register import rules_of_search
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.audit import AuditAction
from models.case import Case
from models.delivery import SourceFile
from models.documentation import CaptureDocumentation, ClockSource, ClockWitness
from models.errors import HomeError, RecordNotFoundError, SealBrokenError
from models.evidence import Capture, SourceItem
from models.ids import CaptureId, CaseId
from models.people import Actor
from models.search import AccessWay
from models.search_clauses import (
    CaptureHashError,
    CaptureOrderError,
    NoMethodError,
    StaleCaptureError,
)
from models.search_rules import SearchRules
from storage.captures import CaptureStore
from storage.evidence import EvidenceStore
from storage.home import Home
from storage.originals import kept_originals, read_original
from storage.transaction import Transaction
from storage.vault import Vault
from storage.witnessed import said_by_others

_DEFAULT: Final = SearchRules()
A_YEAR: Final = 365
"""Days after which the newest item of a file makes it stale, unless the policy says another."""


@dataclass(frozen=True, slots=True)
class CaptureFault:
    """What checking a capture found."""

    capture_id: CaptureId
    code: str


def documented(
    tx: Transaction,
    case: Case,
    file: SourceFile,
    items: list[SourceItem],
    registered: SourceFolder,
    *,
    now: datetime,
) -> CaptureDocumentation:
    """Return the documentation of the capture that comes next in a case.

    Only the pages that items were kept of are in it. Raises `NoMethodError` without a reader.
    """
    if file.read_by is None:
        raise NoMethodError("nothing says how the file was obtained")
    newest = CaptureStore(tx).newest(case.id)
    before = None if newest is None else newest[0].documentation
    kept = {item.pointer for item in items}
    pages = tuple(page for page in file.pages if page.pointer in kept)
    times = sorted(page.at for page in pages if page.at is not None)
    given = file.read_by.given
    return CaptureDocumentation(
        sequence=1 if before is None else before.sequence + 1,
        previous=None if before is None or newest is None else newest[1],
        method=file.read_by.method,
        way=AccessWay.EXPORT if given else registered.way,
        identity=None if given else registered.identity,
        recorder=file.software,
        pages=pages,
        started_at=times[0] if times else registered.registered_at or now,
        ended_at=times[-1] if times else now,
        clock=ClockSource.RECORDER if times else ClockSource.HOME,
        by=registered.registered_by,
        configuration=file.read_by.configuration,
        policy=frozen(tx, case.requisition_id).policy_sha256,
        clock_witness=_clock_witness(tx),
    )


def _clock_witness(tx: Transaction) -> ClockWitness | None:
    said = max(said_by_others(tx), key=lambda one: one[1], default=None)
    return None if said is None else ClockWitness(ours=said[0], theirs=said[1])


def stale(
    documentation: CaptureDocumentation,
    rules: SearchRules | None,
    now: datetime,
    *,
    about: datetime | None,
) -> bool:
    """Say whether a long time passed between finding and capturing: a warning, no refusal.

    Where a recorder wrote down when it fetched each page, that counts. Where nothing says when the
    file was made, it is about a time no later than its newest item (`about`), however late somebody
    registered it: one whose newest item is old is stale by that.
    """
    chosen = rules or _DEFAULT
    if now - documentation.started_at > timedelta(days=chosen.stale_after_days):
        return True
    if documentation.clock is ClockSource.RECORDER or about is None:
        return False
    return now - about > timedelta(days=chosen.newest_item_days or A_YEAR)


def newest_of(items: Iterable[SourceItem]) -> datetime | None:
    """Return when the newest of some items was said, or None if none of them has a date."""
    return max((item.created_at for item in items if item.created_at is not None), default=None)


def captures_of(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> tuple[list[Capture], list[CaptureFault]]:
    """Return a case's captures and what is wrong with their chain. The look is logged first."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        case = work.case
        work.log(AuditAction.RAW_READ, code="captures")
    with vault.read() as tx:
        chain, faults = checked_captures(tx, case, home=vault.home)
    return [capture for capture, _digest in chain], faults


def checked_captures(
    tx: Transaction, case: Case, *, home: Home
) -> tuple[list[tuple[Capture, str]], list[CaptureFault]]:
    """Return a case's captures with the digests of their records, and what is wrong with them."""
    chain = CaptureStore(tx).chain(case.id)
    return chain, [*_faults(tx, case, chain), *_changed(tx, case, chain, home)]


def _faults(tx: Transaction, case: Case, chain: list[tuple[Capture, str]]) -> list[CaptureFault]:
    rules = rules_of_search(tx, case)
    kept: dict[CaptureId, list[SourceItem]] = {}
    for item in EvidenceStore(tx).for_case(case.id):
        kept.setdefault(item.capture_id, []).append(item.item)
    found: list[CaptureFault] = []
    previous: tuple[Capture, str] | None = None
    begun = 0
    for capture, digest in chain:
        documentation = capture.documentation
        if documentation is None:
            found.append(CaptureFault(capture.id, NoMethodError.code))
        else:
            begun += 1
            early = previous is not None and capture.captured_at < previous[0].captured_at
            if early or documentation.sequence != begun:
                found.append(CaptureFault(capture.id, CaptureOrderError.code))
            expected = previous[1] if previous is not None and begun > 1 else None
            if documentation.previous != expected:
                found.append(CaptureFault(capture.id, CaptureHashError.code))
            about = newest_of(kept.get(capture.id, ()))
            if stale(documentation, rules, capture.captured_at, about=about):
                found.append(CaptureFault(capture.id, StaleCaptureError.code))
        previous = (capture, digest)
    return found


def _changed(
    tx: Transaction, case: Case, chain: list[tuple[Capture, str]], home: Home
) -> list[CaptureFault]:
    """Return the captures whose original is not what was captured, or was kept and is gone.

    An original is kept only where all of it was consented to: one that never was is no fault.
    """
    kept = kept_originals(tx, case.id)
    found: list[CaptureFault] = []
    for capture, _digest in chain:
        try:
            for _part in read_original(tx, capture, home=home):
                pass
        except (HomeError, RecordNotFoundError):
            if capture.id in kept:
                found.append(CaptureFault(capture.id, CaptureHashError.code))
        except (CaptureHashError, SealBrokenError):
            found.append(CaptureFault(capture.id, CaptureHashError.code))
    return found
