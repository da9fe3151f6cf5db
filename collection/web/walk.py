"""A disclosed place is asked step by step, until its window is left behind or something refuses.

What refuses one place does not cost the others; what refuses the case (a consent that ended, a
person who may not) goes on to the caller.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from collection.egress.egress import RULES
from collection.web.answers import Answer, Gate, Keep
from collection.web.connector import Connector, Got
from collection.web.fetcher import Fetcher
from models.errors import ConsentScopeError, InputError, WalloffError
from models.fetching import (
    FetchBusyError,
    FetchFailedError,
    FetchRefusedError,
    RobotsError,
    VerifiedLink,
)
from models.search_clauses import TermsBarredError, TermsUnreviewedError

OF_ONE_PLACE: Final[tuple[type[WalloffError], ...]] = (
    *(FetchRefusedError, FetchFailedError, FetchBusyError, RobotsError, InputError),
    *(TermsUnreviewedError, TermsBarredError, ConsentScopeError),
    *(rule.refusal for rule in RULES.values()),
)
"""What ends the work on one place and no more."""


@dataclass(slots=True)
class Walked:
    """What came of one place."""

    verified: list[VerifiedLink] = field(default_factory=list)
    stopped: WalloffError | None = None
    """What ended it early."""


def walk(
    connector: Connector,
    handle: str,
    *,
    fetcher: Fetcher,
    gate: Gate,
    keep: Keep,
    since: datetime,
) -> Walked:
    """Ask for everything that a place has since a moment. Raises what the gate does of the case."""
    done = Walked()
    try:
        _walk(connector, handle, done, fetcher, gate, keep, since)
    except OF_ONE_PLACE as refusal:
        done.stopped = refusal
    return done


def _walk(
    connector: Connector,
    handle: str,
    done: Walked,
    fetcher: Fetcher,
    gate: Gate,
    keep: Keep,
    since: datetime,
) -> None:
    waiting = deque(connector.begin(handle))
    made = 0
    asked: set[str] = set()
    while waiting:
        if made == fetcher.limits.requests:
            raise FetchRefusedError(f"more than {made} requests for one place")
        ask = waiting.popleft()
        made += 1
        if ask.url in asked:
            raise FetchRefusedError("a page that leads back to one before it")
        asked.add(ask.url)
        answer = fetcher.fetch(ask, gate=gate, keep=keep)
        if not 200 <= answer.status < 300:
            raise FetchFailedError(f"the server answered {answer.status}")
        follows = connector.go_on(got_from(answer), since)
        done.verified += follows.verified
        if follows.done:
            waiting.clear()
        waiting.extend(follows.asks)


def got_from(answer: Answer) -> Got:
    """Return what a connector needs to know of an answer."""
    return Got(
        step=answer.ask.step,
        url=answer.url,
        status=answer.status,
        media_type=answer.media_type,
        content=answer.content,
        link=answer.header("Link"),
        content_type=answer.header("Content-Type"),
        about=answer.ask.about,
    )
