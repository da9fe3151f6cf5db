"""Every file under deployments/ parses, and every command and setting that it names exists."""

import configparser
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings as PrefectSettings
from prefect_redis.client import RedisMessagingSettings

from cli.main import build
from walloff.prefect_reach import not_shared
from walloff.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deployments"
UNITS = sorted((FOLDER / "systemd").glob("*.service"))
ENVIRONMENTS = sorted((FOLDER / "env").glob("*.env"))
MANIFESTS = sorted(FOLDER.rglob("*.yaml"))

OUR_IMAGES = ("walloff", "${WALLOFF_IMAGE")
OUR_OWN = {"WALLOFF_ROOT", "WALLOFF_IMAGE", "WALLOFF_SECRETS"}
"""What the files of this folder read themselves: the working folder, the image, the secrets."""


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text()))


def values(found: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, however deep."""
    if isinstance(found, dict):
        for key, value in found.items():
            yield str(key), value
            yield from values(value)
    elif isinstance(found, list):
        for value in found:
            yield from values(value)


def parts(found: Any) -> Iterator[dict[str, Any]]:
    """Every mapping, however deep."""
    if isinstance(found, dict):
        yield found
    for value in found.values() if isinstance(found, dict) else found:
        if isinstance(value, dict | list):
            yield from parts(value)


def environment(*roles: str) -> dict[str, str]:
    """What the files of roles say; a later one counts."""
    found: dict[str, str] = {}
    for role in roles:
        lines = (FOLDER / "env" / f"{role}.env").read_text().splitlines()
        found |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return found


def commands() -> list[list[str]]:
    """Every command that a deployment runs."""
    found = []
    for path in UNITS:
        for key, value in unit(path)["Service"].items():
            if key.lower().startswith("execstart"):
                found.append(shlex.split(value))
    for path in MANIFESTS:
        found += [
            part["command"]
            for part in parts(documents(path))
            if "command" in part and part.get("image", "").startswith(OUR_IMAGES)
        ]
    last = (FOLDER / "Containerfile").read_text().splitlines()[-1]
    found.append(json.loads(last.removeprefix("CMD ")))
    split = []
    for command in found:
        if command[:2] == ["sh", "-c"]:
            split += [shlex.split(part) for part in command[2].split("&&")]
        else:
            split.append([str(part) for part in command])
    return split


def unit(path: Path) -> configparser.ConfigParser:
    # Not strict: of several environment files, the last one is seen here.
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text())
    return parser


@cache
def prefect_help(*command: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("prefect")), *command, "--help"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"prefect {' '.join(command)}: {done.stderr[-500:]}"
    return done.stdout


def test_every_command_exists() -> None:
    app = build("serve")
    ours = {command.name for command in app.registered_commands}
    seen = set()
    for command in commands():
        program, *rest = command
        seen.add(Path(program).name)
        match Path(program).name:
            case "walloff":
                assert rest[0] in ours, command
                assert len(rest) == 1
            case "prefect":
                rest = [part for part in rest if part != "--no-prompt"]
                words = [part for part in rest if part.isalpha() or part == "work-pool"]
                deep = "database" in words or "services" in words
                names = words[: {"server": 3 if deep else 2}.get(rest[0], 1)]
                names = words[:2] if rest[0] == "work-pool" else names
                said = prefect_help(*names)
                for part in rest:
                    assert not part.startswith("-") or part in said, command
            case other:
                raise AssertionError(f"an unknown program: {other}")
    assert seen == {"walloff", "prefect"}


def test_every_setting_exists() -> None:
    ours = {f"WALLOFF_{name.upper()}" for name in Settings.model_fields} | OUR_OWN
    theirs = set(_get_settings_fields(PrefectSettings))
    theirs |= {
        f"PREFECT_REDIS_MESSAGING_{name.upper()}" for name in RedisMessagingSettings.model_fields
    }
    files = [*ENVIRONMENTS, *MANIFESTS, *UNITS, FOLDER / "Containerfile"]
    named = {
        name
        for path in files
        for name in re.findall(r"\b(?:WALLOFF|PREFECT)_[A-Z0-9_]+\b", path.read_text())
    }
    # Passed from whoever starts the composition to two settings.
    named -= {"PREFECT_AUTH", "PREFECT_DATABASE_PASSWORD", "PREFECT_HOME", "PREFECT_API_URL"}
    assert len(named) > 20
    assert named - ours - theirs == set()


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.name)
def test_an_environment_file_holds_names_and_values_and_no_secret(path: Path) -> None:
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            assert re.fullmatch(r"[A-Z0-9_]+", name), line
            assert value, line
            assert not re.search(r"//[^/@]*:[^/@]*@", value), "a password in a URL"
            assert "AUTH_STRING" not in name


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_is_hardened_and_has_an_environment_of_its_role(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["UMask"] == "0077"
    assert service["User"] != "root"
    named = re.findall(r"^EnvironmentFile=(.*)$", path.read_text(), re.MULTILINE)
    assert named
    for name in named:
        assert (FOLDER / "env" / Path(name).name).is_file()


def test_every_role_has_one_environment_file() -> None:
    roles = {path.name.removesuffix(".service").strip("@") for path in UNITS}
    servers = {"walloff-prefect", "walloff-prefect-api", "walloff-prefect-services"}
    assert roles == {"walloff-serve", "walloff-worker"} | servers
    known = {"serve", "worker", "prefect-server", "prefect-redis"}
    assert {path.stem for path in ENVIRONMENTS} == known


def test_several_server_processes_share_one_redis_and_one_alone_needs_none() -> None:
    """A setting that one of them lacks loses places in a limit, or runs of tasks, in silence."""
    # With a password in it, so that it comes from the secret store.
    several = environment("prefect-server", "prefect-redis") | {
        "PREFECT_SERVER_DOCKET_URL": "redis://:secret@redis:6379/1"
    }
    assert not_shared(several) == []
    assert not_shared(environment("prefect-server")) == []
    both = ["/etc/walloff/prefect-server.env", "/etc/walloff/prefect-redis.env"]
    for path in UNITS:
        started = unit(path)["Service"]["ExecStart"]
        if "--no-services" in started or "services start" in started:
            named = re.findall(r"^EnvironmentFile=(.*)$", path.read_text(), re.MULTILINE)
            assert named == both, path
    services = documents(FOLDER / "compose.yaml")[0]["services"]
    for name in ("upgrade", "services", "prefect"):
        assert services[name]["env_file"] == ["env/prefect-server.env", "env/prefect-redis.env"]
        told = services[name]["environment"]
        assert "PREFECT_SERVER_API_AUTH_STRING" in told
        assert not_shared(environment("prefect-server", "prefect-redis") | told) == []
    assert services["prefect"]["deploy"]["replicas"] == 2
    assert "deploy" not in services["services"], "one process of services"
    for one in documents(FOLDER / "kustomize" / "prefect.yaml")[:2]:
        pod = one["spec"]["template"]["spec"]
        for container in [*pod["containers"], *pod.get("initContainers", ())]:
            named = [next(iter(source.values()))["name"] for source in container["envFrom"]]
            assert named == ["prefect-server", "prefect-redis", "prefect-server"]


def test_the_image_holds_what_several_servers_need_by_hash() -> None:
    """The lock of the extra says what the tests ran with, and needs nothing that is not locked."""
    extra = (ROOT / "requirements-scale.lock").read_text()
    (pinned,) = re.findall(r"^(\S+==\S+) ", extra, re.MULTILINE)
    assert re.search(rf"^{re.escape(pinned)} ", (ROOT / "requirements-dev.lock").read_text(), re.M)
    assert set(re.findall(r"sha256:\w+", extra)) <= set(
        re.findall(r"sha256:\w+", (ROOT / "requirements-dev.lock").read_text())
    )
    locked = (ROOT / "requirements.lock").read_text()
    for needed in requires("prefect-redis") or ():
        if "extra ==" not in needed:
            name = re.split(r"[^A-Za-z0-9._-]", needed)[0].lower()
            assert re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE), needed
    assert "requirements-scale.lock" in (FOLDER / "Containerfile").read_text()


def test_images_are_variables_and_name_no_host() -> None:
    made = (FOLDER / "Containerfile").read_text()
    assert re.findall(r"^FROM (.*)$", made, re.MULTILINE) == ["${BASE_IMAGE}"]
    for path in MANIFESTS:
        for key, value in values(documents(path)):
            if key == "image":
                assert value == "walloff" or value.startswith("${"), value


def test_files_that_deployments_name_are_there() -> None:
    kustomization = documents(FOLDER / "kustomization.yaml")[0]
    named = list(kustomization["resources"])
    named += [file for one in kustomization["configMapGenerator"] for file in one["envs"]]
    compose = documents(FOLDER / "compose.yaml")[0]
    for one in compose["services"].values():
        files = one.get("env_file", [])
        named += [files] if isinstance(files, str) else files
    for name in named:
        assert (FOLDER / name).is_file(), name
    services = compose["services"]
    for one in services.values():
        assert set(one.get("depends_on", {})) <= set(services)
        for volume in one.get("volumes", ()):
            source = volume.split(":")[0]
            assert source.startswith("${") or source in compose["volumes"]
