"""The inside and the custodian's process meet here: what was put away out, looks into the log."""

from casework.criminal.referral_receipts import take_up_receipts
from casework.releasing.accesses import take_up_accesses
from casework.releasing.viewers import custodians_of
from casework.steps.sealed_domain import hand_over
from models.ids import CaseId
from models.people import Role
from storage.cases import CaseStore
from walloff.services import Services


def serve_custodian(services: Services) -> int:
    """Bring what was put away into the sealed database and the looks into the log; return both.

    Whoever looks has seen raw material of the case from then on. Who may look is said anew. The
    receipts that custodians gave there become their steps, after the looks that came before.
    """
    vault, sealed, now = services.vault, services.sealed, services.clock.now()
    done = hand_over(vault=vault, sealed=sealed, now=now)
    looks = take_up_accesses(
        vault=vault, released=sealed, now=now, role=Role.EVIDENCE_CUSTODIAN, raw=True
    )
    done += take_up_receipts(vault=vault, sealed=sealed, now=now)
    cases = sealed.cases()
    with vault.read() as tx:
        known = {case.id for case in CaseStore(tx).all()} if cases else set[CaseId]()
        readers = {one: custodians_of(tx, one) for one in cases & known}
    for case_id, actors in readers.items():
        sealed.name_viewers(case_id, actors)
    if cases:
        sealed.publish_keys()
    return done + looks
