"""What the applicant disclosed is fetched: every request is allowed and written down, then made.

Only places of the disclosure are asked, of kinds that the consent covers, from the look-back
window on, as the public sees them. The terms of automated access are always asked, whatever the
policy says of terms. The recordings lie in a folder of the investigator's, from where they are
taken in like everything else; the record of each stays sealed in the case.
"""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from casework.applicant.consent import require_consent, require_lead_time, require_state
from casework.applicant.deviations import require_search_in_time
from casework.applicant.disclosure import disclosure_of
from casework.gathering.fetching_gate import CaseGate
from casework.gathering.left_files import settle_left
from casework.people.people_gates import require_searcher
from casework.steps.permissions import Permission
from casework.steps.step import Work, step
from collection.named_platforms import trained_name
from collection.web.answers import Answer
from collection.web.connector import Connector
from collection.web.connectors import SITE, connector_for
from collection.web.fetcher import TOOL, VERSION, Fetcher
from collection.web.recorder import ENDING, Recording, headers_sha256, sha256
from collection.web.walk import Walked, walk
from models.audit import AuditAction
from models.case import CaseState
from models.consent import Consent, ConsentItem, item_for
from models.disclosure import Disclosure
from models.errors import ConsentScopeError, HomeError, InputError, SettingsError
from models.fetching import FetchedRequest, FetchRecord
from models.ids import CaseId, new_id
from models.people import Actor
from models.text import RawText
from storage.duties import Duty
from storage.home import HomeMode
from storage.records import RecordKind, RecordStore
from storage.vault import Vault
from triage.recency import years_before


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One place of the disclosure that a connector can ask."""

    connector: Connector
    handle: RawText
    covered_by: ConsentItem
    platform: str
    """Its listed name or its kind."""


@dataclass(slots=True)
class Fetched:
    """What a run came to, in numbers and codes."""

    recordings: int = 0
    requests: int = 0
    stopped: list[str] = field(default_factory=list)
    """The codes of what ended the work on a place early."""
    not_consented: int = 0
    no_connector: int = 0


def fetch(
    case_id: CaseId,
    folder: Path,
    *,
    fetcher: Fetcher,
    device: str | None = None,
    platforms: AbstractSet[str] = frozenset(),
    actor: Actor,
    vault: Vault,
    clock: Callable[[], datetime],
) -> Fetched:
    """Fetch what the applicant disclosed into an empty folder, a recording for each place.

    `platforms` keeps it to some of them, by listed name or kind. Whoever fetches has gathered
    evidence. A consent that ends stops it within one poll interval, and what was being recorded is
    thrown away. Raises `InputError` for a folder that is not empty, `SettingsError` in a home of
    production for a fetcher that reaches this machine itself, and what `require_consent`,
    `require_lead_time` and `require_capture` do.
    """
    done = Fetched()
    with step(vault, case_id, actor=actor, permission=Permission.FETCH, now=clock()) as work:
        if fetcher.is_for_tests and vault.home.mode is HomeMode.PRODUCTION:
            raise SettingsError("a fetcher that reaches this machine itself is for tests")
        consent = require_ready(work)
        require_searcher(work)
        places = list(_places(disclosure_of(work.tx, case_id), consent, platforms, done))
        _require_empty(folder, work)
        work.record_duty(Duty.COLLECTED)
        if done.not_consented:
            code = ConsentScopeError.code
            work.log(AuditAction.INPUT_REFUSED, code=code, count=done.not_consented)
        work.log(AuditAction.FETCH_STARTED, count=len(places))
    gate = CaseGate(case_id, consent, device, actor=actor, vault=vault, clock=clock)
    for place in places:
        record = _recorded(place, folder, fetcher, gate)
        done.recordings += 1
        done.requests += len(record.requests)
        if record.stopped:
            done.stopped.append(record.stopped)
    return done


def fetches_of(case_id: CaseId, *, actor: Actor, vault: Vault, now: datetime) -> list[FetchRecord]:
    """Return what was fetched for a case, oldest first. It names the applicant: it is logged."""
    with step(vault, case_id, actor=actor, permission=Permission.READ_RAW, now=now) as work:
        work.log(AuditAction.RAW_READ, code="fetches")
    with vault.read() as tx:
        return RecordStore(tx).all(case_id, RecordKind.FETCH, FetchRecord)


def require_ready(work: Work) -> Consent:
    """Return the consent under which something may be fetched now. Raises if there is none."""
    require_state(work.case, CaseState.DISCLOSED)
    consent = require_consent(work.tx, work.case, now=work.now)
    require_lead_time(work.tx, work.case, now=work.now)
    require_search_in_time(work)
    return consent


def _places(
    disclosure: Disclosure, consent: Consent, platforms: AbstractSet[str], done: Fetched
) -> Iterator[Disclosed]:
    wanted = {trained_name(one) for one in platforms}
    accounts = [(one.platform.reveal(), one.handle) for one in disclosure.accounts]
    for platform, handle in [*accounts, *(("blog", one.address) for one in disclosure.blogs)]:
        name = trained_name(platform)
        if wanted and name not in wanted:
            continue
        connector = SITE if platform == "blog" else connector_for(platform)
        if connector is None:
            done.no_connector += 1
            continue
        try:
            kind = connector.begin(handle.reveal())[0].kind
        except InputError as refusal:
            done.stopped.append(refusal.code)
            continue
        if item_for(kind) not in consent.scope.granted:
            done.not_consented += 1
            continue
        yield Disclosed(connector, handle, item_for(kind), name)


def _recorded(place: Disclosed, folder: Path, fetcher: Fetcher, gate: CaseGate) -> FetchRecord:
    """Fetch one place. Its recording has a name only once its record stands in the case."""
    started, consent = fetcher.now(), gate.consent
    requests: list[FetchedRequest] = []
    path = folder / f"{place.connector.name}-{new_id()[:12]}{ENDING}"
    recording = Recording(
        path,
        software=f"{TOOL} {VERSION}",
        contact=fetcher.contact,
        config_sha256=fetcher.config_sha256,
    )

    def keep(answer: Answer) -> None:
        recording.keep(answer)
        requests.append(_request(answer))

    with recording:
        since = years_before(started, consent.scope.lookback_years)
        found: Walked = walk(
            place.connector,
            place.handle.reveal(),
            fetcher=fetcher,
            gate=gate,
            keep=keep,
            since=since,
        )
        gate.live()
        record = _record(place, path, recording.seal(), fetcher, gate, started, found, requests)
        _keep_record(record, gate)
        recording.give_name()
    return record


def _keep_record(record: FetchRecord, gate: CaseGate) -> None:
    now = gate.clock()
    with step(
        gate.vault, gate.case_id, actor=gate.actor, permission=Permission.FETCH, now=now
    ) as work:
        if require_ready(work) != gate.consent:
            raise ConsentScopeError("the consent changed while something was being fetched")
        RecordStore(work.tx).put(gate.case_id, RecordKind.FETCH, record, now=now)
        work.log(AuditAction.FETCHED, code=record.stopped, count=len(record.requests))


def _record(
    place: Disclosed,
    path: Path,
    digest: str,
    fetcher: Fetcher,
    gate: CaseGate,
    started: datetime,
    found: Walked,
    requests: list[FetchedRequest],
) -> FetchRecord:
    consent = gate.consent
    return FetchRecord(
        fetched_by=gate.actor.id,
        device=gate.device,
        consent_id=consent.id,
        covered_by=place.covered_by,
        lookback_years=consent.scope.lookback_years,
        platform=place.platform,
        tool=TOOL,
        tool_version=VERSION,
        config_sha256=fetcher.config_sha256,
        started_at=started,
        ended_at=fetcher.now(),
        file=path.name,
        file_sha256=digest,
        requests=tuple(requests),
        verified=tuple(found.verified),
        stopped="" if found.stopped is None else found.stopped.code,
    )


def _request(answer: Answer) -> FetchedRequest:
    return FetchedRequest(
        sequence=answer.sequence,
        step=answer.ask.step,
        asked_at=answer.at,
        requested=RawText(answer.ask.url),
        final=RawText(answer.url),
        address=answer.address,
        certificate=answer.certificate,
        status=answer.status,
        headers_sha256=headers_sha256(answer),
        body_sha256=sha256(answer.body),
    )


def _require_empty(folder: Path, work: Work) -> None:
    """Make the folder of the recordings, readable by its owner alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        settle_left(work.tx, work.case.id, folder)
        taken = any(folder.iterdir())
    except OSError as exc:
        raise HomeError("the folder for what is fetched cannot be written") from exc
    if taken:
        raise InputError("the folder for what is fetched is not empty")
