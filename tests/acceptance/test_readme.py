"""Every command that the README shows is run, in order, and prints what the README says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MARK = "@@@ {}"


def commands() -> list[tuple[str, list[str]]]:
    """Return the README's console commands with the output lines shown under them."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL):
        continued = False
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
                continued = line.endswith("\\")
            elif continued:
                command, output = found[-1]
                found[-1] = (f"{command}\n{line}", output)
                continued = line.endswith("\\")
            else:
                found[-1][1].append(line)
    return found


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("readme")
    (folder / "samples").symlink_to(ROOT / "samples")
    script = "set -e\nexec 2>&1\n" + "".join(
        f"echo '{MARK.format(number)}'\n{command}\n"
        for number, (command, _shown) in enumerate(commands())
    )
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return re.split(r"^@@@ \d+\n", done.stdout, flags=re.MULTILINE)[1:]


def test_every_command_ran(outputs: list[str]) -> None:
    assert len(outputs) == len(commands()) > 20


def test_commands_print_what_the_readme_shows(outputs: list[str]) -> None:
    for (command, shown), printed in zip(commands(), outputs, strict=True):
        for line in shown:
            assert line in printed.splitlines(), command


def test_the_notice_is_printed_for_handing_over(outputs: list[str]) -> None:
    printed = next(
        text
        for (command, _shown), text in zip(commands(), outputs, strict=True)
        if command.startswith("walloff case notice")
    )
    assert len(printed.split()) > 80


def test_single_texts_are_redacted_and_screened(outputs: list[str]) -> None:
    redacted, screened = outputs[-2:]
    assert "husband" not in redacted
    assert "Hmong" not in redacted
    assert "votes early" in redacted
    assert '"threats-violence"' in screened
