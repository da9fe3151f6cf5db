"""A collector's run that was killed goes on where it stopped: what was delivered is not read again.

What was delivered cannot be read back, so a run notes each file beside its deliveries: a digest
that is salted anew for every run, the delivery's id, and counts. The notes stand for one order, as
it was, and are gone when the run has come to its end.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from collection.boxed import BOXES
from collection.formats.configuration import configuration_of
from collection.sources import Source
from models.delivery import WorkOrder
from models.ids import CaseId, is_id
from storage.collector_folder import CollectorFolder


@dataclass(slots=True)
class Counts:
    """What a delivery holds: numbers only."""

    items: int = 0
    problems: int = 0
    left_out: int = 0
    seen: int = 0


class Resumed:
    """The notes of a run of one order."""

    def __init__(self, order: WorkOrder, folder: CollectorFolder) -> None:
        self._case: CaseId = order.case_id
        self._folder = folder
        self._salt = ""
        self._done: dict[str, tuple[str, Counts]] = {}
        self._standing: set[str] = set()
        of_order = hashlib.sha256(order.model_dump_json().encode())
        lines = folder.noted(order.case_id)
        salt, _, stands_for = lines[0].partition(" ") if lines else ("", "", "")
        if is_id(salt) and stands_for == _salted(salt, of_order.digest()):
            self._salt = salt
            self._take(lines[1:])
            return
        folder.drop_notes(order.case_id)
        self._salt = os.urandom(16).hex()
        folder.note(order.case_id, f"{self._salt} {_salted(self._salt, of_order.digest())}")

    def mark_of(self, source: Source, sha256: str) -> str:
        """Return the mark of a file as it would be read now: its bytes, and what reads it how."""
        form = source.form
        how = (
            ""
            if form is None
            else configuration_of(form, confined=BOXES.wrapped, mapping=source.mapping)
        )
        beside = [(path.name, *_state(path)) for path in source.beside]
        told = json.dumps([sha256, source.name, source.denied, how, beside])
        return _salted(self._salt, told.encode("utf-8", "replace"))

    def delivered(self, mark: str) -> tuple[str, Counts] | None:
        """Return the delivery of a file if it waits, or was taken in; None if it is to be read."""
        found = self._done.get(mark)
        return found if found is not None and found[0] in self._standing else None

    def note(self, mark: str, delivery_id: str, counts: Counts) -> None:
        """Note that a file was delivered, which it is by then."""
        self._folder.note(self._case, json.dumps([mark, delivery_id, *asdict(counts).values()]))

    def end(self) -> None:
        """Forget the run: it has come to its end."""
        self._folder.drop_notes(self._case)

    def _take(self, lines: Iterable[str]) -> None:
        for line in lines:
            try:
                mark, delivery_id, *counts = json.loads(line)
                self._done[str(mark)] = (str(delivery_id), Counts(*(int(one) for one in counts)))
            except (ValueError, TypeError):
                continue  # what is no note is read again
        waiting = {one.delivery_id for one in self._folder.waiting() if one.case_id == self._case}
        taken = {one.delivery_id for one in self._folder.receipts(self._case) if one.taken}
        self._standing = waiting | taken


def _salted(salt: str, told: bytes) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + told).hexdigest()


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)
