"""The commands by which one machine serves every application, each in a process of its own."""

import sys
from collections.abc import Sequence
from pathlib import Path

from cli.portal_places import OPENS
from models.errors import SettingsError
from portal.web.interfaces import INTERFACES
from portal.web.server import Address


def addresses(ports_from: int | None, public: Sequence[str]) -> dict[str, Address]:
    """Return where each application listens: on its usual port, or one after the other.

    `public` are such as `manager=https://hire.example.org`. Raises `SettingsError`.
    """
    named: dict[str, str] = {}
    for one in public:
        name, _, origin = one.partition("=")
        if name not in OPENS or not origin:
            raise SettingsError(f"--public NAME=https://…, NAME one of {', '.join(OPENS)}")
        named[name] = origin
    known = [one for one in INTERFACES if one.name in OPENS]
    ports = {
        one.name: one.port if ports_from is None else ports_from + place
        for place, one in enumerate(known)
    }
    return {
        name: Address("127.0.0.1", port, public=named.get(name)) for name, port in ports.items()
    }


def commands(found: dict[str, Address], home: Path) -> dict[str, list[str]]:
    """Return the command that serves each application of a home."""
    return {name: _command(name, one, home) for name, one in found.items()}


def _command(name: str, address: Address, home: Path) -> list[str]:
    command = [sys.executable, "-m", "cli", "portal", "serve", name, "--home", str(home)]
    command += ["--port", str(address.port), "--with-parent"]
    return command if address.public is None else [*command, "--public", address.public]
