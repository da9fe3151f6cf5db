"""Checkpoints are signed notes in the C2SP formats, which tools of others read.

A note is a text, an empty line, and one line per signature: an em dash, the signer's name, and
base64 of a 4-byte key hash and the signature (https://c2sp.org/signed-note). A checkpoint's text
is the log's origin, its size, and its root in base64 (https://c2sp.org/tlog-checkpoint).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.audit import Checkpoint
from models.errors import AuditBrokenError

_ED25519: Final = b"\x01"
_DASH: Final = "\u2014"
_SIZE_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Read a key in the form `name+hash+key`. Raises `AuditBrokenError`."""
        try:
            name, claimed, encoded = vkey.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as exc:
            raise AuditBrokenError("the verification key is malformed") from exc
        if raw[:1] != _ED25519 or len(raw) != 33 or not _plain(name):
            raise AuditBrokenError("the verification key is malformed")
        verifier = cls(name, raw[1:])
        if verifier.key_hash.hex() != claimed:
            raise AuditBrokenError("the verification key is malformed")
        return verifier

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key in its published form."""
        encoded = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"

    def verify(self, note: str) -> str:
        """Return the text of a note signed by this key; signatures of others are passed over.

        Raises `AuditBrokenError` if the note is malformed or this key did not sign it.
        """
        text, found, signatures = note.rpartition("\n\n")
        if not found or not signatures.endswith("\n"):
            raise AuditBrokenError("the note is malformed")
        text += "\n"
        for line in signatures[:-1].split("\n"):
            parts = line.split(" ")
            if len(parts) != 3 or parts[0] != _DASH:
                raise AuditBrokenError("the note is malformed")
            if parts[1] == self.name and self._signed(parts[2], text):
                return text
        raise AuditBrokenError("the note is not signed by this key")

    def _signed(self, encoded: str, text: str) -> bool:
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        if raw[:4] != self.key_hash:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw[4:], text.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """A signing key with its name."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return self._verifier

    @property
    def vkey(self) -> str:
        """The public half in its published form."""
        return self._verifier.vkey

    def sign(self, text: str) -> str:
        """Return a text as a signed note."""
        signature = self._verifier.key_hash + self._key.sign(text.encode())
        return f"{text}\n{_DASH} {self._name} {base64.b64encode(signature).decode()}\n"


def log_name(home_id: str) -> str:
    """Return the origin of a home's log, which is also its signer's name."""
    return f"walloff/{home_id}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def read_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """Check a note and return what it states. Raises `AuditBrokenError`."""
    lines = verifier.verify(note).split("\n")
    if len(lines) < 4 or lines[0] != verifier.name:
        raise AuditBrokenError("the note is not a checkpoint of this log")
    origin, size, root = lines[:3]
    if not (size.isascii() and size.isdigit() and len(size) <= _SIZE_DIGITS):
        raise AuditBrokenError("the checkpoint's size is malformed")
    if size != str(int(size)):
        raise AuditBrokenError("the checkpoint's size is malformed")
    try:
        if len(base64.b64decode(root, validate=True)) != hashlib.sha256().digest_size:
            raise AuditBrokenError("the checkpoint's root is malformed")
    except binascii.Error as exc:
        raise AuditBrokenError("the checkpoint's root is malformed") from exc
    return Checkpoint(origin=origin, size=int(size), root=root, note=note)


def _plain(name: str) -> bool:
    return bool(name) and not any(mark.isspace() or mark == "+" for mark in name)
