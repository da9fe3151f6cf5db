"""`walloff serve` and `walloff worker`: processes that run what is due until they are stopped.

The first signal (TERM or INT) ends the batch with the case in hand; a second one ends at once.
"""

import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Annotated, Any

import typer

from cli.log_lines import log_to_stderr
from cli.output import JsonFlag, refusals_named, tell
from cli.session import HomeOption, flows_of_the_home, flows_running, open_session
from models.errors import SettingsError
from models.segment import OF_CASES
from walloff.dispatch import stop_soon
from walloff.prefect_host import join
from walloff.services import Services
from walloff.serving import Serving, alone_in
from walloff.witnessing import known_witnesses
from walloff.working import Worker

PauseOption = Annotated[
    float, typer.Option("--pause", min=0.05, help="Seconds between two looks for work.")
]


@refusals_named
def serve(home: HomeOption = None, pause: PauseOption = 1.0, as_json: JsonFlag = False) -> None:
    """Serve a home on one machine: queued batches, clocks, retention, checkpoints, witnesses.

    Hosts Prefect's API itself, on this machine's own address. A second one on the same home is
    refused.
    """
    services = open_session(home)
    with alone_in(services.home), flows_running(services) as address:
        serving = Serving(services, flows_of_the_home())
        _tell_serving(services, address, as_json=as_json)
        _until_stopped(partial(serving.serve, pause=pause))


@refusals_named
def worker(
    home: HomeOption = None,
    pause: PauseOption = 1.0,
    mend_seconds: Annotated[
        float, typer.Option(min=1, help="Seconds between two looks for what others left behind.")
    ] = 60.0,
    as_json: JsonFlag = False,
) -> None:
    """Work for the Prefect server of PREFECT_API_URL, beside other workers of the same home.

    Sends batches of queued cases to the deployments and runs what is due there.
    """
    services = open_session(home)
    address = join(services.home.prefect)
    # Only now: Prefect reads its settings when it is first imported.
    case_batch = import_module("flows.case_batch").case_batch
    flows: dict[Any, Any] = dict.fromkeys(OF_CASES, case_batch) | flows_of_the_home()
    runs = import_module("walloff.prefect_runs").Runs
    try:
        made = Worker(runs(flows), services, mend_seconds=mend_seconds)
    except ConnectionError as error:
        raise NotReachedError(str(error)) from None
    told = {"prefect": address, "home": services.home.id}
    tell(told, f"works for {address}", as_json=as_json)
    sys.stdout.flush()
    _until_stopped(partial(made.work, pause=pause))


class NotReachedError(SettingsError):
    """The Prefect server does not answer."""

    code = "server-not-reached"


def _tell_serving(services: Services, address: str, *, as_json: bool) -> None:
    witnesses = [one.url for one in known_witnesses(services.settings.witnesses_file)]
    told = {"prefect": address, "home": services.home.id, "witnesses": witnesses}
    lines = [f"serves {services.home.root}", f"prefect {address}"]
    tell(told, "\n".join([*lines, *(f"witness {url}" for url in witnesses)]), as_json=as_json)
    sys.stdout.flush()


def _until_stopped(work: Callable[[threading.Event], object]) -> None:
    """Work in a thread of its own: in the main one Prefect would take the signals for itself."""
    stop = threading.Event()

    def stopped(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        stop_soon()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopped)
    log_to_stderr()
    thread = threading.Thread(target=work, args=(stop,), name="work")
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
