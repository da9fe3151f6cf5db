"""A browser that somebody signed in with before is counted apart from strangers' guesses.

Otherwise whoever knows a name could keep its owner out by guessing wrong for ever. The mark lets
nobody in: it says only in whose count a wrong password goes.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from portal.web.visitors import Reception

KEPT: Final = timedelta(days=180)
_LONGEST: Final = 256


def known_browser(reception: Reception, request: Request, name: str) -> str | None:
    """Return what a browser's attempts for a name are counted by, or None for a stranger's."""
    mark = request.cookies.get(_cookie(reception), "")
    nonce, _, proof = mark.partition(".")
    if not nonce or len(mark) > _LONGEST or not mark.isascii():
        return None
    whose = f"{nonce}\0{name.lower()}"
    right = reception.attempts.proof("browser", whose)
    return whose if hmac.compare_digest(proof, right) else None


def remember(reception: Reception, request: Request, response: Response, name: str) -> Response:
    """Mark a browser as one that the owner of this name signed in with."""
    if known_browser(reception, request, name) is None:
        nonce = secrets.token_urlsafe(16)
        proof = reception.attempts.proof("browser", f"{nonce}\0{name.lower()}")
        response.set_cookie(
            _cookie(reception),
            f"{nonce}.{proof}",
            max_age=int(KEPT.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="strict",
        )
    return response


def _cookie(reception: Reception) -> str:
    return f"{reception.interface.cookie}-known"
