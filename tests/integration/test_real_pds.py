"""Row I5: the connector reads a real Bluesky server, where one is installed (`make pds`)."""

import importlib.util
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from collection.web.connectors import CONNECTORS
from collection.web.fetched import FetchedReader
from collection.web.recorder import ENDING, Recording
from collection.web.walk import walk
from models.evidence import SourceItem

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("PDS_FOLDER", ROOT / ".pds"))
INSTALLED = FOLDER / "node_modules" / "@atproto" / "dev-env"
POSTS = 130

_PLACE = Path(__file__).parents[1] / "unit" / "collection" / "web" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("small_web_of_pds", _PLACE)
assert _SPEC is not None
assert _SPEC.loader is not None
small_web = importlib.util.module_from_spec(_SPEC)
sys.modules["small_web_of_pds"] = small_web
_SPEC.loader.exec_module(small_web)

pytestmark = pytest.mark.skipif(
    not INSTALLED.is_dir() or shutil.which("node") is None,
    reason="no Bluesky server is installed: `make pds` (node 20, 360 MB, three minutes)",
)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    """The addresses of the data server and of the directory."""
    script = FOLDER / "devnet.mjs"
    shutil.copyfile(Path(__file__).with_name("devnet.mjs"), script)
    ports = (free_port(), free_port())
    process = subprocess.Popen(
        ["node", script, *map(str, ports)],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    ready = any("walloff-ready" in line for line in process.stdout)
    try:
        assert ready, "the server ended before it was ready"
        yield (f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}")
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def account(servers: tuple[str, str]) -> dict[str, str]:
    """An account with some posts, a like and a follow, made as any client makes them."""
    pds, _plc = servers
    with httpx.Client(base_url=f"{pds}/xrpc/", trust_env=False, timeout=120) as client:
        given = {
            "handle": "rowan.test",
            "email": "rowan@mail.example",
            "password": secrets.token_hex(8),
        }
        made = client.post("com.atproto.server.createAccount", json=given).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {made['accessJwt']}"
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": "app.bsky.feed.post",
                "value": {
                    "$type": "app.bsky.feed.post",
                    "text": f"Post number {number} about the lake.",
                    "createdAt": f"2026-05-01T10:{number // 60:02}:{number % 60:02}.000Z",
                },
            }
            for number in range(POSTS)
        ]
        for start in range(0, POSTS, 50):
            body = {"repo": made["did"], "writes": writes[start : start + 50]}
            client.post("com.atproto.repo.applyWrites", json=body).raise_for_status()
        follow = {
            "repo": made["did"],
            "collection": "app.bsky.graph.follow",
            "record": {
                "$type": "app.bsky.graph.follow",
                "subject": made["did"],
                "createdAt": "2026-05-01T10:00:00Z",
            },
        }
        client.post("com.atproto.repo.createRecord", json=follow).raise_for_status()
    return {"did": made["did"], "handle": made["handle"]}


@pytest.fixture
def web(servers: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The servers under the names of the web, behind TLS; a DID document names the front."""
    pds, plc = servers

    def behind(origin: str) -> Any:
        def route(handler: Any) -> None:
            found = httpx.get(origin + handler.path, trust_env=False, timeout=60)
            body = found.content
            if b'"serviceEndpoint"' in body:
                value = found.json()
                value["service"][0]["serviceEndpoint"] = "https://pds.example"
                body = json.dumps(value).encode()
            kind = found.headers["Content-Type"]
            small_web.Web.reply(body, kind, found.status_code)(handler)

        return route

    hosts = {"public.api.bsky.app": pds, "pds.example": pds, "plc.directory": plc}
    for made in small_web.served(small_web.certificate_in(tmp_path_factory.mktemp("tls"))):
        made.routes = _Everything({host: behind(origin) for host, origin in hosts.items()})
        yield made


class _Everything(dict[Any, Any]):
    """Routes by host alone."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[0], default)


def test_a_real_server_s_posts_are_fetched_page_by_page(
    web: Any, account: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / f"bluesky-0{ENDING}"
    with Recording(path, software="walloff-fetch 1", contact="x", config_sha256="0") as recording:
        found = walk(
            CONNECTORS["bluesky"],
            account["handle"],
            fetcher=web.fetcher(),
            gate=web.gate(asked=small_web.Terms(robots=True)),
            keep=recording.keep,
            since=datetime(2024, 1, 1, tzinfo=UTC),
        )
        recording.close()
    assert found.stopped is None
    items = [one for one in FetchedReader().read(path) if isinstance(one, SourceItem)]
    assert len(items) == POSTS
    assert {one.author.reveal() for one in items} == {account["handle"]}
    assert all(one.native_id.reveal().startswith(f"at://{account['did']}/") for one in items)
    asked = [one for one in web.paths() if "listRecords" in one]
    assert len(asked) == 3, "a full page, the rest, and an empty one"
    assert any(one.endswith("/robots.txt") for one in web.paths())


def test_a_real_server_s_posts_from_before_the_window_end_it(
    web: Any, account: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / f"bluesky-1{ENDING}"
    with Recording(path, software="walloff-fetch 1", contact="x", config_sha256="0") as recording:
        walk(
            CONNECTORS["bluesky"],
            account["did"],
            fetcher=web.fetcher(),
            gate=web.gate(),
            keep=recording.keep,
            since=datetime(2026, 6, 1, tzinfo=UTC),
        )
        recording.close()
    assert len([one for one in web.paths() if "listRecords" in one]) == 1
