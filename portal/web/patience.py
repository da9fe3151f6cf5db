"""A request comes whole within a while, or its connection is closed.

The places at a server are counted. Without a limit somebody who sends a letter now and then would
hold all of them, and keep everybody else out.
"""

import asyncio
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_WITHIN: Final = 15.0
"""Seconds from a connection's beginning to the end of its first request's headers."""
BODY_WITHIN: Final = 120.0
"""Seconds for a body, files included."""


class Patient(H11Protocol):
    """HTTP as the server speaks it, to whoever begins to speak in time."""

    within = HEADERS_WITHIN
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._late = asyncio.get_running_loop().call_later(self.within, self._close_late)

    def data_received(self, data: bytes) -> None:
        """Take what came; whoever's request stands is waited for no longer."""
        super().data_received(data)
        if self.cycle is not None and self._late is not None:
            self._late.cancel()
            self._late = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nobody who has gone."""
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def _close_late(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class BodyInTime:
    """Takes a body for so long and no longer: then the sender has gone, as far as pages know."""

    def __init__(self, app: ASGIApp, within: float = BODY_WITHIN) -> None:
        self._app = app
        self._within = within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        until, whole = loop.time() + self._within, False

        async def received() -> Message:
            nonlocal whole
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - loop.time()))
            except TimeoutError:
                return {"type": "http.disconnect"}
            whole = not message.get("more_body", False)
            return message

        await self._app(scope, received, send)
