"""New checkpoints are shown to the auditor's witnesses, and what they sign is kept.

A witness that cannot be reached is asked again at the next publication. One that has seen another
log than ours stops everything: that is what it is for.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx

from models.audit import Checkpoint
from models.errors import AuditBrokenError, SettingsError
from storage.cosigning import (
    cosigned_size,
    cosigning_request,
    keep_cosignatures,
    newest_checkpoint,
)
from storage.note import Verifier
from storage.vault import Vault

log = logging.getLogger(__name__)

_SECONDS: Final = 10.0
_ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness as the agency knows it: where it answers, and by which keys."""

    url: str
    verifiers: tuple[Verifier, ...]

    @property
    def name(self) -> str:
        """What the witness calls itself."""
        return self.verifiers[0].name


def known_witnesses(path: Path | None) -> list[KnownWitness]:
    """Read the witnesses' file: a URL and one or more keys a line. Raises `SettingsError`."""
    if path is None:
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        parts = [line.split() for line in lines if line.strip() and not line.startswith("#")]
        return [
            KnownWitness(url.rstrip("/"), tuple(Verifier.parse(key) for key in (first, *rest)))
            for url, first, *rest in parts
        ]
    except (OSError, ValueError, AuditBrokenError) as exc:
        raise SettingsError("the witnesses' file cannot be read: a URL and a key a line") from exc


def cosign(vault: Vault, witnesses: list[KnownWitness], *, now: datetime) -> list[str]:
    """Have the newest checkpoint cosigned; return the names of witnesses not reached.

    Raises `AuditBrokenError` if a witness has seen a log that ours does not continue.
    """
    checkpoint = newest_checkpoint(vault)
    if checkpoint is None:
        return []
    missed = []
    for witness in witnesses:
        try:
            _submit(vault, witness, checkpoint, now=now)
        except httpx.HTTPError as error:
            kind = type(error).__name__
            log.warning("witness not reached", extra={"witness": witness.name, "kind": kind})
            missed.append(witness.name)
    return missed


def seen_by(witness: KnownWitness, vault: Vault, checkpoint: Checkpoint) -> int:
    """Ask a witness how large a log it has seen. Raises `httpx.HTTPError`, `AuditBrokenError`."""
    old = 0 if cosigned_size(vault, witness.verifiers[0]) else checkpoint.size
    answer = _post(witness, cosigning_request(vault, checkpoint, old))
    if answer.status_code == httpx.codes.CONFLICT:
        return _size(answer)
    return checkpoint.size if answer.status_code == httpx.codes.OK else 0


def _submit(vault: Vault, witness: KnownWitness, checkpoint: Checkpoint, *, now: datetime) -> None:
    old = min(cosigned_size(vault, witness.verifiers[0]), checkpoint.size)
    for _ in range(_ATTEMPTS):
        answer = _post(witness, cosigning_request(vault, checkpoint, old))
        if answer.status_code == httpx.codes.OK:
            keep_cosignatures(vault, checkpoint, answer.text, witnesses=witness.verifiers, now=now)
            return
        if answer.status_code != httpx.codes.CONFLICT:
            if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
                raise AuditBrokenError(f"{witness.name} has seen another log than this one")
            answer.raise_for_status()
            raise httpx.HTTPError("an answer that the specification does not know")
        size = _size(answer)
        if size > checkpoint.size:
            raise AuditBrokenError(f"{witness.name} has seen a larger log than this one")
        if size == old:
            raise AuditBrokenError(f"{witness.name} has seen another log than this one")
        old = size
    raise httpx.HTTPError("the witness is busy with other checkpoints of this log")


def _post(witness: KnownWitness, request: str) -> httpx.Response:
    return httpx.post(f"{witness.url}/add-checkpoint", content=request.encode(), timeout=_SECONDS)


def _size(answer: httpx.Response) -> int:
    text = answer.text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise httpx.HTTPError("an answer that the specification does not know")
    return int(text)
