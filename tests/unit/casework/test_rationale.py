"""A1: what a manager writes is read for what may not enter, told by place and rule alone."""

import pytest

from casework.deciding.rationale import lint, require_clean
from models.clauses import RationaleError
from models.criteria import Conduct, Severity
from models.finding import Recency
from models.release import ReleasedFinding, ReleasePackage
from models.text import RedactedText

PACKAGE = ReleasePackage(
    policy_sha256="0" * 64,
    criteria_pack="p 1",
    criteria_sha256="0" * 64,
    findings=(
        ReleasedFinding(
            criterion="threats-violence",
            criterion_text="Threatens or praises violence",
            conduct=Conduct.THREATENS_VIOLENCE,
            severity=Severity.HIGH,
            recency=Recency.UNDER_ONE_YEAR,
            mitigators=(),
            excerpt=RedactedText("I am going to kill my boss on Monday"),
        ),
    ),
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("He is a Muslim.", "protected-class"),
        ("She seemed pregnant.", "protected-class"),
        ("A 56 year old will not keep up.", "protected-class"),
        ("Scores 7 out of 10.", "score"),
        ("A risk of 80 %.", "score"),
        ("Ranked last of the five.", "score"),
        ("My gut feeling says no.", "impression"),
        ("Not a culture fit.", "impression"),
        ("I googled the name.", "outside-package"),
        ("See https://example.com/x.", "outside-package"),
        ("Their Facebook page shows more.", "outside-package"),
        ('They wrote "something that the release does not hold".', "outside-package"),
    ],
)
def test_what_may_not_enter_is_refused_by_place_and_rule(text: str, rule: str) -> None:
    faults = lint(text, PACKAGE)
    assert rule in {fault.rule for fault in faults}
    for fault in faults:
        assert 1 <= fault.start <= fault.end <= len(text)
    with pytest.raises(RationaleError) as refusal:
        require_clean(text, PACKAGE)
    words = {word.strip('.,"').lower() for word in text.split() if len(word) > 4}
    assert not words & set(str(refusal.value).lower().split())


@pytest.mark.parametrize(
    "text",
    [
        "The finding is grave: a threat against a superior, within a year.",
        'The words "I am going to kill my boss on Monday" threaten violence.',
        "It was long ago and retracted; training and probation were considered.",
        "Nothing reportable; the interview and the references decide.",
    ],
)
def test_a_reason_from_the_package_passes(text: str) -> None:
    assert lint(text, PACKAGE) == []
    require_clean(text, PACKAGE)
