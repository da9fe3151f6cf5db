"""Whether the Prefect server that the environment names answers, and whom it answers.

A server that answers without a password lets anybody who reaches it start and stop runs; server
processes that do not all share one Redis lose each other's work.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import httpx

_LIMIT: Final = 10.0

_SHARED: Final = {
    "PREFECT_SERVER_EVENTS_MESSAGING_BROKER": "prefect_redis.",
    "PREFECT_SERVER_EVENTS_MESSAGING_CACHE": "prefect_redis.",
    "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.",
    "PREFECT_SERVER_DOCKET_URL": "redis",
}
"""What every one of several server processes must be told, and how each begins."""


class Reach(StrEnum):
    """How a server answered."""

    GUARDED = "answers, and only with the password"
    OPEN = "answers without a password"
    REFUSED = "refuses this machine's password"
    SILENT = "does not answer"


def reach(environment: Mapping[str, str]) -> Reach | None:
    """Ask the server that the environment names, with the password and without; None for none."""
    url = environment.get("PREFECT_API_URL")
    if url is None:
        return None
    name, _, password = environment.get("PREFECT_API_AUTH_STRING", "").partition(":")
    try:
        with httpx.Client(timeout=_LIMIT) as client:
            without = _answered(client, url, None)
            granted = _answered(client, url, (name, password))
    except (httpx.HTTPError, httpx.InvalidURL):
        return Reach.SILENT
    if without.is_success:
        return Reach.OPEN
    if granted.status_code in (401, 403):
        return Reach.REFUSED
    return Reach.GUARDED if granted.is_success else Reach.SILENT


def not_shared(environment: Mapping[str, str]) -> list[str]:
    """Return the settings that keep a server process apart from the others, if any names Redis."""
    shared = {
        name: environment.get(name, "").startswith(begins) for name, begins in _SHARED.items()
    }
    return (
        [name for name, is_shared in shared.items() if not is_shared]
        if any(shared.values())
        else []
    )


def _answered(client: httpx.Client, url: str, auth: tuple[str, str] | None) -> httpx.Response:
    return client.get(f"{url}/admin/version", auth=auth)
