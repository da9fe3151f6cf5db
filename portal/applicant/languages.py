"""Each page is in the language that its reader chose; a cookie holds the choice, and nothing else.

Every word stands in one table for each language (`texts/`), read once.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from importlib import resources
from typing import Any, Final
from urllib.parse import parse_qs

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.web.pages import LANGUAGES, Pages, Shown
from portal.web.pages import Message as Said

COOKIE: Final = "__Host-walloff-applicant-language"
_NAMES: Final = {"en": "English", "es": "Español"}
_SAID: Final = frozenset({"entered", "sent", "identified"})
_KEPT: Final = 180 * 24 * 3600


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, str):
            found[before + key] = value
        else:
            found |= _flat(value, f"{before}{key}.")
    return found


def _read(language: str) -> Mapping[str, str]:
    file = resources.files(__package__).joinpath("texts", f"{language}.toml")
    return _flat(tomllib.loads(file.read_text(encoding="utf-8")))


TEXTS: Final[Mapping[str, Mapping[str, str]]] = {one: _read(one) for one in LANGUAGES}
"""Every text by its key, by language."""


def texts_of(request: Request) -> Mapping[str, str]:
    """Return the texts in the language of whoever asks."""
    return TEXTS[request.state.language]


def moment(texts: Mapping[str, str], at: datetime) -> str:
    """Return a time as it is written in a language."""
    return texts["frame.moment"].format(date=day(texts, at), time=f"{at:%H:%M}")


def day(texts: Mapping[str, str], at: datetime) -> str:
    """Return a day as it is written in a language."""
    month = texts["frame.dates"].split()[at.month - 1]
    return texts["frame.date"].format(day=at.day, month=month, year=at.year)


class SpokenPages(Pages):
    """Pages whose frame, too, is in the reader's language. A template finds the texts as `t`."""

    def render(self, request: Request, template: str, /, **values: Any) -> str:
        """Return the HTML of a page in the language of whoever asks."""
        texts = texts_of(request)
        said = request.query_params.get("said", "")
        visitor = getattr(request.state, "visitor", None)
        path = request.url.path
        frame = {
            "t": texts,
            "interface": replace(self.interface, title=texts["frame.title"]),
            "messages": [Said("success", texts[f"said.{said}"])] if said in _SAID else [],
            "visitor": None if visitor is None else replace(visitor, name=texts["frame.you"]),
            "languages": [(one, _NAMES[one], f"{path}?language={one}") for one in LANGUAGES],
        }
        return super().render(request, template, **(frame | values))

    def _entries(self, request: Request) -> list[Shown]:
        texts = texts_of(request)
        return [
            replace(one, label=texts[f"frame.{one.label}"]) for one in super()._entries(request)
        ]


class Spoken:
    """Finds the language of a request, and keeps a choice that its address makes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its language, and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        chosen = _chosen(scope)
        headers = Headers(scope=scope)
        scope.setdefault("state", {})["language"] = chosen or _kept(headers) or _preferred(headers)

        async def sent(message: Message) -> None:
            if chosen and message["type"] == "http.response.start":
                MutableHeaders(scope=message).append(
                    "set-cookie",
                    f"{COOKIE}={chosen}; Path=/; Max-Age={_KEPT}; Secure; HttpOnly; SameSite=Lax",
                )
            await send(message)

        await self._app(scope, receive, sent)


def _chosen(scope: Scope) -> str | None:
    asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=None)
    found = asked.get("language", [""])[-1]
    return found if found in LANGUAGES else None


def _kept(headers: Headers) -> str | None:
    found = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return found if found in LANGUAGES else None


def _preferred(headers: Headers) -> str:
    """Return the first language of ours that a browser names, in its order."""
    for one in headers.get("accept-language", "").split(","):
        found = one.partition(";")[0].strip().lower().partition("-")[0]
        if found in LANGUAGES:
            return found
    return LANGUAGES[0]
