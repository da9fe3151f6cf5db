"""The exports that platforms give to their users, as rows of the table of formats.

They are asked before readers that take any damaged archive for theirs.
"""

from typing import Final

from collection.format import Format
from collection.linkedin import LinkedInReader
from collection.sample_archives_more import linkedin_sample
from models.documentation import CaptureMethod

EXPORTS: Final[tuple[Format, ...]] = (
    Format(
        reader=LinkedInReader(),
        endings=(".zip", ".csv"),
        method=CaptureMethod.EXPORT,
        not_read=(
            "reactions and reposts",
            "posts for fewer than all members, or whose audience is not stated",
            "the profile",
            "messages, contacts, searches",
            "media",
        ),
        sample=linkedin_sample,
    ),
)
"""Asked in this order."""
