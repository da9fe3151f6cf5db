"""The Prefect API that a process hosts for itself answers that process and nobody else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import SettingsError
from walloff import prefect_host

ROOT = Path(__file__).resolve().parents[2]

ASKS = """
import json, os, sys
from pathlib import Path

from walloff.prefect_host import embed, hosted

folder = Path(sys.argv[1])
with hosted(folder) as url:
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.settings import get_current_settings

    password = get_current_settings().api.auth_string.get_secret_value()
    call = lambda auth: httpx.post(f"{url}/flow_runs/filter", json={}, auth=auth, timeout=60)
    told = {
        "without": call(None).status_code,
        "wrong": call(("walloff", "x" * 43)).status_code,
        "with": call(tuple(password.split(":"))).status_code,
        "client": len(get_client(sync_client=True).read_flow_runs()),
        "named": [name for name, value in os.environ.items() if password in value],
        "written": [
            path.name for path in folder.rglob("*") if path.is_file()
            and password.partition(":")[2].encode() in path.read_bytes()
        ],
        "typed": password in Path("/proc/self/cmdline").read_text(),
        "password": password,
    }
print(json.dumps(told))
"""


def test_a_request_without_the_password_is_refused_and_one_with_it_granted(tmp_path: Path) -> None:
    """And the password is in no file, on no command line and in no inherited environment."""
    environment = {name: value for name, value in os.environ.items() if "PREFECT" not in name}
    done = subprocess.run(
        [sys.executable, "-c", ASKS, str(tmp_path / "prefect")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    password = told.pop("password").partition(":")[2]
    assert told == {
        "without": 401,
        "wrong": 401,
        "with": 200,
        "client": 0,
        "named": [],
        "written": [],
        "typed": False,
    }
    assert len(password) >= 43, "256 bits"
    assert password not in done.stderr


def test_each_start_makes_a_password_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = set()
    for _ in range(2):
        environment: dict[str, str] = {}
        monkeypatch.setattr(prefect_host.os, "environ", environment)
        monkeypatch.setattr(prefect_host.sys, "modules", {})
        prefect_host.embed(tmp_path / "prefect")
        server = environment["PREFECT_SERVER_API_AUTH_STRING"]
        assert server == environment["PREFECT_API_AUTH_STRING"]
        made.add(server)
    assert len(made) == 2


def test_a_server_that_the_environment_names_keeps_its_own_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"PREFECT_API_URL": "http://127.0.0.1:4200/api"}
    monkeypatch.setattr(prefect_host.os, "environ", environment)
    assert prefect_host.embed(tmp_path / "prefect") == "http://127.0.0.1:4200/api"
    assert set(environment) == {"PREFECT_API_URL"}
    environment.clear()
    with pytest.raises(SettingsError):
        prefect_host.join(tmp_path / "prefect")
