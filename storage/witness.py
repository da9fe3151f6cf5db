"""A witness remembers the newest checkpoint of each log it knows, and cosigns consistent ones.

It belongs to the auditor and needs no home: one folder holds its key, the logs it trusts and what
it has seen (C2SP tlog-witness). What it cosigns is on disk before the answer leaves.
"""

import base64
import fcntl
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.errors import AuditBrokenError, HomeError
from storage.atomic import owned, replacing
from storage.envelope import derive
from storage.faults import disk
from storage.merkle import EMPTY, verify_consistency
from storage.note import Cosigner, Head, Scheme, Verifier, count, decoded, read_head, split_note

_MOST_HASHES: Final = 63


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers over HTTP."""

    status: int
    body: str = ""
    media_type: str = "text/plain; charset=utf-8"


class Witness:
    """A witness on its folder. Any number of threads and processes may use one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            name = (folder / "name").read_text(encoding="utf-8").strip()
            seed = bytes.fromhex((folder / "key").read_text(encoding="ascii"))
        except (OSError, ValueError) as exc:
            raise HomeError("there is no witness in this folder") from exc
        self._cosigners = (
            Cosigner(name, derive(seed, "cosignature-v1"), Scheme.COSIGNATURE),
            Cosigner(name, derive(seed, "ml-dsa-44"), Scheme.ML_DSA_44),
        )

    @classmethod
    def create(cls, folder: Path, name: str) -> "Witness":
        """Make a witness with a fresh key. Raises `HomeError` if there is one, or on a bad name."""
        if not name or any(mark.isspace() or mark == "+" for mark in name):
            raise HomeError("a witness's name has neither spaces nor plus signs")
        if (folder / "key").exists():
            raise HomeError("there is a witness in this folder already")
        with disk("the witness cannot be made"):
            for part in (folder, folder / "logs", folder / "seen"):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(folder / "name") as stream:
                stream.write(f"{name}\n".encode())
            with replacing(folder / "key") as stream:
                stream.write(secrets.token_hex(32).encode())
        return cls(folder)

    @property
    def verifiers(self) -> tuple[Verifier, ...]:
        """The witness's public keys: Ed25519 and ML-DSA-44."""
        return tuple(one.verifier for one in self._cosigners)

    def trust(self, vkey: str) -> Verifier:
        """Cosign from now on for the log of this key. Raises `AuditBrokenError`."""
        verifier = Verifier.parse(vkey)
        with self._locked(), disk("the log cannot be noted"):
            known = [*self._trusted(verifier.name), verifier]
            with replacing(self._file("logs", verifier.name)) as stream:
                stream.write("".join(f"{one}\n" for one in _unique(known)).encode())
        return verifier

    def newest(self, origin: str) -> Head:
        """Return the newest checkpoint seen of a log; an empty tree if there is none.

        Raises `AuditBrokenError` if the witness's own record is damaged.
        """
        try:
            note = self._file("seen", origin).read_text(encoding="utf-8")
        except FileNotFoundError:
            return Head(origin, 0, EMPTY)
        return read_head(split_note(note)[0])

    def add_checkpoint(self, request: bytes, *, at: int) -> Answer:
        """Answer one request; the statuses are those of the specification."""
        try:
            old, proof, note = _read(request)
            text, signatures = split_note(note)
            head = read_head(text)
        except (AuditBrokenError, ValueError):
            return Answer(400, "malformed\n")
        with self._locked():
            trusted = self._trusted(head.origin)
            if not trusted:
                return Answer(404, "unknown log\n")
            named = [(key, one) for key in trusted for one in signatures if key.named_by(one)]
            if not named or not all(key.accepts(one, text) for key, one in named):
                return Answer(403, "not signed by the log\n")
            if old > head.size:
                return Answer(400, "the old size is larger than the new one\n")
            seen = self.newest(head.origin)
            if old != seen.size or (old == head.size and seen.root != head.root):
                return Answer(409, f"{seen.size}\n", "text/x.tlog.size")
            if not _consistent(seen, head, proof):
                return Answer(422, "the proof does not hold\n")
            kept = self._file("seen", head.origin)
            with disk("the checkpoint cannot be kept"), replacing(kept) as stream:
                stream.write(note.encode())
        return Answer(200, "".join(one.cosign(text, at=at).line for one in self._cosigners))

    def _trusted(self, origin: str) -> list[Verifier]:
        try:
            lines = self._file("logs", origin).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [Verifier.parse(line) for line in lines]

    def _file(self, kind: str, origin: str) -> Path:
        return self._folder / kind / hashlib.sha256(origin.encode()).hexdigest()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        path = self._folder / "lock"
        if not path.exists():
            with suppress(FileExistsError):
                owned(path).close()
        with path.open("rb+") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def request_text(old: int, proof: list[bytes], note: str) -> str:
    """Return what a log sends to `add-checkpoint`."""
    lines = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"old {old}\n{lines}\n{note}"


def _read(request: bytes) -> tuple[int, list[bytes], str]:
    head, found, note = request.decode().partition("\n\n")
    first, *hashes = head.split("\n")
    if not found or not first.startswith("old ") or len(hashes) > _MOST_HASHES:
        raise ValueError("no request")
    return count(first.removeprefix("old ")), [decoded(one) for one in hashes], note


def _consistent(old: Head, new: Head, proof: list[bytes]) -> bool:
    if old.size == 0:
        return not proof and (new.size > 0 or new.root == EMPTY)
    return verify_consistency(old.size, new.size, old.root, new.root, proof)


def _unique(verifiers: list[Verifier]) -> list[str]:
    return list(dict.fromkeys(one.vkey for one in verifiers))
