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
from cli.portal_children import addresses, commands
from cli.session import HomeOption, flows_of_the_home, flows_running, open_session
from models.errors import SettingsError
from models.segment import OF_CASES
from portal.web.server import Address
from walloff.children import Children
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
def serve(
    home: HomeOption = None,
    pause: PauseOption = 1.0,
    without_portal: Annotated[
        bool, typer.Option("--without-portal", help="Serve no pages, only what is due.")
    ] = False,
    ports_from: Annotated[
        int | None,
        typer.Option(help="The first application's port, the others after it; else the usual."),
    ] = None,
    public: Annotated[
        list[str] | None,
        typer.Option(help="NAME=https://… as browsers name it, where a proxy speaks TLS."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Serve a home on one machine: the pages, queued batches, clocks, retention, witnesses.

    Each application of the portal is a process of its own, with its own keys, and is started again
    when it dies. Hosts Prefect's API itself, on this machine's own address. A second one on the
    same home is refused.
    """
    services = open_session(home)
    pages = {} if without_portal else addresses(ports_from, public or [])
    with alone_in(services.home), flows_running(services) as address:
        serving = Serving(services, flows_of_the_home())
        children = Children(commands(pages, services.home.root.resolve()))
        _tell_serving(services, address, pages, as_json=as_json)
        _until_stopped(partial(serving.serve, pause=pause), children.watch)


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


def _tell_serving(
    services: Services, address: str, pages: dict[str, Address], *, as_json: bool
) -> None:
    witnesses = [one.url for one in known_witnesses(services.settings.witnesses_file)]
    origins = {name: one.origin for name, one in pages.items()}
    told = {"prefect": address, "home": services.home.id, "witnesses": witnesses, "pages": origins}
    lines = [f"serves {services.home.root}", f"prefect {address}"]
    lines += [f"{name} {origin}" for name, origin in origins.items()]
    tell(told, "\n".join([*lines, *(f"witness {url}" for url in witnesses)]), as_json=as_json)
    sys.stdout.flush()


def _until_stopped(*works: Callable[[threading.Event], object]) -> None:
    """Work in threads of their own: in the main one Prefect would take the signals for itself."""
    stop = threading.Event()

    def stopped(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        stop_soon()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopped)
    log_to_stderr()
    threads = [threading.Thread(target=work, args=(stop,), name="work") for work in works]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for thread in threads:
            thread.join(0.2)
