"""What an applicant may say of themself for the fairness analysis, and how a case went, unnamed.

The categories are those that 29 CFR 1607.4(B) asks records by, in the words of the federal EEO-1
report. Answering is voluntary: no answer, an answer in part and a refusal have no effect on any
case, and only the fairness enclave can read which it was.
"""

from enum import StrEnum
from typing import Final

from models.ids import RequisitionId
from models.value import Value


class Sex(StrEnum):
    """As the EEO-1 report counts it."""

    FEMALE = "female"
    MALE = "male"


class RaceEthnicity(StrEnum):
    """As the EEO-1 report counts it: whoever is Hispanic or Latino is counted there alone."""

    HISPANIC_OR_LATINO = "hispanic-or-latino"
    WHITE = "white"
    BLACK = "black-or-african-american"
    ASIAN = "asian"
    PACIFIC_ISLANDER = "native-hawaiian-or-other-pacific-islander"
    AMERICAN_INDIAN = "american-indian-or-alaska-native"
    TWO_OR_MORE = "two-or-more-races"


class SelfIdentification(Value):
    """One applicant's answer. With neither part it is a refusal, and looks the same sealed."""

    sex: Sex | None = None
    race_ethnicity: RaceEthnicity | None = None


class Passage(StrEnum):
    """A point of the process that an applicant passes, or does not."""

    CONSENT = "consent"
    """Passed by consenting; refusing ends the case."""
    SCREENING = "screening"
    """Passed by a release without a finding."""
    DECISION = "decision"
    """Passed by a favourable decision."""
    OVERALL = "overall"
    """The bottom line: passed by a favourable decision, missed by a refusal or an adverse one."""


PASSED: Final = "passed"
"""The kind of a letter that says how far an applicant came."""


class Passed(Value):
    """How far one applicant came. The pseudonym is that of the self-identification, no case's."""

    requisition: RequisitionId
    passed: frozenset[Passage] = frozenset()
    missed: frozenset[Passage] = frozenset()
    """A passage in neither has not been reached, or the applicant withdrew before it."""
