"""Once a day the newest checkpoint is stamped by a time-stamping authority, where one is set.

One that is not reached, or whose answer does not hold, is asked again at the next publication,
whose checkpoint covers the earlier: nothing else waits for it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx

from models.errors import AuditBrokenError, SettingsError
from storage.cosigning import newest_checkpoint
from storage.stamps import Trusted, is_stamp_due, keep_stamp
from storage.vault import Vault
from walloff.settings import Settings

log = logging.getLogger(__name__)

_SECONDS: Final = 10.0
_LARGEST: Final = 64 << 10
_SENT: Final = {"content-type": "application/timestamp-query"}


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority as the agency knows it."""

    url: httpx.URL
    trusted: Trusted

    @property
    def name(self) -> str:
        """Its host: a URL may hold a password."""
        return self.url.host.replace(":", "-")


def trusted_stamps(settings: Settings) -> Trusted | None:
    """Return what stamps are checked by, or None if no certificates are set.

    Raises `SettingsError` if they cannot be read, or the extra is not installed.
    """
    path = settings.stamps_certificates
    return None if path is None else Trusted(path)


def authority_of(settings: Settings) -> Authority | None:
    """Return the authority to ask, or None. Raises `SettingsError`."""
    if settings.stamps_url is None:
        return None
    trusted = trusted_stamps(settings)
    if trusted is None:
        raise SettingsError("WALLOFF_STAMPS_URL needs WALLOFF_STAMPS_CERTIFICATES")
    try:
        url = httpx.URL(settings.stamps_url.get_secret_value())
    except httpx.InvalidURL:
        raise SettingsError("WALLOFF_STAMPS_URL cannot be read") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError("WALLOFF_STAMPS_URL is no web address")
    return Authority(url, trusted)


def stamp(vault: Vault, authority: Authority, *, now: datetime) -> bool:
    """Have the newest checkpoint stamped if that is due; return whether a stamp was kept.

    An answer is kept only if it holds: signed by the authority, on this text, with our nonce.
    """
    checkpoint = newest_checkpoint(vault)
    if checkpoint is None or not is_stamp_due(vault, checkpoint, authority.name, now=now):
        return False
    asked = authority.trusted.request(checkpoint)
    try:
        token = _post(authority.url, asked.der)
        authority.trusted.check(token, checkpoint.note, nonce=asked.nonce)
    except (httpx.HTTPError, AuditBrokenError) as error:
        kind = type(error).__name__
        log.warning("no time stamp", extra={"authority": authority.name, "kind": kind})
        return False
    keep_stamp(vault, checkpoint, authority.name, token, now=now)
    return True


def _post(url: httpx.URL, request: bytes) -> bytes:
    sending = httpx.stream("POST", url, content=request, headers=_SENT, timeout=_SECONDS)
    with sending as answer:
        answer.raise_for_status()
        body = bytearray()
        for part in answer.iter_bytes():
            body += part
            if len(body) > _LARGEST:
                raise httpx.HTTPError("the answer is too long for a time stamp")
    return bytes(body)
