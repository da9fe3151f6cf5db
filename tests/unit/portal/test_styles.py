"""What is built is what the locked packages give, where they are installed."""

import json
import os
import re
from pathlib import Path

import pytest

from tools.build_styles import SCRIPTS, STATIC, built

ROOT = Path(__file__).resolve().parents[3]
STYLES = ROOT / "portal/web/styles"
MODULES = Path(os.environ.get("WALLOFF_NODE_MODULES", ROOT / ".styles/node_modules"))


def test_the_committed_files_are_what_the_packages_give() -> None:
    """Whoever changes a style builds it, and nobody edits what is built."""
    if not (MODULES / ".bin/sass").exists():
        pytest.skip("the packages of the styles are not installed: `make styles` does it")
    for name, text in built(MODULES).items():
        assert (STATIC / name).read_text(encoding="utf-8") == text, f"run `make styles`: {name}"


def test_every_package_is_locked_and_no_host_is_named() -> None:
    lock = json.loads((STYLES / "package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((STYLES / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_what_is_vendored_is_of_the_locked_version_and_has_its_licence() -> None:
    wanted = json.loads((STYLES / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert f"'{wanted['htmx.org']}'" in (STATIC / "htmx.js").read_text(encoding="utf-8").replace(
        '"', "'"
    )
    assert (STATIC / "htmx.LICENSE").read_text(encoding="utf-8").startswith("Zero-Clause BSD")
    assert all((STATIC / name).exists() for name in SCRIPTS)
    assert not [
        name for name in SCRIPTS if "sourceMappingURL" in (STATIC / name).read_text("utf-8")
    ]
