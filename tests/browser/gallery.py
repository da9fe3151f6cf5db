"""Every macro and chart on a few pages, served as an application of the portal serves its own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import uvicorn
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web import assets
from portal.web.charts import chart
from portal.web.headers import CONTENT_SECURITY_POLICY

PAGES = ("queue", "case", "form", "review", "notice", "figures")
YEARS = [str(year) for year in range(2019, 2027)]


@dataclass(frozen=True)
class Interface:
    name: str = "casework"
    title: str = "Casework"


@dataclass(frozen=True)
class Entry:
    path: str
    label: str
    current: bool


@dataclass(frozen=True)
class Visitor:
    name: str = "Rosa Ibarra"


@dataclass(frozen=True)
class Said:
    kind: str
    text: str


FIGURES = {
    "bar": chart(
        "bar",
        "Cases a year",
        YEARS,
        {"Cases": [12, 40, 118, 97, 143, 3, 160, 88]},
        description="Cases rose from 12 in 2019 to 160 in 2025.",
        least=5,
        id="cases",
    ),
    "grouped": chart(
        "grouped",
        "Findings per stage",
        ["Review", "Answer", "Decision"],
        {"Upheld": [40, 22, 18], "Changed": [12, 4, 9], "Withdrawn": [6, 11, 7]},
        least=5,
        id="stages",
    ),
    "stacked": chart(
        "stacked",
        "Outcomes a year",
        YEARS,
        {
            "Favourable": [8, 30, 80, 70, 101, 60, 110, 60],
            "Adverse": [2, 6, 20, 17, 22, 14, 30, 18],
            "Withdrawn": [1, 3, 12, 8, 15, 9, 14, 7],
            "Open": [0, 1, 6, 2, 5, 3, 6, 3],
        },
        least=3,
        id="outcomes",
    ),
    "line": chart(
        "line",
        "Days from notice to decision",
        YEARS,
        {
            "Median": [41.5, 38, 30, None, 24, 22, 20, 19.5],
            "Slowest tenth": [90, 81, 77, 70, 66, 60, 52, 50],
        },
        unit=" d",
        id="days",
    ),
}
_OPEN = Markup('<a href="/review">Open</a>')
ROWS = [
    [
        f"i-{100 + number:04}",
        "Review",
        f"{number + 20} November 2026",
        37 * number,
        "open",
        _OPEN,
    ]
    for number in range(1, 9)
]


@cache
def environment() -> Environment:
    """Templates are read as the applications read them."""
    pages = FileSystemLoader(Path(__file__).parent / "gallery")
    return Environment(
        loader=ChoiceLoader([pages, PackageLoader("portal.web")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(page: str, language: str = "en") -> str:
    """Return a page of the gallery."""
    entries = [Entry(f"/{name}", name.capitalize(), current=name == page) for name in PAGES]
    said = [Said("success", "The case was saved.")] if page == "queue" else []
    return (
        environment()
        .get_template(f"{page}.html")
        .render(
            interface=Interface(),
            navigation=entries,
            visitor=Visitor(),
            language=language,
            asset=assets.asset,
            messages=said,
            figures=FIGURES,
            rows=ROWS,
        )
    )


class Policy:
    """Puts the applications' content security policy on every answer, and `more` behind it."""

    def __init__(self, app: ASGIApp, more: str = "") -> None:
        self._app, self._value = app, CONTENT_SECURITY_POLICY + more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["content-security-policy"] = self._value
            await send(message)

        await self._app(scope, receive, sent)


async def _page(request: Request) -> HTMLResponse:
    language = request.query_params.get("language", "en")
    return HTMLResponse(rendered(request.path_params["page"], language))


async def _answer(request: Request) -> HTMLResponse:
    return HTMLResponse('<p id="saved">Saved.</p><script>window.ran = 1</script>')


async def _events(request: Request) -> StreamingResponse:
    last = '<div id="progress" class="wo-progress" role="status"><p>40 of 40 items</p></div>'
    whole = f'<hx-partial hx-target="#progress" hx-swap="outerHTML">{last}</hx-partial>'
    messages = (f"data: {one}\n\n" for one in ("<p>39 of 40 items</p>", whole))
    return StreamingResponse(messages, media_type="text/event-stream")


@contextmanager
def served(more: str = "") -> Iterator[str]:
    """Serve the gallery on a port of its own, and return its address."""
    application = Starlette(
        routes=[
            assets.ROUTE,
            Route("/events", _events),
            Route("/review", _answer, methods=["POST"]),
            Route("/{page}", _page),
        ],
        middleware=[Middleware(Policy, more=more)],
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 240
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
