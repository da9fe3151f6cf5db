"""Each domain has its own keys, and a process holds only the domains that are its business."""

from enum import StrEnum
from typing import Final

from models.ids import CaseId


class Domain(StrEnum):
    """A set of sealed material that opens, or stays shut, as a whole."""

    RAW = "raw"
    SEALED = "sealed"
    """Medical and criminal material, undercover identifiers: the custodian's alone."""
    RELEASED = "released"
    """What hiring managers receive."""
    APPLICANT = "applicant"
    AUDIT = "audit"
    FAIRNESS = "fairness"


HOME: Final = CaseId("0" * 32)
"""Owner of the lockboxes that belong to no case, such as that of the names of staff."""
