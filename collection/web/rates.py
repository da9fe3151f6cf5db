"""A host is asked at its pace: never faster than the slowest of all that bears on it."""

import math
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from collection.web.answers import Answer
from models.fetching import FetchBusyError

POLL_SECONDS: Final = 1.0
"""Whoever waits asks this often whether the work may go on."""
BUSY: Final = frozenset({429, 503})
_TOO_SOON: Final = 5.0
"""Seconds to wait where a server is busy and does not say for how long."""


class Pace:
    """When each host may be asked again."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}

    def wait(
        self, host: str, interval: float, live: Callable[[], None], *, at_most: float = math.inf
    ) -> None:
        """Wait until a host may be asked, and take the turn.

        Raises what `live` does, and `FetchBusyError` if that is too long to wait.
        """
        if self._next.get(host, 0.0) - self._clock() > at_most:
            raise FetchBusyError("the server asks to come back later")
        while (left := self._next.get(host, 0.0) - self._clock()) > 0:
            live()
            self._sleep(min(left, POLL_SECONDS))
        self._next[host] = self._clock() + interval

    def put_off(self, host: str, seconds: float) -> None:
        """Ask a host no sooner than this."""
        self._next[host] = max(self._next.get(host, 0.0), self._clock() + seconds)


def asked_to_wait(answer: Answer) -> float:
    """Return for how many seconds a server asks to be left alone; nothing for one that does not.

    `Retry-After` (RFC 9110, 10.2.3) where it is busy, and a limit that is used up, as Mastodon
    and GitHub state it.
    """
    if answer.status in BUSY or (answer.status == 403 and answer.header("Retry-After")):
        return _retry_after(answer)
    if answer.header("X-RateLimit-Remaining") == "0":
        return max(0.0, _until(answer.header("X-RateLimit-Reset"), answer.at))
    return 0.0


def _retry_after(answer: Answer) -> float:
    stated = answer.header("Retry-After")
    if re.fullmatch(r"\d{1,9}", stated):
        return float(stated)
    try:
        at = parsedate_to_datetime(stated)
    except (TypeError, ValueError, IndexError, OverflowError):
        return _TOO_SOON
    return max(0.0, (_aware(at) - answer.at).total_seconds())


def _until(stated: str, now: datetime) -> float:
    if re.fullmatch(r"\d{1,11}", stated):
        return int(stated) - now.timestamp()
    try:
        return (_aware(datetime.fromisoformat(stated)) - now).total_seconds()
    except (ValueError, OverflowError):
        return math.inf if stated else 0.0


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
