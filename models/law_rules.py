"""What an agency states so that a law's exception or duty can be held against it: `[law]`.

Without the table no exception is used, and a duty that asks for a record is not met.
"""

from datetime import date

from pydantic import Field

from models.value import Value


class BiasAudit(Value):
    """An independent audit of the automated steps for bias, with its published summary."""

    made_on: date
    auditor: str = Field(min_length=2, max_length=200)
    """Who made it: somebody who neither uses nor sells the product."""
    published_at: str = Field(min_length=4, max_length=400)
    """Where anybody can read its summary."""


class LawRules(Value):
    """What a policy states towards single rows of the law."""

    bias_audit: BiasAudit | None = None
    """The newest audit for bias (AI-02)."""
    annual_salary: int | None = Field(default=None, ge=1)
    """The position's salary in dollars a year, where an exception goes by it (FCRA-14)."""
    request_extension_days: int = Field(default=0, ge=0, le=90)
    """How much longer a request may wait if extended in time, where no row of the law says so."""
