"""What went wrong is answered by a code and a sentence of ours, and never by anybody's words.

What is not there and what is not for this visitor have one answer, byte for byte. An error that
nobody foresaw leaves its kind in the log, and its text nowhere.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import (
    CaseNotFoundError,
    NotPermittedError,
    PersonNotFoundError,
    RecordNotFoundError,
    RequisitionNotFoundError,
    WalloffError,
)
from models.signin import TooManyAttemptsError
from portal.web.doors import (
    SIGN_IN,
    STEP_UP,
    ClosedError,
    NotSignedInError,
    StepUpNeededError,
    elsewhere,
    way_back,
)
from portal.web.pages import Pages
from portal.web.visitors import Reception

log = logging.getLogger(__name__)

ABSENT: Final = (
    CaseNotFoundError,
    NotPermittedError,
    PersonNotFoundError,
    RecordNotFoundError,
    RequisitionNotFoundError,
    ClosedError,
)
"""All of these are answered as what is not there."""

Answer = Callable[[Request, Exception], Awaitable[Response]]


def answer_errors(app: FastAPI, pages: Pages, reception: Reception) -> None:
    """Give an application the answers to what its pages raise."""

    async def sign_in(request: Request, _: Exception) -> Response:
        return elsewhere(f"{SIGN_IN}{way_back(request)}")

    async def step_up(request: Request, _: Exception) -> Response:
        return elsewhere(f"{STEP_UP}{way_back(request)}")

    async def absent(request: Request, _: Exception) -> Response:
        return pages.absent(request)

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, WalloffError):
            raise error
        log.info("refused", extra={"code": error.code})
        return pages.show(request, "refused.html", status=409, code=error.code, reason=str(error))

    async def too_many(request: Request, error: Exception) -> Response:
        if not isinstance(error, TooManyAttemptsError):
            raise error
        seconds = max(1, int(error.wait.total_seconds()))
        shown = pages.show(request, "wait.html", status=429, seconds=seconds)
        shown.headers["retry-after"] = str(seconds)
        return shown

    async def unreadable(request: Request, _: Exception) -> Response:
        return pages.show(request, "unreadable.html", status=422)

    async def of_http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status in {404, 405}:
            # No path was found, so no door was asked who is there.
            request.state.visitor = reception.visitor(request)
            if request.state.visitor is None:
                return await sign_in(request, error)
            return await absent(request, error)
        return await unreadable(request, error)

    app.add_exception_handler(NotSignedInError, sign_in)
    app.add_exception_handler(StepUpNeededError, step_up)
    for kind in ABSENT:
        app.add_exception_handler(kind, absent)
    app.add_exception_handler(TooManyAttemptsError, too_many)
    app.add_exception_handler(WalloffError, refused)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(HTTPException, of_http)


class NoTraceback:
    """Outside of everything: the text of an error that nobody foresaw goes nowhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; whatever it raises becomes a plain answer."""
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
            log.error("a request failed", extra={"kind": type(error).__name__})  # noqa: TRY400
            if scope["type"] != "http":
                return
            if not begun:
                await PlainTextResponse("something went wrong", 500)(scope, receive, send)
