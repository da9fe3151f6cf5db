"""One request goes to one pinned address and its answer is held whole, byte for byte, or refused.

The server's certificate is verified here, for the name that was asked for: the browser sees the
proxy's own.
"""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import h11

from collection.web.addresses import Place
from collection.web.browser_rules import Exchange, Limits, PageRefusedError

_CHUNK: Final = 64 * 1024
_MAX_HEADER: Final = 128 * 1024
_NOT_PASSED_ON: Final = frozenset(
    {
        b"accept-encoding",
        b"authorization",
        b"connection",
        b"host",
        b"keep-alive",
        b"proxy-authorization",
        b"proxy-connection",
        b"referer",
        b"te",
        b"upgrade",
    }
)
"""Of a request. Without a referrer no third party learns whose page is being looked at."""
_NOT_HANDED_ON: Final = frozenset(
    {
        b"alt-svc",
        b"connection",
        b"content-length",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-connection",
        b"transfer-encoding",
        b"upgrade",
        b"www-authenticate",
    }
)
"""Of an answer: what concerns one connection, other ways to the server, and asking for a login."""

Headers = list[tuple[bytes, bytes]]
Spend = Callable[[int], None]
"""Told of every byte that came in; raises when there are too many."""


@dataclass(slots=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)
    exchange: Exchange


async def ask(
    place: Place,
    to: tuple[str, int],
    headers: Headers,
    *,
    limits: Limits,
    verify: ssl.SSLContext,
    spend: Spend,
) -> Answer:
    """Make one GET request to an address that was checked.

    Raises `PageRefusedError`, and what `spend` raises.
    """
    started = datetime.now(UTC)
    sent = [(b"Host", place.host.encode())]
    sent += [(name, value) for name, value in headers if name.lower() not in _NOT_PASSED_ON]
    sent += [(b"Accept-Encoding", b"identity"), (b"Connection", b"close")]
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEADER)
    request = _sent(connection, place.target, sent)
    try:
        async with asyncio.timeout(limits.answer_seconds):
            reader, writer = await asyncio.open_connection(
                *to,
                ssl=verify if place.scheme == "https" else None,
                server_hostname=place.host if place.scheme == "https" else None,
            )
            try:
                writer.write(request)
                await writer.drain()
                raw, head, body = await _received(connection, reader, limits.answer_bytes, spend)
            finally:
                writer.transport.abort()
    except TimeoutError:
        raise PageRefusedError("a server took too long to answer") from None
    except ssl.SSLError:
        raise PageRefusedError("a server's certificate does not hold") from None
    except h11.RemoteProtocolError:
        raise PageRefusedError("a server's answer is damaged or cut off") from None
    except OSError:
        raise PageRefusedError("a server cannot be reached") from None
    ended = datetime.now(UTC)
    exchange = Exchange(place.url, to[0], started, ended, head.status_code, request, raw)
    handed = [(name, value) for name, value in head.headers if name not in _NOT_HANDED_ON]
    return Answer(head.status_code, handed, body, exchange)


async def drained(writer: asyncio.StreamWriter) -> None:
    """Close a connection; what goes wrong in closing is of no interest."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(5):
            writer.close()
            await writer.wait_closed()


def _sent(connection: h11.Connection, target: str, headers: Headers) -> bytes:
    try:
        request = h11.Request(method=b"GET", target=target.encode("ascii"), headers=headers)
        return bytes(connection.send(request) or b"") + bytes(
            connection.send(h11.EndOfMessage()) or b""
        )
    except (h11.LocalProtocolError, UnicodeEncodeError):
        raise PageRefusedError("a request that is not HTTP") from None


async def _received(
    connection: h11.Connection, reader: asyncio.StreamReader, most: int, spend: Spend
) -> tuple[bytes, h11.Response, bytes]:
    """Return the raw answer, its head, and its body without the framing of the transfer."""
    raw, body = bytearray(), bytearray()
    head: h11.Response | None = None
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            data = await reader.read(_CHUNK)
            spend(len(data))
            raw += data
            if len(raw) > most:
                raise PageRefusedError("an answer is too large")
            connection.receive_data(data)
        elif isinstance(event, h11.InformationalResponse):
            raw = bytearray(connection.trailing_data[0])
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            rest = len(connection.trailing_data[0])
            return bytes(raw[: len(raw) - rest]), head, bytes(body)
        else:
            raise PageRefusedError("a server's answer is damaged or cut off")
