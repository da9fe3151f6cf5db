"""Every file under deployments/ parses, and every command and setting that it names exists."""

import configparser
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings as PrefectSettings

from cli.main import build
from walloff.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deployments"
UNITS = sorted((FOLDER / "systemd").glob("*.service"))
ENVIRONMENTS = sorted((FOLDER / "env").glob("*.env"))
MANIFESTS = sorted(FOLDER.rglob("*.yaml"))

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


def commands() -> list[list[str]]:
    """Every command that a deployment runs."""
    found = []
    for path in UNITS:
        for key, value in unit(path)["Service"].items():
            if key.lower().startswith("execstart"):
                found.append(shlex.split(value))
    for path in MANIFESTS:
        found += [value for key, value in values(documents(path)) if key == "command"]
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
    parser = configparser.ConfigParser(interpolation=None, strict=True)
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
                names = words[: {"server": 3 if "database" in words else 2}.get(rest[0], 1)]
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
    name = Path(service["EnvironmentFile"]).name
    assert (FOLDER / "env" / name).is_file()


def test_every_role_has_one_environment_file() -> None:
    roles = {path.name.removesuffix(".service").strip("@") for path in UNITS}
    assert roles == {"walloff-serve", "walloff-worker", "walloff-prefect"}
    assert {path.stem for path in ENVIRONMENTS} == {"serve", "worker", "prefect-server"}


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
    named += [one["env_file"] for one in compose["services"].values() if "env_file" in one]
    for name in named:
        assert (FOLDER / name).is_file(), name
    services = compose["services"]
    for one in services.values():
        assert set(one.get("depends_on", {})) <= set(services)
        for volume in one.get("volumes", ()):
            source = volume.split(":")[0]
            assert source.startswith("${") or source in compose["volumes"]
