"""Pages are rendered from an application's own templates in the frame that all of them share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from models.people import Role
from portal.web.assets import asset
from portal.web.interfaces import Interface
from portal.web.visitors import Visitor

LANGUAGES: Final = ("en", "es")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation, for whoever has one of the roles."""

    path: str
    label: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the frame draws it."""

    path: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One line about what has just been done; `kind` is success, info, warning or error."""

    kind: str
    text: str


_SAID: Final = {
    "enrolled": Message("success", "Your account is set up. Sign in."),
    "passkey-added": Message("success", "The passkey is added."),
    "passkey-removed": Message("success", "The passkey is removed."),
}
"""Messages of the pages that every application has."""


class Pages:
    """The pages of one application."""

    def __init__(
        self,
        interface: Interface,
        package: str | None = None,
        *,
        navigation: Sequence[Entry] = (),
        said: Mapping[str, Message] | None = None,
        **shared: Any,
    ) -> None:
        """Take the package that has `templates`, the navigation, and what is shared by all pages.

        `said` are the messages that an address may ask for by a code, `?said=CODE`.
        """
        self.interface: Final = interface
        self._navigation = tuple(navigation)
        self._said = _SAID | dict(said or {})
        own = [PackageLoader(package)] if package is not None else []
        self.environment: Final = Environment(
            loader=ChoiceLoader([*own, PackageLoader("portal.web")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.globals.update(asset=asset, interface=interface, **shared)

    def show(
        self, request: Request, template: str, /, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Return a page for whoever asks."""
        return HTMLResponse(self.render(request, template, **values), status)

    def absent(self, request: Request) -> HTMLResponse:
        """Return the page for what is not there, the same whatever was asked for."""
        navigation = [replace(one, current=False) for one in self._entries(request)]
        return self.show(request, "absent.html", status=404, navigation=navigation, messages=[])

    def render(self, request: Request, template: str, /, **values: Any) -> str:
        """Return the HTML of a page for whoever asks."""
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        said = self._said.get(request.query_params.get("said", ""))
        frame = {
            "visitor": visitor,
            "navigation": self._entries(request),
            "language": getattr(request.state, "language", LANGUAGES[0]),
            "messages": [] if said is None else [said],
        }
        return self.environment.get_template(template).render(frame | values)

    def _entries(self, request: Request) -> list[Shown]:
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        if visitor is None:
            return []
        mine = [one for one in self._navigation if one.roles & visitor.roles]
        here = request.url.path
        within = [one.path for one in mine if here == one.path or here.startswith(f"{one.path}/")]
        current = max(within, key=len, default=None)
        return [Shown(one.path, one.label, one.path == current) for one in mine]
