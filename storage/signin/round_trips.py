"""Who was sent to an identity provider carries along, sealed, what is asked of them on return.

No row is kept for it: anybody may set out, and a row for each would be a way to fill the database.
What comes back counts once, for ten minutes, and in this application alone.
"""

import base64
import binascii
import hmac
import secrets
import threading
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError

from models.errors import SealBrokenError
from models.signin import SignInRefusedError
from models.value import Moment, Value
from storage.signin.database import SigninDatabase

WITHIN: Final = timedelta(minutes=10)
_PLACE: Final = "round-trip"
_WAY: Final = 1024
_LONGEST: Final = 4000
"""Characters; browsers keep cookies of 4096 bytes, the name included."""


class RoundTrip(Value):
    """What the answer of an identity provider is held against."""

    state: str
    nonce: str
    verifier: str
    """The secret of PKCE (RFC 7636)."""
    to: str
    """The path of our own that was asked for."""
    began_at: Moment


class RoundTrips:
    """Seals and opens what a browser carries, with the key of one sign-in database."""

    def __init__(self, database: SigninDatabase) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._ended: dict[str, datetime] = {}

    def begin(self, to: str, *, at: datetime) -> tuple[RoundTrip, str]:
        """Return a round trip with fresh secrets, and the text that a browser carries of it."""
        to = to if len(to.encode()) <= _WAY else "/"
        trip = RoundTrip(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            to=to,
            began_at=at,
        )
        sealed = self._database.sealed(trip.model_dump_json().encode(), _PLACE)
        return trip, base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def end(self, carried: str, state: str, *, at: datetime) -> RoundTrip:
        """Return the round trip that somebody comes back from, whom the provider gave its state.

        Raises `SignInRefusedError` for what was not sealed here, is over, or has another state.
        """
        trip = self._opened(carried)
        if not hmac.compare_digest(trip.state.encode(), state.encode()):
            raise _refused()
        if not timedelta(0) <= at - trip.began_at < WITHIN:
            raise _refused()
        with self._lock:
            self._ended = {one: when for one, when in self._ended.items() if at - when < WITHIN}
            if trip.state in self._ended:
                raise _refused()
            self._ended[trip.state] = trip.began_at
        return trip

    def _opened(self, carried: str) -> RoundTrip:
        if len(carried) > _LONGEST or not carried.isascii():
            raise _refused()
        try:
            sealed = base64.b64decode(carried + "=" * (-len(carried) % 4), b"-_", validate=True)
            return RoundTrip.model_validate_json(self._database.opened(sealed, _PLACE))
        except (binascii.Error, SealBrokenError, ValidationError):
            raise _refused() from None


def _refused() -> SignInRefusedError:
    return SignInRefusedError("the way back is not one of ours, or took too long")
