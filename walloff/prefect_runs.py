"""Runs of the deployments on a Prefect server: sent, taken, run in this process, cleared away.

Prefect's own process workers start an interpreter a run, which takes longer than most batches:
here the process that took a run calls its flow itself, with the home open and the nets loaded.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import Abort, ObjectNotFound, PrefectException
from prefect.flow_engine import run_flow
from prefect.settings import get_current_settings
from prefect.states import Crashed, Pending
from prefect.types._datetime import now
from prefect.utilities.engine import propose_state_sync

from models.errors import SettingsError
from models.ids import BatchId
from models.segment import Segment
from walloff.process import is_dead, this_process

POOL: Final = "walloff"
"""The work pool that every deployment is in."""

_UNDER_WAY: Final = [StateType.PENDING, StateType.RUNNING]
_AT_ONCE: Final = 200


class Runs:
    """What a worker does with a Prefect server.

    Every method raises `ConnectionError` if the server does not answer.
    """

    def __init__(self, flows: Mapping[Segment, Any]) -> None:
        """Find the deployments of the flows. Raises `SettingsError` if they are not deployed."""
        # A flow would otherwise wait a second at its end for its heartbeat thread.
        get_current_settings().flows.heartbeat_frequency = None
        self._flows = flows
        self._client: SyncPrefectClient = get_client(sync_client=True)
        self._deployments = {segment: self._deployment(segment) for segment in flows}
        self._segments = {found: segment for segment, found in self._deployments.items()}

    def send(self, segment: Segment, batch_id: BatchId) -> None:
        """Have a batch run once; sent again, it stays the same run."""
        with _answering():
            self._client.create_flow_run_from_deployment(
                self._deployments[segment],
                parameters={"segment": segment.value, "batch_id": batch_id},
                idempotency_key=batch_id,
            )

    def take(self) -> FlowRun | None:
        """Take the next run that is due and that no other worker has; None if there is none."""
        with _answering():
            self._client.send_worker_heartbeat(POOL, socket.gethostname())
            waiting = self._client.get_scheduled_flow_runs_for_work_pool(
                POOL, scheduled_before=now("UTC")
            )
            for one in waiting:
                run = one.flow_run
                if run.deployment_id not in self._segments:
                    continue
                try:
                    state = propose_state_sync(self._client, Pending(), flow_run_id=run.id)
                except Abort:
                    continue  # another worker was quicker
                if state.is_pending():
                    self._client.update_flow_run(run.id, infrastructure_pid=this_process())
                    return self._client.read_flow_run(run.id)
        return None

    def run(self, taken: FlowRun) -> bool:
        """Call the flow of a run in this process; return whether it completed."""
        if taken.deployment_id is None:
            return False
        flow = self._flows[self._segments[taken.deployment_id]]
        with _answering():
            state: Any = run_flow(flow, flow_run=taken, return_type="state")
        return bool(state is not None and state.is_completed())

    def clear_dead(self, *, gone: Callable[[str], bool] = is_dead) -> int:
        """Mark the runs whose process is gone from this machine as crashed; return how many.

        Prefect would leave them running for ever, and with them their place in a limit.
        """
        cleared = 0
        with _answering():
            found = self._client.read_flow_runs(
                flow_run_filter=FlowRunFilter(
                    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY)),
                    deployment_id=FlowRunFilterDeploymentId(any_=list(self._segments)),
                ),
                limit=_AT_ONCE,
            )
            for run in found:
                process = run.infrastructure_pid or ""
                if process.count("/") == 2 and gone(process):
                    message = "its process is gone"
                    self._client.set_flow_run_state(run.id, Crashed(message=message), force=True)
                    cleared += 1
        return cleared

    def _deployment(self, segment: Segment) -> Any:
        name = f"{self._flows[segment].name}/{segment}"
        with _answering():
            try:
                return self._client.read_deployment_by_name(name).id
            except ObjectNotFound:
                pass
        raise SettingsError(
            f"{name}: not deployed; run prefect deploy with deployments/prefect.yaml"
        )


@contextmanager
def _answering() -> Iterator[None]:
    """Turn whatever says that the server does not answer, or answers wrongly, into one error."""
    kind = ""
    try:
        yield
    except ObjectNotFound:
        raise
    except (httpx.HTTPError, PrefectException, OSError) as error:
        kind = type(error).__name__
    if kind:
        raise ConnectionError(f"the Prefect server does not answer as it should: {kind}")
