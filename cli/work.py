"""`walloff work`: run whatever automatic segment is due, then stop."""

from collections.abc import Iterable
from typing import Annotated

import typer

from casework.applicant.consent import expire_consents
from casework.people.drawing import draw_samples
from casework.records.retention import retain_ended
from casework.steps.failing import FailingCase, failing_cases
from cli.output import JsonFlag, refusals_named, tell
from cli.session import HomeOption, open_session, run_due

NowFlag = Annotated[
    bool,
    typer.Option("--now", help="Try cases that failed before at once, without their wait."),
]


@refusals_named
def work(home: HomeOption = None, now: NowFlag = False, as_json: JsonFlag = False) -> None:
    """Finish what an earlier run left behind, and run every segment that is due.

    A case whose segment fails is named with its code and the time of its next try.
    """
    services = open_session(home)
    expire_consents(vault=services.vault, now=services.clock.now())
    retain_ended(vault=services.vault, now=services.clock.now())
    batches = run_due(services, at_once=now)
    draw_samples(vault=services.vault, now=services.clock.now())
    failing = failing_cases(vault=services.vault)
    told = {
        "batches": batches,
        "failing": [
            {
                "case": one.case_id,
                "segment": one.segment,
                "code": one.code,
                "failures": one.failures,
                "tried_again_at": one.tried_again_at.isoformat(),
            }
            for one in failing
        ],
    }
    lines = [f"{batches} batches", *failing_lines(failing)]
    tell(told, "\n".join(lines), as_json=as_json)


def failing_lines(failing: Iterable[FailingCase]) -> list[str]:
    """Return a line a case that waits to be tried again."""
    return [
        f"{one.case_id} failed: {one.segment}:{one.code}, {one.failures} x,"
        f" again from {one.tried_again_at:%Y-%m-%d %H:%M} UTC"
        for one in failing
    ]
