"""The collector's own process: it reads the files given to it and writes what it cannot read back.

It holds orders, each with one public key, and no key that opens anything; nothing that this module
imports reaches a store. What is not covered by the order is never written. The inside takes in
what was written (`casework.gathering.captures_in`), asks every gate again, and leaves a receipt.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from casework.gathering.deliveries import Lines, delivery_context, lines_of
from casework.gathering.mappings import name_of, require_mappings, without_mapping
from casework.gathering.progress import Progress, Report
from casework.gathering.recording import recorded
from casework.gathering.resuming import Counts, Resumed
from casework.gathering.sorting import Sorted, sort_source
from casework.search.terms_names import terms_name
from casework.steps.polling import Live
from collection.boxed import BOXES
from collection.files.digest import sha256_of
from collection.files.reader import Problem
from collection.sources import Source, find_sources
from models.delivery import Delivered, DeliveryName, Finished, SourceFile, WorkOrder
from models.errors import (
    ConsentExpiredError,
    InputError,
    KeyUnavailableError,
    RecordNotFoundError,
)
from models.evidence import AccessGate, SourceItem
from models.ids import CaptureId, CaseId, new_id
from models.search_clauses import TermsUnreviewedError
from storage.collector_folder import CollectorFolder
from storage.sealed_write import Writer, original_context


@dataclass(slots=True)
class Gathered:
    """What a run wrote: numbers only."""

    deliveries: int = 0
    items: int = 0
    problems: int = 0
    left_out: int = 0

    def add(self, counts: Counts) -> None:
        """Count a delivery, of this run or of the one that died."""
        self.deliveries += 1
        self.items += counts.items
        self.problems += counts.problems
        self.left_out += counts.left_out


def gather(
    case_id: CaseId,
    files: Path,
    *,
    folder: CollectorFolder,
    clock: Callable[[], datetime],
    report: Report | None = None,
) -> Gathered:
    """Read every file, write what the order covers, and say that this was all.

    After a run that died, run it again: what it delivered is not read again, as long as the file,
    its reader and the order are what they were, and what comes twice is taken in once. An order
    that is taken back stops the reading within one poll interval. Raises `RecordNotFoundError`
    without an order, `ConsentExpiredError`, `InputError`, `CaptureHashError` for a file that
    changes while it is read, `HomeError` if another run is at work or the disk is full.
    """
    order = folder.order(case_id)
    writer = Writer.parse(order.writer.encode())
    if writer.case_id != case_id:
        raise KeyUnavailableError("the order's key is another case's")
    live = _standing(order, folder, clock)
    try:
        return _gathered(order, files, writer, folder, live, clock, report)
    except (ConsentExpiredError, RecordNotFoundError):
        folder.drop_notes(case_id)  # the order is no more, and nobody goes on with it
        raise


def _gathered(
    order: WorkOrder,
    files: Path,
    writer: Writer,
    folder: CollectorFolder,
    live: Live,
    clock: Callable[[], datetime],
    report: Report | None,
) -> Gathered:
    case_id = order.case_id
    live()
    done, written = Gathered(), []
    with folder.alone():
        folder.drop_unfinished(case_id)
        sources, progress = find_sources(files), Progress(report)
        require_mappings(sources, order.mappings)
        progress.begin(sources)
        watched = progress.watched(live)
        resumed = Resumed(order, folder)
        for position, source in enumerate(sources):
            live()
            digest, size = sha256_of(source.path)
            mark = resumed.mark_of(source, digest)
            delivered = resumed.delivered(mark)
            if delivered is None:
                name = DeliveryName(case_id=case_id, position=position, delivery_id=new_id())
                found = _deliver(
                    name, source, (digest, size), order, writer, folder, watched, clock()
                )
                delivered = name.delivery_id, _counts(found)
                resumed.note(mark, *delivered)
            delivery_id, counts = delivered
            written.append(delivery_id)
            progress.done(size, counts.seen)
            done.add(counts)
        live()
        last = DeliveryName(case_id=case_id, position=len(sources), delivery_id=new_id())
        finished = Finished(consent_id=order.consent_id, deliveries=tuple(written))
        folder.post(last, _sealed(writer, last, lines_of(finished)))
        resumed.end()
    return done


def _deliver(
    name: DeliveryName,
    source: Source,
    digest: tuple[str, int],
    order: WorkOrder,
    writer: Writer,
    folder: CollectorFolder,
    live: Live,
    now: datetime,
) -> Sorted:
    mapping = source.mapping
    found = sort_source(
        source, granted=order.granted, lookback_years=order.lookback_years, live=live, now=now
    )
    _leave_out(order, found)
    found.left_out += without_mapping(order.mappings, name_of(source), mapping, found.covered)
    digests, unchecked = _packed(source.path)
    made = recorded(source, *digest, mapping=mapping, whole=found.items > 0)
    made.require_unchanged()
    captures = {item: CaptureId(new_id()) for item in sorted(found.covered)}
    head = Delivered(
        consent_id=order.consent_id,
        file=_of_kept(made.file, found),
        captures=captures,
        originals=bool(captures) and found.complete,
        not_consented=found.not_consented,
        too_old=found.too_old,
        left_out=dict(found.left_out),
        unchecked=unchecked,
    )
    live()
    if head.originals:
        for capture_id in captures.values():
            write = partial(_seal_original, writer, source.path, capture_id)
            folder.post_original(name, capture_id, write)
    folder.post(name, _sealed(writer, name, lines_of(head, digests, _parts(found))))
    return found


def _counts(found: Sorted) -> Counts:
    left_out = found.not_consented + found.too_old + found.left_out.total()
    return Counts(found.items, len(found.problems), left_out, found.seen)


def _seal_original(writer: Writer, path: Path, capture_id: CaptureId, out: BinaryIO) -> None:
    with path.open("rb") as original:
        writer.seal_stream(original, out, original_context(writer.case_id, capture_id))


def _leave_out(order: WorkOrder, found: Sorted) -> None:
    """Take out what comes from platforms whose terms do not allow it; count it by code."""
    left_out: Counter[str] = Counter()
    for item, items in list(found.covered.items()):
        kept = []
        for one in items:
            code = ""
            if one.gate is not AccessGate.GIVEN:
                place = (terms_name(one.platform.reveal()),)
                code = order.left_out(place, one.kind, TermsUnreviewedError.code)
            if code:
                left_out[code] += 1
            else:
                kept.append(one)
        found.covered[item] = kept
        if not kept:
            del found.covered[item]
    found.left_out += left_out


def _packed(path: Path) -> tuple[list[bytes], bool]:
    """Return the digests of a file and all that is packed in it, and whether that failed."""
    found: list[bytes] = []
    try:
        for digest in BOXES.digests(path):
            found.append(digest)  # noqa: PERF402 - those before the damage count
    except InputError:
        return found, True
    return found, False


def _of_kept(file: SourceFile, found: Sorted) -> SourceFile:
    """Leave out the pages of which nothing is kept."""
    kept = {one.pointer for items in found.covered.values() for one in items}
    pages = tuple(page for page in file.pages if page.pointer in kept)
    return file.model_copy(update={"pages": pages})


def _parts(found: Sorted) -> Iterator[SourceItem | Problem]:
    for _item, items in sorted(found.covered.items()):
        yield from items
    yield from found.problems


def _sealed(
    writer: Writer, name: DeliveryName, lines: Iterator[bytes]
) -> Callable[[BinaryIO], object]:
    def write(out: BinaryIO) -> None:
        writer.seal_stream(Lines(lines), out, delivery_context(name))

    return write


def _standing(order: WorkOrder, folder: CollectorFolder, clock: Callable[[], datetime]) -> Live:
    def live() -> None:
        if folder.order(order.case_id).consent_id != order.consent_id:
            raise ConsentExpiredError("the order stands on another consent")
        if clock() >= order.valid_until:
            raise ConsentExpiredError("the consent has expired")

    return live
