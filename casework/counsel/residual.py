"""The enclave says whether a class can be told from what managers saw; only figures leave it.

It joins two letters under one pseudonym: what an applicant said of themselves, and the marks of
their released package. It reads no word of either package or evidence. Nothing that this module
imports reaches raw evidence.
"""

from dataclasses import dataclass

from casework.counsel.enclave import letters_in
from models.ids import CaseId
from models.letters import LetterKind
from models.residual import SHOWN, ResidualReport, Shown
from models.self_identification import SelfIdentification
from models.value import Value
from policy.impact import K
from policy.residual import PERMUTATIONS, residual_report
from storage.exchange import FairnessVault


@dataclass(frozen=True, slots=True)
class ResidualFigures:
    """The figures, and how many letters did not open."""

    report: ResidualReport
    unreadable: int


def report_residual(
    *,
    fairness: FairnessVault,
    requisition: str | None = None,
    k: int = K,
    permutations: int = PERMUTATIONS,
) -> ResidualFigures:
    """Return the report on one requisition, or on all.

    Raises `PolicyError` for a `k` below ten, `KeyUnavailableError`.
    """
    kinds: dict[str, type[Value]] = {
        LetterKind.SELF_IDENTIFICATION: SelfIdentification,
        SHOWN: Shown,
    }
    said: dict[CaseId, SelfIdentification] = {}
    shown: dict[CaseId, Shown] = {}
    unreadable = 0
    for pseudonym, value in letters_in(fairness, kinds):
        if isinstance(value, SelfIdentification):
            said[pseudonym] = value
        elif isinstance(value, Shown):
            shown[pseudonym] = value
        else:
            unreadable += 1
    people = [(said[one], shown[one]) for one in sorted(said.keys() & shown.keys())]
    report = residual_report(people, requisition=requisition, k=k, permutations=permutations)
    return ResidualFigures(report, unreadable)
