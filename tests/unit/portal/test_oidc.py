"""Whom an identity provider knows comes in as the account they are tied to, and nobody else does.

The provider is a real one of the protocol, on this machine; it lies where a test tells it to.
"""

import base64
import hashlib
import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import httpx
import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from models.errors import SettingsError
from models.ids import ActorId
from models.people import Role
from models.signin import AccountExistsError, SignInRefusedError, identity_of
from portal.web.application import Application, application
from portal.web.doors import Doors, visitor_of
from portal.web.interfaces import CASEWORK
from portal.web.oidc_provider import LARGEST, Provider
from portal.web.oidc_registration import Registration, is_safe
from portal.web.pages import Pages
from portal.web.visitors import Reception
from storage.home import Home, HomeMode
from storage.signin.database import SigninDatabase
from storage.signin.round_trips import WITHIN
from tests.browser import accessibility
from tests.unit.portal import test_doors
from tests.unit.portal.test_doors import NOON, ORIGIN, PASSWORD, Door

door = test_doors.door

CLIENT, SECRET, SUBJECT = "walloff casework", "s%cret:+/", "ines-at-the-provider"
CROSS = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
TRIP = f"{CASEWORK.cookie}-oidc"


KEY = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Liar:
    """An identity provider, and what it does otherwise than it should."""

    address: str = ""
    key: Any = field(default_factory=lambda: KEY)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    claims: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    """What discovery says otherwise."""
    signed: Callable[[dict[str, Any]], str] | None = None
    answer: Response | None = None
    """What the token's end says instead."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    offset: int = 0

    def discovery(self, _: Request) -> Response:
        ends = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "keys",
        }
        said = {name: f"{self.address}/{end}" for name, end in ends.items()}
        self.asked.append("discovery")
        return JSONResponse({"issuer": self.address} | said | self.said)

    def keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 302)

    async def token(self, request: Request) -> Response:
        form = dict(await request.form())
        self.asked.append("token")
        if self.answer is not None:
            return self.answer
        expected = base64.b64encode(f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}".encode()).decode()
        if request.headers["authorization"] != f"Basic {expected}":
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(str(form["code"]), None)
        proof = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "a", "token_type": "Bearer", "id_token": self.made(asked)}
        )

    def made(self, asked: dict[str, str]) -> str:
        now = int(NOON.timestamp()) + self.offset
        claims = {
            "iss": self.address,
            "sub": SUBJECT,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": asked["nonce"],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.signed is not None:
            return self.signed(claims)
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, list[Liar]]]:
    """A server whose provider each test sets anew."""
    now: list[Liar] = [Liar()]

    def ask(name: str) -> Callable[[Request], Any]:
        return lambda request: getattr(now[0], name)(request)

    async def token(request: Request) -> Response:
        return await now[0].token(request)

    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", ask("discovery")),
            Route("/keys", ask("keys")),
            Route("/authorize", ask("authorize")),
            Route("/token", token, methods=["POST"]),
        ]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 240
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", now
    server.should_exit = True
    thread.join(60)


@pytest.fixture
def liar(running: tuple[str, list[Liar]], door: Door) -> Liar:
    """The provider that the application knows; its account is tied to somebody there."""
    address, now = running
    now[0] = Liar(address)
    door.reception.provider = Provider(Registration(address, CLIENT, SECRET))
    door.roles["ines"] = {Role.INVESTIGATOR}
    account = door.account("ines")
    door.reception.accounts.know_as(account, identity_of(address, SUBJECT), at=NOON)
    return now[0]


def trusting(door: Door, liar: Liar) -> None:
    """The operator trusts the provider's second factor."""
    door.reception.provider = Provider(Registration(liar.address, CLIENT, SECRET, "mfa"))


def there(door: Door, to: str = "/") -> str:
    """Set out; return the way back that the provider answers with, path and query."""
    begun = door.client.get("/oidc", params={"next": to})
    assert begun.status_code == 303
    sent = httpx.get(begun.headers["location"], trust_env=False)
    return sent.headers["location"].removeprefix(ORIGIN)


def back(door: Door, way: str) -> Any:
    """Come back as a browser does from another site: with no cookie that is strict."""
    return door.client.get(way, headers=CROSS)


def come(door: Door, to: str = "/") -> Any:
    return back(door, there(door, to))


def events(door: Door) -> list[str]:
    database = door.reception.accounts._database
    return [one.what for one in database.events()]


def refused(door: Door, answer: Any, status: int = 401) -> None:
    assert answer.status_code == status
    assert CASEWORK.cookie not in answer.cookies
    assert door.client.get("/").status_code == 303


# --- who comes in ---------------------------------------------------------------------------------


def test_whom_the_provider_knows_shows_our_second_factor_and_is_in(door: Door, liar: Liar) -> None:
    answer = come(door, "/raise/absent?a=1")
    assert answer.status_code == 200
    onward = "/sign-in/code?next=%2Fraise%2Fabsent%3Fa%3D1"
    assert f'content="0;url={onward}"' in answer.text
    cookies = answer.headers.get_list("set-cookie")
    assert any(
        one.startswith(f"{CASEWORK.cookie}=") and "SameSite=strict" in one for one in cookies
    )
    assert door.client.get("/").status_code == 303  # half signed in opens nothing
    data = {"code": door.code(), "next": "/raise/absent?a=1"}
    entered = door.client.post("/sign-in/code", data=data)
    assert entered.headers["location"] == "/raise/absent?a=1"
    assert door.client.get("/").text == "ines"


def test_a_trusted_second_factor_that_the_token_names_is_enough(door: Door, liar: Liar) -> None:
    trusting(door, liar)
    liar.claims = {"amr": ["pwd", "mfa"]}
    assert 'content="0;url=/"' in come(door).text
    assert door.client.get("/").text == "ines"


def test_a_token_that_names_no_second_factor_is_asked_for_ours(door: Door, liar: Liar) -> None:
    trusting(door, liar)
    says: list[dict[str, Any]] = [{}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"amr": 7}, {"acr": "1"}]
    for liar.claims in says:
        assert "/sign-in/code" in come(door).text
        assert door.client.get("/").status_code == 303


def test_a_second_factor_that_the_operator_does_not_trust_is_asked_for_anew(
    door: Door, liar: Liar
) -> None:
    liar.claims = {"amr": ["mfa"], "acr": "mfa"}
    assert "/sign-in/code" in come(door).text
    assert door.client.get("/").status_code == 303


def test_without_a_second_factor_anywhere_nobody_comes_in(door: Door, liar: Liar) -> None:
    account = door.reception.accounts.add("bare", "bare", at=NOON)  # type: ignore[arg-type]
    identity = identity_of(liar.address, "bare")
    door.reception.accounts.know_as(account.id, identity, at=NOON)
    liar.claims = {"sub": "bare"}
    refused(door, come(door))


def test_a_signature_of_an_elliptic_curve_counts_as_well(door: Door, liar: Liar) -> None:
    liar.key, liar.header = ECKey.generate_key("P-256", {"kid": "e"}), {"alg": "ES256", "kid": "e"}
    assert come(door).status_code == 200


ALLOWED: list[dict[str, Any]] = [
    {"aud": [CLIENT]},
    {"azp": CLIENT},
    {"aud": [CLIENT, "other"], "azp": CLIENT},
    {"exp": int(NOON.timestamp()) - 59},
    {"iat": int(NOON.timestamp()) + 59},
]


def test_what_the_protocol_allows_is_taken(door: Door, liar: Liar) -> None:
    for liar.claims in ALLOWED:
        assert come(door).status_code == 200, liar.claims


def test_new_keys_of_the_provider_are_asked_for(door: Door, liar: Liar) -> None:
    assert come(door).status_code == 200
    liar.key = RSAKey.generate_key(2048, {"kid": "two"})
    liar.header = {"alg": "RS256", "kid": "two"}
    door.moment += timedelta(minutes=2)
    door.client.cookies.clear()
    assert come(door).status_code == 200
    assert liar.asked.count("discovery") == 2


# --- who does not ---------------------------------------------------------------------------------


WRONG: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"iss": "https://other.example.org"},
    {"iss": None},
    {"aud": "other"},
    {"aud": ["other"]},
    {"aud": None},
    {"aud": [CLIENT, "other"]},
    {"aud": [CLIENT, "other"], "azp": "other"},
    {"azp": "other"},
    {"exp": int(NOON.timestamp()) - 60},
    {"exp": None},
    {"exp": "soon"},
    {"iat": int(NOON.timestamp()) + 61},
    {"iat": None},
    {"nbf": int(NOON.timestamp()) + 120},
    {"sub": "somebody else"},
    {"sub": SUBJECT.upper()},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "s" * 256},
    {"padding": "p" * 20_000},
]


def test_a_token_that_is_not_for_this_very_sign_in_lets_nobody_in(door: Door, liar: Liar) -> None:
    answers = set()
    for liar.claims in WRONG:
        answer = come(door)
        refused(door, answer)
        answers.add(answer.content)
    assert len(answers) == 1
    assert events(door).count("identity-refused") == len(WRONG)


def parts(*said: dict[str, Any]) -> str:
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in said
    )


def mac_of(claims: dict[str, Any], secret: bytes) -> str:
    """Sign with a secret, as no library would with a public key."""
    signed = parts({"alg": "HS256", "kid": "one"}, claims)
    mac = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def test_a_token_without_a_signature_lets_nobody_in(door: Door, liar: Liar) -> None:
    for rule in ("none", "None", ""):
        liar.signed = lambda claims, alg=rule: parts({"alg": alg}, claims) + "."  # type: ignore[misc]
        refused(door, come(door))


def test_a_token_signed_with_the_public_key_as_a_secret_lets_nobody_in(
    door: Door, liar: Liar
) -> None:
    for public in (liar.key.as_pem(private=False), liar.key.as_der(private=False)):
        liar.signed = lambda claims, secret=public: mac_of(claims, secret)  # type: ignore[misc]
        refused(door, come(door))


def test_a_token_signed_with_the_clients_secret_lets_nobody_in(door: Door, liar: Liar) -> None:
    liar.signed = lambda claims: mac_of(claims, SECRET.encode())
    refused(door, come(door))


def test_a_signature_by_another_rule_lets_nobody_in(door: Door, liar: Liar) -> None:
    for rule in ("PS256", "RS512"):
        liar.header = {"alg": rule, "kid": "one"}
        refused(door, come(door))


def test_a_signature_by_another_key_lets_nobody_in(door: Door, liar: Liar) -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    liar.signed = lambda claims: jwt.encode(
        {"alg": "RS256", "kid": "one"}, claims, other, algorithms=["RS256"]
    )
    refused(door, come(door))


def test_what_is_no_token_lets_nobody_in(door: Door, liar: Liar) -> None:
    for token in ("", "a.b.c", "a.b.c.d.e", "é.é.é", "." * 9):
        liar.signed = lambda _, said=token: said  # type: ignore[misc]
        refused(door, come(door))


def test_another_state_lets_nobody_in_and_no_code_is_shown_to_anybody(
    door: Door, liar: Liar
) -> None:
    way = there(door)
    code = parse_qs(urlsplit(way).query)["code"][0]
    liar.asked.clear()
    for state in ("", "another", "é", "a" * 4096):
        refused(door, back(door, "/oidc/back?" + urlencode({"code": code, "state": state})))
    assert liar.asked == []


def test_a_way_back_without_its_cookie_or_with_anothers_lets_nobody_in(
    door: Door, liar: Liar
) -> None:
    """Nobody is signed in as somebody else by a link that was sent to them."""
    theirs = there(door)
    door.client.cookies.clear()
    refused(door, back(door, theirs))
    there(door)
    refused(door, back(door, theirs))
    for cookie in ("x", "A" * 600, "A" * 9000):
        door.client.cookies.clear()
        door.client.cookies.set(TRIP, cookie, domain="localhost.local")
        refused(door, back(door, theirs))


def test_a_way_back_counts_once(door: Door, liar: Liar) -> None:
    way = there(door)
    trip = door.client.cookies[TRIP]
    assert back(door, way).status_code == 200
    assert TRIP not in door.client.cookies
    door.client.cookies.clear()
    door.client.cookies.set(TRIP, trip, domain="localhost.local")
    liar.asked.clear()
    refused(door, back(door, way))
    assert liar.asked == []


def test_a_code_that_was_used_lets_nobody_in(door: Door, liar: Liar) -> None:
    way = there(door)
    liar.codes.clear()
    refused(door, back(door, way))


def test_a_way_back_that_took_too_long_lets_nobody_in(door: Door, liar: Liar) -> None:
    way = there(door)
    door.moment += WITHIN
    refused(door, back(door, way))


def test_what_another_provider_sends_lets_nobody_in(door: Door, liar: Liar) -> None:
    way = there(door)
    refused(door, back(door, f"{way}&iss=https%3A%2F%2Fother.example.org"))


def test_who_was_refused_by_the_provider_is_shown_nothing_of_its_words(
    door: Door, liar: Liar
) -> None:
    state = parse_qs(urlsplit(there(door)).query)["state"][0]
    said = {"error": "access_denied", "error_description": "planted words", "state": state}
    answer = back(door, "/oidc/back?" + urlencode(said))
    refused(door, answer)
    assert "planted" not in answer.text


def test_an_account_that_was_shut_out_and_one_that_is_none_have_one_answer(
    door: Door, liar: Liar
) -> None:
    liar.claims = {"sub": "nobody"}
    nobody = come(door)
    liar.claims = {}
    door.reception.accounts.disable(door.reception.accounts.named("ines").id, at=NOON)
    shut_out = come(door)
    refused(door, shut_out)
    assert nobody.content == shut_out.content


def test_an_identity_is_one_accounts_alone(door: Door, liar: Liar) -> None:
    other = door.account("otto")
    with pytest.raises(AccountExistsError):
        door.reception.accounts.know_as(other, identity_of(liar.address, SUBJECT), at=NOON)
    ines = door.reception.accounts.named("ines").id
    door.reception.accounts.know_as(ines, identity_of(liar.address, SUBJECT), at=NOON)


def test_who_comes_back_wrong_many_times_has_to_wait(door: Door, liar: Liar) -> None:
    answers = [back(door, "/oidc/back?code=a&state=b").status_code for _ in range(42)]
    assert answers[0] == 401
    assert answers[-1] == 429
    data = {"name": "ines", "password": PASSWORD}
    entered = door.client.post("/sign-in", data=data)
    assert entered.headers["location"].startswith("/sign-in/code")


# --- the provider fails ---------------------------------------------------------------------------


MISLED: list[dict[str, Any]] = [
    {"issuer": "https://other.example.org"},
    {"token_endpoint": "http://provider.example.org/token"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"jwks_uri": None},
    {"jwks_uri": "https://name@provider.example.org/keys"},
    {"padding": "p" * LARGEST},
]


def test_a_provider_that_says_what_it_must_not_is_not_used(door: Door, liar: Liar) -> None:
    for liar.said in MISLED:
        refused(door, door.client.get("/oidc"), 503)
        door.moment += timedelta(seconds=6)


def test_a_provider_that_is_down_is_told_and_not_asked_again_at_once(
    door: Door, liar: Liar
) -> None:
    liar.said = {"issuer": "other"}
    for _ in range(3):
        refused(door, door.client.get("/oidc"), 503)
    assert liar.asked.count("discovery") == 1
    liar.said = {}
    door.moment += timedelta(seconds=6)
    assert door.client.get("/oidc").status_code == 303


def test_a_provider_that_is_not_there_is_told(door: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    issuer = f"http://127.0.0.1:{port}"
    door.reception.provider = Provider(Registration(issuer, CLIENT, SECRET))
    refused(door, door.client.get("/oidc"), 503)


INSTEAD: list[tuple[Response, int]] = [
    (Response(b"x" * (LARGEST + 1)), 503),
    (Response(status_code=500), 503),
    (RedirectResponse("https://other.example.org/", 307), 401),
    (Response(b"[" * 100_000), 401),
    (JSONResponse({"id_token": 7}), 401),
    (JSONResponse(["id_token"]), 401),
]


def test_a_token_that_does_not_come_lets_nobody_in(door: Door, liar: Liar) -> None:
    for liar.answer, status in INSTEAD:
        refused(door, come(door), status)


# --- the way there --------------------------------------------------------------------------------


def test_without_a_provider_there_is_no_way_to_one(door: Door) -> None:
    door.enter("ines", Role.INVESTIGATOR)
    absent = door.client.get("/nothing")
    for path in ("/oidc", "/oidc/back"):
        answer = door.client.get(path)
        assert (answer.status_code, answer.content) == (404, absent.content)
    door.client.cookies.clear()
    assert "/oidc" not in door.client.get("/sign-in").text


def test_the_page_to_sign_in_leads_to_the_provider_and_keeps_the_way(
    door: Door, liar: Liar
) -> None:
    shown = door.client.get("/sign-in?next=/desk?a=1").text
    assert 'href="/oidc?next=/desk%3Fa%3D1"' in shown


def test_the_way_there_carries_nothing_that_can_be_read(door: Door, liar: Liar) -> None:
    begun = door.client.get("/oidc")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["scope"] == ["openid"]
    assert asked["redirect_uri"] == [f"{ORIGIN}/oidc/back"]
    cookie = begun.headers["set-cookie"]
    for part in ("SameSite=lax", "Secure", "HttpOnly", "Path=/"):
        assert part in cookie
    assert asked["state"][0] not in cookie
    assert asked["nonce"][0] not in cookie
    assert len(cookie) < 4096


def test_nobody_is_led_on_to_elsewhere(door: Door, liar: Liar) -> None:
    trusting(door, liar)
    liar.claims = {"acr": "mfa"}
    for to in ("//evil.example.org", "https://evil.example.org", "/\\evil", "/é" * 500):
        door.client.cookies.clear()
        assert 'content="0;url=/"' in come(door, to).text


def test_a_trip_of_one_application_is_nobodys_in_another(door: Door, liar: Liar) -> None:
    trip, carried = door.reception.trips.begin("/", at=NOON)
    opened = door.reception.trips.end(carried, trip.state, at=NOON)
    assert opened == trip
    with pytest.raises(SignInRefusedError):
        door.reception.trips.end(carried[:-9] + "A" * 9, trip.state, at=NOON)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://id.example.org", True),
        ("http://127.0.0.1:9", True),
        ("http://localhost/x", True),
        ("http://[::1]/", True),
        ("http://id.example.org", False),
        ("https://", False),
        ("https://a@id.example.org", False),
        ("https://id.example.org:port", False),
        ("https://id.example.org/\n", False),
        ("ftp://localhost", False),
        ("http://localhost.example.org", False),
    ],
)
def test_a_provider_is_asked_over_https_or_on_this_machine(address: str, safe: bool) -> None:
    assert is_safe(address) is safe


@pytest.mark.parametrize(
    "given",
    [
        ("http://id.example.org", "c", "s"),
        ("https://id.example.org?a", "c", "s"),
        ("https://id.example.org", "", "s"),
        ("https://id.example.org", "c", ""),
    ],
)
def test_a_registration_that_misses_something_is_refused(given: tuple[str, str, str]) -> None:
    with pytest.raises(SettingsError):
        Registration(*given)
    assert "sec-ret" not in repr(Registration("https://id.example.org", "c", "sec-ret"))


def test_a_browser_goes_to_the_provider_and_comes_back_with_its_strict_session(
    chromium: Any,
    served: Callable[[Callable[[frozenset[str]], Any]], Any],
    running: tuple[str, list[Liar]],
    tmp_path: Path,
) -> None:
    """The provider's site is another than ours: what is strict does not come along from there."""
    address, now = running
    now[0] = Liar(address, claims={"acr": "mfa"}, offset=int(time.time() - NOON.timestamp()))
    database = SigninDatabase.open(
        tmp_path / "signin", Home(tmp_path, HomeMode.PRODUCTION, "a" * 32), "casework"
    )
    reception = Reception(
        CASEWORK,
        database,
        roles_of=lambda _: {Role.INVESTIGATOR},
        clock=lambda: datetime.now(UTC),
    )
    reception.provider = Provider(Registration(address, CLIENT, SECRET, "mfa"))
    ines = reception.accounts.add("ines", ActorId("ines"), at=reception.now())
    identity = identity_of(address, SUBJECT)
    reception.accounts.know_as(ines.id, identity, at=reception.now())

    def made(origins: frozenset[str]) -> Application:
        doors = Doors(reception)

        @doors.reads("/desk")
        def desk(request: Request) -> Response:
            return Response(f"<p>{visitor_of(request).name} is in</p>", media_type="text/html")

        return application(Pages(CASEWORK), reception, [doors], origins=origins)

    with served(made) as origin:
        page = accessibility.context(chromium).new_page()
        page.set_default_timeout(120_000)
        for shown in ("/oidc/back?code=a&state=b", "/desk"):
            page.goto(f"{origin}{shown}")
            assert accessibility.violations(page) == []
        page.click("text=Sign in with your organisation")
        page.wait_for_url(f"{origin}/desk")
        assert "ines is in" in page.content()
        kinds = {one["name"]: one["sameSite"] for one in page.context.cookies()}
        assert kinds[CASEWORK.cookie] == "Strict"
        assert TRIP not in kinds
        page.context.close()
    database.close()
