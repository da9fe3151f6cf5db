"""A time stamp (RFC 3161) says when a checkpoint was there already, by the clock of somebody else.

It is on the checkpoint's text, and is kept as the authority answered: as a whole response, which
OpenSSL verifies too. It needs the extra `stamps`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from sqlalchemy import func, insert, select

from models.audit import Checkpoint
from models.errors import AuditBrokenError, SettingsError
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
    return last.size is None or (last.size < checkpoint.size and last.at <= now - EVERY)


def keep_stamp(
    vault: Vault, checkpoint: Checkpoint, authority: str, token: bytes, *, now: datetime
) -> None:
    """Keep a stamp that was checked; one that another process has kept meanwhile stays."""
    known = select(STAMPS.c.size).where(
        STAMPS.c.size == checkpoint.size, STAMPS.c.authority == authority
    )
    with vault.write() as tx:
        if tx.execute(known).first() is None:
            values: dict[str, Any] = {"size": checkpoint.size, "authority": authority}
            tx.execute(insert(STAMPS).values(**values, at=now, token=token))


def count_stamps(vault: Vault) -> int:
    """Return how many stamps there are."""
    with vault.read() as tx:
        return int(tx.execute(select(func.count()).select_from(STAMPS)).scalar_one())


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
