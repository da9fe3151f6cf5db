"""A public page is captured for a case with a browser: allowed, written down, then asked for.

The address is a query like any other (S8): it is looked at and written down before anything
leaves. So is every address that the page itself asks for looked at. What was captured lies in a
folder, and enters the case as all material does, through `register_source` and every gate there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from casework.gathering.fetching import require_ready
from casework.gathering.fetching_gate import CaseGate
from casework.gathering.left_files import settle_left
from casework.search.queries import guarded_of
from casework.steps.permissions import Permission
from casework.steps.step import refusals_logged, step
from collection.egress.egress import refuse_egress
from collection.files.platforms import kind_of, platform_of_host
from collection.web.addresses import place_of
from collection.web.browser import PageCapturer
from collection.web.browser_files import Written, written
from collection.web.browser_recording import Page
from models.audit import AuditAction
from models.consent import Consent, PlatformKind, item_for
from models.errors import ConsentScopeError, InputError, SettingsError
from models.ids import CaseId
from models.page_capture import PageCaptureRecord
from models.people import Actor
from models.search import AccessWay
from models.text import RawText
from storage.duties import Duty
from storage.home import HomeMode
from storage.records import RecordKind, RecordStore
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class PageCaptured:
    """What a capture left: names of files that name nobody, and numbers."""

    query: int
    files: Written
    requests: int
    denied: int


def capture_page(
    case_id: CaseId,
    url: RawText,
    folder: Path,
    *,
    device: str | None = None,
    capturer: PageCapturer,
    actor: Actor,
    vault: Vault,
    clock: Callable[[], datetime],
) -> PageCaptured:
    """Capture one public page into a folder; whoever does has gathered evidence.

    The browser works between two steps, which nobody waits for; a withdrawal stops it within a
    second, and nothing is left of it. Raises what `require_ready`, `CaseGate`, `refuse_egress`
    and `PageCapturer.capture` do, and `SettingsError` in a home of production for a capturer that
    reaches this machine itself.
    """
    permission = Permission.CAPTURE_PAGE
    asked_for = url.reveal()
    with step(vault, case_id, actor=actor, permission=permission, now=clock()) as work:
        if capturer.pinning.reach.is_for_tests and vault.home.mode is HomeMode.PRODUCTION:
            raise SettingsError("a capturer that reaches this machine itself is for tests")
        if folder.is_symlink() or not folder.is_dir():
            raise InputError("the folder for captured pages does not exist or is not a folder")
        settle_left(work.tx, case_id, folder)
        consent = require_ready(work)
        where = _where(asked_for)
        work.record_duty(Duty.COLLECTED)
    gate = CaseGate(case_id, consent, device, actor=actor, vault=vault, clock=clock)
    gate.terms(*where)
    query = gate.leave(asked_for, where.platform, where.kind)

    def may_ask(address: str) -> None:
        with vault.read() as tx:
            refuse_egress(address, guarded_of(tx, case_id, way=AccessWay.AUTOMATED))

    def may_show(address: str) -> bool:
        shown = _where(address)
        return gate.terms_within(shown.platform, shown.kind).robots

    bound = replace(capturer, may_ask=may_ask, may_show=may_show, live=gate.live)
    page = _captured(bound, asked_for, case_id, actor, vault, clock)
    gate.terms(*_where(page.final))
    # The files get their names when the step has recorded them, and go again if it is refused.
    with (
        written(page, folder) as files,
        step(vault, case_id, actor=actor, permission=permission, now=clock()) as work,
    ):
        if require_ready(work) != consent:
            raise ConsentScopeError("the consent changed while the page was being captured")
        record = _record(page, files, query, consent, where, device, actor)
        RecordStore(work.tx).put(case_id, RecordKind.PAGE_CAPTURE, record, now=work.now)
        work.log(AuditAction.PAGE_CAPTURED, count=query)
    return PageCaptured(query, files, len(page.exchanges), sum(page.denied.values()))


def page_captures(
    case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime
) -> list[PageCaptureRecord]:
    """Return the captures of a case. Addresses may name the applicant: the look is logged."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        work.log(AuditAction.RAW_READ, code="page-captures")
    with vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.PAGE_CAPTURE, PageCaptureRecord)


class _Where(NamedTuple):
    host: str
    platform: str
    kind: PlatformKind


def _where(url: str) -> _Where:
    host = place_of(url).host
    platform = platform_of_host(host)
    return _Where(host, platform, kind_of(platform))


def _captured(
    capturer: PageCapturer,
    url: str,
    case_id: CaseId,
    actor: Actor,
    vault: Vault,
    clock: Callable[[], datetime],
) -> Page:
    """Let the browser work; what it refuses is logged like the refusal of any step."""
    with refusals_logged(case_id, actor=actor, vault=vault, now=clock()):
        return capturer.capture(url)


def _record(
    page: Page,
    files: Written,
    query: int,
    consent: Consent,
    where: _Where,
    device: str | None,
    actor: Actor,
) -> PageCaptureRecord:
    digests = {one.name: one.sha256 for one in page.drawn}
    return PageCaptureRecord(
        query=query,
        requested=RawText(page.requested),
        final=RawText(page.final),
        captured_by=actor.id,
        device=device,
        consent_id=consent.id,
        covered_by=item_for(where.kind),
        started_at=page.started,
        ended_at=page.ended,
        tool=page.software,
        config_sha256=page.config_sha256,
        recording_sha256=files.recording_sha256,
        shown_sha256=files.shown_sha256,
        screenshot_sha256=digests["screenshot"],
        pdf_sha256=digests["pdf"],
        requests=len(page.exchanges),
        denied=dict(page.denied),
    )
