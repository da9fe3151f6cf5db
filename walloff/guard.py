"""Nothing but a step's name, an error code and an opaque id leaves a task's or a flow's body.

Prefect keeps the text of an exception, and pickles a flow's exception in clear even when results
are not persisted.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from casework.steps.failing import note_failure
from casework.steps.step import entry
from models.audit import AuditAction
from models.errors import LeaseLostError, StepFailedError, WalloffError
from models.ids import BatchId, CaseId, is_id
from models.people import SYSTEM, Role
from models.segment import Segment
from storage.audit import AuditLog
from walloff.segments import run_segment
from walloff.services import Services, services

log = logging.getLogger(__name__)

R = TypeVar("R")

UNFORESEEN = "unforeseen"
"""The code of an error that is not one of ours; its type goes to the log, its text nowhere."""


def guarded(step: str, call: Callable[[Services], R], *, case_id: str = "-") -> R:
    """Call with the process's services; raise only `StepFailedError`, with no cause attached."""
    code = ""
    try:
        return call(services())
    except WalloffError as error:
        code = error.code
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
        code = UNFORESEEN
        kind = type(error).__name__
        log.error("step failed", extra={"step": step, "kind": kind})  # noqa: TRY400 - a traceback shows words
    # Raised after the handlers, so that no other exception hangs on to this one.
    raise StepFailedError(step, code, case_id if is_id(case_id) else "-")


def run_guarded(segment: Segment, case_id: str, batch_id: str) -> int:
    """Run a segment on one case of a batch; if it fails, log it and let the case wait."""
    try:
        return guarded(
            segment,
            lambda current: run_segment(segment, CaseId(case_id), BatchId(batch_id), current),
            case_id=case_id,
        )
    except StepFailedError as failure:
        guarded("log-failure", partial(_record, segment, failure))
        raise


def is_transient(_task: object, _run: object, state: Any) -> bool:
    """Say whether Prefect should try a failed task again: only what was not a refusal."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, StepFailedError) and error.cause == UNFORESEEN


def _record(segment: Segment, failure: StepFailedError, current: Services) -> None:
    with current.vault.write() as tx:
        # A case that another worker took over has not failed.
        if is_id(failure.case_id) and failure.cause != LeaseLostError.code:
            note_failure(tx, segment, CaseId(failure.case_id), now=current.wall_time())
        AuditLog(tx).append(
            entry(
                AuditAction.STEP_FAILED,
                actor=SYSTEM,
                role=Role.SYSTEM,
                object_id=failure.case_id,
                now=current.clock.now(),
                code=f"{failure.step}:{failure.cause}",
            )
        )
