"""What is made from a capture says from which, with what tool, and is never taken for the original.

Nothing of a file's own metadata is in it: a picture is drawn anew from its pixels.
"""

import hashlib
from dataclasses import dataclass, field

from models import documentation
from models.consent import Sha256

Made = documentation.DerivedKind
"""What was made from a capture."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """Something made from the bytes of one capture."""

    made: Made
    parent: Sha256
    """Of the bytes that it was made from."""
    tool: str
    tool_version: str
    body: bytes = field(repr=False)

    @property
    def sha256(self) -> Sha256:
        """The digest of its own bytes."""
        return hashlib.sha256(self.body).hexdigest()


def derived(made: Made, parent: bytes, tool: str, tool_version: str, body: bytes) -> Derivative:
    """Return something made from a capture's bytes, tied to them by their digest."""
    return Derivative(made, hashlib.sha256(parent).hexdigest(), tool, tool_version, body)
