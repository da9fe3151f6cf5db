"""The only way out of the browser's box: every request is looked at, pinned, limited and kept.

TLS ends here, under a certificate that is made for one capture and that only this capture's
browser accepts, so the rules see whole addresses and the record holds what the servers sent. What
is refused gets no answer. What is answered is recorded before the browser gets it.
"""

import asyncio
import base64
import hashlib
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import h11
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collection.web.addresses import Place, place_of
from collection.web.browser_rules import (
    METHODS,
    Denied,
    Exchange,
    Limits,
    MayAsk,
    PageRefusedError,
    Pinning,
    is_call_home,
)
from collection.web.browser_upstream import Answer, Headers, ask, drained
from collection.web.browser_wishes import is_page
from collection.web.packed import unpacked
from models.errors import WalloffError

BeforePage = Callable[[str], Awaitable[None]]
_CHUNK: Final = 64 * 1024
_MAX_DENIED: Final = 1_000
_SOCKET: Final = "proxy"


@dataclass(slots=True)
class CaptureProxy:
    """Serves one capture over a socket in a private folder, and keeps what was exchanged."""

    folder: Path
    pinning: Pinning
    may_ask: MayAsk
    limits: Limits
    verify: ssl.SSLContext
    """How the certificates of servers are verified."""
    before_page: BeforePage | None = None
    """Asked before a page is, as opposed to its parts; raises a `WalloffError` if it may not be."""
    exchanges: list[Exchange] = field(default_factory=list)
    denied: list[Denied] = field(default_factory=list)
    denied_page: WalloffError | None = None
    """Why the last page that the browser was led to was not asked for."""
    fingerprint: str = ""
    """Of the capture's own key, as Chromium's switch takes it."""
    _asked: int = 0
    _received: int = 0
    _server: asyncio.Server | None = None
    _inward: ssl.SSLContext | None = None
    _open: set["asyncio.Task[None]"] = field(default_factory=set)
    _places: asyncio.Semaphore = field(init=False)

    async def __aenter__(self) -> "CaptureProxy":
        """Make the certificate, and listen."""
        self._places = asyncio.Semaphore(self.limits.connections)
        self._inward, self.fingerprint = _own_certificate(self.folder)
        self._server = await asyncio.start_unix_server(self._serve, sock=_bound(self.folder))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening, and end what still runs."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / _SOCKET

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        try:
            async with asyncio.timeout(self.limits.seconds):
                await self._one(reader, writer)
        except (OSError, TimeoutError, h11.ProtocolError, ssl.SSLError):
            pass  # the browser went away, or does not speak HTTP
        finally:
            await drained(writer)
            if task is not None:
                self._open.discard(task)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        request = await _request(connection, reader)
        target = request.target.decode("ascii", "replace")
        if request.method == b"CONNECT":
            try:
                meant = place_of(f"https://{target}")
                # Before anybody is asked where the name leads, which tells them the name.
                self._require_askable(meant)
            except WalloffError as refusal:
                self._deny(f"https://{target}", refusal)
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.drain()
            if self._inward is None:
                return
            await writer.start_tls(self._inward)
            connection = h11.Connection(h11.SERVER)
            request = await _request(connection, reader)
            target = meant.origin + request.target.decode("ascii", "replace")
        try:
            answer = await self._answer(target, request)
        except WalloffError as refusal:
            self._deny(target, refusal)
            return
        await _hand_on(connection, writer, answer)

    async def _answer(self, url: str, request: h11.Request) -> Answer:
        _require_plain_get(request)
        headers = list(request.headers.raw_items())
        if self.before_page is not None and is_page(headers):
            try:
                await self.before_page(url)
            except WalloffError as refusal:
                self.denied_page = refusal
                raise
        return await self.ask(url, headers)

    async def ask(self, url: str, headers: Headers) -> Answer:
        """Ask for one address within all the rules, and keep what is answered.

        Raises `WalloffError`.
        """
        self._asked += 1
        if self._asked > self.limits.requests:
            raise PageRefusedError("the page asks too often")
        place = place_of(url)
        self._require_askable(place, url)
        async with self._places:
            to = await self.pinning.may_connect(place)
            answer = await ask(
                place, to, headers, limits=self.limits, verify=self.verify, spend=self._spend
            )
        # The browser would unpack whatever comes.
        unpacked(answer.body, _packing(answer.headers), self.limits.answer_bytes)
        self.exchanges.append(answer.exchange)
        return answer

    def _require_askable(self, place: Place, url: str = "") -> None:
        if is_call_home(place.host):
            raise PageRefusedError("the browser's own calls are not made")
        self.may_ask(url or place.url)

    def _spend(self, count: int) -> None:
        self._received += count
        if self._received > self.limits.bytes:
            raise PageRefusedError("the page and its parts are too large")

    def _deny(self, url: str, refusal: WalloffError) -> None:
        if is_call_home(url.partition("://")[2].partition("/")[0].partition(":")[0]):
            return  # not the page's wish
        if len(self.denied) < _MAX_DENIED:
            self.denied.append(Denied(url, refusal))


def _bound(folder: Path) -> socket.socket:
    """Return a socket in a folder, whose path may be longer than a socket's address can be."""
    (folder / _SOCKET).unlink(missing_ok=True)
    where = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    bound = socket.socket(socket.AF_UNIX)
    try:
        bound.bind(f"/proc/self/fd/{where}/{_SOCKET}")
    except OSError:
        bound.close()
        raise
    finally:
        os.close(where)
    return bound


async def _request(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Request:
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Request):
            return event
        else:
            raise h11.RemoteProtocolError("no request")


async def _hand_on(
    connection: h11.Connection, writer: asyncio.StreamWriter, answer: Answer
) -> None:
    headers = list(answer.headers)
    if answer.status not in (204, 304):
        headers.append((b"Content-Length", str(len(answer.body)).encode()))
    headers.append((b"Connection", b"close"))
    response = h11.Response(status_code=answer.status, headers=headers)
    with suppress(h11.LocalProtocolError):
        writer.write(connection.send(response) or b"")
        if answer.body and answer.status not in (204, 304):
            writer.write(connection.send(h11.Data(data=answer.body)) or b"")
        await writer.drain()


def _packing(headers: Headers) -> str:
    return ", ".join(v.decode("latin-1") for name, v in headers if name == b"content-encoding")


def _require_plain_get(request: h11.Request) -> None:
    """Refuse what posts, opens a channel, brings a password, or installs a worker."""
    names = {name.lower() for name, _ in request.headers}
    if request.method.decode("ascii", "replace") not in METHODS or b"content-length" in names:
        raise PageRefusedError("a capture only asks, it sends nothing")
    if names & {b"upgrade", b"authorization", b"service-worker", b"transfer-encoding"}:
        raise PageRefusedError("a channel, a worker or a login is no page")


def _own_certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return a context under a key of this capture alone, and the key's fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "walloff capture")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = folder / "own.pem"  # Python takes a chain from a file only
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        pem.touch(mode=0o600)
        pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(pem)
    finally:
        pem.unlink(missing_ok=True)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return context, base64.b64encode(hashlib.sha256(public).digest()).decode()
