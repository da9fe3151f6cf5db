"""Protected conduct is no finding, and a threat does not become protected by standing beside it."""

from datetime import UTC, date, datetime

import pytest

from models.consent import PlatformKind
from models.criteria import Conduct, Severity
from models.evidence import AccessGate, SourceItem
from models.finding import Proposal
from models.reportable import Activity, Gates
from models.text import CodedText, RawText
from redaction.pipeline import default_redactor
from triage.activity import activities, traits
from triage.engine import Triage
from triage.reportable import excluded_by

CLOSED = Gates(
    protected={activity: f"RG-{number}" for number, activity in enumerate(Activity, start=50)},
    criminal_history="RG-90",
)
PROTECTED = [
    (Activity.CONCERTED, "My boss is a thief. We should all walk out until our overtime is paid."),
    (Activity.CONCERTED, "The whole crew signed the letter to management about unsafe conditions."),
    (Activity.CONCERTED, "Everyone here should compare pay, the company keeps us underpaid."),
    (Activity.CONCERTED, "Our manager is a clown and the schedule he gives us is a joke."),
    (Activity.POLITICAL, "That senator is a lying sack of garbage."),
    (Activity.POLITICAL, "Our mayor is a coward and a crook, vote him out."),
    (Activity.COMPLAINT, "My supervisor is a creep. I filed an EEOC complaint against him."),
    (Activity.COMPLAINT, "We sued the company over it, and the owner is a weasel."),
    (Activity.UNION, "I joined the union and we are on strike, the manager is a worm."),
    (Activity.JURY, "Jury duty this week and the clerk was an idiot."),
]
ORDINARY = [
    "I told my neighbor Dave he is a worthless piece of trash and I will ruin his life.",
    "We planted tomatoes with our friends and paid too much for the soil.",
    "My ex is a pathetic loser and I posted her address so you can all call her.",
    "He owes me money and I keep calling his mother about it.",
]


def item(said: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> SourceItem:
    return SourceItem(
        native_id=RawText("1"),
        platform=RawText("forum"),
        kind=PlatformKind.FORUM,
        author=RawText("rowan"),
        created_at=said,
        url=RawText(""),
        text=RawText(""),
        gate=AccessGate.NONE,
        pointer="line:1",
    )


def proposal(passage: str, conduct: Conduct) -> Proposal:
    return Proposal(
        criterion="c", conduct=conduct, severity=Severity.LOW, passage=CodedText(passage), rule="r"
    )


def rule_for(text: str, conduct: Conduct, gates: Gates = CLOSED) -> str | None:
    redaction = default_redactor().redact(RawText(text))
    assert redaction.coded
    return excluded_by(item(), redaction, proposal(redaction.coded, conduct), gates)


@pytest.mark.parametrize(("activity", "text"), PROTECTED)
def test_protected_conduct_is_seen(activity: Activity, text: str) -> None:
    redaction = default_redactor().redact(RawText(text))
    assert activity in activities(redaction.coded, redaction.coded, traits(redaction.spans))


@pytest.mark.parametrize(("activity", "text"), PROTECTED)
def test_hard_words_within_it_are_not_reported(activity: Activity, text: str) -> None:
    assert rule_for(text, Conduct.HARASSES_A_PERSON) is not None
    assert rule_for(text, Conduct.HARASSES_A_PERSON, Gates()) is None


@pytest.mark.parametrize(("activity", "text"), PROTECTED)
@pytest.mark.parametrize(
    "conduct",
    [Conduct.THREATENS_VIOLENCE, Conduct.CALLS_FOR_HARM_TO_A_PROTECTED_GROUP, Conduct.DECEIVES],
)
def test_no_activity_shields_threats_hostility_or_deceit(
    activity: Activity, text: str, conduct: Conduct
) -> None:
    assert rule_for(text, conduct) is None


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_no_protected_conduct(text: str) -> None:
    assert rule_for(text, Conduct.HARASSES_A_PERSON) is None


def test_protection_far_from_the_passage_does_not_reach_it() -> None:
    coded = CodedText(
        "We all signed the petition about our wages at work. It rained. The soup was good. "
        "Dave is a worthless piece of trash."
    )
    passage = CodedText("Dave is a worthless piece of trash.")
    assert Activity.CONCERTED not in activities(coded, passage, frozenset())


@pytest.mark.parametrize(
    "text", ["I got arrested for selling meth and did two years.", "I sold pills, I'm a felon."]
)
def test_criminal_history_waits_behind_its_gate(text: str) -> None:
    assert rule_for(text, Conduct.SELLS_ILLEGAL_DRUGS) == "RG-90"
    assert rule_for(text, Conduct.SELLS_ILLEGAL_DRUGS, Gates()) is None


def test_wanting_others_jailed_tells_no_criminal_history() -> None:
    text = "Lock them all up in prison and hope they get beaten there."
    assert rule_for(text, Conduct.THREATENS_VIOLENCE) is None


def test_what_a_minor_said_is_not_reported() -> None:
    redaction = default_redactor().redact(RawText("I will beat him."))
    said = proposal(redaction.coded, Conduct.THREATENS_VIOLENCE)
    of_age = Gates(adult_from=date(2025, 6, 1))
    before = item(datetime(2025, 5, 31, tzinfo=UTC))
    assert excluded_by(before, redaction, said, of_age) == "adult-at-posting"
    assert excluded_by(item(datetime(2025, 6, 1, tzinfo=UTC)), redaction, said, of_age) is None


def test_an_unknown_age_is_reported_or_not_as_the_policy_says() -> None:
    redaction = default_redactor().redact(RawText("I will beat him."))
    said = proposal(redaction.coded, Conduct.THREATENS_VIOLENCE)
    assert excluded_by(item(), redaction, said, Gates(adult_unknown=True)) is None
    assert excluded_by(item(), redaction, said, Gates(adult_unknown=False)) == "adult-at-posting"


def test_nothing_is_reported_before_its_stage() -> None:
    assert rule_for("I will beat him.", Conduct.THREATENS_VIOLENCE, Gates(too_early="RG-31"))


def test_a_found_threat_in_a_strike_still_stands(triage: Triage) -> None:
    """Protection is of the activity, never of violence in its course."""
    text = "We are on strike for our wages and I am going to kill that foreman on Monday."
    redaction = default_redactor().redact(RawText(text))
    found = [one for one in triage.assess(redaction.coded) if not one.needs_person]
    assert any(excluded_by(item(), redaction, one, CLOSED) is None for one in found)
