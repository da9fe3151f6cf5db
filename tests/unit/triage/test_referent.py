"""What the applicant is stays withheld; whom the applicant attacks is kept, in coded form."""

import pytest

from models.criteria import Conduct
from models.redaction import untyped
from models.reference import Referent
from models.text import CodedText, RawText
from redaction.pipeline import default_redactor
from triage.engine import Triage

GROUPS = ("Jews", "Muslims", "Mexicans", "Buddhists", "Deaf people", "Gay people", "Norwegians")


def answers(triage: Triage, coded: str) -> list[str]:
    return [item.referent.value for item in triage.references(CodedText(coded))]


def test_what_the_writer_is_comes_to_no_finding_and_leaves_no_trace(triage: Triage) -> None:
    redaction = default_redactor().redact(RawText("I'm Jewish"))
    assert "Jewish" not in redaction.text
    assert triage.assess(redaction.coded) == ()
    assert [item.referent for item in triage.references(redaction.coded)] == [Referent.SELF]


def test_whom_the_writer_attacks_is_a_finding_with_a_coded_target(triage: Triage) -> None:
    redaction = default_redactor().redact(RawText("Jews should be deported"))
    (finding,) = triage.assess(redaction.coded)
    assert finding.conduct is Conduct.DEMEANS_A_PROTECTED_GROUP
    assert not finding.needs_person
    assert "Jews" not in finding.passage
    assert [item.referent for item in triage.references(redaction.coded)] == [Referent.TARGET]


@pytest.mark.parametrize("frame", ["{} should be deported", "I hate {}.", "{} are vermin."])
def test_the_target_of_hostility_is_the_same_bytes_for_every_group(
    triage: Triage, frame: str
) -> None:
    """A group that was named would tell by contrast what the applicant is not."""
    redactions = [default_redactor().redact(RawText(frame.format(group))) for group in GROUPS]
    findings = {triage.assess(redaction.coded) for redaction in redactions}
    assert len(findings) == 1
    assert findings != {()}
    assert len({untyped(redaction.coded) for redaction in redactions}) == 1
    assert len({triage.references(redaction.coded) for redaction in redactions}) == 1


@pytest.mark.parametrize(
    "coded",
    [
        "I'm ⟦group⟧ and I drive a truck.",
        "As ⟦group⟧ I have opinions about bread.",
        "We ⟦group⟧ have always made our own family.",
        "They don't hire ⟦group⟧ like me.",
        "My ⟦trait⟧ photos surfaced again.",
        "At ⟦time⟧ I learned to swim.",
        "I got a threat because I'm ⟦group⟧.",
        "Been ⟦group⟧ since I was four.",
    ],
)
def test_a_mention_that_i_am_have_or_lived_through_is_about_the_writer(
    triage: Triage, coded: str
) -> None:
    assert answers(triage, coded) == ["self"]


@pytest.mark.parametrize(
    "coded",
    [
        "My ⟦group⟧ friend makes the best ribs.",
        "My best friend is ⟦group⟧ and we argue about football.",
        "I photographed ⟦group⟧ wedding yesterday.",
        "⟦group⟧ should get captions at every meeting.",
        "I hate that ⟦group⟧ get blamed for everything.",
        "I don't hate ⟦group⟧, I hate bad parking.",
    ],
)
def test_a_friend_a_custom_or_a_right_is_neither_self_nor_target(
    triage: Triage, coded: str
) -> None:
    assert answers(triage, coded) == ["other"]
    assert triage.assess(CodedText(coded)) == ()


@pytest.mark.parametrize(
    "coded",
    [
        "My coworker keeps saying ⟦group⟧ are freaks. Reported it.",
        '"⟦group⟧ are sick," she told me, and I left.',
        "It's a myth that ⟦group⟧ celebrate attacks.",
        "Stop calling people ⟦slur⟧. It's ugly.",
        "Why would anybody say that ⟦group⟧ eat pets?",
    ],
)
def test_what_others_say_and_the_writer_tells_is_quoted_and_no_finding(
    triage: Triage, coded: str
) -> None:
    assert answers(triage, coded) == ["quoted"]
    assert not [item for item in triage.assess(CodedText(coded)) if not item.needs_person]


def test_the_writers_own_group_beside_the_attacked_one_is_told_apart(triage: Triage) -> None:
    assert answers(triage, "As ⟦group⟧ I hate ⟦group⟧.") == ["self", "target"]


def test_they_points_back_at_the_group_that_was_named(triage: Triage) -> None:
    assert answers(triage, "I live near ⟦group⟧. They should all be shot.") == ["target"]


def test_a_place_that_the_writer_threatens_is_a_target_not_the_writers_own(
    triage: Triage,
) -> None:
    assert answers(triage, "I'm going to shoot up that ⟦place⟧ and nobody will stop me.") == [
        "target"
    ]


def test_a_slur_that_stands_alone_waits_for_a_person(triage: Triage) -> None:
    (one,) = triage.references(CodedText("Watch the ⟦slur⟧ go by."))
    assert one.referent is Referent.TARGET
    assert one.needs_person


def test_offsets_point_at_the_tokens(triage: Triage) -> None:
    coded = CodedText("First. I'm ⟦group⟧.\nI love ⟦place⟧.")
    assert [coded[item.start : item.end] for item in triage.references(coded)] == [
        "⟦group⟧",
        "⟦place⟧",
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Our mosque's basketball team lost by forty.", "Our "),
        ("I'm a lesbian with two cats and no regrets.", "I'm "),
        ("As a Sikh I have opinions about breakfast.", "As "),
    ],
)
def test_whose_it_is_stands_beside_the_token(triage: Triage, text: str, kept: str) -> None:
    """Withheld with the mention, it could not be told apart from somebody else's."""
    redaction = default_redactor().redact(RawText(text))
    assert redaction.coded.startswith(kept)
    assert [item.referent for item in triage.references(redaction.coded)][:1] == [Referent.SELF]
