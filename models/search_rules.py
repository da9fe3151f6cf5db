"""What a policy asks of searching. Absent: no accounts are viewed, and no register gates."""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from models.consent import Sha256
from models.value import Value


class Misrepresentation(StrEnum):
    """Under what circumstances somebody may pretend to be another: for vetting there are none."""

    NEVER = "never"


class SearchRules(Value):
    """Search practice under a policy (S6, S7, S9, I4, I5)."""

    terms_reviewed: bool = True
    """Public content is taken in only from platforms whose terms were reviewed and allow it."""
    misrepresentation: Misrepresentation = Misrepresentation.NEVER
    supervised_viewing: bool = False
    """The applicant may be asked to show an account, where law and consent allow it."""
    stale_after_days: int = Field(default=7, ge=1, le=365)
    """A capture later than this after the search that found the item carries a warning."""
    newest_item_days: int | None = Field(default=None, ge=1, le=3660)
    """A file that does not say when it was made carries the warning too if its newest item is older
    than this; None for a year."""
    terms_valid_days: int = Field(default=180, ge=1, le=366)
    """A review of terms counts no longer than this, whatever it says itself."""
    mappings: frozenset[Sha256] | None = None
    """SHA-256 of each `mapping.toml` by which files may be read (`walloff mapping check` tells it);
    None for any. Which one it was stands in the capture's configuration either way."""

    added_later: ClassVar[frozenset[str]] = frozenset({"newest_item_days", "mappings"})
