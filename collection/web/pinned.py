"""A connection goes to an address that was checked, under the name that was meant, in good time.

`httpx` over `httpcore`, with a network backend of our own: no proxy, no environment, no cookies,
no HTTP/2. The certificate is checked for the name, whatever the address is.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

import httpcore
import httpx

from collection.web.addresses import Reach, Resolver, require_loopback, require_public
from models.fetching import FetchRefusedError

SECONDS: Final = "walloff_seconds"
"""Name of the extension of a request that holds how long the whole of it may take."""
LOOKUP_SECONDS: Final = 10.0
"""How long a name may take to be resolved: the system's own resolver has no end that is ours."""
MOST_LOOKUPS: Final = 32
"""At one time. One that hangs goes on for as long as the system lets it, and is counted."""

_SLOTS: Final = threading.BoundedSemaphore(MOST_LOOKUPS)
_Options = Iterable[Any] | None


def system_resolver(host: str) -> Sequence[str]:
    """Return what the system resolves a name to. Raises `OSError`."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def checked(
    host: str,
    port: int,
    *,
    reach: Reach,
    resolver: Resolver,
    seconds: float = LOOKUP_SECONDS,
) -> tuple[Sequence[str], int]:
    """Resolve a name once; return its addresses, all of them checked, and the port to connect to.

    Raises `FetchRefusedError`, `httpcore.ConnectError` for a name that nobody knows, and
    `httpcore.ConnectTimeout` for one that is not resolved in time.
    """
    found: Sequence[str] = ()
    with suppress(OSError, UnicodeError):
        found = _resolved(resolver, host, seconds)
    if not found:
        raise httpcore.ConnectError("the name is not known")
    if reach.is_for_tests and port not in reach.loopback:
        raise FetchRefusedError("an address with a port that is not the web's")
    require = require_loopback if reach.is_for_tests else require_public
    for address in found:
        require(address)
    return found, reach.loopback.get(port, port)


class PinnedTransport(httpx.BaseTransport):
    """Sends one request over one new connection, and keeps nothing for the next."""

    def __init__(
        self,
        reach: Reach | None = None,
        *,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reach = reach or Reach()
        self._resolver = resolver
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request. Raises `FetchRefusedError`, and what `httpcore` does."""
        deadline = self._clock() + float(request.extensions[SECONDS])
        pool = httpcore.ConnectionPool(
            ssl_context=self._tls,
            max_connections=1,
            max_keepalive_connections=0,
            network_backend=_Pinned(self.reach, self._resolver, self._clock, deadline),
        )
        url = request.url
        try:
            answer = pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=url.raw_scheme,
                        host=url.raw_host,
                        port=url.port,
                        target=url.raw_path,
                    ),
                    headers=request.headers.raw,
                    extensions={"timeout": request.extensions["timeout"]},
                )
            )
        except BaseException:
            pool.close()
            raise
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream, pool),
            extensions=answer.extensions,
        )


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any, pool: httpcore.ConnectionPool) -> None:
        self._stream = stream
        self._pool = pool

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()
        self._pool.close()


class _Pinned(httpcore.NetworkBackend):
    """Resolves once, refuses a name with any barred address, connects to one that was checked."""

    def __init__(
        self, reach: Reach, resolver: Resolver, clock: Callable[[], float], deadline: float
    ) -> None:
        self._reach = reach
        self._resolver = resolver
        self._clock = clock
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._clock, self._deadline, timeout, httpcore.ConnectTimeout)
        addresses, port = checked(
            host,
            port,
            reach=self._reach,
            resolver=self._resolver,
            seconds=min(left, LOOKUP_SECONDS),
        )
        failed: Exception | None = None
        for address in addresses[:2]:
            try:
                stream = self._inner.connect_tcp(
                    address,
                    port,
                    timeout=_left(self._clock, self._deadline, timeout, httpcore.ConnectTimeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                failed = exc
            else:
                return _Timed(stream, self._clock, self._deadline)
        raise failed or httpcore.ConnectError("no address")


class _Timed(httpcore.NetworkStream):
    """A connection whose whole life has an end, however slowly the other side talks."""

    def __init__(
        self, inner: httpcore.NetworkStream, clock: Callable[[], float], deadline: float
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _left(self._clock, self._deadline, timeout, httpcore.ReadTimeout)
        return self._inner.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = _left(self._clock, self._deadline, timeout, httpcore.WriteTimeout)
        self._inner.write(buffer, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._clock, self._deadline, timeout, httpcore.ConnectTimeout)
        stream = self._inner.start_tls(ssl_context, server_hostname, left)
        return _Timed(stream, self._clock, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _resolved(resolver: Resolver, host: str, seconds: float) -> Sequence[str]:
    """Ask a resolver in a thread of its own, which nobody waits for once the time is over."""
    until = time.monotonic() + seconds
    if not _SLOTS.acquire(timeout=seconds):
        raise httpcore.ConnectTimeout("too many names wait to be resolved")
    answer: Future[Sequence[str]] = Future()

    def look_up() -> None:
        try:
            answer.set_result(resolver(host))
        except BaseException as exc:  # noqa: BLE001 - raised again where it is waited for
            answer.set_exception(exc)
        finally:
            _SLOTS.release()

    try:
        threading.Thread(target=look_up, daemon=True).start()
    except RuntimeError:
        _SLOTS.release()
        raise httpcore.ConnectError("no thread is left to resolve a name") from None
    try:
        return answer.result(max(0.0, until - time.monotonic()))
    except TimeoutError:
        raise httpcore.ConnectTimeout("the name took too long to be resolved") from None


def _left(
    clock: Callable[[], float],
    deadline: float,
    timeout: float | None,
    late: type[Exception],
) -> float:
    left = deadline - clock()
    if left <= 0:
        raise late("the whole answer took too long")
    return left if timeout is None else min(left, timeout)
