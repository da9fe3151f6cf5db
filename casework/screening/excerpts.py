"""An excerpt goes with a finding only if the policy sends one and it holds nothing protected."""

from models.finding import Proposal
from models.requisition import ExcerptPolicy, Policy
from models.text import RedactedText
from redaction.leakage import leaks
from triage.excerpt import neutral_excerpt


def excerpt_of(proposal: Proposal, policy: Policy) -> RedactedText | None:
    """Return the excerpt of a proposal's passage, or None if the finding goes without."""
    if policy.excerpt is ExcerptPolicy.NONE:
        return None
    excerpt = neutral_excerpt(
        proposal.passage,
        words_max=policy.excerpt_words_max,
        quote_run_max=policy.quote_run_max,
    )
    return None if excerpt is None or leaks(excerpt) else excerpt
