"""A passkey takes the place of a one-time code: signed for this origin, this session, and once.

The authenticator must have made sure of its owner itself. What it signs is a challenge that the
session holds; to take the challenge uses it up, whether the signature is right or not.
"""

import json
from collections.abc import Set
from typing import Annotated, Any, Final

from fastapi import Form, Request
from starlette.responses import Response
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.errors import RecordNotFoundError
from models.signin import AccountExistsError, SignInRefusedError
from portal.web.doors import ClosedError, Doors, elsewhere, visitor_of
from portal.web.pages import Pages
from portal.web.visitors import Reception
from storage.signin.passkeys import Passkey

PASSKEYS: Final = "/passkeys"
MOST: Final = 10
"""Passkeys that one account may have."""

Signed = Annotated[str, Form(max_length=16_384)]
"""What an authenticator answered, as JSON."""
Id = Annotated[str, Form(max_length=512)]

_REQUIRED: Final = UserVerificationRequirement.REQUIRED


class PasskeyDesk:
    """Asks for passkeys and looks at what they signed, for one application's origins."""

    def __init__(self, reception: Reception, origins: Set[str]) -> None:
        self.reception: Final = reception
        self._origins = {origin.partition("://")[2]: origin for origin in origins}

    def asks(self, request: Request, token: str, account_id: str | None) -> str | None:
        """Return what the browser is to ask for, as JSON; None for an account without passkeys."""
        known = [] if account_id is None else self.reception.passkeys.of(account_id)
        if not known:
            return None
        options = generate_authentication_options(
            rp_id=self._host(request), allow_credentials=_named(known), user_verification=_REQUIRED
        )
        self.reception.sessions.challenge(token, options.challenge)
        return options_to_json(options)

    def accepts(self, request: Request, token: str, account_id: str, signed: str) -> bool:
        """Say whether one of the account's passkeys signed what this session asked for."""
        challenge = self.reception.sessions.take_challenge(token)
        if challenge is None:
            return False
        try:
            passkey = self.reception.passkeys.get(account_id, _id_in(signed))
            found = verify_authentication_response(
                credential=signed,
                expected_challenge=challenge,
                expected_rp_id=self._host(request),
                expected_origin=self._origin(request),
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.uses,
                require_user_verification=True,
            )
        except (WebAuthnException, RecordNotFoundError, *_UNREADABLE):
            return False
        return self.reception.passkeys.use(passkey, found.new_sign_count)

    def offers(self, request: Request, token: str, account_id: str) -> str:
        """Return what the browser is to make a passkey from, as JSON."""
        account = self.reception.accounts.get(account_id)
        options = generate_registration_options(
            rp_id=self._host(request),
            rp_name="Walloff",
            user_id=account.id.encode(),
            user_name=account.name,
            exclude_credentials=_named(self.reception.passkeys.of(account_id)),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=_REQUIRED
            ),
        )
        self.reception.sessions.challenge(token, options.challenge)
        return options_to_json(options)

    def adds(self, request: Request, token: str, account_id: str, signed: str) -> None:
        """Keep a new passkey. Raises `SignInRefusedError`, `AccountExistsError`."""
        challenge = self.reception.sessions.take_challenge(token)
        if challenge is None or len(self.reception.passkeys.of(account_id)) >= MOST:
            raise SignInRefusedError("no passkey was asked for, or there are enough")
        try:
            made = verify_registration_response(
                credential=signed,
                expected_challenge=challenge,
                expected_rp_id=self._host(request),
                expected_origin=self._origin(request),
                require_user_verification=True,
            )
        except (WebAuthnException, *_UNREADABLE):
            raise SignInRefusedError("the passkey is not what was asked for") from None
        if len(made.credential_id) > _LONGEST_ID:
            raise SignInRefusedError("the passkey's name is too long")
        self.reception.passkeys.add(
            Passkey(
                id=bytes_to_base64url(made.credential_id),
                account_id=account_id,
                public_key=made.credential_public_key,
                uses=made.sign_count,
                added_at=self.reception.now(),
            )
        )

    def _origin(self, request: Request) -> str:
        # Nothing comes this far whose host is not one of ours.
        return self._origins[request.headers["host"].lower()]

    def _host(self, request: Request) -> str:
        return self._origin(request).partition("://")[2].partition(":")[0]


def passkey_doors(desk: PasskeyDesk, pages: Pages) -> Doors:
    """Return the page on which somebody adds and removes passkeys of their own."""
    doors = Doors(desk.reception)

    def shown(request: Request, problem: str | None) -> Response:
        visitor = visitor_of(request)
        account_id = visitor.session.account_id
        if account_id is None:
            raise ClosedError
        return pages.show(
            request,
            "passkeys.html",
            status=200 if problem is None else 422,
            problem=problem,
            passkeys=desk.reception.passkeys.of(account_id),
            options=desk.offers(request, visitor.token, account_id),
        )

    @doors.reads(PASSKEYS, step_up=True)
    def mine(request: Request) -> Response:
        return shown(request, None)

    @doors.writes(PASSKEYS, step_up=True)
    def add(request: Request, passkey: Signed = "") -> Response:
        visitor = visitor_of(request)
        account_id = visitor.session.account_id
        if account_id is None:
            raise ClosedError
        try:
            desk.adds(request, visitor.token, account_id, passkey)
        except (SignInRefusedError, AccountExistsError):
            return shown(request, "The passkey was not added. Try again.")
        return elsewhere(f"{PASSKEYS}?said=passkey-added")

    @doors.writes(f"{PASSKEYS}/remove", step_up=True)
    def remove(request: Request, passkey: Id = "") -> Response:
        account_id = visitor_of(request).session.account_id
        if account_id is None:
            raise ClosedError
        desk.reception.passkeys.remove(account_id, passkey, at=desk.reception.now())
        return elsewhere(f"{PASSKEYS}?said=passkey-removed")

    return doors


_UNREADABLE: Final = (
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    RecursionError,
)
"""What a parser may raise for bytes that are no answer of an authenticator."""
_LONGEST_ID: Final = 380


def _named(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known]


def _id_in(signed: str) -> str:
    found: Any = json.loads(signed)
    return str(found["id"])
