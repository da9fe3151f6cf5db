"""`walloff audit`: what happened, provable without reading content."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from casework.records.audit import accept_loss, read_audit, record_export
from casework.steps.permissions import Permission, authorize
from cli.audit_folder import (
    AuditorsFolder,
    entries_in,
    exported,
    make_auditors_folder,
    proved,
    verified,
)
from cli.exit_codes import ExitCode
from cli.interface import FolderArgument, GroupOption
from cli.output import JsonFlag, print_json, print_table, refusals_named, say, tell
from cli.session import ActorOption, HomeOption, acting, open_session, settings_for
from cli.witness import app as witness_app
from models.errors import InputError
from storage.audit_export import export_log, prove_entry
from storage.checkpoints import log_keys, published
from storage.cosigning import newest_checkpoint
from storage.note import Verifier
from storage.sequencer import keep_sequencing, numbers_without_entry, sequence
from storage.stamps import count_stamps, missing_stamps, verify_stamps
from storage.verification import verify
from walloff.services import Services
from walloff.settings import Settings
from walloff.stamping import trusted_stamps
from walloff.upkeep import publish_checkpoint
from walloff.witnessing import known_witnesses, seen_by

_LONGEST = 200

app = typer.Typer(no_args_is_help=True, help="What happened, provable without reading content.")
app.add_typer(witness_app, name="witness")


@app.command("verify")
@refusals_named
def verify_(
    folder: AuditorsFolder = None, home: HomeOption = None, as_json: JsonFlag = False
) -> None:
    """Recompute the whole log; check it against every checkpoint and what witnesses have seen."""
    if folder is not None:
        size, points, wrong = verified(folder, _known(Settings()))
        _tell_verified({"size": size, "checkpoints": points}, wrong, as_json=as_json)
        return
    services = open_session(home)
    sequence(services.vault)
    found = verify(services.vault, witnesses=_verifiers(services))
    faults = [
        *found.faults,
        *missing_stamps(services.vault),
        *_stamps_that_fail(services),
        *_larger_elsewhere(services),
    ]
    if unused := numbers_without_entry(services.vault):
        say(f"walloff: {unused} numbers of the queue have no entry: rolled back, lost or removed")
    _tell_verified(found.model_dump(mode="json"), faults, as_json=as_json)


@app.command("publish")
@refusals_named
def publish_(
    taken_on: Annotated[
        bool,
        typer.Option("--accept-loss", help="Sign a log that a restored backup cut short."),
    ] = False,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Sign the log as it stands, have witnesses cosign it, and print the checkpoint.

    Printed without its ML-DSA-44 signatures, which are long; `--json` prints it whole.
    """
    services = open_session(home)
    if taken_on:
        who = acting(actor, services)
        accept_loss(actor=who, vault=services.vault, now=services.clock.now())
    publish_checkpoint(services)
    checkpoint = published(services.vault)[-1]
    tell(checkpoint.model_dump(mode="json"), _short(checkpoint.note), as_json=as_json)


@app.command("show")
@refusals_named
def show(
    folder: AuditorsFolder = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List the entries: who did what, when, in which role."""
    if folder is not None:
        entries = entries_in(folder)
    else:
        services = open_session(home)
        entries = read_audit(actor=acting(actor, services), vault=services.vault)
    if as_json:
        print_json([one.model_dump(mode="json") for one in entries])
        return
    rows = [
        (f"{one.at:%Y-%m-%d %H:%M:%S}", one.actor, one.role, one.action, one.object_id, one.code)
        for one in entries
    ]
    print_table("Audit log", ("time (UTC)", "actor", "role", "action", "object", "code"), rows)


@app.command("key")
@refusals_named
def key(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Print the log's public keys, for auditors to note down and witnesses to trust."""
    keys = [one.vkey for one in log_keys(open_session(home).vault)]
    tell({"vkeys": keys}, "\n".join(keys), as_json=as_json)


@app.command("export")
@refusals_named
def export(
    target: Annotated[Path, typer.Argument(help="A new folder, or a new .zip.")],
    folder: AuditorsFolder = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the log for an auditor, with a verifier that needs Python alone."""
    if folder is not None:
        done = exported(folder, target)
    else:
        services = open_session(home)
        now = services.clock.now()
        record_export(actor=acting(actor, services), vault=services.vault, now=now)
        publish_checkpoint(services)
        done = export_log(services.vault, target, witnesses=_verifiers(services), now=now)
    said = f"{done.size} entries, {done.checkpoints} checkpoints, {done.cosignatures} cosignatures"
    tell(asdict(done), said, as_json=as_json)


@app.command("prove")
@refusals_named
def prove(
    event_id: Annotated[str, typer.Argument(help="The entry's event id.")],
    target: Annotated[Path, typer.Argument(help="A new folder for the proof and the entry.")],
    folder: AuditorsFolder = None,
    actor: ActorOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Prove that one entry is in the log, without showing the others."""
    if folder is not None:
        proof, body = proved(folder, event_id)
    else:
        services = open_session(home)
        authorize(acting(actor, services), Permission.READ_AUDIT)
        proof, body = prove_entry(services.vault, event_id)
    if target.exists():
        raise InputError("the target is there already", file=target.name)
    target.mkdir()
    (target / "entry.json").write_bytes(body)
    (target / "entry.tlog-proof").write_text(proof.text, encoding="utf-8")
    tell({"index": proof.index}, f"entry {proof.index}", as_json=as_json)


@app.command("sequence")
@refusals_named
def sequence_(
    every: Annotated[
        float | None, typer.Option("--every", help="Go on, looking every so many seconds.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Put entries that wait (on PostgreSQL) into the tree."""
    vault = open_session(home).vault
    moved = sequence(vault) if every is None else keep_sequencing(vault, pause=every)
    tell({"moved": moved}, f"{moved} entries", as_json=as_json)


def _short(note: str) -> str:
    """Return a note without its post-quantum signatures, of 3 kB each: a note all the same."""
    return "\n".join(line for line in note.splitlines() if len(line) <= _LONGEST)


@app.command("setup")
@refusals_named
def setup(
    folder: FolderArgument,
    group: GroupOption = None,
    home: HomeOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Move the auditors' database into a folder of its own, with the log's public key.

    No other key is in it: the auditors' process needs none. Give the folder to its group.
    """
    made = make_auditors_folder(settings_for(home), folder, group=group)
    tell({"folder": str(made)}, str(made), as_json=as_json)


def _tell_verified(said: dict[str, Any], faults: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        print_json(said | {"faults": list(faults), "intact": not faults})
    else:
        typer.echo(f"{said['size']} entries, {said['checkpoints']} signed checkpoints")
        for fault in faults:
            typer.echo(f"fault: {fault}")
        typer.echo("NOT INTACT" if faults else "verified")
    if faults:
        raise typer.Exit(ExitCode.FAILED)


def _verifiers(services: Services) -> list[Verifier]:
    return _known(services.settings)


def _known(settings: Settings) -> list[Verifier]:
    known = known_witnesses(settings.witnesses_file)
    return [one for witness in known for one in witness.verifiers]


def _stamps_that_fail(services: Services) -> tuple[str, ...]:
    trusted = trusted_stamps(services.settings)
    if trusted is not None:
        return verify_stamps(services.vault, trusted)
    if unchecked := count_stamps(services.vault):
        say(f"walloff: {unchecked} time stamps not checked: WALLOFF_STAMPS_CERTIFICATES is not set")
    return ()


def _larger_elsewhere(services: Services) -> list[str]:
    """Ask every witness how far it saw the log grow: a log cut short is smaller than that."""
    checkpoint = newest_checkpoint(services.vault)
    if checkpoint is None:
        return []
    faults = []
    for witness in known_witnesses(services.settings.witnesses_file):
        try:
            seen = seen_by(witness, services.vault, checkpoint)
        except httpx.HTTPError:
            say(f"walloff: witness {witness.name} is not reached")
            continue
        if seen > checkpoint.size:
            faults.append(f"{witness.name} has seen {seen} leaves, {checkpoint.size} are signed")
    return faults
