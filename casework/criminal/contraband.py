"""Contraband is refused before anything of it is stored; its place is preserved and referred."""

from collections.abc import Set as AbstractSet
from typing import Final

from casework.criminal.referral import refer, route_for
from casework.criminal.referrals import referrals_of
from casework.steps.step import Work
from models.audit import AuditAction
from models.clauses import CopiedContrabandError
from models.criteria import Severity
from models.ids import CaseId
from models.text import RawText
from storage.transaction import Transaction

LISTED: Final = "child-sexual-abuse-material"
"""The offence of a file that stands on the operator's list of digests."""


def barred_in(tx: Transaction, case_id: CaseId, known: AbstractSet[bytes]) -> AbstractSet[bytes]:
    """Return the digests of which no copy enters a case: the operator's, and those marked in it."""
    marked = {
        bytes.fromhex(referral.content_sha256)
        for referral in referrals_of(tx, case_id)
        if referral.content_sha256 is not None
    }
    return known | marked


def refuse_contraband(work: Work, name: RawText, digest: bytes) -> None:
    """Refer a file by its place, in the place of storing it (E-S11-COPIED-CONTRABAND).

    A file that somebody marked before is referred already. Raises `UnroutedCriminalError` if the
    offence has no route: then nothing is stored either.
    """
    sha256 = digest.hex()
    if sha256 not in {one.content_sha256 for one in referrals_of(work.tx, work.case.id)}:
        refer(
            work,
            route_for(work, LISTED, imminent=False),
            items=(),
            locator=name,
            content_sha256=sha256,
            severity=Severity.CRITICAL,
            imminent=False,
        )
    work.log(AuditAction.INPUT_REFUSED, code=CopiedContrabandError.code, count=1)
