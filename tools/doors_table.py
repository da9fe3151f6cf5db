"""Write docs/doors.md from the doors of every application; `--check` says if it is up to date."""

import importlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from portal.web.application import Application
from portal.web.doors import Door
from portal.web.interfaces import INTERFACES, Interface
from storage.home import Home, HomeMode
from storage.signin.database import SigninDatabase

PAGE = Path(__file__).resolve().parents[1] / "docs" / "doors.md"
ORIGIN = "https://localhost"
_HEAD = """# Doors

Made by `python -m tools.doors_table` from the applications themselves. A page has a door that says
who may open it, and one without a door cannot be made. Whoever is not signed in is sent to sign in.
Whoever is, and may not, gets the answer for what does not exist. Behind a door the casework's own
table ([permissions](permissions.md)) decides each step. A test opens every door in every role.

"again" asks for a second factor shown in the last five minutes.
"""


class Nothing:
    """Stands for whatever an application works on: its doors are told without any of it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __getattr__(self, _name: str) -> "Nothing":
        return self

    def __call__(self, *_args: Any, **_values: Any) -> "Nothing":
        """Return itself, whatever it is asked."""
        return self

    def __iter__(self) -> Iterator[Any]:
        """Hold nothing."""
        return iter(())


@contextmanager
def applications(
    roles_of: Any = None, clock: Any = lambda: datetime.now(UTC)
) -> Iterator[dict[Interface, Application]]:
    """Put every application that there is together, on nothing, for as long as the block lasts."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), HomeMode.PRODUCTION, "0" * 32)
        databases: list[SigninDatabase] = []
        made: dict[Interface, Application] = {}
        for one in INTERFACES:
            module = f"portal.{one.name}.application"
            if find_spec(f"portal.{one.name}") is None or find_spec(module) is None:
                continue
            make = getattr(importlib.import_module(module), f"{one.name}_application")
            databases.append(SigninDatabase.open(Path(folder) / one.name, home, one.name))
            made[one] = make(Nothing(Path(folder)), databases[-1], origins={ORIGIN}, clock=clock)
            if roles_of is not None:
                made[one].reception.roles_of = roles_of
        try:
            yield made
        finally:
            for database in databases:
                database.close()


def page() -> str:
    """Return the whole page."""
    out = [_HEAD]
    with applications() as made:
        for interface, app in made.items():
            out.append(f"\n## {interface.title} (`{interface.name}`, port {interface.port})\n\n")
            out.append("| page | who | |\n|---|---|---|\n")
            out += [_row(door, interface) for door in sorted(app.doors, key=_order)]
    return "".join(out)


def _order(door: Door) -> tuple[bool, str, str]:
    return (door.roles is None, door.path, door.method)


def _row(door: Door, interface: Interface) -> str:
    if door.roles is None:
        who = "everybody"
    elif door.roles == interface.roles:
        who = "all who sign in here"
    else:
        who = ", ".join(sorted(door.roles))
    again = "again" if door.step_up else ""
    return f"| {door.method} `{door.path}` | {who} | {again} |\n"


if __name__ == "__main__":
    text = page()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == text else "docs/doors.md is out of date")
    PAGE.write_text(text, encoding="utf-8")
