"""A time stamp (RFC 3161) says when a checkpoint was there already, by the clock of somebody else.

It is on the checkpoint's text, and is kept as the authority answered: as a whole response, which
OpenSSL verifies too. It needs the extra `stamps`.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from sqlalchemy import func, insert, select

from models.audit import AuditAction, AuditEntry, Checkpoint
from models.errors import AuditBrokenError, SettingsError
from models.ids import new_id
from models.people import SYSTEM, Role
from storage.audit import AuditLog
from storage.note import split_note
from storage.tables.audit import CHECKPOINTS, STAMPS
from storage.vault import Vault

try:
    import rfc3161_client as client
except ImportError:
    client = None  # type: ignore[assignment]

EVERY: Final = timedelta(days=1)
"""How long one stamp does: it covers every checkpoint before it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a stamp, as it is sent, and what the answer must repeat."""

    der: bytes
    nonce: int | None


class Trusted:
    """The authorities' certificates: roots, intermediate ones, and those of earlier years."""

    def __init__(self, path: Path) -> None:
        if client is None:
            raise SettingsError("time stamps need the extra: pip install walloff[stamps]")
        try:
            found = x509.load_pem_x509_certificates(path.read_bytes())
        except (OSError, ValueError) as exc:
            raise SettingsError("the time-stamping certificates cannot be read") from exc
        self._roots = [one for one in found if one.issuer == one.subject]
        self._others = [one for one in found if one.issuer != one.subject]
        if not self._roots:
            raise SettingsError("the time-stamping certificates lack the authority's root")

    def request(self, checkpoint: Checkpoint) -> Asked:
        """Return a request for a stamp of a checkpoint's text, with a nonce."""
        made = (
            client.TimestampRequestBuilder()
            .data(stamped_text(checkpoint.note))
            .hash_algorithm(client.HashAlgorithm.SHA256)
            .build()
        )
        return Asked(made.as_bytes(), made.nonce)

    def check(self, token: bytes, note: str, *, nonce: int | None = None) -> datetime:
        """Return the time that a stamp states for a note's text.

        Raises `AuditBrokenError` if it is damaged, on another text, not of a trusted authority, or
        not the answer to the request with this nonce.
        """
        verifier = client.VerifierBuilder(
            roots=self._roots, intermediates=self._others, nonce=nonce
        ).build()
        try:
            response = client.decode_timestamp_response(token)
            verifier.verify_message(response, stamped_text(note))
        except (client.VerificationError, ValueError, TypeError) as exc:
            raise AuditBrokenError("the time stamp does not hold") from exc
        return response.tst_info.gen_time


def stamped_text(note: str) -> bytes:
    """Return the bytes of a note that are stamped: its text, without any signature."""
    return split_note(note)[0].encode()


def stated_time(token: bytes) -> datetime | None:
    """Return the time that a stamp states, unchecked, or None where the extra is missing.

    Raises `AuditBrokenError` if it cannot be read.
    """
    if client is None:
        return None
    try:
        said: datetime = client.decode_timestamp_response(token).tst_info.gen_time
    except (ValueError, TypeError) as exc:
        raise AuditBrokenError("a time stamp cannot be read") from exc
    return said


def is_stamp_due(vault: Vault, checkpoint: Checkpoint, authority: str, *, now: datetime) -> bool:
    """Say whether an authority is to be asked: not for the same checkpoint, and once a day."""
    query = select(func.max(STAMPS.c.size).label("size"), func.max(STAMPS.c.at).label("at"))
    with vault.read() as tx:
        last = tx.execute(query.where(STAMPS.c.authority == authority)).one()
    # The entry about a stamp makes the log grow by one: that alone needs no other stamp.
    return last.size is None or (last.size + 1 < checkpoint.size and last.at <= now - EVERY)


def keep_stamp(
    vault: Vault, checkpoint: Checkpoint, authority: str, token: bytes, *, now: datetime
) -> None:
    """Keep a stamp that was checked, and log that there is one, so that it cannot go unnoticed.

    One that another process has kept meanwhile stays.
    """
    known = select(STAMPS.c.size).where(
        STAMPS.c.size == checkpoint.size, STAMPS.c.authority == authority
    )
    with vault.write() as tx:
        if tx.execute(known).first() is None:
            values: dict[str, Any] = {"size": checkpoint.size, "authority": authority}
            tx.execute(insert(STAMPS).values(**values, at=now, token=token))
            kept = AuditEntry(
                event_id=new_id(),
                at=now,
                actor=SYSTEM.id,
                role=Role.SYSTEM,
                action=AuditAction.STAMPED,
                object_id=vault.home.id,
                code=authority,
                count=checkpoint.size,
                commitment=hashlib.sha256(token).hexdigest(),
            )
            AuditLog(tx).append(kept)


def count_stamps(vault: Vault) -> int:
    """Return how many stamps there are."""
    with vault.read() as tx:
        return int(tx.execute(select(func.count()).select_from(STAMPS)).scalar_one())


def missing_stamps(vault: Vault) -> tuple[str, ...]:
    """Return a fault for every stamp that the log tells of and that is not there as it was kept."""
    with vault.read() as tx:
        told = AuditLog(tx).entries(vault.home.id)
        rows = tx.execute(select(STAMPS.c.size, STAMPS.c.authority, STAMPS.c.token)).all()
    there = {(row.size, row.authority): hashlib.sha256(row.token).hexdigest() for row in rows}
    return tuple(
        f"checkpoint {one.count}: the time stamp of {one.code} is missing"
        for one in told
        if one.action is AuditAction.STAMPED
        and there.get((one.count or 0, one.code)) != one.commitment
    )


def verify_stamps(vault: Vault, trusted: Trusted) -> tuple[str, ...]:
    """Check every stamp against the checkpoint it was given for; return what is wrong."""
    query = (
        select(STAMPS.c.size, STAMPS.c.authority, STAMPS.c.token, CHECKPOINTS.c.note)
        .outerjoin(CHECKPOINTS, CHECKPOINTS.c.size == STAMPS.c.size)
        .order_by(STAMPS.c.size, STAMPS.c.authority)
    )
    faults = []
    with vault.read() as tx:
        rows = tx.execute(query).all()
    for row in rows:
        try:
            trusted.check(row.token, row.note or "")
        except AuditBrokenError:
            faults.append(f"checkpoint {row.size}: the time stamp of {row.authority} does not hold")
    return tuple(faults)
