"""`walloff work`: run whatever automatic segment is due, then stop."""

from casework.consent import expire_consents
from casework.drawing import draw_samples
from casework.retention import retain_ended
from cli.output import JsonFlag, refusals_named, tell
from cli.session import HomeOption, open_session, run_due


@refusals_named
def work(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Finish what an earlier run left behind, and run every segment that is due."""
    services = open_session(home)
    expire_consents(vault=services.vault, now=services.clock.now())
    retain_ended(vault=services.vault, now=services.clock.now())
    batches = run_due(services)
    draw_samples(vault=services.vault, now=services.clock.now())
    tell({"batches": batches}, f"{batches} batches", as_json=as_json)
