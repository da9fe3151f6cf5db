"""A passkey counts for its origin, its account, its session and once, with its owner made sure of.

The key of these tests is software that may lie as no authenticator does; a real browser with its
own authenticator is at the end.
"""

import hashlib
import html
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cbor2
import pyotp
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

from models.errors import RecordNotFoundError
from models.ids import ActorId
from models.people import Role
from models.signin import STEP_UP, Stage
from portal.web.application import Application, application
from portal.web.doors import Doors
from portal.web.interfaces import CASEWORK
from portal.web.one_time_codes import shown
from portal.web.pages import Pages
from portal.web.visitors import Reception
from storage.home import Home, HomeMode
from storage.signin.database import SigninDatabase
from tests.unit.portal import test_doors
from tests.unit.portal.test_doors import ORIGIN, PASSWORD, Door, kept

door = test_doors.door


@dataclass
class Key:
    """What an authenticator keeps, and what it says of itself."""

    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = b"key-one-" * 4
    uses: int = 1
    origin: str = ORIGIN
    host: str = "localhost"
    flags: int = 0x05
    """User present, user verified."""

    def make(self, options: Any) -> str:
        point = self.secret.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        made = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        seen = self._seen(self.flags | 0x40) + made
        said = {"fmt": "none", "attStmt": {}, "authData": seen}
        return self._said(
            {
                "clientDataJSON": b64(self._client("webauthn.create", options)),
                "attestationObject": b64(cbor2.dumps(said)),
            }
        )

    def sign(self, options: Any) -> str:
        client, seen = self._client("webauthn.get", options), self._seen(self.flags)
        signature = self.secret.sign(
            seen + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return self._said(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(seen),
                "signature": b64(signature),
            }
        )

    def _seen(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.uses)

    def _client(self, kind: str, options: Any) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def _said(self, response: dict[str, str]) -> str:
        name = b64(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def options_in(page: str) -> Any:
    return json.loads(html.unescape(page.partition('data-options="')[2].partition('"')[0]))


def enter(door: Door, account: str, actor: str = "ada") -> None:
    door.roles[actor] = {Role.INVESTIGATOR}
    token = door.reception.sessions.start(
        ActorId(actor), Stage.SIGNED_IN, at=door.moment, account_id=account
    )
    door.client.cookies.set(CASEWORK.cookie, token, domain="localhost.local")


@pytest.fixture
def account(door: Door) -> str:
    found = door.account("ada")
    enter(door, found)
    return found


def add(door: Door, key: Key) -> int:
    options = options_in(door.client.get("/passkeys").text)
    return int(door.client.post("/passkeys", data={"passkey": key.make(options)}).status_code)


def step_up(door: Door, key: Key) -> int:
    options = options_in(door.client.get("/step-up").text)
    signed = key.sign(options)
    key.uses += 1
    return int(door.client.post("/step-up", data={"passkey": signed}).status_code)


@pytest.fixture
def key(door: Door, account: str) -> Key:
    key = Key()
    assert add(door, key) == 303
    key.uses += 1
    return key


def test_a_passkey_takes_the_place_of_the_code_at_the_door(door: Door, key: Key) -> None:
    door.client.cookies.clear()
    assert (
        door.client.post("/sign-in", data={"name": "ada", "password": PASSWORD}).status_code == 303
    )
    signed = key.sign(options_in(door.client.get("/sign-in/code").text))
    assert door.client.get("/").status_code == 303
    assert door.client.post("/sign-in/code", data={"passkey": signed}).status_code == 303
    assert door.client.get("/").text == "ada"


def test_a_passkey_confirms_and_counts_once(door: Door, key: Key) -> None:
    options = options_in(door.client.get("/step-up").text)
    signed = key.sign(options)
    assert door.client.post("/step-up", data={"passkey": signed}).status_code == 303
    assert door.client.post("/step-up", data={"passkey": signed}).status_code == 401
    key.uses += 1
    again = key.sign(options)
    assert door.client.post("/step-up", data={"passkey": again}).status_code == 401, "the challenge"


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://localhost.example.org:8442"},
        {"origin": "http://localhost:8442"},
        {"host": "example.org"},
        {"flags": 0x01},
        {"flags": 0x04},
        {"uses": 1},
        {"secret": ec.generate_private_key(ec.SECP256R1())},
        {"id": b"another-"},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_what_is_not_as_it_was_asked_for_is_refused(door: Door, key: Key, lie: Any) -> None:
    """Wrong origin or host, owner not made sure of, count gone back, another's key."""
    for name, value in lie.items():
        setattr(key, name, value)
    assert step_up(door, key) == 401


@pytest.mark.parametrize(
    "lie",
    [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"flags": 0x01}],
    ids=lambda lie: next(iter(lie)),
)
def test_a_passkey_that_was_made_elsewhere_is_not_kept(door: Door, account: str, lie: Any) -> None:
    assert add(door, Key(**lie)) == 422
    assert door.reception.passkeys.of(account) == []


def test_a_challenge_of_another_session_is_stale(door: Door, account: str, key: Key) -> None:
    signed = key.sign(options_in(door.client.get("/step-up").text))
    enter(door, account)
    door.client.get("/step-up")
    assert door.client.post("/step-up", data={"passkey": signed}).status_code == 401


def test_another_accounts_passkey_opens_and_is_removed_by_nobody_else(
    door: Door, account: str, key: Key
) -> None:
    enter(door, door.account("eve", secret=b"e" * 20), "eve")
    other = Key(id=b"other---")
    assert add(door, other) == 303
    other.uses += 1
    assert step_up(door, key) == 401
    named = b64(key.id)
    assert door.client.post("/passkeys/remove", data={"passkey": named}).status_code == 404
    assert [one.id for one in door.reception.passkeys.of(account)] == [named]
    assert add(door, key) == 422, "it is an account's already"
    assert step_up(door, other) == 303


def test_a_passkey_is_removed_by_its_owner_and_by_a_new_enrolment(
    door: Door, account: str, key: Key
) -> None:
    named = b64(key.id)
    assert door.client.post("/passkeys/remove", data={"passkey": named}).status_code == 303
    with pytest.raises(RecordNotFoundError):
        door.reception.passkeys.get(account, named)
    key.uses = 1
    assert add(door, key) == 303
    door.reception.accounts.enrol(account, password=kept(), totp=b"n" * 20, at=door.moment)
    assert door.reception.passkeys.of(account) == []


def test_passkeys_are_changed_after_a_fresh_second_factor_alone(door: Door, account: str) -> None:
    door.moment += STEP_UP
    for answer in (door.client.get("/passkeys"), door.client.post("/passkeys/remove")):
        assert answer.headers["location"].startswith("/step-up")


@pytest.mark.parametrize(
    "signed", ["{}", "[]", "1", '"x"', "null", "{", '{"id": 1}', '{"id": "\x00"}', "[" * 9000]
)
def test_what_no_authenticator_says_is_refused(door: Door, key: Key, signed: str) -> None:
    door.client.get("/step-up")
    assert door.client.post("/step-up", data={"passkey": signed}).status_code == 401
    door.client.get("/passkeys")
    assert door.client.post("/passkeys", data={"passkey": signed}).status_code == 422


# --- a real browser -------------------------------------------------------------------------------


def test_a_browser_makes_a_passkey_and_signs_in_with_it(
    chromium: Any, served: Callable[[Callable[[frozenset[str]], Any]], Any], tmp_path: Path
) -> None:
    home = Home(tmp_path, HomeMode.PRODUCTION, "a" * 32)
    database = SigninDatabase.open(tmp_path / "signin", home, "casework")
    reception = Reception(
        CASEWORK,
        database,
        roles_of=lambda _: {Role.INVESTIGATOR},
        clock=lambda: datetime.now(UTC),
    )
    account = reception.accounts.add("ada", ActorId("ada"), at=reception.now())
    reception.accounts.enrol(account.id, password=kept(), totp=b"t" * 20, at=reception.now())

    def made(origins: frozenset[str]) -> Application:
        return application(Pages(CASEWORK), reception, [Doors(reception)], origins=origins)

    with served(made) as origin:
        context = chromium.new_context()
        page = context.new_page()
        page.set_default_timeout(120_000)
        session = context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )

        def signs_in() -> None:
            page.goto(f"{origin}/sign-in?next=/passkeys")
            page.fill("[name=name]", "ada")
            page.fill("[name=password]", PASSWORD)
            page.click("text=Continue")
            page.wait_for_url("**/sign-in/code*")

        signs_in()
        page.fill("[name=code]", pyotp.TOTP(shown(b"t" * 20)).now())
        page.click("text=Continue")
        page.wait_for_url("**/passkeys")
        page.click("text=Add a passkey")
        page.wait_for_url("**/passkeys?said=passkey-added")
        page.click("text=Sign out")
        page.wait_for_url("**/sign-in")
        signs_in()
        page.click("text=Use a passkey instead")
        page.wait_for_url("**/passkeys")
        assert page.locator("text=Remove passkey").count() == 1
        context.close()
    (passkey,) = reception.passkeys.of(account.id)
    assert passkey.uses > 1
    database.close()
