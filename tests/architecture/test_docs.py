"""What the documents list is what the code has."""

import inspect
import re
from pathlib import Path

from casework.steps.permissions import GRANTS, Permission
from cli.exit_codes import ExitCode
from cli.main import build
from walloff.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def doc(name: str) -> str:
    return (ROOT / "docs" / name).read_text()


def test_every_setting_is_documented_with_its_default() -> None:
    text = doc("settings.md")
    rows = dict(re.findall(r"^\| `WALLOFF_([A-Z0-9_]+)` \| (.*?) \|", text, re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, int):
            assert rows[name.upper()] == str(field.default)


def test_every_permission_is_documented_with_its_roles() -> None:
    text = doc("permissions.md")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", text, re.MULTILINE))
    assert set(rows) == {permission.value for permission in Permission}
    for permission, clauses in GRANTS.items():
        assert rows[permission] == ", ".join(clause.role for clause in clauses)


def test_every_exit_code_is_documented() -> None:
    rows = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", doc("exit-codes.md"), re.MULTILINE)
    assert [(int(number), name) for number, name in rows] == [
        (code.value, code.name) for code in ExitCode
    ]


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text()):
            if "://" not in target and not target.startswith("mailto:"):
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_command_says_what_it_does() -> None:
    app = build()
    for group in app.registered_groups:
        assert group.help
        for command in group.typer_instance.registered_commands:
            assert command.callback is not None
            assert command.callback.__doc__
    assert len(app.registered_commands) >= 5


def test_every_command_of_a_group_speaks_json() -> None:
    for group in build().registered_groups:
        for command in group.typer_instance.registered_commands:
            assert command.callback is not None
            assert "as_json" in inspect.signature(command.callback).parameters, command.name
