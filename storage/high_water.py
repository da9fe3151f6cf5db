"""A file beside the database remembers how far the log had grown: a log cut short disagrees.

It is written after each commit that adds to the log, and authenticated by the audit domain's key.
Whoever puts database, file and keys.db back together is found by a witness only.
"""

import base64
import hmac
import os
from pathlib import Path
from typing import Final

from models.errors import AuditBrokenError, KeyUnavailableError
from storage.domain import HOME, Domain
from storage.faults import disk
from storage.keyring import KeyRing
from storage.merkle import Frontier

_FORM: Final = "walloff-mark-1"
_SLOT: Final = 4096
"""Two slots are written in turn, so that a torn write leaves the other one whole."""


class HighWater:
    """The mark of one home. Processes without the audit domain's key neither read nor move it."""

    def __init__(self, path: Path, ring: KeyRing) -> None:
        self._path = path
        self._ring = ring
        self._slot = 1
        self._read: tuple[bytes, Frontier] | None = None
        """The file as last read or written, and what it said then."""
        self.doubted = False
        """True once the log was not a continuation of the mark: it is then left as it is."""

    @property
    def held(self) -> bool:
        """Say whether this process can read the mark."""
        return self._key() is not None

    def read(self) -> Frontier | None:
        """Return the tree's right edge as marked, or None if there is no mark.

        Raises `AuditBrokenError` if it is damaged or forged.
        """
        key = self._key()
        if key is None:
            return None
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise AuditBrokenError("the high-water mark cannot be read") from exc
        if self._read is not None and self._read[0] == raw:
            return self._read[1]
        slots = [_unpacked(raw[at : at + _SLOT], key) for at in (0, _SLOT)]
        found = [slot for slot in slots if slot is not None]
        if not found:
            raise AuditBrokenError("the high-water mark is damaged")
        newest = max(found, key=lambda frontier: frontier.size)
        self._slot = slots.index(newest)
        self._read = raw, newest
        return newest

    def write(self, frontier: Frontier, *, sync: bool = False, anew: bool = False) -> None:
        """Move the mark. `anew` forgets what it said before. Raises `HomeError`."""
        key = self._key()
        if key is None:
            return
        with disk("the high-water mark cannot be written"):
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                before = self._read[0] if self._read is not None and not anew else None
                if anew:
                    os.ftruncate(handle, 0)
                self._slot = 1 - self._slot
                packed, at = _packed(frontier, key), _SLOT * self._slot
                os.pwrite(handle, packed, at)
                self._read = None
                if before is not None:
                    before = before.ljust(at, b"\0")
                    self._read = before[:at] + packed + before[at + _SLOT :], frontier
                if sync:
                    os.fsync(handle)
            finally:
                os.close(handle)

    def _key(self) -> bytes | None:
        if Domain.AUDIT not in self._ring.domains:
            return None
        try:
            return self._ring.lockbox(HOME, Domain.AUDIT).index
        except KeyUnavailableError:
            return None


def _packed(frontier: Frontier, key: bytes) -> bytes:
    text = f"{_FORM} {frontier.size} {base64.b64encode(frontier.packed()).decode()}"
    return f"{text} {_mac(text, key)}\n".encode().ljust(_SLOT, b"\0")


def _unpacked(slot: bytes, key: bytes) -> Frontier | None:
    try:
        text, _, mac = slot[: slot.find(b"\n") + 1].decode().removesuffix("\n").rpartition(" ")
        if not hmac.compare_digest(mac.encode(), _mac(text, key).encode()):
            return None
        _, size, packed = text.split(" ")
        return Frontier.unpack(int(size), base64.b64decode(packed, validate=True))
    except ValueError:
        return None


def _mac(text: str, key: bytes) -> str:
    return hmac.digest(key, b"audit-high-water\0" + text.encode(), "sha256").hex()
