"""Every page of every application, opened in every role there is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import APIRouter
from starlette.responses import Response
from starlette.testclient import TestClient

from models.ids import ActorId
from models.people import Role
from models.signin import Stage
from portal.web.application import Application
from portal.web.doors import Door
from portal.web.interfaces import Interface
from tools.doors_table import ORIGIN, PAGE, applications, page

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SENT = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
def made() -> Iterator[dict[Interface, Application]]:
    """The applications with nothing behind their doors but a word that says: open."""
    added = APIRouter.add_api_route

    def emptied(router: APIRouter, path: str, _page: Any, **how: Any) -> None:
        added(router, path, lambda: Response("open"), **how)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(APIRouter, "add_api_route", emptied)
        with applications(roles_of=lambda actor: {Role(actor)}, clock=lambda: NOON) as found:
            yield found


def client_of(interface: Interface, app: Application, role: Role | None) -> TestClient:
    client = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False, headers=SENT)
    if role is not None:
        token = app.reception.sessions.start(ActorId(role), Stage.SIGNED_IN, at=NOON)
        client.cookies.set(interface.cookie, token, domain="localhost.local")
    return client


def expected(door: Door, interface: Interface, role: Role | None) -> tuple[int, bool]:
    """Return the status, and whether the page is open."""
    if door.roles is None:
        return 200, True
    if role is None or role not in interface.roles:
        return 303, False
    return (200, True) if role in door.roles else (404, False)


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_a_door_opens_to_its_roles_alone(
    made: dict[Interface, Application], role: Role | None
) -> None:
    opened = 0
    for interface, app in made.items():
        client = client_of(interface, app, role)
        for door in app.doors:
            path = door.path.replace("{", "").replace("}", "")
            answer = client.request(door.method, path)
            found = (answer.status_code, answer.text == "open")
            assert found == expected(door, interface, role), (interface.name, door)
            opened += found[1]
    assert opened


def test_no_page_is_without_a_door(made: dict[Interface, Application]) -> None:
    for interface, app in made.items():
        behind = {(door.method, door.path) for door in app.doors}
        for route in app.api.routes:
            path = getattr(route, "path", "")
            if path.startswith("/static/"):
                continue
            for method in set(getattr(route, "methods", set())) - {"HEAD"}:
                assert (method, path) in behind, (interface.name, method, path)


def test_what_is_open_to_everybody_is_the_way_in_alone(
    made: dict[Interface, Application],
) -> None:
    for interface, app in made.items():
        for door in app.doors:
            if door.roles is None:
                first = door.path.split("/")[1]
                assert first in OPEN | OWN.get(interface.name, set()), (interface.name, door)


OPEN = {"sign-in", "sign-out", "enrol", "passkeys", "oidc"}
OWN = {"applicant": {"link", "language"}}


def test_the_page_lists_the_doors_as_they_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tools.doors_table`"
