"""`walloff doctor` sees a Prefect server that is open to all, silent, or apart from the others."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from walloff.prefect_reach import Reach, not_shared, reach

REDIS = {
    "PREFECT_SERVER_EVENTS_MESSAGING_BROKER": "prefect_redis.messaging",
    "PREFECT_SERVER_EVENTS_MESSAGING_CACHE": "prefect_redis.messaging",
    "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
    "PREFECT_SERVER_DOCKET_URL": "redis://redis:6379/1",
}


class Answers(BaseHTTPRequestHandler):
    """A server as a client sees it: it asks for a password or does not."""

    wanted: ClassVar[str | None] = None

    def do_GET(self) -> None:
        allowed = self.wanted in (None, self.headers.get("Authorization"))
        self.send_response(200 if allowed else 401)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("wanted", "said", "found"),
    [
        ("Basic YTpi", "a:b", Reach.GUARDED),
        ("Basic YTpi", "a:c", Reach.REFUSED),
        ("Basic YTpi", "", Reach.REFUSED),
        (None, "a:b", Reach.OPEN),
    ],
)
def test_a_server_is_asked_with_the_password_and_without(
    url: str, wanted: str | None, said: str, found: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answers, "wanted", wanted)
    assert reach({"PREFECT_API_URL": url, "PREFECT_API_AUTH_STRING": said}) is found


def test_a_server_that_does_not_answer_is_silent_and_none_is_none() -> None:
    assert reach({"PREFECT_API_URL": "http://127.0.0.1:9/api"}) is Reach.SILENT
    assert reach({"PREFECT_API_URL": "nonsense"}) is Reach.SILENT
    assert reach({}) is None


@pytest.mark.parametrize("name", sorted(REDIS))
def test_one_setting_that_does_not_name_redis_is_seen(name: str) -> None:
    assert not_shared(REDIS) == []
    assert not_shared({}) == [], "one server alone needs no Redis"
    assert not_shared({key: value for key, value in REDIS.items() if key != name}) == [name]
    assert not_shared(REDIS | {name: "memory://"}) == [name]
