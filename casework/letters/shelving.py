"""What applicants may read is put on their shelf, from the raw side, after the step that made it.

A step that an applicant should hear of leaves work in the outbox, in its own transaction. Putting
the same on the shelf again changes nothing, so a crash between the two databases is mended by
the next call. No word of evidence, of a finding that was not shown or of a reason inside the wall
goes there: only what the applicant is given in any case.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.preview.window import window_of
from casework.requisition.requisitions import frozen
from casework.steps.pseudonym import pseudonym_of
from casework.steps.shelved import SHELVE
from models.adverse import Document
from models.case import CONSENT_ENDS_IN, Case, CaseState
from models.consent import ConsentItem, Notice
from models.disclosure import Applicant
from models.errors import KeyUnavailableError, RecordNotFoundError, WrongStateError
from models.ids import ActorId, CaseId
from models.letters import Awaited, Desk, ShelfKind
from storage.cases import CaseStore
from storage.domain import Domain
from storage.exchange import ApplicantVault
from storage.outbox import OutboxStore
from storage.packages import PackageStore
from storage.records import RecordKind, RecordStore
from storage.sealed_write import Writer
from storage.transaction import Transaction
from storage.vault import Vault
from storage.writers import writer_of

_AWAITED = {
    CaseState.NOTICED: Awaited.CONSENT,
    CaseState.CONSENTED: Awaited.DISCLOSURE,
    CaseState.REBUTTAL: Awaited.ANSWERS,
}


_BATCH: Final = 100
"""Cases whose shelves are filled in one transaction."""


@dataclass(frozen=True, slots=True)
class _Item:
    kind: ShelfKind
    position: int
    body: bytes
    at: datetime


def shelve(*, vault: Vault, applicants: ApplicantVault, now: datetime) -> int:
    """Bring every shelf up to date that has work waiting; return how many there were."""
    with vault.read() as tx:
        waiting: dict[CaseId, list[str]] = {}
        for row in OutboxStore(tx).pending(SHELVE):
            if row.case_id is not None:
                waiting.setdefault(row.case_id, []).append(row.id)
    cases = list(waiting)
    for start in range(0, len(cases), _BATCH):
        batch = cases[start : start + _BATCH]
        with applicants.together():
            for case_id in batch:
                shelve_case(case_id, vault=vault, applicants=applicants, now=now)
        with vault.write() as tx:
            for row_id in (row_id for case_id in batch for row_id in waiting[case_id]):
                OutboxStore(tx).done(row_id, now)
    if waiting:
        applicants.publish_keys()
    return len(waiting)


def shelve_case(
    case_id: CaseId, *, vault: Vault, applicants: ApplicantVault, now: datetime
) -> None:
    """Bring one shelf up to date. Without effect for an applicant who has no sign-in."""
    with vault.read() as tx:
        case = CaseStore(tx).get(case_id)
        try:
            actor = _reader(tx, case)
            if actor is None:
                return
            fairness = _enclave(vault)
            raw = vault.key_ring.writer(case_id, Domain.RAW)
            told = _desk(tx, case, raw, fairness)
            items = list(_items(tx, case))
        except KeyUnavailableError:
            return  # destroyed since: there is nothing to tell any more
    applicants.name_viewers(case_id, [actor])
    standing = {(one.kind, one.position) for one in applicants.on_shelf(case_id)}
    for item in items:
        if (item.kind, item.position) not in standing:
            applicants.put(case_id, item.kind, item.position, item.body, item.at)
    _put_desk(told, applicants, now)


def _reader(tx: Transaction, case: Case) -> ActorId | None:
    if case.state is CaseState.DRAFT:
        return None
    applicant = RecordStore(tx).latest(case.id, RecordKind.APPLICANT, Applicant)
    return None if applicant is None else applicant.actor


def _enclave(vault: Vault) -> Writer | None:
    try:
        return writer_of(vault.key_ring, Domain.FAIRNESS)
    except KeyUnavailableError:
        return None


def _put_desk(told: Desk, applicants: ApplicantVault, now: datetime) -> None:
    body = told.model_dump_json().encode()
    try:
        if applicants.read(told.case_id, ShelfKind.DESK) == body:
            return
    except RecordNotFoundError:
        pass
    position = applicants.next_position(told.case_id, ShelfKind.DESK)
    applicants.put(told.case_id, ShelfKind.DESK, position, body, now)
    for older in applicants.on_shelf(told.case_id):
        if older.kind == ShelfKind.DESK and older.position < position:
            applicants.remove(told.case_id, ShelfKind.DESK, older.position)


def _desk(tx: Transaction, case: Case, raw: Writer, fairness: Writer | None) -> Desk:
    awaited = _AWAITED.get(case.state, Awaited.NOTHING)
    policy = frozen(tx, case.requisition_id).policy
    closes_at, digest = None, None
    if awaited is Awaited.ANSWERS:
        offered = _offered(tx, case)
        if offered is None:
            awaited = Awaited.NOTHING
        else:
            closes_at = window_of(tx, case.id).closes_at
            digest = hashlib.sha256(offered[1]).hexdigest()
    return Desk(
        case_id=case.id,
        awaited=awaited,
        # In the order of the list: a set's would change from run to run.
        consent_items=tuple(item for item in ConsentItem if item in policy.consent_items)
        if awaited is Awaited.CONSENT
        else (),
        consequence_text=policy.consequence_text if awaited is Awaited.CONSENT else "",
        closes_at=closes_at,
        package_sha256=digest,
        may_withdraw=case.state in CONSENT_ENDS_IN,
        writer=raw.dumps().decode(),
        fairness_writer=None if fairness is None else fairness.dumps().decode(),
        pseudonym=pseudonym_of(tx, case.id),
    )


def _items(tx: Transaction, case: Case) -> Iterator[_Item]:
    records = RecordStore(tx)
    for position, notice in enumerate(records.all(case.id, RecordKind.NOTICE, Notice)):
        text = notice.text.reveal().encode()
        yield _Item(ShelfKind.NOTICE, position, text, notice.delivered_at)
    if (offered := _offered(tx, case)) is not None:
        version, payload, at = offered
        yield _Item(ShelfKind.PREVIEW, version, payload, at)
    for position, one in enumerate(records.all(case.id, RecordKind.DOCUMENT, Document)):
        yield _Item(ShelfKind.DOCUMENT, position, one.plain_text().encode(), one.made_at)


def _offered(tx: Transaction, case: Case) -> tuple[int, bytes, datetime] | None:
    """Return the package that the applicant was shown, if it is still the current one."""
    package = PackageStore(tx).current(case.id)
    try:
        window = window_of(tx, case.id)
    except WrongStateError:
        return None
    if package is None or package.digest != window.package_sha256:
        return None
    return package.version, package.payload, window.opens_at
