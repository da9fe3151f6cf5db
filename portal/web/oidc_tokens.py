"""An identity token counts if the provider signed it, for us, for this very sign-in, and just now.

RS256 and ES256 alone: a token says by which rule it wants to be read, and is not believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from models.signin import SignInRefusedError, identity_of
from portal.web.oidc_registration import Registration

ALGORITHMS: Final = ("RS256", "ES256")
LARGEST: Final = 16 * 1024
"""Characters of a token."""
SKEW: Final = 60
"""Seconds by which two clocks may differ."""
_LONGEST_SUB: Final = 255


@dataclass(frozen=True, slots=True)
class Known:
    """Whom the provider knows, and whether it saw a second factor that is trusted."""

    identity: str
    second_factor: bool


def known_by(
    unverified_token: str, keys: KeySet, *, registration: Registration, nonce: str, at: datetime
) -> Known:
    """Return whom a token is about. Raises `SignInRefusedError` for one that does not count."""
    refused = SignInRefusedError("the token is not one that counts")
    if len(unverified_token) > LARGEST or not unverified_token.isascii():
        raise refused
    rules = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=SKEW,
        iss={"essential": True, "value": registration.issuer},
        aud={"essential": True, "value": registration.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(unverified_token, keys, algorithms=list(ALGORITHMS)).claims
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise refused from None
    sub = claims["sub"]
    if not isinstance(claims["nonce"], str) or not 0 < len(sub) <= _LONGEST_SUB:
        raise refused
    if not _is_for(registration.client_id, claims):
        raise refused
    return Known(
        identity_of(registration.issuer, sub),
        registration.second_factor is not None and _shown(registration.second_factor, claims),
    )


def _is_for(client_id: str, claims: Mapping[str, Any]) -> bool:
    """Say whether we asked for a token: one for several names whom it was made for."""
    audience, asked_by = claims["aud"], claims.get("azp")
    if asked_by is not None:
        return bool(asked_by == client_id)
    return audience in (client_id, [client_id])


def _shown(factor: str, claims: Mapping[str, Any]) -> bool:
    methods = claims.get("amr")
    return claims.get("acr") == factor or (isinstance(methods, list) and factor in methods)
