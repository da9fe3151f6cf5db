"""A body has a limit, counted as it comes: what a header says of its length is not believed.

A form is read before its page's door is asked, so that a file is taken from nobody who is not
signed in.
"""

from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL: Final = 256 * 1024
"""Bytes of a form without files."""


class BodyLimit:
    """Refuses bodies that are too large, before they are kept anywhere."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int = SMALL,
        uploads: int = 0,
        admits: Callable[[Request], object] = bool,
    ) -> None:
        """Take the limit of a form, and that of one with files from whom `admits` finds."""
        self._app = app
        self._limit = limit
        self._uploads = uploads
        self._admits = admits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while its body stays within the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kind = dict(scope["headers"]).get(b"content-type", b"")
        limit = self._limit
        if (
            self._uploads > limit
            and kind.startswith(b"multipart/form-data")
            and await run_in_threadpool(self._admits, Request(scope))
        ):
            limit = self._uploads
        taken, begun, over = 0, False, False

        async def received() -> Message:
            nonlocal taken, over
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                over = True
                return {"type": "http.disconnect"}
            return message

        async def sent(message: Message) -> None:
            nonlocal begun
            if over and not begun:
                return
            begun = True
            await send(message)

        try:
            await self._app(scope, received, sent)
        except Exception:
            if not over:
                raise
        if over and not begun:
            await PlainTextResponse("too large", 413)(scope, receive, send)
