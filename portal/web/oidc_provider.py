"""One identity provider, asked over a verified connection, with limits on all that it answers.

OpenID Connect, authorization code flow with PKCE (RFC 7636). The issuer is the operator's, and what
discovery says must name it. No redirection is followed, no answer read past its limit.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from models.errors import WalloffError
from models.signin import SignInRefusedError
from portal.web.oidc_registration import Registration, is_safe
from portal.web.oidc_tokens import ALGORITHMS, Known, known_by
from storage.signin.round_trips import RoundTrip

SECONDS: Final = 10.0
"""For one question to the provider, its answer included."""
LARGEST: Final = 256 * 1024
"""Bytes of one answer."""
FRESH: Final = timedelta(hours=1)
"""For so long what discovery said is believed."""
_AGAIN: Final = timedelta(seconds=30)
"""The keys are asked for anew no sooner, whatever keys tokens name."""
_WHILE_DOWN: Final = timedelta(seconds=5)


class ProviderDownError(WalloffError):
    """The identity provider does not answer, or not as the protocol has it."""

    code = "identity-provider-down"


@dataclass(frozen=True, slots=True)
class _Found:
    authorization: str
    token: str
    keys: KeySet
    secret_in_body: bool
    at: datetime


class Provider:
    """The identity provider of one application."""

    def __init__(self, registration: Registration) -> None:
        self.registration: Final = registration
        self._lock = threading.Lock()
        self._last: _Found | None = None
        self._failed: datetime | None = None

    def address_for(self, trip: RoundTrip, redirect_uri: str, *, at: datetime) -> str:
        """Return where a browser is sent to. Raises `ProviderDownError`."""
        return str(
            prepare_grant_uri(
                self._found(at).authorization,
                client_id=self.registration.client_id,
                response_type="code",
                redirect_uri=redirect_uri,
                scope="openid",
                state=trip.state,
                nonce=trip.nonce,
                code_challenge=create_s256_code_challenge(trip.verifier),
                code_challenge_method="S256",
            )
        )

    def known(self, code: str, trip: RoundTrip, redirect_uri: str, *, at: datetime) -> Known:
        """Return whom the provider knows by a code that it gave.

        Raises `SignInRefusedError`, `ProviderDownError`.
        """
        found = self._found(at)
        token = self._token(found, code, trip, redirect_uri)

        def whom(keys: KeySet) -> Known:
            return known_by(token, keys, registration=self.registration, nonce=trip.nonce, at=at)

        try:
            return whom(found.keys)
        except SignInRefusedError:
            if at - found.at < _AGAIN:
                raise
        # The provider may have changed its keys.
        return whom(self._found(at, anew=True).keys)

    def _token(self, found: _Found, code: str, trip: RoundTrip, redirect_uri: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": trip.verifier,
        }
        mine, auth = self.registration, None
        if found.secret_in_body:
            form |= {"client_id": mine.client_id, "client_secret": mine.secret}
        else:
            # RFC 6749, section 2.3.1: both are encoded as in a form first.
            auth = httpx.BasicAuth(quote_plus(mine.client_id), quote_plus(mine.secret))
        status, said = _asked("POST", found.token, data=form, auth=auth)
        if status >= 500:
            raise ProviderDownError("the identity provider failed")
        token = said.get("id_token")
        if status != 200 or not isinstance(token, str):
            raise SignInRefusedError("the identity provider gave no token for this code")
        return token

    def _found(self, at: datetime, *, anew: bool = False) -> _Found:
        with self._lock:
            last = self._last
            if last is None or anew or not timedelta(0) <= at - last.at < FRESH:
                self._last = last = self._discovered(at)
            return last

    def _discovered(self, at: datetime) -> _Found:
        """Ask the provider about itself; while it fails, not for each who would like to sign in."""
        if self._failed is not None and timedelta(0) <= at - self._failed < _WHILE_DOWN:
            raise ProviderDownError("the identity provider did not answer a moment ago")
        self._failed = at
        found = self._asked_for(at)
        self._failed = None
        return found

    def _asked_for(self, at: datetime) -> _Found:
        issuer = self.registration.issuer
        address = f"{issuer.removesuffix('/')}/.well-known/openid-configuration"
        said = _document(address)
        if said.get("issuer") != issuer:
            raise ProviderDownError("what the identity provider says of itself names another")
        ends = [said.get(f"{one}_endpoint") for one in ("authorization", "token")]
        ends.append(said.get("jwks_uri"))
        if not all(isinstance(one, str) and is_safe(one) for one in ends):
            raise ProviderDownError("the identity provider names no https address")
        authorization, token, keys = map(str, ends)
        ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        in_body = "client_secret_basic" not in ways and "client_secret_post" in ways
        return _Found(authorization, token, _keys(_document(keys)), in_body, at)


def _document(address: str) -> dict[str, Any]:
    status, said = _asked("GET", address)
    if status != 200:
        raise ProviderDownError("the identity provider does not say what it must")
    return said


def _keys(said: dict[str, Any]) -> KeySet:
    """Return the keys that may sign; those of other kinds are left out."""
    listed = said.get("keys")
    usable = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict)
        and one.get("kty") in {"RSA", "EC"}
        and one.get("use", "sig") == "sig"
        and one.get("alg", ALGORITHMS[0]) in ALGORITHMS
    ]
    keys: list[Key] = []
    for one in usable:
        with suppress(JoseError, ValueError, TypeError, KeyError):
            keys.append(import_key(one))
    if not keys:
        raise ProviderDownError("the identity provider has no key that can be read")
    return KeySet(keys)


def _asked(method: str, address: str, **request: Any) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON object that the provider answers with."""
    until, body = time.monotonic() + SECONDS, bytearray()
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    with _faults():
        client = httpx.Client(timeout=SECONDS / 2, follow_redirects=False, trust_env=False)
        with client, client.stream(method, address, headers=headers, **request) as answer:
            for part in answer.iter_raw():
                body += part
                if len(body) > LARGEST or time.monotonic() > until:
                    raise ProviderDownError("the identity provider's answer is too long")
            status = answer.status_code
    said = _object(bytes(body))
    return status, said


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
        # The text of these holds addresses, with a code in one.
        raise ProviderDownError("the identity provider does not answer") from None


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    return said if isinstance(said, dict) else {}
