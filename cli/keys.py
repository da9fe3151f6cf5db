"""`walloff keys`: the home and its keys."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from casework.records.key_custody import (
    note_creation,
    opened_by_shares,
    recover,
    rotate_keys,
    rotate_passphrase,
    split,
)
from cli.exit_codes import ExitCode
from cli.output import JsonFlag, print_json, print_table, refusals_named, say, tell
from cli.session import ActorOption, HomeOption, acting, open_session, person, settings_for
from models.errors import AuditBrokenError, InputError
from storage.certificate_note import read_certificate, statements
from storage.domain import Domain
from storage.drill import drill
from storage.escrow import SHARES, THRESHOLD
from storage.home import HomeMode
from storage.note import Verifier
from walloff.databases import home_of
from walloff.home_setup import ready_home
from walloff.key_access import new_passphrase, open_keys, passphrase_of, require_key_file
from walloff.services import clock_of, open_services

app = typer.Typer(no_args_is_help=True, help="The home and its keys.")

NewPassphrase = Annotated[
    Path,
    typer.Option(
        "--new-passphrase-file",
        help="File with the new passphrase; made with a random one if it is missing.",
    ),
]


@app.command("init")
@refusals_named
def init(
    home: HomeOption = None,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help="A home that can never become production.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Make a home with fresh keys for every domain.

    Without WALLOFF_PASSPHRASE_FILE a random passphrase is written into the home: move it to
    another disk before real cases are opened.
    """
    settings = settings_for(home)
    mode = HomeMode.REHEARSAL if rehearsal else HomeMode.PRODUCTION
    made = ready_home(settings, mode)
    services = open_services(settings, mode=mode)
    note_creation(vault=services.vault, now=services.clock.now())
    if made.passphrase_file.exists():
        say(f"walloff: the passphrase lies in {made.passphrase_file}: move it off this disk")
    tell({"home": str(made.root), "mode": made.mode}, str(made.root), as_json=as_json)


@app.command("status")
@refusals_named
def status(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Print the provider, the escrow, and every domain's key version and lockboxes."""
    settings = settings_for(home)
    ring = open_keys(settings, home_of(settings), frozenset(Domain))
    rows = [asdict(row) for row in ring.status()]
    escrow = ring.provider.escrow
    if as_json:
        print_json(
            {
                "provider": ring.provider.name,
                "destruction": ring.provider.assurance,
                "escrow": escrow,
                "awaiting_rotation": sorted(ring.awaiting_rotation()),
                "domains": rows,
            }
        )
        return
    print_table("Keys", tuple(rows[0]), [tuple(row.values()) for row in rows])
    typer.echo(f"provider: {ring.provider.name} (destruction: {ring.provider.assurance})")
    held = f"{escrow[:8]}, {THRESHOLD} of {SHARES} shares" if escrow else "none"
    typer.echo(f"escrow: {held}")
    for domain in sorted(ring.awaiting_rotation()):
        typer.echo(f"{domain}: a destroyed case waits for a rotation")


@app.command("rotate")
@refusals_named
def rotate(
    new_passphrase_file: NewPassphrase | None = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Put every lockbox under new domain keys and destroy the old ones.

    With a new passphrase, the key file is put under it first. Interrupted, simply run it again.
    """
    services = open_session(home)
    who, now = acting(actor, services), services.clock.now()
    if new_passphrase_file is not None:
        require_key_file(services.settings)
        old = passphrase_of(services.settings, services.home)
        new = new_passphrase(new_passphrase_file)
        rotate_passphrase(old, new, actor=who, vault=services.vault, now=now)
        say(f"walloff: from now on WALLOFF_PASSPHRASE_FILE={new_passphrase_file}")
    file = new_passphrase_file or services.settings.passphrase_file
    settings = services.settings.model_copy(update={"passphrase_file": file})
    ring = open_keys(settings, services.home, frozenset(Domain))
    rewrapped = rotate_keys(ring, actor=who, vault=services.vault, now=now)
    services.released.publish_keys()
    if as_json:
        print_json({"rewrapped": rewrapped})
    else:
        print_table("Rotated", ("domain", "lockboxes rewrapped"), list(rewrapped.items()))


@app.command("split")
@refusals_named
def split_(
    out: Annotated[Path, typer.Option("--out", help="Folder for the three shares.")],
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write three key shares, of which any two open the keys; earlier shares open no more.

    Print each, give it to one custodian, and delete the files.
    """
    services = open_session(home)
    require_key_file(services.settings)
    if out.resolve().is_relative_to(services.home.root.resolve()):
        raise InputError("shares beside the keys protect nothing: name a folder outside the home")
    escrow = split(
        passphrase_of(services.settings, services.home),
        out,
        actor=acting(actor, services),
        vault=services.vault,
        now=services.clock.now(),
    )
    files = [str(path) for path in escrow.files]
    tell({"escrow": escrow.id, "files": files}, "\n".join(files), as_json=as_json)


@app.command("recover")
@refusals_named
def recover_(
    share: Annotated[list[Path], typer.Option("--share", help="A share's file; give two.")],
    new_passphrase_file: NewPassphrase | None = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open the keys by two shares and put them under a new passphrase.

    Without --new-passphrase-file nothing is changed: a drill that shows whether the shares are
    good.
    """
    settings = settings_for(home)
    require_key_file(settings)
    sheets = [_text_of(path, "the share cannot be read") for path in share]
    with opened_by_shares(home_of(settings), sheets) as vault:
        lockboxes = sum(row.lockboxes for row in vault.key_ring.status())
        if new_passphrase_file is not None:
            recover(
                sheets,
                new_passphrase(new_passphrase_file),
                actor=person(actor, settings, vault),
                vault=vault,
                now=clock_of(vault).now(),
            )
            say(f"walloff: from now on WALLOFF_PASSPHRASE_FILE={new_passphrase_file}")
    told = {"lockboxes": lockboxes, "recovered": new_passphrase_file is not None}
    tell(told, f"the shares open all {lockboxes} lockboxes", as_json=as_json)


@app.command("verify-certificate")
@refusals_named
def verify_certificate(
    file: Annotated[Path, typer.Argument(help="A certificate of destruction.")],
    vkey: Annotated[
        Path | None,
        typer.Option("--vkey", help="The audit log's public key, as the auditor keeps it."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Check a certificate of destruction offline, and say what it is worth.

    Without --vkey the home's own public key is taken, which whoever rewrites the whole home could
    have replaced.
    """
    source = vkey or home_of(settings_for(home)).audit_key_file
    verifier = Verifier.parse(_text_of(source, "the public key cannot be read"))
    try:
        found = read_certificate(_text_of(file, "the certificate cannot be read"), verifier)
    except AuditBrokenError as error:
        say(f"walloff: {error.code}: {error}")
        raise typer.Exit(ExitCode.FAILED) from None
    lines = [f"signed by {verifier.name}", *statements(found)]
    told = found.model_dump(mode="json") | {"signer": verifier.name, "complete": found.complete}
    tell(told, "\n".join(lines), as_json=as_json)


@app.command("drill")
@refusals_named
def drill_(
    data: Annotated[
        Path, typer.Option("--data", help="raw.db as it was: an older copy or a restored backup.")
    ],
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Open an old copy of the data with today's keys: the destroyed must stay unreadable."""
    settings = settings_for(home)
    opened = home_of(settings)
    found = drill(opened, open_keys(settings, opened, frozenset({Domain.RAW})), data)
    lines = [f"whole: {found.whole}", f"destroyed and unreadable: {found.destroyed}"]
    lines += [f"DESTROYED, YET OPENS: {case_id}" for case_id in found.reopened]
    lines += [f"DOES NOT OPEN: {case_id}" for case_id in found.broken]
    lines.append("passed" if found.passed else "FAILED")
    tell(asdict(found) | {"passed": found.passed}, "\n".join(lines), as_json=as_json)
    if not found.passed:
        raise typer.Exit(ExitCode.FAILED)


def _text_of(path: Path, fault: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(fault, file=path.name) from error
