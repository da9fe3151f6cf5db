"""What applies where nobody names a requisition: the packs that a rehearsal starts from."""

from typing import Final

from policy.criteria import load_pack
from policy.requisition import RequisitionDraft, load_policy

CRITERIA: Final = "ca-post-2024"
POLICY: Final = "us-ca-law-enforcement"


def default_draft() -> RequisitionDraft:
    """Return the draft of a requisition with the default policy and criteria."""
    return RequisitionDraft(
        title="Rehearsal", policy=load_policy(POLICY), criteria=load_pack(CRITERIA)
    )
