"""A chain of custody is whole, and a copy is the one that was sealed, wherever it is looked at.

The inside and the custodian's own process ask the same; this module reaches nothing that is kept.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from models.referral import CustodyAct, CustodyLink
from models.search_clauses import CaptureHashError
from models.value import Value
from storage.transaction import dumped

COPY: Final = "criminal-copy"
"""The kind under which the custodian finds a copy."""


def digest_of(value: Value) -> str:
    """Return the SHA-256 of a value as it is sealed."""
    return hashlib.sha256(dumped(value)).hexdigest()


def require_whole(chain: Sequence[CustodyLink]) -> None:
    """Raise `CaptureHashError` if a link of the chain was changed or taken out."""
    previous = None
    for link in chain:
        if link.previous != previous:
            raise CaptureHashError("the chain of custody is broken")
        previous = digest_of(link)


def require_sealed(chain: Sequence[CustodyLink], sha256: str) -> None:
    """Raise `CaptureHashError` unless a link of the chain sealed a copy of this digest."""
    if sha256 not in {link.sha256 for link in chain if link.act is CustodyAct.SEALED}:
        raise CaptureHashError("the copy is not the one that was put away")
