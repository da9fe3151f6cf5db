"""One process hosts Prefect's API as a thread; flows then run as plain calls in that process.

The API asks for a password that only this process has: whoever else on the machine reaches the
address is refused. `create_app` is what Prefect's own command line uses, but it is not documented:
this module is the only one that knows of it. docs/decisions/0002 says why the case database, and
not Prefect, holds the truth.
"""

import atexit
import fcntl
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from models.errors import SettingsError

_START_LIMIT: Final = 60.0
"""Seconds until a server that does not answer is given up; the first start takes about seven."""

_STOP_LIMIT: Final = 15.0
"""Seconds that the server gets to finish what it has in hand."""

_CLIENT: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    # Nothing is kept but ids and states: no logs, no results, no event payloads.
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    # Not warnings: each task would say that a timeout takes effect between two calls only.
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_TASKS_DEFAULT_NO_CACHE": "true",
    "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
}
"""Of a process that runs flows, wherever the server is."""

_SERVER: Final = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    # One writer in batches: without this SQLite answers busy and the client sleeps two seconds.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
}
"""Of the server that this process hosts for itself."""

_PASSWORD: Final = ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING")
"""What the server asks for, and what its clients say."""


def embed(folder: Path) -> str:
    """Point this process at a Prefect of its own in a folder; return the API's address.

    The API's password is made here and is in this process's memory only; `_start` takes it out of
    the environment, so that no process started from this one inherits it.

    Must come before Prefect is first imported. Raises `SettingsError` if it came too late.
    """
    if "PREFECT_API_URL" in os.environ:
        return os.environ["PREFECT_API_URL"]
    if "prefect" in sys.modules:
        raise SettingsError("Prefect was imported before its settings were made")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{_free_port()}/api"
    os.environ.update(_CLIENT | _SERVER)
    os.environ.update(dict.fromkeys(_PASSWORD, f"walloff:{secrets.token_urlsafe(32)}"))
    os.environ["PREFECT_HOME"] = str(folder.resolve())
    os.environ["PREFECT_API_URL"] = url
    return url


def join(folder: Path) -> str:
    """Make this process a worker of the server that the environment names; return its address.

    Must come before Prefect is first imported. Raises `SettingsError` if there is none, or if it
    came too late.
    """
    if "PREFECT_API_URL" not in os.environ:
        raise SettingsError("say where the Prefect server is: PREFECT_API_URL")
    if "prefect" in sys.modules:
        raise SettingsError("Prefect was imported before its settings were made")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.update(_CLIENT)
    os.environ["PREFECT_HOME"] = str(folder.resolve())
    return os.environ["PREFECT_API_URL"]


@contextmanager
def hosted(folder: Path) -> Iterator[str]:
    """Have an API within the block, and its address: what the environment names, or our own.

    Our own is started at the first call and serves until the process ends: Prefect keeps the
    address that it saw first. Two processes start one after the other. Raises `SettingsError` if
    the server does not start.
    """
    if "PREFECT_API_URL" not in os.environ:
        url = embed(folder)
        with (folder / ".start").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _start(url)
    yield os.environ["PREFECT_API_URL"]


def _start(url: str) -> None:
    import uvicorn
    from prefect.events.worker import EventsWorker
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    # A flow would otherwise wait a second at its end for its heartbeat thread. The setting
    # accepts no "off", neither from the environment nor from a profile.
    get_current_settings().flows.heartbeat_frequency = None
    if get_current_settings().server.api.auth_string is None:
        raise SettingsError("the embedded Prefect API has no password")
    for name in _PASSWORD:
        os.environ.pop(name, None)  # Prefect has read it
    port = int(url.rsplit(":", 1)[1].split("/")[0])
    config = uvicorn.Config(
        create_app(), host="127.0.0.1", port=port, log_level="error", lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="prefect-api", daemon=True)

    def stop() -> None:
        # Events still on their way would find no server and complain on stderr.
        EventsWorker.drain_all(timeout=_STOP_LIMIT)
        server.should_exit = True
        thread.join(timeout=_STOP_LIMIT)

    thread.start()
    atexit.register(stop)
    _await(server, thread)


def _await(server: object, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _START_LIMIT
    while not getattr(server, "started", False):
        if not thread.is_alive() or time.monotonic() > deadline:
            raise SettingsError("the embedded Prefect API did not start")
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
