"""Nothing but a step's name, an error code and an opaque id leaves a task's body.

Prefect keeps the text of an exception, and pickles a flow's exception in clear even when results
are not persisted.
"""

import logging
from typing import Any

from casework.step import entry
from models.audit import AuditAction
from models.errors import StepFailedError, WalloffError
from models.ids import BatchId, CaseId, is_id
from models.people import SYSTEM, Role
from models.segment import Segment
from storage.audit import AuditLog
from walloff.segments import run_segment
from walloff.services import Services

log = logging.getLogger(__name__)

UNFORESEEN = "unforeseen"
"""The code of an error that is not one of ours; its type goes to the log, its text nowhere."""


def run_guarded(segment: Segment, case_id: str, batch_id: str, services: Services) -> int:
    """Run a segment on one case; raise only `StepFailedError`, with no cause attached."""
    if not (is_id(case_id) and is_id(batch_id)):
        raise StepFailedError(segment, "bad-id", "-")
    code = ""
    try:
        return run_segment(segment, CaseId(case_id), BatchId(batch_id), services)
    except WalloffError as error:
        code = error.code
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
        code = UNFORESEEN
        kind = type(error).__name__
        log.error("step failed", extra={"case_id": case_id, "kind": kind})  # noqa: TRY400 - a traceback shows words
    _record(segment, CaseId(case_id), code, services)
    # Raised after the handler, so that no other exception hangs on to this one.
    raise StepFailedError(segment, code, case_id)


def is_transient(_task: object, _run: object, state: Any) -> bool:
    """Say whether Prefect should try a failed task again: only what was not a refusal."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, StepFailedError) and error.cause == UNFORESEEN


def _record(segment: Segment, case_id: CaseId, code: str, services: Services) -> None:
    with services.vault.write() as tx:
        AuditLog(tx).append(
            entry(
                AuditAction.STEP_FAILED,
                actor=SYSTEM,
                role=Role.SYSTEM,
                object_id=case_id,
                now=services.clock.now(),
                code=f"{segment}:{code}",
            )
        )
