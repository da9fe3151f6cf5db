"""A request that changes something comes from the application's own pages, or is refused.

Browsers say where a request comes from in headers that no page can set: `Sec-Fetch-Site`, and for
older ones `Origin`. Without either it is refused. What only reads may be navigated to from
elsewhere, and is neither embedded nor fetched from there. The host is checked too: a name that
was made to point here is not this application.
"""

from collections.abc import Set
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_READS: Final = frozenset({"GET", "HEAD"})
_METHODS: Final = _READS | {"POST"}
_OWN: Final = frozenset({"same-origin", "none"})


def is_own(method: str, headers: Headers, origins: Set[str]) -> bool:
    """Say whether a request may be looked at: it names one of our origins as where it comes from.

    `origins` are such as `https://hire.example.org`.
    """
    hosts = {origin.partition("://")[2] for origin in origins}
    if headers.get("host", "").lower() not in hosts:
        return False
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if method in _READS:
        navigates = headers.get("sec-fetch-mode") == "navigate"
        lands = headers.get("sec-fetch-dest") == "document"
        return site is None or site in _OWN or (navigates and lands)
    if origin is not None and origin not in origins:
        return False
    if site is not None:
        return site == "same-origin"
    return origin is not None


def _is_text(scope: Scope) -> bool:
    """Say whether an address has no control characters: no page has, and databases refuse NUL."""
    plain: str = scope["path"]
    return plain.isprintable() and b"%00" not in scope["query_string"]


class OwnOriginOnly:
    """Refuses what comes from elsewhere, before anything reads it."""

    def __init__(self, app: ASGIApp, origins: Set[str]) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it is refused."""
        if scope["type"] == "http":
            if scope["method"] not in _METHODS:
                await PlainTextResponse("method not allowed", 405)(scope, receive, send)
                return
            if not _is_text(scope):
                await PlainTextResponse("no such address", 400)(scope, receive, send)
                return
            if not is_own(scope["method"], Headers(scope=scope), self._origins):
                await PlainTextResponse("refused", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)
