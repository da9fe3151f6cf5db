"""E-mail leaves from the outbox, at least once, over a connection that is verified.

A message is taken off the outbox only when the server has accepted it; a crash in between sends it
again under the same Message-ID. What fails is tried again after a wait that grows, and what the
server refuses for good is given up. No address stands in a log, an error or the audit log.
"""

import asyncio
import ipaddress
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Final

import aiosmtplib

from casework.applicant.mailing import MAIL, address_of, note_given_up, note_sent, queued
from casework.steps.failing import wait_after
from models.errors import SettingsError
from models.mail import MailTls, require_address, require_link
from storage.outbox import OutboxRow, OutboxStore
from storage.transaction import Transaction
from storage.vault import Vault
from walloff.mail_text import mail_message
from walloff.services import Services
from walloff.settings import Settings

_FAILED: Final = "mail-failed"
_NO_ADDRESS: Final = "no-address"
_REFUSED: Final = "refused"
_SECONDS: Final = 30
_PERMANENT: Final = 500
_MOST: Final = 50
"""Messages sent in one go."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    sender: str
    link: str
    tls: MailTls
    login: str | None
    password: str | None
    certificates: str | None

    def context(self) -> ssl.SSLContext:
        """Return what verifies the server: its name, by these certificates or the system's."""
        context = ssl.create_default_context(cafile=self.certificates)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def mail_server(settings: Settings) -> MailServer | None:
    """Return the server that the settings name, or None where none is named.

    Raises `SettingsError` for settings that miss something or would send in clear.
    """
    if settings.mail_host is None:
        return None
    if settings.mail_from is None or settings.mail_link is None:
        raise SettingsError("WALLOFF_MAIL_HOST needs WALLOFF_MAIL_FROM and WALLOFF_MAIL_LINK")
    if settings.mail_tls is MailTls.LOOPBACK and not _loopback(settings.mail_host):
        raise SettingsError("WALLOFF_MAIL_TLS: loopback is for a server on this machine alone")
    if (settings.mail_login is None) is not (settings.mail_password_file is None):
        raise SettingsError("WALLOFF_MAIL_LOGIN and WALLOFF_MAIL_PASSWORD_FILE go together")
    try:
        password = (
            None
            if settings.mail_password_file is None
            else settings.mail_password_file.read_text(encoding="utf-8").rstrip("\n")
        )
    except (OSError, UnicodeDecodeError):
        raise SettingsError("WALLOFF_MAIL_PASSWORD_FILE cannot be read") from None
    certificates = settings.mail_certificates
    return MailServer(
        host=settings.mail_host,
        port=settings.mail_port,
        sender=require_address(settings.mail_from),
        link=require_link(settings.mail_link),
        tls=settings.mail_tls,
        login=settings.mail_login,
        password=password,
        certificates=None if certificates is None else str(certificates),
    )


def send_mail(services: Services) -> int:
    """Send what waits and is due; return how many were accepted. Without a server, nothing."""
    server = mail_server(services.settings)
    if server is None:
        return 0
    return sum(_sent(row, server, services) for row in _due(services.vault, services.clock.now()))


def _due(vault: Vault, now: datetime) -> list[OutboxRow]:
    with vault.read() as tx:
        waiting = OutboxStore(tx).pending(MAIL)
        return [row for row in waiting if _again_at(tx, row) <= now][:_MOST]


def _sent(row: OutboxRow, server: MailServer, services: Services) -> bool:
    now = services.clock.now()
    with services.vault.read() as tx:
        to = None if row.case_id is None else address_of(tx, row.case_id)
    if to is None:
        code, permanent = _NO_ADDRESS, True
    else:
        message = mail_message(
            queued(row), to=to, sender=server.sender, link=server.link, row_id=row.id
        )
        code, permanent = hand_in(message, to, server)
    with services.vault.write() as tx:
        if not code:
            note_sent(tx, row, now=now)
        elif permanent:
            note_given_up(tx, row, code, now=now)
        else:
            OutboxStore(tx).add(_failures(row), row.case_id, now=now)
            return False
        for failure in OutboxStore(tx).pending(_failures(row)):
            OutboxStore(tx).done(failure.id, now)
    return not code


def hand_in(message: EmailMessage, to: str, server: MailServer) -> tuple[str, bool]:
    """Give a message to the server; return a code for what went wrong, and whether it is for good.

    An empty code: it was accepted. In a thread of its own, because the caller may be in a loop.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(_handed_in(message, to, server))).result()


async def _handed_in(message: EmailMessage, to: str, server: MailServer) -> tuple[str, bool]:
    clear = server.tls is MailTls.LOOPBACK
    try:
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.sender.rpartition("@")[2],
            use_tls=server.tls is MailTls.TLS,
            start_tls=server.tls is MailTls.STARTTLS,
            tls_context=None if clear else server.context(),
            timeout=_SECONDS,
        )
        async with connection:
            if server.login is not None and server.password is not None:
                await connection.login(server.login, server.password)
            await connection.sendmail(server.sender, [to], message.as_bytes())
    except aiosmtplib.SMTPAuthenticationError:
        return "login", False
    except aiosmtplib.SMTPRecipientsRefused as refusal:
        codes = [one.code for one in refusal.recipients]
        return _REFUSED, all(code >= _PERMANENT for code in codes)
    except aiosmtplib.SMTPDataError as refusal:
        return _REFUSED, refusal.code >= _PERMANENT
    except (aiosmtplib.SMTPException, OSError, ValueError):
        return "unreached", False
    return "", False


def _again_at(tx: Transaction, row: OutboxRow) -> datetime:
    failures = OutboxStore(tx).pending(_failures(row))
    if not failures:
        return row.created_at
    return failures[-1].created_at + wait_after(len(failures))


def _failures(row: OutboxRow) -> str:
    return f"{_FAILED}:{row.id}"


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
