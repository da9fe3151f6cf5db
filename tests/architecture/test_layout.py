"""Traps of a flat layout: each cost somebody an afternoon once."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = sorted(PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
FLOWS = sorted((ROOT / "flows").glob("*.py"))


def _modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def test_every_package_is_wheel_package_linter_root_and_type_checked() -> None:
    """A package that one tool does not know of is a package nobody checks."""
    on_disk = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    assert on_disk == PACKAGES
    assert sorted(PYPROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES
    assert sorted(PYPROJECT["tool"]["mypy"]["packages"]) == PACKAGES


def test_no_flow_file_shares_its_name_with_an_importable_module() -> None:
    """Prefect leaves flows/ first on sys.path, so `import collections` would find a flow file."""
    taken = set(sys.stdlib_module_names) | set(packages_distributions()) | set(PACKAGES)
    names = {path.stem for path in FLOWS} - {"__init__"}
    assert names
    assert not names & taken


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.name)
def test_flow_files_define_only_flows_and_tasks(path: Path) -> None:
    """Prefect loads a flow file as a second copy: a class in it is not the class you catch."""
    tree = ast.parse(path.read_text())
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            decorators = {_name(item) for item in node.decorator_list}
            assert decorators & {"flow", "task"}, node.name
            continue
        assert isinstance(node, ast.Import | ast.ImportFrom | ast.Expr), ast.dump(node)[:60]
        assert not (isinstance(node, ast.ImportFrom) and node.level), "imports are absolute"


def _name(decorator: ast.expr) -> str:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return target.id if isinstance(target, ast.Name) else ""


def test_tests_are_no_package() -> None:
    """With an `__init__.py` under tests/, pytest would shadow the packages under test."""
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_are_absolute(package: str) -> None:
    for path in _modules(package):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_say_what_is_true_of_them_and_stay_small(package: str) -> None:
    for path in _modules(package):
        source = path.read_text()
        assert ast.get_docstring(ast.parse(source)), path
        if "versions" not in path.parts:
            assert len(source.splitlines()) <= 320, path


def test_package_files_hold_a_docstring_only() -> None:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("__init__.py"):
            body = ast.parse(path.read_text()).body
            assert len(body) == 1, path
            assert isinstance(body[0], ast.Expr), path


def test_nothing_committed_names_a_registry_or_a_machine() -> None:
    """The lock files pin by hash and leave the host to whoever installs."""
    hosts = [
        "py" + "pi.org",
        "python" + "hosted.org",
        "registry.npm" + "js.org",
        "deb.deb" + "ian.org",
    ]
    folders = (*PACKAGES, "docs", "tests", "tools", "benchmarks", "deployments", "samples", ".ci")
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert len(files) > 300
    for path in files:
        content = path.read_bytes()
        assert not [host for host in hosts if host.encode() in content], path


def test_lock_files_pin_every_package_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pinned = [line for line in text.splitlines() if "==" in line and not line.startswith(" ")]
        assert len(pinned) > 50
        assert text.count("--hash=sha256:") >= len(pinned)


def test_ci_runs_the_readme_s_test_command() -> None:
    commands = [
        line
        for line in (ROOT / ".ci/run").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert commands[-1] == "exec make test"
    assert "make test" in (ROOT / "README.md").read_text()
