"""What collectors wrote is taken in exactly once, and every gate of collection is asked again.

A delivery's id is its idempotency key (`casework.steps.once`). The consent under which it was read
must still be the live one: as a withdrawal is for good, it was live all the time between. The
collector reads hostile files, so what comes from it is as hostile as they are; what it says of a
file is believed where the file itself came and has that digest.
"""

from collections import Counter
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from casework.applicant.consent import require_consent, require_state
from casework.criminal.contraband import barred_in
from casework.gathering.collect import file_mark, finish, keep_file
from casework.gathering.deliveries import Delivery, delivery_context, read_delivery
from casework.gathering.sorting import Sorted, sort_parts
from casework.gathering.source import registered_source
from casework.steps.marks import collected
from casework.steps.once import TAKEN, remembering, seen
from casework.steps.permissions import Permission
from casework.steps.step import Work, refusals_logged, step
from collection.files.reader import WHOLE_FILE, Problem
from models.case import CaseState
from models.consent import Consent
from models.delivery import (
    Delivered,
    DeliveryName,
    DeliveryReceipt,
    DeliveryRefusedError,
    Finished,
)
from models.errors import (
    CaseChangedError,
    ConsentScopeError,
    ConstraintError,
    HomeError,
    LeaseLostError,
    NotPermittedError,
    SealBrokenError,
    WalloffError,
    WrongStateError,
)
from models.evidence import Capture
from models.ids import ConsentId
from models.people import SYSTEM
from models.search_clauses import (
    CaptureHashError,
    MappingBarredError,
    NotPublicError,
    TermsBarredError,
    TermsUnreviewedError,
)
from storage.captures import CaptureStore
from storage.cases import CaseStore
from storage.collector_folder import CollectorFolder
from storage.commands import CommandStore
from storage.originals import adopt_original
from storage.transaction import Transaction
from storage.vault import Vault

_AGAIN: Final = (CaseChangedError, HomeError, LeaseLostError)
"""No refusal of the delivery: something stood in the way, and it is tried again."""

_CODES: Final = frozenset(
    one.code for one in (MappingBarredError, NotPublicError, TermsBarredError, TermsUnreviewedError)
)
"""The codes by which a collector may leave something out."""


def take_in_captures(
    folder: CollectorFolder,
    *,
    vault: Vault,
    now: datetime,
    known: AbstractSet[bytes] = frozenset(),
) -> int:
    """Take in what waits in a collector's inbox, or refuse it by code; return how much was settled.

    What holds contraband by a `known` digest is referred, and nothing of it is stored. What cannot
    be taken in now (a busy database, a delivery that another one waits for) stays for next time.
    """
    count = 0
    for name in folder.waiting():
        key = delivery_key(name.delivery_id)
        result = seen(key, vault)
        if result is None:
            result = _settled(name, key, folder, vault=vault, now=now, known=known)
        if result is None:
            continue
        code = "" if result == TAKEN else result
        folder.leave_receipt(
            DeliveryReceipt(case_id=name.case_id, delivery_id=name.delivery_id, code=code, at=now)
        )
        folder.remove(name)
        count += 1
    return count


def delivery_key(delivery_id: str) -> str:
    """Return under which key it is remembered what became of a delivery."""
    return f"capture:{delivery_id}"


def _settled(
    name: DeliveryName,
    key: str,
    folder: CollectorFolder,
    *,
    vault: Vault,
    now: datetime,
    known: AbstractSet[bytes],
) -> str | None:
    """Take a delivery in or refuse it; return what is remembered, None if it is to be tried again.

    The refusal is logged and remembered together.
    """
    remembered = vault.ending_with(remembering(key, now, _AGAIN))
    try:
        try:
            _require_consent(name, vault, now)
            delivery = _opened(name, folder, vault)
            if _waits(delivery, vault):
                return None
        except _AGAIN:
            raise
        except WalloffError:
            with refusals_logged(name.case_id, actor=SYSTEM, vault=remembered, now=now):
                raise
        with step(
            remembered, name.case_id, actor=SYSTEM, permission=Permission.COLLECT, now=now
        ) as work:
            consent = _require_order(work, folder, delivery.head.consent_id)
            if isinstance(delivery.head, Finished):
                _finish(work, delivery.head)
            else:
                _keep(work, name, delivery, delivery.head, consent, folder, vault, known)
    except _AGAIN:
        pass
    except WalloffError:
        pass  # logged, with its code, and remembered
    return seen(key, vault)


def _require_consent(name: DeliveryName, vault: Vault, now: datetime) -> None:
    """Raise what `require_consent` does, before anything is opened."""
    with vault.read() as tx:
        require_consent(tx, CaseStore(tx).get(name.case_id), now=now)


def _opened(name: DeliveryName, folder: CollectorFolder, vault: Vault) -> Delivery:
    """Open a delivery. Raises `SealBrokenError`, `KeyUnavailableError`."""
    with folder.opened(name) as sealed, vault.read() as tx:
        return read_delivery(tx.open_written(name.case_id, sealed, delivery_context(name)))


def _waits(delivery: Delivery, vault: Vault) -> bool:
    """Say whether an order's end came before all that it speaks of was settled."""
    return isinstance(delivery.head, Finished) and any(
        seen(delivery_key(one), vault) is None for one in delivery.head.deliveries
    )


def _require_order(work: Work, folder: CollectorFolder, consent_id: ConsentId) -> Consent:
    if registered_source(work.tx, work.case.id).collector != folder.name:
        raise NotPermittedError("another collector, or none, has the order for this case")
    consent = require_consent(work.tx, work.case, now=work.now)
    if consent.id != consent_id:
        raise ConsentScopeError("the consent changed after the order was given")
    return consent


def _finish(work: Work, finished: Finished) -> None:
    if collected(work.tx, work.case.id):
        return  # a run that died had said so too
    results = [CommandStore(work.tx).seen(delivery_key(one)) for one in finished.deliveries]
    if any(result != TAKEN for result in results):
        raise DeliveryRefusedError("a delivery was refused: the order stands")
    finish(work)


def _keep(
    work: Work,
    name: DeliveryName,
    delivery: Delivery,
    head: Delivered,
    consent: Consent,
    folder: CollectorFolder,
    vault: Vault,
    known: AbstractSet[bytes],
) -> None:
    mark = file_mark(work.case.id, head.file.sha256)
    if CommandStore(work.tx).seen(mark) is not None:
        return  # an earlier run delivered the same file
    require_state(work.case, CaseState.COLLECTING)
    if collected(work.tx, work.case.id):
        raise WrongStateError("the collection of this case has run to its end")
    if not set(head.left_out) <= _CODES or any(count < 0 for count in head.left_out.values()):
        raise SealBrokenError("the delivery says of what it leaves out what it cannot")
    if any(CaptureStore(work.tx).stands(one) for one in head.captures.values()):
        raise ConstraintError("a capture stands under this id")
    contraband, found = _looked_at(
        delivery, head, consent, barred_in(work.tx, work.case.id, known), work.now
    )
    if set(found.covered) - set(head.captures):
        raise SealBrokenError("the delivery names no capture for what is in it")

    def original(tx: Transaction, capture: Capture) -> None:
        if not head.originals:
            raise CaptureHashError("the file itself did not come: nothing proves its digest")
        with folder.opened(name, capture.id) as sealed:
            adopt_original(tx, capture, sealed, home=vault.home)

    keep_file(work, head.file, contraband, found, consent, ids=head.captures, original=original)
    CommandStore(work.tx).remember(mark, "captured", work.now)


def _looked_at(
    delivery: Delivery,
    head: Delivered,
    consent: Consent,
    barred: AbstractSet[bytes],
    now: datetime,
) -> tuple[bytes | None, Sorted]:
    """Return the digest by which a file is barred, or what it holds."""
    digests = delivery.digests | {bytes.fromhex(head.file.sha256)}
    contraband = min(digests & barred, default=None)
    if contraband is not None:
        return contraband, Sorted()
    if barred and head.unchecked:
        fault = "the archive cannot be checked against the list of digests"
        return None, Sorted(problems=[Problem(fault, WHOLE_FILE)], unchecked=True)
    found = sort_parts(
        delivery.parts,
        granted=consent.scope.granted,
        lookback_years=consent.scope.lookback_years,
        live=lambda: None,
        now=now,
    )
    found.not_consented += head.not_consented
    found.too_old += head.too_old
    found.left_out += Counter(head.left_out)
    return None, found
