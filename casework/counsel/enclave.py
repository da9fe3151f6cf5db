"""The fairness enclave: alone it reads what applicants said of themselves, and tells only figures.

It holds the fairness domain's key and no other. It knows pseudonyms, how far each came, and what
they chose to say; never a name, a case or a word of evidence. What leaves it has no group below
ten. Nothing that this module imports reaches raw evidence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from models.errors import SealBrokenError
from models.ids import CaseId
from models.impact import ImpactReport
from models.letters import LetterKind
from models.residual import SHOWN
from models.self_identification import PASSED, Passed, SelfIdentification
from models.value import Value
from policy.impact import K, impact_report
from storage.domain import Domain
from storage.exchange import FairnessVault
from storage.letter_opener import LetterOpener

_ALL: Final = 10_000_000
"""More letters than there are applicants."""
_KNOWN: Final = frozenset({LetterKind.SELF_IDENTIFICATION, PASSED, SHOWN})


@dataclass(frozen=True, slots=True)
class EnclaveReport:
    """The figures, and how many letters did not open: a damaged one is left out, not hidden."""

    report: ImpactReport
    unreadable: int


def report_impact(
    *, fairness: FairnessVault, requisition: str | None = None, k: int = K
) -> EnclaveReport:
    """Return the analysis of one requisition, or of all.

    Raises `PolicyError` for a `k` below ten, `KeyUnavailableError`.
    """
    said: dict[CaseId, SelfIdentification] = {}
    came: dict[CaseId, Passed] = {}
    unreadable = 0
    kinds: dict[str, type[Value]] = {
        LetterKind.SELF_IDENTIFICATION: SelfIdentification,
        PASSED: Passed,
    }
    for pseudonym, value in letters_in(fairness, kinds):
        if isinstance(value, SelfIdentification):
            said[pseudonym] = value
        elif isinstance(value, Passed):
            came[pseudonym] = value
        else:
            unreadable += 1
    people = [(said[one], came[one]) for one in sorted(said.keys() & came.keys())]
    return EnclaveReport(impact_report(people, requisition=requisition, k=k), unreadable)


def letters_in(
    fairness: FairnessVault, kinds: Mapping[str, type[Value]]
) -> Iterator[tuple[CaseId, Value | None]]:
    """Yield letters of some kinds, oldest first, so that the newest stands; None for broken ones.

    A kind that another report reads is passed over; one that nobody knows counts as broken.
    """
    opener = LetterOpener(fairness.key_ring, Domain.FAIRNESS)
    for one in fairness.waiting(limit=_ALL):
        kind = kinds.get(one.kind)
        if kind is None and one.kind in _KNOWN:
            continue
        try:
            words = opener.open(one)
            value = None if kind is None else kind.model_validate_json(words)
        except (SealBrokenError, ValueError):
            value = None
        yield one.case_id, value
