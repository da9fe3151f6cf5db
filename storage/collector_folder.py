"""A collector's folder: orders and receipts that it reads, and an inbox that it fills sealed.

There is no database and no key in it, only the public key in each order. The inside writes orders
and receipts; the collector's user may read them and write in the inbox alone. A delivery is there
once the file under its name is, which comes last. What the inside opens of the inbox is a plain
file, never a link that leads elsewhere.
"""

import dataclasses
import fcntl
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from grp import getgrnam
from pathlib import Path
from typing import BinaryIO, Final

from models.delivery import COLLECTOR_NAME, DeliveryName, DeliveryReceipt, WorkOrder
from models.errors import HomeError, RecordNotFoundError, SealBrokenError
from models.ids import CaptureId, CaseId, is_id
from storage.atomic import replacing, sync_directory
from storage.faults import disk
from storage.home import Home, describe
from storage.interface_keys import put_shared

NAME: Final = "collector.name"
_ORDERS: Final = "orders"
_RECEIPTS: Final = "receipts"
_INBOX: Final = "inbox"
_READ: Final = 0o2750
_FILLED: Final = 0o2770
_POSTED: Final = 0o640
_NOTES: Final = "run"
_MAX_NOTES: Final = 64 << 20


def make_collector(home: Home, root: Path, name: str, *, group: str | int | None = None) -> Home:
    """Make the folder of a collector and return the home as it is then.

    Files belong to the group, if one is named: that of the collector's process. Raises `HomeError`
    for a name that is no code or is taken, a folder that holds anything, or an unknown group.
    """
    if re.fullmatch(COLLECTOR_NAME, name) is None:
        raise HomeError("a collector's name has small letters, digits and hyphens")
    if name in home.collectors:
        raise HomeError("there is a collector of this name")
    if isinstance(group, str):
        try:
            group = getgrnam(group).gr_gid
        except KeyError:
            raise HomeError("there is no such group") from None
    root = root.absolute()
    with disk("the folder cannot be made"):
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise HomeError("the folder is not empty")
        for path, mode in (
            (root, _READ),
            (root / _ORDERS, _READ),
            (root / _RECEIPTS, _READ),
            (root / _INBOX, _FILLED),
        ):
            path.mkdir(exist_ok=True)
            if group is not None:
                shutil.chown(path, group=group)
            path.chmod(mode)
        put_shared(root / NAME, name.encode() + b"\n")
        made = dataclasses.replace(home, collectors={**home.collectors, name: root})
        describe(made)
    return made


def open_collector(root: Path) -> "CollectorFolder":
    """Return a collector's folder. Raises `HomeError` if it is none, or everybody can read it."""
    with disk("the collector's folder cannot be read"):
        name = (root / NAME).read_bytes().decode("ascii", "replace").strip()
        if re.fullmatch(COLLECTOR_NAME, name) is None:
            raise HomeError("the collector's folder is damaged")
        if any(path.stat().st_mode & 0o007 for path in (root, root / _INBOX)):
            raise HomeError("the folder can be read by everybody")
    return CollectorFolder(root, name)


class CollectorFolder:
    """One collector's folder, as its own process and as the inside use it."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._orders, self._receipts = root / _ORDERS, root / _RECEIPTS
        self._inbox = root / _INBOX

    # What the collector does.

    def orders(self) -> list[WorkOrder]:
        """Return the orders that stand."""
        with disk("the orders cannot be read"):
            return [_order(path) for path in sorted(self._orders.glob("*.json"))]

    def order(self, case_id: CaseId) -> WorkOrder:
        """Return the order for a case. Raises `RecordNotFoundError` if none stands."""
        path = self._orders / f"{case_id}.json"
        if not is_id(case_id) or not path.is_file():
            raise RecordNotFoundError("no order stands for this case")
        with disk("the order cannot be read"):
            return _order(path)

    def receipts(self, case_id: CaseId | None = None) -> list[DeliveryReceipt]:
        """Return what became of deliveries, oldest first."""
        with disk("the receipts cannot be read"):
            paths = sorted(self._receipts.glob(f"{case_id or ''}*.json"))
            found = [DeliveryReceipt.model_validate_json(path.read_bytes()) for path in paths]
        return sorted(found, key=lambda one: (one.at, one.delivery_id))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other run of this collector out. Raises `HomeError` if one is at work."""
        with disk("the collector's inbox cannot be locked"):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            descriptor = os.open(self._inbox / ".lock", flags, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                raise HomeError("another run of this collector is at work") from exc
            yield
        finally:
            os.close(descriptor)

    def post_original(
        self, name: DeliveryName, capture_id: CaptureId, write: Callable[[BinaryIO], object]
    ) -> None:
        """Put a delivery's sealed original into the inbox, before the delivery itself."""
        self._post(f"{name}-{capture_id}", write)

    def post(self, name: DeliveryName, write: Callable[[BinaryIO], object]) -> None:
        """Put a sealed delivery into the inbox: from now on it may be taken in."""
        self._post(str(name), write)

    def drop_unfinished(self, case_id: CaseId) -> None:
        """Remove what a run that died left of deliveries that never came to be."""
        with disk("the inbox cannot be cleared"):
            for path in self._of(case_id):
                body = path.name.rpartition("-")[0]
                if path == self._notes(case_id):
                    continue
                if path.name.startswith(".") or (
                    DeliveryName.parse(path.name) is None and not (self._inbox / body).exists()
                ):
                    path.unlink(missing_ok=True)

    def noted(self, case_id: CaseId) -> list[str]:
        """Return the notes of a run that did not come to its end, in order; a torn one is none."""
        path = self._notes(case_id)
        with disk("the notes of a run cannot be read"):
            if not path.is_file() or path.is_symlink():
                return []
            body = path.read_bytes()[:_MAX_NOTES]
        *whole, _torn = body.decode("ascii", "replace").split("\n")
        return whole

    def note(self, case_id: CaseId, line: str) -> None:
        """Add a note of a run, durable when this returns. Whoever has the folder can read it."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with disk("the notes of a run cannot be written"):
            descriptor = os.open(self._notes(case_id), flags, 0o600)
            with os.fdopen(descriptor, "ab") as out:
                out.write(line.encode("ascii") + b"\n")
                out.flush()
                os.fsync(out.fileno())

    def drop_notes(self, case_id: CaseId) -> None:
        """Remove the notes of a run that came to its end, or whose order is another."""
        with disk("the notes of a run cannot be removed"):
            self._notes(case_id).unlink(missing_ok=True)

    # What the inside does.

    def waiting(self) -> list[DeliveryName]:
        """Return the deliveries in the inbox: of each case in the order of their places."""
        with disk("the inbox cannot be read"):
            names = sorted(path.name for path in self._inbox.iterdir())
        return [name for one in names if (name := DeliveryName.parse(one)) is not None]

    @contextmanager
    def opened(self, name: DeliveryName, original: CaptureId | None = None) -> Iterator[BinaryIO]:
        """Open a delivery, or an original of it. Raises `SealBrokenError` unless a plain file."""
        path = self._inbox / (str(name) if original is None else f"{name}-{original}")
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            raise SealBrokenError("what was delivered is not there, or is no plain file") from None
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise SealBrokenError("what was delivered is no plain file")
        with os.fdopen(descriptor, "rb") as stream:
            yield stream

    def remove(self, name: DeliveryName) -> None:
        """Remove a delivery that was settled, its originals first."""
        with disk("the inbox cannot be cleared"):
            for path in self._of(name.case_id):
                if path.name.startswith(f"{name}-"):
                    _gone(path)
            _gone(self._inbox / str(name))
            sync_directory(self._inbox)

    def leave_receipt(self, receipt: DeliveryReceipt) -> None:
        """Say what became of a delivery."""
        path = self._receipts / f"{receipt.case_id}-{receipt.delivery_id}.json"
        with disk("the receipt cannot be written"):
            _drop_half_written(path)
            if not path.exists():
                put_shared(path, receipt.model_dump_json().encode() + b"\n")

    def give(self, order: WorkOrder) -> None:
        """Give an order, or bring it up to date. The same again changes nothing."""
        path = self._orders / f"{order.case_id}.json"
        body = order.model_dump_json().encode() + b"\n"
        with disk("the order cannot be written"):
            if not path.exists() or path.read_bytes() != body:
                _drop_half_written(path)
                put_shared(path, body)

    def withdraw(self, case_id: CaseId) -> None:
        """Take an order back, and remove what was left of it."""
        with disk("the order cannot be taken back"):
            _drop_half_written(self._orders / f"{case_id}.json")
            (self._orders / f"{case_id}.json").unlink(missing_ok=True)
            sync_directory(self._orders)
            for path in self._of(case_id):
                _gone(path)

    def ordered(self) -> frozenset[CaseId]:
        """Return the cases of which an order stands."""
        return frozenset(CaseId(path.stem) for path in self._orders.glob("*.json"))

    def receipted(self) -> frozenset[CaseId]:
        """Return the cases of which receipts stand."""
        names = (path.name.partition("-")[0] for path in self._receipts.glob("*.json"))
        return frozenset(map(CaseId, names))

    def forget(self, case_id: CaseId) -> None:
        """Remove the receipts of a case."""
        with disk("the receipts cannot be removed"):
            for path in self._receipts.glob(f"{case_id}-*.json"):
                path.unlink(missing_ok=True)

    def _post(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        with disk("the delivery cannot be written"), replacing(self._inbox / name) as out:
            write(out)
            os.fchmod(out.fileno(), _POSTED)

    def _notes(self, case_id: CaseId) -> Path:
        if not is_id(case_id):
            raise RecordNotFoundError("no order stands for this case")
        return self._inbox / f".{case_id}-{_NOTES}"

    def _of(self, case_id: CaseId) -> list[Path]:
        names = (f"{case_id}-", f".{case_id}-")
        return [path for path in self._inbox.iterdir() if path.name.startswith(names)]


def _drop_half_written(path: Path) -> None:
    """Remove what a process that was killed left of a file before it had its name.

    Another process that is writing the same one now fails, and does it again on its next turn.
    """
    for left in path.parent.glob(f".{path.name}.*.new"):
        left.unlink(missing_ok=True)


def _gone(path: Path) -> None:
    """Remove whatever lies there, if it can be: what cannot is settled, and stands in no one's way.

    A link is removed, and never what it leads to.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError:
        shutil.rmtree(path, ignore_errors=True)


def _order(path: Path) -> WorkOrder:
    try:
        return WorkOrder.model_validate_json(path.read_bytes())
    except ValueError:
        raise SealBrokenError("the order is not one that this version reads") from None
