"""Speaking to an applicant's friend: what it takes, and what is written down of it."""

from models.applicant_rules import ContactCondition
from models.consent import Sha256
from models.ids import ActorId, CaseId
from models.text import RawText
from models.value import Moment, Value


class ContactRecord(Value):
    """One contact of one friend, from the proposal to what was said. The newest version stands."""

    id: str
    case_id: CaseId
    friend: RawText
    """Who is to be spoken to: a third person, so sealed with the case and never released."""
    condition: ContactCondition
    because: RawText
    """Why the condition is met."""
    script_sha256: Sha256
    """Of the words that the policy approved."""
    proposed_by: ActorId
    proposed_at: Moment
    approved_by: ActorId | None = None
    approved_at: Moment | None = None
    disclosed_at: Moment | None = None
    """When the applicant had the disclosure of an investigative report, where a vendor asks."""
    made_at: Moment | None = None
