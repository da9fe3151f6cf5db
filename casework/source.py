"""Where an applicant's material lies is registered by an investigator, and stays sealed."""

from datetime import datetime
from pathlib import Path

from casework.consent import require_consent, require_lead_time, require_state
from casework.dispatching import outbox_kind
from casework.permissions import Permission
from casework.step import step
from models.audit import AuditAction
from models.case import CaseState
from models.errors import InputError
from models.ids import CaseId
from models.people import Actor
from models.segment import Segment
from models.text import RawText
from models.value import Value
from storage.duties import Duty
from storage.records import RecordKind, RecordStore
from storage.transaction import Transaction
from storage.vault import Vault


class SourceFolder(Value):
    """A folder of input files. Its path may name the applicant, so it is raw text."""

    path: RawText


def register_source(
    case_id: CaseId, folder: Path, *, actor: Actor, vault: Vault, now: datetime
) -> None:
    """Open the gate for collection from a folder: `disclosed → collecting`.

    Whoever registers a source has gathered evidence, and so neither reviews nor releases.
    Raises `LeadTimeError`, `InputError` if there is no such folder, and what `require_consent`
    does.
    """
    with step(vault, case_id, actor=actor, permission=Permission.REGISTER_SOURCE, now=now) as work:
        require_state(work.case, CaseState.DISCLOSED)
        require_consent(work.tx, work.case, now=now)
        require_lead_time(work.tx, work.case, now=now)
        if not folder.is_dir():
            raise InputError("the input folder does not exist or is not a folder")
        source = SourceFolder(path=RawText(str(folder.resolve())))
        RecordStore(work.tx).put(case_id, RecordKind.SOURCE, source, now=now)
        work.record_duty(Duty.COLLECTED)
        work.move(CaseState.COLLECTING)
        work.log(AuditAction.SOURCE_REGISTERED)
        work.queue(outbox_kind(Segment.COLLECT))


def source_of(tx: Transaction, case_id: CaseId) -> Path:
    """Return the registered folder. Raises `InputError` if none is registered."""
    source = RecordStore(tx).latest(case_id, RecordKind.SOURCE, SourceFolder)
    if source is None:
        raise InputError("no input folder is registered for this case")
    return Path(source.path.reveal())
