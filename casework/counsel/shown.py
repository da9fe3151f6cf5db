"""The marks of a released package go to the fairness enclave, sealed, under the pseudonym alone.

What managers saw and what applicants said of themselves meet in the enclave and nowhere else. The
inside turns each word and code of the package into a keyed digest, because its key is needed to
do that and never leaves: the enclave can count and compare marks and can read none, and keeps no
word of a package whose case is destroyed. The inside cannot open the letter again.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from casework.steps.pseudonym import pseudonym_of
from casework.steps.telling import News, tell
from models.case import CaseState
from models.ids import CaseId
from models.residual import SHOWN, Shown
from storage.cases import CaseStore
from storage.commands import CommandStore
from storage.domain import HOME
from storage.exchange import FairnessVault
from storage.packages import PackageStore
from storage.transaction import Transaction
from storage.vault import Vault

_WORD: Final = re.compile(r"\w+")
_SAME_FOR_ALL: Final = frozenset({"form", "padding", "policy_sha256", "criteria_sha256"})
_TEXTS: Final = frozenset({"excerpt", "statement", "criterion_text"})
_CROSSED: Final = frozenset(
    {
        CaseState.RELEASED,
        CaseState.FAVOURABLE,
        CaseState.PENDING_ADVERSE,
        CaseState.ADVERSE,
        CaseState.DISPUTED,
    }
)
"""While the newest package is the manager's: one that was recalled is not."""
_MARK: Final = 16
"""Hexadecimal digits: enough to keep a few thousand marks apart."""


def tell_shown(
    case_ids: list[CaseId], *, vault: Vault, fairness: FairnessVault, now: datetime
) -> int:
    """Tell the enclave the marks of what managers were given; return how many were news.

    Without effect where the home has no enclave. What is told twice after a crash stands once.
    """
    return tell(case_ids, SHOWN, _news_of, vault=vault, fairness=fairness, now=now)


def marks_of(tx: Transaction, payload: bytes) -> frozenset[str]:
    """Return the keyed digests of a payload's codes and words."""
    return frozenset(
        tx.blind(HOME, SHOWN, part.encode())[:_MARK] for part in set(_parts(json.loads(payload)))
    )


def _news_of(tx: Transaction, case_id: CaseId) -> News:
    case = CaseStore(tx).get(case_id)
    if case.state not in _CROSSED:
        return []
    package = PackageStore(tx).current(case_id)
    if package is None:
        return []
    key = f"shown:{case_id}:{package.version}"
    if CommandStore(tx).seen(key) is not None:
        return []
    shown = Shown(requisition=case.requisition_id, marks=marks_of(tx, package.payload))
    return [(pseudonym_of(tx, case_id), shown.model_dump_json().encode(), key)]


def _parts(value: Any, name: str = "") -> Iterator[str]:
    """Yield what a manager can read in a payload, each as `field=value` or as one word."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _SAME_FOR_ALL:
                yield from _parts(inner, key)
    elif isinstance(value, list):
        yield f"{name}#{len(value)}"
        for inner in value:
            yield from _parts(inner, name)
    elif isinstance(value, str) and name in _TEXTS:
        words = _WORD.findall(value.casefold())
        yield from (f"word={word}" for word in words)
        yield from (f"pair={a} {b}" for a, b in pairwise(words))
    else:
        yield f"{name}={value}"
