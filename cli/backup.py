"""`walloff backup` and `walloff restore`: both verify what they made, or make nothing."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli.output import JsonFlag, refusals_named, say, tell
from cli.session import HomeOption, open_session, settings_for
from storage.backup import backup
from storage.domain import Domain
from storage.home import Home, HomeMode
from storage.keyring import KeyRing
from storage.restore import restore
from walloff.databases import urls_of
from walloff.key_access import open_keys
from walloff.settings import Settings


@refusals_named
def backup_(
    target: Annotated[Path, typer.Argument(help="The folder to make.")],
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Copy the home into a new folder, in two parts, and verify both.

    Keep `keys` apart from `data`, and only its newest copy. The passphrase is in neither.
    """
    services = open_session(home)
    data, keys = backup(services.vault, target, now=services.wall_time())
    lines = [
        f"{target}: {data.entries} audit entries verified",
        f"data: {len(data.files)} files, keep as long as the rules allow",
        f"keys: {len(keys.files)} files, keep elsewhere, and the newest alone",
    ]
    parts = {"data": data.model_dump(mode="json"), "keys": keys.model_dump(mode="json")}
    tell(parts, "\n".join(lines), as_json=as_json)


@refusals_named
def restore_(
    source: Annotated[Path, typer.Argument(help="The backup.")],
    home: Annotated[Path, typer.Argument(help="The home to make; it must not exist.")],
    keys: Annotated[
        Path | None, typer.Option(help="The part `keys` of a newer backup; else this one's.")
    ] = None,
    older_log: Annotated[
        bool,
        typer.Option(
            "--older-log", help="Restore although the audit log lacks what was signed since."
        ),
    ] = False,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="The backup is of a rehearsal home.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make a home of a backup, and open every lockbox of it and verify its log first.

    Needs the passphrase in a file of its own (WALLOFF_PASSPHRASE_FILE), or the PKCS#11 tokens.
    """
    settings = settings_for(home)
    restored = restore(
        source,
        home,
        mode=HomeMode.REHEARSAL if rehearsal else HomeMode.PRODUCTION,
        open_ring=partial(all_keys, settings),
        keys=keys,
        urls=urls_of(settings),
        older_log=older_log,
    )
    for fault in restored.faults:
        say(f"walloff: {fault}")
    found = {
        "home": str(restored.home.root),
        "entries": restored.entries,
        "lockboxes": restored.lockboxes,
        "faults": restored.faults,
    }
    text = f"{home}: {restored.entries} audit entries, {restored.lockboxes} lockboxes opened"
    tell(found, text, as_json=as_json)


def all_keys(settings: Settings, home: Home) -> KeyRing:
    """Return a key ring of every domain."""
    return open_keys(settings, home, frozenset(Domain))
