"""Checkpoints are signed notes in the C2SP formats, which tools of others read.

A note is a text, an empty line, and one line per signature: an em dash, the signer's name, and
base64 of a 4-byte key hash and the signature (https://c2sp.org/signed-note). A checkpoint's text
is the log's origin, its size, and its root in base64 (https://c2sp.org/tlog-checkpoint). Witnesses
and ML-DSA-44 keys sign it together with a time (https://c2sp.org/tlog-cosignature).
"""

import base64
import binascii
import hashlib
import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from models.audit import Checkpoint
from models.errors import AuditBrokenError

_DASH: Final = "\u2014"
_SIZE_DIGITS: Final = 18
_MOST_SIGNATURES: Final = 64
_LARGEST: Final = 1 << 20
_TIME: Final = 8


class Scheme(IntEnum):
    """How a key signs; the byte that stands in its published form."""

    ED25519 = 1
    COSIGNATURE = 4
    """Ed25519 over the note and a time."""
    ML_DSA_44 = 6
    """ML-DSA-44 over what the checkpoint states and a time."""


_PUBLIC_BYTES: Final = {Scheme.ED25519: 32, Scheme.COSIGNATURE: 32, Scheme.ML_DSA_44: 1312}


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line of a note."""

    name: str
    key_hash: bytes
    raw: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note, with its newline."""
        return f"{_DASH} {self.name} {base64.b64encode(self.key_hash + self.raw).decode()}\n"

    @property
    def time(self) -> int:
        """When a cosignature says it was made, in seconds since 1970."""
        return int.from_bytes(self.raw[:_TIME], "big")


@dataclass(frozen=True, slots=True)
class Head:
    """What a checkpoint's text states."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under."""

    name: str
    public: bytes
    scheme: Scheme = Scheme.ED25519

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Read a key in the form `name+hash+key`. Raises `AuditBrokenError`."""
        try:
            name, claimed, encoded = vkey.strip().split("+", 2)
            raw = decoded(encoded)
            verifier = cls(name, raw[1:], Scheme(raw[0]))
        except (ValueError, IndexError) as exc:
            raise AuditBrokenError("the verification key is malformed") from exc
        fits = len(verifier.public) == _PUBLIC_BYTES[verifier.scheme] and _plain(name)
        if not fits or verifier.key_hash.hex() != claimed:
            raise AuditBrokenError("the verification key is malformed")
        return verifier

    @property
    def key_hash(self) -> bytes:
        """The 4 bytes by which a signature names its key."""
        body = self.name.encode() + b"\n" + bytes([self.scheme]) + self.public
        return hashlib.sha256(body).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key in its published form."""
        encoded = base64.b64encode(bytes([self.scheme]) + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"

    def verify(self, note: str) -> str:
        """Return the text of a note signed by this key; signatures of others are passed over.

        Raises `AuditBrokenError` if the note is malformed, this key did not sign it, or one of
        the signatures that name this key is not its own.
        """
        text, signatures = split_note(note)
        own = [one for one in signatures if self.named_by(one)]
        if not own or not all(self.accepts(one, text) for one in own):
            raise AuditBrokenError("the note is not signed by this key")
        return text

    def named_by(self, signature: Signature) -> bool:
        """Say whether a signature claims to be by this key."""
        return (signature.name, signature.key_hash) == (self.name, self.key_hash)

    def accepts(self, signature: Signature, text: str) -> bool:
        """Say whether a signature on a text is by this key."""
        if not self.named_by(signature):
            return False
        try:
            if self.scheme is Scheme.ML_DSA_44:
                key = MLDSA44PublicKey.from_public_bytes(self.public)
                message = timed_message(self.scheme, self.name, signature.time, text)
                key.verify(signature.raw[_TIME:], message)
                return True
            edwards = Ed25519PublicKey.from_public_bytes(self.public)
            if self.scheme is Scheme.COSIGNATURE:
                message = timed_message(self.scheme, self.name, signature.time, text)
                edwards.verify(signature.raw[_TIME:], message)
            else:
                edwards.verify(signature.raw, text.encode())
        except (InvalidSignature, ValueError, AuditBrokenError):
            return False
        return True


class Signer:
    """An Ed25519 key that signs notes under its name."""

    def __init__(self, name: str, seed: bytes) -> None:
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
        raw = self._key.sign(text.encode())
        return f"{text}\n{Signature(self._verifier.name, self._verifier.key_hash, raw).line}"


class Cosigner:
    """A key that signs checkpoints together with a time: a witness's, or a log's ML-DSA-44 key."""

    def __init__(self, name: str, seed: bytes, scheme: Scheme) -> None:
        self._key: Ed25519PrivateKey | MLDSA44PrivateKey
        if scheme is Scheme.ML_DSA_44:
            self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        else:
            self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._verifier = Verifier(name, self._key.public_key().public_bytes_raw(), scheme)

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return self._verifier

    def cosign(self, text: str, *, at: int) -> Signature:
        """Return a signature on a checkpoint's text. Raises `AuditBrokenError` if it is none."""
        name = self._verifier.name
        signed = self._key.sign(timed_message(self._verifier.scheme, name, at, text))
        return Signature(name, self._verifier.key_hash, at.to_bytes(_TIME, "big") + signed)


def split_note(note: str) -> tuple[str, tuple[Signature, ...]]:
    """Return a note's text and its signatures, unchecked. Raises `AuditBrokenError`."""
    text, found, rest = note.rpartition("\n\n")
    if len(note) > _LARGEST or not found or not rest.endswith("\n"):
        raise AuditBrokenError("the note is malformed")
    if any(mark < " " and mark != "\n" for mark in note):
        raise AuditBrokenError("the note is malformed")
    lines = rest[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise AuditBrokenError("the note has too many signatures")
    return text + "\n", tuple(read_signature(line) for line in lines)


def read_signature(line: str) -> Signature:
    """Read one signature line, without its newline. Raises `AuditBrokenError`."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not _plain(parts[1]):
        raise AuditBrokenError("the note is malformed")
    try:
        raw = decoded(parts[2])
    except ValueError as exc:
        raise AuditBrokenError("the note is malformed") from exc
    if len(raw) < 5:
        raise AuditBrokenError("the note is malformed")
    return Signature(parts[1], raw[:4], raw[4:])


def log_name(home_id: str) -> str:
    """Return the origin of a home's log, which is also its signer's name."""
    return f"walloff/{home_id}"


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """Return the text that is signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def read_head(text: str) -> Head:
    """Return what a checkpoint's text states. Raises `AuditBrokenError`."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise AuditBrokenError("the note is not a checkpoint")
    origin, size, root = lines[:3]
    try:
        head = Head(origin, count(size), decoded(root))
    except ValueError as exc:
        raise AuditBrokenError("the checkpoint's size or root is malformed") from exc
    if len(head.root) != hashlib.sha256().digest_size:
        raise AuditBrokenError("the checkpoint's root is malformed")
    return head


def read_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """Check a note and return what it states. Raises `AuditBrokenError`."""
    head = read_head(verifier.verify(note))
    if head.origin != verifier.name:
        raise AuditBrokenError("the note is not a checkpoint of this log")
    root = base64.b64encode(head.root).decode()
    return Checkpoint(origin=head.origin, size=head.size, root=root, note=note)


def timed_message(scheme: Scheme, name: str, at: int, text: str) -> bytes:
    """Return the bytes that a cosignature signs. Raises `AuditBrokenError` for no checkpoint."""
    head = read_head(text)
    if scheme is not Scheme.ML_DSA_44:
        return f"cosignature/v1\ntime {at}\n{text}".encode()
    signer, origin = name.encode(), head.origin.encode()
    if max(len(signer), len(origin)) > 255:
        raise AuditBrokenError("a name is too long to be signed")
    parts = (
        b"subtree/v1\n\0",
        bytes([len(signer)]) + signer,
        at.to_bytes(_TIME, "big"),
        bytes([len(origin)]) + origin,
        (0).to_bytes(8, "big"),
        head.size.to_bytes(8, "big"),
        head.root,
    )
    return b"".join(parts)


def decoded(text: str) -> bytes:
    """Decode base64 in its one canonical form. Raises `ValueError` for any other."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as exc:
        raise ValueError("no base64") from exc
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the canonical base64")
    return raw


def count(text: str) -> int:
    """Read a number without sign or leading zeroes. Raises `ValueError`."""
    if not (text.isascii() and text.isdigit() and len(text) <= _SIZE_DIGITS):
        raise ValueError("no count")
    if text != str(int(text)):
        raise ValueError("no count")
    return int(text)


def _plain(name: str) -> bool:
    spaces = ("Zs", "Zl", "Zp", "Cc")
    return bool(name) and not any(
        mark == "+" or mark.isspace() or unicodedata.category(mark) in spaces for mark in name
    )
