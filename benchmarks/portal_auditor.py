"""Server time of the auditors' pages on a log of 10,000 cases, 200,000 entries.

    python benchmarks/portal_auditor.py [ENTRIES]

prints how long the index takes to fill, and for each page the median and the slowest of 20 requests
and its size. The log is made up and lies in memory: what is measured is the index and the pages.
"""

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from casework.counsel.ledgers import PARTS, index_of
from models.audit import AuditAction, AuditEntry
from models.ids import ActorId, new_id
from models.people import Role
from models.signin import Stage
from portal.auditor.application import auditor_application
from portal.web.interfaces import AUDITOR
from storage.home import Home, HomeMode
from storage.signin.database import SigninDatabase

CASES = 10_000
ORIGIN = "https://localhost"
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
STEPS = (
    (AuditAction.NOTICE_SENT, "inv"),
    (AuditAction.CONSENT_SIGNED, "inv"),
    (AuditAction.SOURCE_REGISTERED, "inv"),
    (AuditAction.CAPTURED, "inv"),
    *((AuditAction.RAW_READ, "rev"),) * 8,
    (AuditAction.APPROVED, "rev"),
    (AuditAction.APPROVED, "rev"),
    (AuditAction.PREVIEWED, "app"),
    (AuditAction.RELEASED, "off"),
    (AuditAction.VIEWED, "man"),
    (AuditAction.DECIDED, "man"),
    (AuditAction.RETAINED, "cus"),
    (AuditAction.DENIED, "man"),
)


class MadeUp:
    """A log in memory, as the auditors' database gives one."""

    def __init__(self, entries: int) -> None:
        chance, cases = random.Random(1), [new_id() for _ in range(CASES)]
        self.bodies = []
        for number in range(entries):
            case = number % CASES
            action, who = STEPS[number // CASES % len(STEPS)]
            made = AuditEntry(
                event_id=f"{number:032x}",
                at=NOW - timedelta(minutes=entries - number),
                actor=ActorId(f"{who}-{chance.randrange(20)}"),
                role=Role.SYSTEM,
                action=action,
                object_id=cases[case],
                code="E-R1-RULE" if action is AuditAction.DENIED else "",
            )
            self.bodies.append(made.model_dump_json())

    def size(self) -> int:
        """Return how many entries there are."""
        return len(self.bodies)

    def leaves_from(self, position: int, limit: int) -> list[tuple[int, str]]:
        """Return entries in order."""
        return list(enumerate(self.bodies[position : position + limit], position))

    def newest(self) -> None:
        """Return no checkpoint."""

    def alarms(self) -> list[Any]:
        """Return no alarm."""
        return []


def main() -> None:
    """Print the figures."""
    log: Any = MadeUp(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
    began = time.perf_counter()
    index = index_of(log)
    index.refresh()
    print(f"{log.size()} entries: the index took {time.perf_counter() - began:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), HomeMode.PRODUCTION, "0" * 32)
        signin = SigninDatabase.open(Path(folder) / "signin", home, "auditor")
        app = auditor_application(log, signin, origins={ORIGIN}, clock=lambda: NOW, index=index)
        client = TestClient(app.asgi, base_url=ORIGIN)
        token = app.reception.sessions.start(ActorId("an-auditor"), Stage.SIGNED_IN, at=NOW)
        client.cookies.set(AUDITOR.cookie, token, domain="localhost.local")
        pages = [
            "/",
            "/verify",
            "/entries",
            "/entries?person=rev-3&action=raw-read&until=2026-06-01",
            "/entries?code=E-R1-RULE&person=man-1",
            "/access",
            "/access?person=rev-1&code=nothing",
            f"/access?after={_middle(index)}",
            "/consents?since=2026-05-01&until=2026-05-02",
            "/access/exposures",
            f"/access/exposures?part={PARTS[0]}",
            "/access/separation",
            "/retention",
        ]
        for page in pages:
            took, size = [], 0
            for _ in range(20):
                begin = time.perf_counter()
                answer = client.get(page)
                took.append(1000 * (time.perf_counter() - begin))
                size = len(answer.content)
                assert answer.status_code == 200, page
            print(f"{statistics.median(took):7.1f} ms {max(took):7.1f} ms {size:7d} B  {page[:70]}")
        signin.close()


def _middle(index: Any) -> str:
    return str(index.at(index.refresh() // 2).key)


if __name__ == "__main__":
    main()
