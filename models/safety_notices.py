"""An employee who is exposed by what stands online is warned, and nothing is held against them."""

from models.ids import ActorId, EvidenceId
from models.value import Moment, Value

WARNING = (
    "Something that can be read in public may let others recognise you, where you live or what"
    " work you do. This is a warning for your safety. It is no finding, it is not shown to"
    " anybody who decides about you, and you need not answer it. Speak to your supervisor or the"
    " evidence custodian about what can be taken down, and before you are given undercover work."
)
"""The same words to everybody: which content it is, the employee asks the custodian."""


class SafetyNotice(Value):
    """One warning, sealed with its case (G9)."""

    evidence_id: EvidenceId
    text: str = WARNING
    made_by: ActorId
    made_at: Moment
