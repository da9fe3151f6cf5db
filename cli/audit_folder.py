"""What `walloff audit` does in the auditors' own process: with one folder, and no key of a home."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from models.audit import AuditEntry
from storage.auditors import AuditorsLog
from storage.export_files import MANIFEST, Exported, log_files, prove_one, write_export
from storage.interface_folder import folder_home, make_folder
from storage.migrate import Database
from storage.note import Verifier
from storage.proof import LogProof
from walloff.databases import home_of, urls_of
from walloff.settings import Settings

AuditorsFolder = Annotated[
    Path | None,
    typer.Option("--folder", help="The auditors' own folder, instead of a home: needs no key."),
]


def make_auditors_folder(settings: Settings, folder: Path, *, group: str | None) -> Path:
    """Move the auditors' database into a folder of its own, with the log's public key."""
    made = make_folder(home_of(settings), Database.AUDIT, folder, group=group)
    return made.folders[Database.AUDIT]


@contextmanager
def auditors_log(folder: Path) -> Iterator[AuditorsLog]:
    """Open the auditors' folder for as long as the block lasts. Raises `HomeError`."""
    found = urls_of(Settings()).get(Database.AUDIT)
    urls = {} if found is None else {Database.AUDIT: found}
    log = AuditorsLog(folder_home(folder, urls=urls))
    try:
        yield log
    finally:
        log.close()


def verified(folder: Path, witnesses: list[Verifier]) -> tuple[int, int, list[str]]:
    """Return how many entries and checkpoints there are, and every fault."""
    with auditors_log(folder) as log:
        found = log.verify(witnesses=witnesses)
    return found.size, found.checkpoints, list(found.faults)


def entries_in(folder: Path) -> list[AuditEntry]:
    """Return the entries in order. Raises `AuditBrokenError`."""
    with auditors_log(folder) as log:
        return list(log.entries())


def exported(folder: Path, target: Path) -> Exported:
    """Write the log as it was handed over, with the list that the log signed then."""
    with auditors_log(folder) as log:
        parts, signed = log.log()
    return write_export(target, log_files(parts) | {MANIFEST: signed}, parts)


def proved(folder: Path, event_id: str) -> tuple[LogProof, bytes]:
    """Prove one entry. Raises `AuditBrokenError` if it was not handed over."""
    with auditors_log(folder) as log:
        parts, _ = log.log()
    return prove_one(parts.bodies, parts.points, event_id)
