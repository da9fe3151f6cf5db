"""Doors, headers, origins and bodies: the walls that every application stands in."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

import pyotp
import pytest
from fastapi import Form, Request
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.testclient import TestClient

from models.errors import (
    CaseNotFoundError,
    NotPermittedError,
    PersonNotFoundError,
    RecordNotFoundError,
    SettingsError,
    WrongStateError,
)
from models.ids import ActorId
from models.people import Role
from models.signin import STEP_UP, LinkPurpose, Stage
from portal.web.application import Application, application
from portal.web.bodies import SMALL
from portal.web.doors import Doors, own_path, visitor_of
from portal.web.headers import HEADERS
from portal.web.interfaces import CASEWORK, INTERFACES, Interface
from portal.web.one_time_codes import read, shown
from portal.web.origin import is_own
from portal.web.pages import Entry, Pages
from portal.web.passwords import hashed, matches
from portal.web.server import Address
from portal.web.sign_in import address_of
from portal.web.visitors import Reception
from storage.home import Home, HomeMode
from storage.signin.database import SigninDatabase

ORIGIN = "https://localhost:8442"
OWN = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
CANARY = "the applicant went to the mosque"
PASSWORD = "four words of mine"
SHARED = ("/step-up", "/passkeys")
"""Pages that every application has, for whoever has an account."""


@cache
def kept() -> str:
    """Return the password as it is kept, made once: that takes a while on purpose."""
    return hashed(PASSWORD)


@dataclass
class Door:
    """An application with a page of every kind, and a clock that tests move."""

    app: Application
    client: TestClient
    roles: dict[str, set[Role]]
    moment: datetime = NOON

    @property
    def reception(self) -> Reception:
        return self.app.reception

    def account(self, actor: str, *, secret: bytes = b"t" * 20) -> str:
        account = self.reception.accounts.add(actor, ActorId(actor), at=self.moment)
        self.reception.accounts.enrol(account.id, password=kept(), totp=secret, at=self.moment)
        return account.id

    def enter(self, actor: str, *roles: Role) -> None:
        """Let somebody in without the way through the pages."""
        self.roles[actor] = set(roles)
        token = self.reception.sessions.start(ActorId(actor), Stage.SIGNED_IN, at=self.moment)
        self.client.cookies.set(CASEWORK.cookie, token, domain="localhost.local")

    def code(self, secret: bytes = b"t" * 20, ahead: int = 0) -> str:
        return pyotp.TOTP(shown(secret)).at(self.moment + timedelta(seconds=30 * ahead))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    database = SigninDatabase.open(
        tmp_path / "signin", Home(tmp_path, HomeMode.PRODUCTION, "a" * 32), "casework"
    )
    roles: dict[str, set[Role]] = {}
    found: list[Door] = []

    def roles_of(actor: ActorId) -> set[Role]:
        if actor not in roles:
            raise PersonNotFoundError("nobody")
        return roles[actor]

    reception = Reception(
        CASEWORK, database, roles_of=roles_of, clock=lambda: found[0].moment if found else NOON
    )
    every = CASEWORK.roles
    pages = Pages(CASEWORK, navigation=[Entry("/", "Home", every), Entry("/desk", "Desk", every)])
    app = application(
        pages, reception, [_doors(reception, pages)], origins={ORIGIN}, uploads=4 * SMALL
    )
    client = TestClient(app.asgi, base_url=ORIGIN, follow_redirects=False)
    client.headers.update(OWN)
    found.append(Door(app, client, roles))
    yield found[0]
    database.close()


def _doors(reception: Reception, pages: Pages) -> Doors:
    doors = Doors(reception)

    @doors.reads("/")
    def home(request: Request) -> Response:
        return Response(visitor_of(request).actor)

    @doors.reads("/desk", to={Role.WALL_OFF_REVIEWER})
    def desk() -> Response:
        return Response("desk")

    @doors.writes("/write", to={Role.INVESTIGATOR})
    def write(said: Annotated[str, Form(max_length=100)] = "") -> Response:
        return Response(said)

    @doors.reads("/release", to={Role.RELEASING_OFFICER}, step_up=True)
    def release() -> Response:
        return Response("released")

    @doors.reads("/raise/{which}")
    def raises(which: str) -> Response:
        raise {
            "absent": CaseNotFoundError("no such case"),
            "not-yours": NotPermittedError(CANARY),
            "no-record": RecordNotFoundError("x"),
            "refused": WrongStateError("the case is not there yet"),
            "fault": ValueError(CANARY),
        }[which]

    return doors


# --- who may open what ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(CASEWORK.roles))
def test_a_door_opens_to_its_roles_and_is_not_there_for_others(door: Door, role: Role) -> None:
    door.enter("ada", role)
    for one in door.app.doors:
        if one.roles is None or "{" in one.path or one.path.startswith(SHARED):
            continue
        answer = door.client.request(one.method, one.path)
        assert answer.status_code == (200 if role in one.roles else 404), one.path


def test_whoever_is_not_signed_in_is_sent_to_the_door_whatever_they_ask_for(door: Door) -> None:
    for path in ("/", "/desk", "/release", "/nothing-here", "/raise/fault"):
        answer = door.client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    answer = door.client.post("/write", data={"said": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_what_is_absent_and_what_is_not_yours_are_the_same_bytes(door: Door) -> None:
    door.enter("ada", Role.INVESTIGATOR)
    paths = ("/desk", "/nothing", "/raise/absent", "/raise/not-yours", "/raise/no-record")
    answers = [door.client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert door.client.get("/write").content == answers[0].content


def test_somebody_unknown_or_without_a_role_here_is_not_let_in(door: Door) -> None:
    door.enter("ada")
    assert door.client.get("/").status_code == 303
    door.enter("mia", Role.HIRING_MANAGER)
    assert door.client.get("/").status_code == 303
    del door.roles["mia"]
    assert door.client.get("/").status_code == 303


def test_a_role_that_is_taken_away_counts_at_once(door: Door) -> None:
    door.enter("ada", Role.WALL_OFF_REVIEWER)
    assert door.client.get("/desk").status_code == 200
    door.roles["ada"] = {Role.INVESTIGATOR}
    assert door.client.get("/desk").status_code == 404


def test_a_step_up_is_asked_for_after_five_minutes(door: Door) -> None:
    account_id = door.account("ada")
    door.roles["ada"] = {Role.RELEASING_OFFICER}
    token = door.reception.sessions.start(
        ActorId("ada"), Stage.SIGNED_IN, at=door.moment, account_id=account_id
    )
    door.client.cookies.set(CASEWORK.cookie, token, domain="localhost.local")
    assert door.client.get("/release").status_code == 200
    door.moment += STEP_UP
    answer = door.client.get("/release")
    assert answer.headers["location"] == "/step-up?next=%2Frelease"
    wrong = door.client.post("/step-up", data={"code": "000000", "next": "/release"})
    assert wrong.status_code == 401
    right = door.client.post("/step-up", data={"code": door.code(), "next": "/release"})
    assert (right.status_code, right.headers["location"]) == (303, "/release")
    assert door.client.get("/release").status_code == 200


def test_a_door_for_no_role_or_another_applications_cannot_be_made(door: Door) -> None:
    doors = Doors(door.reception)
    for roles in (set(), {Role.HIRING_MANAGER}):
        with pytest.raises(ValueError, match="roles"):
            doors.reads("/x", to=roles)
    doors.reads("/x")
    doors.open_to_all("GET", "/y")(lambda: Response())
    with pytest.raises(ValueError, match="already"):
        doors.reads("/y")


# --- the way in -----------------------------------------------------------------------------------


def test_password_and_code_let_somebody_in_and_the_code_counts_once(door: Door) -> None:
    door.account("ada")
    door.roles["ada"] = {Role.INVESTIGATOR}
    said = {"name": "Ada", "password": PASSWORD, "next": "/desk"}
    first = door.client.post("/sign-in", data=said)
    assert first.headers["location"] == "/sign-in/code?next=%2Fdesk"
    half = door.client.cookies[CASEWORK.cookie]
    assert door.client.get("/").status_code == 303, "half a sign-in opens nothing"
    second = door.client.post("/sign-in/code", data={"code": door.code(), "next": "/desk"})
    assert (second.status_code, second.headers["location"]) == (303, "/desk")
    assert door.client.cookies[CASEWORK.cookie] != half, "the token is another one"
    cookie = second.headers["set-cookie"].lower()
    for part in ("secure", "httponly", "samesite=strict", "path=/"):
        assert part in cookie
    assert "domain" not in cookie
    assert door.client.get("/").text == "ada"
    door.client.post("/sign-in", data=said)
    again = door.client.post("/sign-in/code", data={"code": door.code()})
    assert again.status_code == 401


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("", ""), ("ada", "")]
)
def test_what_is_wrong_is_not_said(door: Door, name: str, password: str) -> None:
    door.account("ada")
    expected = door.client.post("/sign-in", data={"name": "ada", "password": "also wrong"})
    answer = door.client.post("/sign-in", data={"name": name, "password": password})
    assert (answer.status_code, answer.content) == (401, expected.content)
    assert CASEWORK.cookie not in answer.cookies


def test_an_account_without_a_second_factor_or_shut_does_not_sign_in(door: Door) -> None:
    accounts = door.reception.accounts
    account = accounts.add("new", ActorId("new"), at=NOON)
    accounts.enrol(account.id, password=kept(), totp=None, at=NOON)
    shut = door.account("shut")
    accounts.disable(shut, at=NOON)
    for name in ("new", "shut"):
        answer = door.client.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 401


def test_guessing_a_password_or_a_code_costs_time(door: Door) -> None:
    door.account("ada")
    door.roles["ada"] = {Role.INVESTIGATOR}
    statuses = [
        door.client.post("/sign-in", data={"name": "ada", "password": "x"}).status_code
        for _ in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2
    answer = door.client.post("/sign-in", data={"name": "ada", "password": PASSWORD})
    assert answer.status_code == 429, "a right one waits as well"
    assert int(answer.headers["retry-after"]) >= 1
    door.moment += timedelta(minutes=1)
    assert (
        door.client.post("/sign-in", data={"name": "ada", "password": PASSWORD})
        .headers["location"]
        .startswith("/sign-in/code")
    )
    codes = [
        door.client.post("/sign-in/code", data={"code": "123456"}).status_code for _ in range(7)
    ]
    assert codes == [401] * 5 + [429] * 2


def test_signing_out_is_a_post_and_ends_it(door: Door) -> None:
    door.enter("ada", Role.INVESTIGATOR)
    assert door.client.get("/sign-out").status_code == 404
    assert door.client.get("/").status_code == 200
    door.client.post("/sign-out")
    assert door.client.get("/").status_code == 303


def test_a_link_enrols_once_and_looking_at_it_uses_nothing_up(door: Door) -> None:
    account = door.reception.accounts.add("ada", ActorId("ada"), at=NOON)
    token = door.reception.links.make(
        LinkPurpose.ENROL,
        account.actor,
        at=NOON,
        expires_at=NOON + timedelta(days=1),
        account_id=account.id,
    )
    page = door.client.get(f"/enrol/{token}")
    assert page.status_code == door.client.get(f"/enrol/{token}").status_code == 200
    secret = read(page.text.partition('name="secret" value="')[2].partition('"')[0])
    assert secret is not None
    said = {"password": PASSWORD, "again": PASSWORD, "secret": shown(secret), "code": "000000"}
    refused: dict[str, dict[str, str]] = {
        "authenticator shows": {},
        "two passwords differ": {"again": "another"},
        "12 to 256": {"password": "short", "again": "short"},
        "more than the name": {"password": "aaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaa"},
    }
    for words, change in refused.items():
        answer = door.client.post(f"/enrol/{token}", data=said | change)
        assert answer.status_code == 422
        assert words in answer.text
        assert PASSWORD not in answer.text
    said["code"] = door.code(secret)
    assert door.client.post(f"/enrol/{token}", data=said).headers["location"].startswith("/sign-in")
    for answer in (
        door.client.post(f"/enrol/{token}", data=said),
        door.client.get(f"/enrol/{token}"),
        door.client.get("/enrol/no-such-link"),
    ):
        assert answer.status_code == 404
    stored = door.reception.accounts.password_of(account.id)
    assert matches(PASSWORD, stored)
    assert not matches("another", stored)


# --- where a request comes from -------------------------------------------------------------------

HOST = {"host": "localhost:8442"}
NAVIGATES = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    ("method", "headers", "own"),
    [
        ("POST", {"origin": ORIGIN, "sec-fetch-site": "same-origin"}, True),
        ("POST", {"origin": ORIGIN}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {}, False),
        ("POST", {"origin": "null", "sec-fetch-site": "same-origin"}, False),
        ("POST", {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, False),
        ("POST", {"origin": "https://evil.example"}, False),
        ("POST", {"sec-fetch-site": "same-site", "origin": ORIGIN}, False),
        ("POST", {"sec-fetch-site": "none"}, False),
        ("POST", {"origin": "https://localhost:8441"}, False),
        ("GET", {}, True),
        ("GET", {"sec-fetch-site": "none"}, True),
        ("GET", {"sec-fetch-site": "same-origin"}, True),
        ("GET", {"sec-fetch-site": "cross-site"}, False),
        ("GET", {"sec-fetch-site": "cross-site", **NAVIGATES}, True),
        ("GET", {"sec-fetch-site": "cross-site", **NAVIGATES, "sec-fetch-dest": "iframe"}, False),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, False),
    ],
)
def test_only_our_own_pages_change_anything(
    method: str, headers: dict[str, str], own: bool
) -> None:
    assert is_own(method, Headers(HOST | headers), {ORIGIN}) is own


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:8441", ""])
def test_a_name_that_only_points_here_is_refused(host: str) -> None:
    assert not is_own("GET", Headers({"host": host}), {ORIGIN})


def test_what_comes_from_elsewhere_reaches_no_page(door: Door) -> None:
    door.enter("ada", Role.INVESTIGATOR)
    sent = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert door.client.post("/write", data={"said": "x"}, headers=sent).status_code == 403
    assert door.client.post("/write", data={"said": "x"}).text == "x"
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert door.client.request(method, "/").status_code == 405


@pytest.mark.parametrize(
    "text",
    ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/a\\b", "/a\nb"],
)
def test_a_way_back_leads_nowhere_else(text: str) -> None:
    assert own_path(text) == "/"
    assert own_path("/cases/1?shown=2") == "/cases/1?shown=2"


# --- what every answer carries --------------------------------------------------------------------


def test_every_answer_carries_the_headers(door: Door) -> None:
    door.enter("ada", Role.INVESTIGATOR)
    answers = [
        door.client.get("/"),
        door.client.get("/nothing"),
        door.client.get("/raise/refused"),
        door.client.get("/raise/fault"),
        door.client.get("/sign-in"),
        door.client.get("/", headers={"host": "evil.example"}),
        door.client.post("/write", data={"said": "x" * SMALL}),
    ]
    assert [one.status_code for one in answers] == [200, 404, 409, 500, 303, 403, 413]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_an_error_that_nobody_foresaw_leaves_its_kind_and_not_its_words(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    door.enter("ada", Role.INVESTIGATOR)
    with caplog.at_level(logging.DEBUG):
        answers = [door.client.get(f"/raise/{which}") for which in ("fault", "not-yours")]
    assert [one.status_code for one in answers] == [500, 404]
    assert CANARY not in "".join([caplog.text, *(one.text for one in answers)])
    assert [one.__dict__.get("kind") for one in caplog.records if one.levelname == "ERROR"] == [
        "ValueError"
    ]


def test_a_refusal_names_its_code_and_changes_the_status(door: Door) -> None:
    door.enter("ada", Role.INVESTIGATOR)
    answer = door.client.get("/raise/refused")
    assert answer.status_code == 409
    assert WrongStateError.code in answer.text


def test_a_body_is_counted_as_it_comes(door: Door) -> None:
    door.enter("ada", Role.INVESTIGATOR)

    def pieces() -> Iterator[bytes]:
        for _ in range(10):
            yield b"said=" + b"x" * SMALL

    sent = {"content-type": "application/x-www-form-urlencoded"}
    assert door.client.post("/write", content=pieces(), headers=sent).status_code == 413
    assert door.client.post("/write", data={"said": "x" * 101}).status_code == 422


def test_a_file_is_taken_from_nobody_who_is_not_signed_in(door: Door) -> None:
    """A form is read before the door is asked: a stranger's file would be kept till then."""
    file = {"file": ("capture.warc", b"x" * (2 * SMALL))}
    assert door.client.post("/write", files=file).status_code == 413
    door.enter("ada", Role.INVESTIGATOR)
    assert door.client.post("/write", files=file).status_code == 200
    larger = {"file": ("capture.warc", b"x" * (5 * SMALL))}
    assert door.client.post("/write", files=larger).status_code == 413


# --- interfaces and addresses ---------------------------------------------------------------------


def test_no_two_applications_share_a_name_port_or_cookie() -> None:
    for kind in (
        lambda one: one.name,
        lambda one: one.port,
        lambda one: one.cookie,
    ):
        ask: Callable[[Interface], object] = kind
        assert len({ask(one) for one in INTERFACES}) == len(INTERFACES)
    assert all(one.cookie.startswith("__Host-") for one in INTERFACES)


def test_a_session_is_never_carried_in_clear_to_another_machine(tmp_path: Path) -> None:
    assert Address("127.0.0.1", 8444).origin == "http://localhost:8444"
    assert Address("::1", 80).origin == "http://localhost"
    proxied = Address("127.0.0.1", 8444, public="https://hire.example.org/")
    assert proxied.origins == {"https://hire.example.org"}
    certified = Address("10.0.0.1", 443, tmp_path / "c", tmp_path / "k")
    assert certified.origin == "https://10.0.0.1"
    for wrong in (
        lambda: Address("0.0.0.0", 8444),
        lambda: Address("hire.example.org", 8444),
        lambda: Address("127.0.0.1", 8444, certificate=tmp_path / "c"),
        lambda: Address("127.0.0.1", 8444, public="http://hire.example.org"),
    ):
        with pytest.raises(SettingsError):
            wrong()


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("10.1.2.3", "10.1.2.3/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_attempts_are_counted_by_network(host: str, network: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1)})) == network
