"""Conduct that matters becomes a proposal under its criterion; what only looks like it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.criteria import Conduct, CriteriaPack, Mitigator, Severity
from models.redaction import Mention, typed_token
from models.text import CodedText
from triage.engine import Triage
from triage.sentences import sentences_of

CONDUCT = [
    ("threats-violence", "If you touch my car again I'll break your legs."),
    ("threats-violence", "I'm going to shoot my boss tomorrow."),
    ("threats-violence", "I know where you live, another person."),
    ("threats-violence", "Someone should run them over with a truck."),
    ("threats-violence", "Knocked a guy out cold outside the bar last night."),
    ("threats-violence", "they talk like that again ima beat they ass fr"),
    ("harassment", "kill yourself loser"),
    ("harassment", "Here's their home address, go pay them a visit."),
    ("harassment", "I followed them home last night."),
    ("harassment", "You are a worthless piece of shit and nobody will ever love you."),
    ("harassment", "Everyone go spam their inbox until they quit."),
    ("harassment", "I grabbed their ass at the bar."),
    ("bias-protected-group", "⟦group⟧ are disgusting."),
    ("bias-protected-group", "I can't stand ⟦group⟧."),
    ("bias-protected-group", "Fuck all these ⟦group⟧."),
    ("bias-protected-group", "⟦group⟧ are never attractive."),
    ("bias-protected-group", "Why are ⟦group⟧ so stupid?"),
    ("bias-protected-group", "I don't have anything against ⟦group⟧ but they are the worst."),
    ("bias-protected-group", "⟦group⟧ should go back to their own country."),
    ("bias-protected-group", "my neighbour is such a ⟦slur⟧"),
    ("bias-protected-group", "⟦group⟧ moved in upstairs. They are vermin."),
    ("bias-protected-group", "I would never hire ⟦group⟧ for this."),
    ("bias-protected-group", "⟦group⟧ are trahs"),
    ("bias-protected-group", "I feel so muchdisdain for ⟦group⟧"),
    ("illegal-drugs", "I snorted a line of coke before the show."),
    ("illegal-drugs", "Selling percs, hit me up if you need, ten a pill."),
    ("illegal-drugs", "Me and another person smoked meth till sunup."),
    ("dishonesty", "I padded my resume with a fake degree."),
    ("dishonesty", "Called in sick yesterday and spent all day at the beach lol"),
    ("dishonesty", "Paid a guy to take my licensing exam for me."),
    ("dishonesty", "I lied under oath for a relative."),
    ("sensitive-information", "The password to the evidence room is 4471."),
    ("sensitive-information", "Not supposed to share this but here's the internal memo."),
    ("sensitive-information", "I looked up a relative's plates in the system at work."),
]
CLEAN = [
    # idiom, sport, game
    "I'm going to kill you in Mario Kart tonight.",
    "This job is killing me, shoot me an email.",
    "killed it at the gym",
    "dying of laughter at this",
    "We destroyed them 5-0 on the pitch.",
    "I could murder a curry.",
    # others' acts, victims, news, fiction, lyrics
    "They said they would kill me if I left.",
    "Police say the man who threatened to bomb the mall was arrested.",
    "In chapter nine the detective stabs the mayor.",
    "My brother sold drugs when we were kids.",
    "The treasurer stole from the charity for six years.",
    "My character forged the king's signature in the campaign.",
    # no target, oneself, things, groups no law protects
    "so fucking excited for the weekend",
    "I'm such an idiot, I locked my keys in the car.",
    "This update is garbage.",
    "I hate cucumbers, they are vermin.",
    "artists are parasites",
    # identity, support, counter-speech, denial
    "I'm ⟦group⟧ and proud.",
    "My doctor is ⟦group⟧.",
    "I love ⟦group⟧.",
    "We must not make ⟦group⟧ suffer.",
    "Saying that ⟦group⟧ are scum is wrong.",
    'What makes you say stuff like "⟦group⟧ are vermin"?',
    "Call out the hatred for ⟦group⟧.",
    "⟦group⟧ are not criminals.",
    "Threatening to kill ⟦group⟧ will get you banned.",
    "I hate how people treat ⟦group⟧.",
    "us ⟦slur⟧ have to stick together",
    # lawful, protected, medicine, recovery
    "I'm addicted to this show, it's like crack.",
    "Two years clean from heroin today.",
    "Way too many tequila shots last night.",
    "Local dealer sentenced to ten years for selling fentanyl.",
    "I have never done cocaine in my life.",
    # honest, public
    "Called in sick today, this flu is no joke.",
    "I'd rather fail than cheat on an exam.",
    "I lied to everyone in Among Us and got voted out.",
    "Changed all my passwords today.",
    "Our company just published the quarterly report.",
    "Never share customer data outside the company.",
]


def standing(triage: Triage, text: str) -> dict[str, Conduct]:
    found = triage.assess(CodedText(text))
    return {item.criterion: item.conduct for item in found if not item.needs_person}


@pytest.mark.parametrize(("criterion", "text"), CONDUCT)
def test_conduct_is_found_under_its_criterion(triage: Triage, criterion: str, text: str) -> None:
    assert criterion in standing(triage, text)


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_looks_like_conduct_is_none(triage: Triage, text: str) -> None:
    assert standing(triage, text) == {}


@pytest.mark.parametrize(
    ("benign", "harmful"),
    [
        ("I would never hit you.", "I will shoot you tomorrow."),
        ("They told me ⟦group⟧ are scum.", "I tell you ⟦group⟧ are scum."),
        ("Don't say ⟦group⟧ are scum, it is wrong.", "Don't forget ⟦group⟧ are scum."),
        ("My cousin snorted cocaine.", "My cousin and I snorted cocaine."),
        ("Did you ever snort cocaine?", "I will snort cocaine tonight."),
        ("Isn't it nice that ⟦group⟧ are here?", "Isn't it obvious that ⟦group⟧ are scum?"),
        ('"⟦group⟧ are scum" is a racist thing to say.', '"⟦group⟧ are scum" so true, preach.'),
        ("⟦group⟧ do not deserve to be beaten.", "⟦group⟧ deserve to be beaten."),
        ("If you say that I'll laugh.", "If you say that I'll break your jaw."),
    ],
)
def test_a_frame_turns_the_verdict(triage: Triage, benign: str, harmful: str) -> None:
    assert standing(triage, benign) == {}
    assert standing(triage, harmful) != {}


def test_harm_to_a_group_is_graver_than_contempt(triage: Triage) -> None:
    call, contempt = (
        triage.assess(CodedText(text))[0]
        for text in ("All ⟦group⟧ should be shot.", "⟦group⟧ are disgusting.")
    )
    assert call.conduct is Conduct.CALLS_FOR_HARM_TO_A_PROTECTED_GROUP
    assert call.severity is Severity.CRITICAL
    assert contempt.conduct is Conduct.DEMEANS_A_PROTECTED_GROUP
    assert contempt.severity is Severity.MODERATE


def test_a_call_for_harm_to_a_group_is_one_finding_not_two(triage: Triage) -> None:
    assert set(standing(triage, "All ⟦group⟧ should be shot.")) == {"bias-protected-group"}
    assert set(standing(triage, "My boss should be shot.")) == {"threats-violence"}


def test_a_slur_without_a_target_waits_for_a_person(triage: Triage) -> None:
    """In-group use is lawful and never decided by a machine."""
    (found,) = triage.assess(CodedText("so I told this ⟦slur⟧ story yesterday"))
    assert found.needs_person
    assert found.severity is Severity.LOW


def test_a_joke_marker_leaves_it_to_a_person(triage: Triage) -> None:
    (found,) = triage.assess(CodedText("I'm going to strangle my boss, just kidding"))
    assert found.needs_person
    assert Mitigator.FIGURATIVE_READING_POSSIBLE in found.mitigators


def test_regret_and_retraction_are_reported_with_the_finding(triage: Triage) -> None:
    (found,) = triage.assess(CodedText("I cheated on my bar exam. I regret it. I take that back."))
    assert {Mitigator.EXPRESSED_REGRET, Mitigator.RETRACTED} <= found.mitigators


def test_only_the_sentences_that_met_the_criterion_go_on(triage: Triage) -> None:
    (found,) = triage.assess(
        CodedText("Lovely weather. ⟦group⟧ are vermin. Off to the lake with a relative.")
    )
    assert found.passage == "⟦group⟧ are vermin."


def test_one_post_may_meet_several_criteria_once_each(triage: Triage) -> None:
    found = triage.assess(
        CodedText("⟦group⟧ are vermin. ⟦group⟧ are scum. I snorted cocaine at work.")
    )
    assert [item.criterion for item in found] == ["bias-protected-group", "illegal-drugs"]
    assert found[0].passage == "⟦group⟧ are vermin. ⟦group⟧ are scum."


def test_what_the_pack_does_not_list_is_not_weighed(pack: CriteriaPack) -> None:
    """An agency decides what counts; the engine adds nothing to its pack."""
    narrow = pack.model_copy(update={"criteria": pack.criteria[:1]})
    assert Triage(narrow).assess(CodedText("⟦group⟧ are vermin.")) == ()
    assert Triage(narrow).version == Triage(pack).version


SPOKEN = (
    "I you they ⟦group⟧ ⟦slur⟧ ⟦trait⟧ ⟦person⟧ hate kill should are not vermin coke sold fake"
    " resume never if will my boss here's address password is 4471 . , ? \" lol game"
)
WORDS = st.sampled_from(SPOKEN.split())
TEXTS = st.lists(WORDS, max_size=40).map(" ".join) | st.text(max_size=200)


@given(text=TEXTS)
def test_any_text_is_weighed_and_passages_are_its_sentences(triage: Triage, text: str) -> None:
    sentences = [sentence.text for sentence in sentences_of(text)]
    proposals = triage.assess(CodedText(text))
    criteria = [item.criterion for item in proposals]
    assert len(criteria) == len(set(criteria))
    for item in proposals:
        left = item.passage
        for sentence in sentences:
            if left.startswith(sentence):
                left = left.removeprefix(sentence).lstrip()
        assert left == ""
    assert proposals == triage.assess(CodedText(text))


@pytest.mark.parametrize(("criterion", "text"), [row for row in CONDUCT if "⟦" in row[1]])
def test_the_verdict_does_not_depend_on_how_a_group_is_told(
    triage: Triage, criterion: str, text: str
) -> None:
    """A slur or the group's name: conduct toward a group stays conduct toward a group."""
    for mention in (Mention.GROUP, Mention.SLUR):
        swapped = text.replace("⟦group⟧", typed_token(mention))
        assert criterion in standing(triage, swapped)
