"""A receipt that the custodian's own process wrote down becomes the custodian's step, once (S11).

What comes from there is weighed like anybody's: the person must be the custodian and have gathered
nothing, and the digest must be that of the copy which was put away.
"""

from datetime import datetime
from typing import Final

from casework.criminal.referrals import received, referral_of, referrals_of
from casework.people.exposure import expose
from casework.steps.once import remembering, seen
from casework.steps.permissions import Permission
from casework.steps.step import step
from models.errors import (
    CaseChangedError,
    CaseNotFoundError,
    ConstraintError,
    HomeError,
    KeyUnavailableError,
    PersonNotFoundError,
    WalloffError,
    WrongStateError,
)
from models.exposure import Material
from models.ids import ActorId
from models.people import Actor
from models.referral import Route
from storage.domain_vault import RECEIVED, Access
from storage.exchange import SealedVault
from storage.people import PersonStore
from storage.vault import Vault

_AGAIN: Final = (CaseChangedError, ConstraintError, HomeError, KeyUnavailableError)
"""No refusal of the receipt: something stood in the way, and it is tried again."""
_ALL: Final = 10_000_000
"""Those that wait for a report must not keep the others back."""


def take_up_receipts(*, vault: Vault, sealed: SealedVault, now: datetime) -> int:
    """Take every receipt that waits, oldest first, and return how many were settled.

    One whose referral still waits for a call or a report stays until that is written down. One
    that is refused is logged with its code; the custodian may give another.
    """
    settled = 0
    for stated in sealed.untaken(_ALL, receipts=True):
        if not _too_early(stated, vault) and _settled(stated, vault=vault, now=now):
            sealed.taken([stated.id], now)
            settled += 1
    return settled


def _too_early(stated: Access, vault: Vault) -> bool:
    referral_id, _ = _said(stated)
    with vault.read() as tx:
        return any(
            referral.waits_for in (Route.EMERGENCY_CALL, Route.MANDATORY_REPORT)
            for referral in referrals_of(tx, stated.case_id)
            if referral.id == referral_id
        )


def _settled(stated: Access, *, vault: Vault, now: datetime) -> bool:
    key = f"receipt:{stated.id}"
    if seen(key, vault) is not None:
        return True
    remembered = vault.ending_with(remembering(key, now, _AGAIN))
    try:
        _receive(stated, vault=remembered, now=now)
    except _AGAIN:
        return False
    except CaseNotFoundError:
        return True  # of no case: there is nothing to do again
    except WalloffError:
        pass  # logged, with its code, and remembered
    return True


def _receive(stated: Access, *, vault: Vault, now: datetime) -> None:
    referral_id, sha256 = _said(stated)
    actor = _person(stated.actor, vault)
    permission = Permission.RECEIVE_REFERRAL
    with step(vault, stated.case_id, actor=actor, permission=permission, now=now) as work:
        referral = referral_of(work.tx, stated.case_id, referral_id)
        if not referral.copy_sealed:
            raise WrongStateError("nothing of this referral lies in the sealed domain")
        expose(work, Material.REFERRAL)
        # The custodian's clock is not ours: nothing is received later than it is heard of.
        received(work, referral, sha256, at=min(stated.at, now))


def _person(actor: ActorId, vault: Vault) -> Actor:
    """Return a person, or one of no role, who is refused, for an id that nobody has."""
    try:
        with vault.read() as tx:
            return PersonStore(tx).get(actor)
    except PersonNotFoundError:
        return Actor(id=actor, roles=frozenset())


def _said(stated: Access) -> tuple[str, str]:
    referral_id, _, sha256 = stated.code.removeprefix(RECEIVED).partition(":")
    return referral_id, sha256
