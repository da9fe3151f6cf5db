"""A fetch and the capture of a page, each run again by its person after every kill.

Part of the program `killed_at.py`. Nothing of a killed run is gone on with: every request stands
as a query, and the person begins anew in an empty folder.
"""

import hashlib
import importlib.util
import json
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from casework.applicant.cases import list_cases
from casework.gathering.fetching import fetch
from casework.gathering.left_files import settle_left
from casework.gathering.page_capture import capture_page
from casework.people.people import find_person
from collection.web.browser import PageCapturer
from collection.web.browser_recording import SHOWN, Drawn, Page
from collection.web.browser_rules import Exchange
from models.audit import AuditAction
from models.fetching import FetchRecord
from models.ids import ActorId
from models.page_capture import PageCaptureRecord
from models.people import Role
from models.search import QueryRecord
from models.text import RawText
from storage.audit import AuditLog
from storage.records import RecordKind, RecordStore
from walloff.services import Services

PAGE: Final = "http://rowan.example/plain"
STATUSES: Final = "https://social.example/api/v1/accounts/109/statuses"
_PLACE = Path(__file__).parents[1] / "unit" / "collection" / "web" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("small_web", _PLACE)
assert _SPEC is not None
assert _SPEC.loader is not None
small_web = importlib.util.module_from_spec(_SPEC)
sys.modules["small_web"] = small_web
_SPEC.loader.exec_module(small_web)
CERTIFICATE: list[Path] = []
"""Made once, for all children."""


class Given(PageCapturer):
    """Captures without a browser: asks what a browser's proxy would, and returns one page."""

    def capture(self, url: str) -> Page:
        self.may_ask(url)
        self.live()
        now = small_web.NOW
        names = ("screenshot", "pdf", SHOWN)
        drawn = tuple(Drawn(one, "application/octet-stream", one.encode()) for one in names)
        wire = (b"GET /plain HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nBread.")
        asked = (Exchange(url, "192.0.2.7", now, now, 200, *wire),)
        return Page(url, url, now, now, asked, drawn, {}, "a test", "0" * 64, {})


def certify(folder: Path) -> None:
    """Make what the small web shows for a certificate."""
    CERTIFICATE.append(small_web.certificate_in(folder))


def run_both(services: Services) -> None:
    """Fetch, then capture, each into the first folder that nobody has used."""
    actor = find_person(ActorId(f"the-{Role.INVESTIGATOR}"), vault=services.vault)
    [case] = list_cases(actor=actor, vault=services.vault)
    who: dict[str, Any] = {"actor": actor, "vault": services.vault, "clock": services.clock.now}
    at = len(folders(services)) // 2
    fetched, captured = (services.home.root / f"{kind}-{at:03}" for kind in ("fetch", "page"))
    fetched.mkdir()
    captured.mkdir()
    account = {"id": "109", "acct": "rowan_a", "url": "https://social.example/@rowan_a"}
    status = {
        "id": "1",
        "created_at": "2026-05-01T10:00:00.000Z",
        "visibility": "public",
        "uri": "https://social.example/users/rowan_a/statuses/1",
        "url": "https://social.example/@rowan_a/1",
        "content": "<p>What a fine afternoon.</p>",
        "account": account,
    }
    with closing(small_web.served(*CERTIFICATE)) as served:
        web = next(served)
        lookup = "https://social.example/api/v1/accounts/lookup"
        web.at(lookup, web.reply(json.dumps(account)))
        web.at(STATUSES, web.reply(json.dumps([status])))
        fetch(case.id, fetched, fetcher=web.fetcher(now=services.clock.now), **who)
    capture_page(case.id, RawText(PAGE), captured, capturer=Given(), **who)


def folders(services: Services) -> list[Path]:
    root = services.home.root
    return sorted([*root.glob("fetch-*"), *root.glob("page-*")])


def kept(services: Services) -> dict[str, Any]:
    """What must be so however often a run was killed."""
    auditor = find_person(ActorId(f"the-{Role.AUDITOR}"), vault=services.vault)
    [case] = list_cases(actor=auditor, vault=services.vault)
    with services.vault.read() as tx:
        fetches = RecordStore(tx).all(case.id, RecordKind.FETCH, FetchRecord)
        pages = RecordStore(tx).all(case.id, RecordKind.PAGE_CAPTURE, PageCaptureRecord)
        queries = len(RecordStore(tx).all(case.id, RecordKind.QUERY, QueryRecord))
        done = [entry.action for entry in AuditLog(tx).entries(case.id)]
        # As whoever uses a folder again or registers it does first.
        for one in folders(services):
            settle_left(tx, case.id, one)
    files = [path for one in folders(services) for path in one.iterdir()]
    named = [path for path in files if path.suffix != ".part"]
    parts = len(files) - len(named)
    lying = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in named}
    recorded = {one.file_sha256 for one in fetches}
    recorded |= {one.recording_sha256 for one in pages} | {one.shown_sha256 for one in pages}
    newest = [path for one in ("fetch", "page") for path in _newest(services, one).iterdir()]
    return {
        "state": case.state,
        "each record has its file": recorded <= lying.keys(),
        "each file has its record": lying.keys() <= recorded,
        "parts that are left": parts,
        "each entry has its record": (
            done.count(AuditAction.FETCHED) == len(fetches)
            and done.count(AuditAction.PAGE_CAPTURED) == len(pages)
        ),
        "each query is logged": done.count(AuditAction.QUERY_MADE) == queries,
        "each file of the last run is recorded": {lying.get(d) for d in recorded} >= set(newest),
        "files of the last run": len(newest),
        "files that nobody may read": [p.name for p in named if p.stat().st_mode & 0o077],
    }


def _newest(services: Services, kind: str) -> Path:
    return max(one for one in folders(services) if one.name.startswith(kind))
