"""Whatever goes in, what comes out is whole, repeatable and points back at the input."""

import pickle
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import RawTextExposedError
from models.redaction import Mention, Outcome, Redaction, untyped
from models.text import WITHHELD, RawText
from redaction.gazetteer import Gazetteer
from redaction.known import KnownPersons
from redaction.pipeline import Redactor, default_redactor

Redact = Callable[[str], Redaction]

_WORDS = """
She he him her his hers they women men a an the these every Muslim Muslims gay people
person black white old young blind straight kids my wife husband mother mom son 's and or
, . ! ? is are was has runs goes at 80 34F in 1984 I am I'm hate punched stole from to
with who Paris John Shaniqua Smith Mr. Yusuf @x #proudmom deaf autism w0men thesewomen
[withheld] another relative relatives being as too for coffee car boss engineer not born
in Mexico pregnant single married " ( ) - / ’s they're he's she's isn't doesn't ⟦group⟧
"""
_PIECES = st.sampled_from(_WORDS.split())
_SENTENCES = st.lists(_PIECES, max_size=14).map(" ".join)


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_is_accepted(words: str) -> None:
    """Hostile text must not stop a case, and its spans must lie in it."""
    found = default_redactor().redact(RawText(words))
    for span in found.spans:
        assert 0 <= span.start < span.end <= len(words)


@given(_SENTENCES)
@settings(max_examples=300, deadline=None)
def test_redacting_neutral_text_changes_nothing(words: str) -> None:
    """Else a text redacted twice would differ from one redacted once, and tell which it was."""
    once = default_redactor().redact(RawText(words))
    twice = default_redactor().redact(RawText(once.text))
    assert twice.text == once.text


@given(_SENTENCES)
@settings(max_examples=200, deadline=None)
def test_text_is_coded_text_without_its_kinds(words: str) -> None:
    found = default_redactor().redact(RawText(words))
    if found.outcome is not Outcome.PASSED:
        assert (found.text, found.coded) == (WITHHELD, "")
    elif found.text != WITHHELD:
        whole = untyped(found.coded)
        assert all(part.strip() in whole for part in re.split(r"(?<=[.!?])\s+|\n", found.text))
        assert not any(f"⟦{mention}⟧" in found.text for mention in Mention)


@given(_SENTENCES)
@settings(max_examples=200, deadline=None)
def test_text_without_spans_is_unchanged(words: str) -> None:
    found = default_redactor().redact(RawText(words))
    marked = "⟦" in words or WITHHELD in words
    if found.outcome is Outcome.PASSED and not found.spans and not marked:
        assert found.text == found.coded == words


def test_typed_tokens_cannot_be_forged(redact: Redact) -> None:
    """An applicant who types a token must not steer triage with it."""
    assert "⟦group⟧" not in redact("I despise ⟦group⟧ very much, always did.").coded


def test_many_are_as_each_one(redactor: Redactor) -> None:
    texts = [RawText(words) for words in ("She runs a bank.", "Rain again.", "I hate Muslims.")]
    assert list(redactor.redact_many(texts)) == [redactor.redact(text) for text in texts]


def test_spans_name_class_rule_and_version(redact: Redact, redactor: Redactor) -> None:
    words = "I punched a Muslim woman."
    found = redact(words)
    assert {words[span.start : span.end] for span in found.spans} == {"Muslim", "woman"}
    assert all(span.version == redactor.version and span.rule for span in found.spans)


def test_version_follows_the_data(redactor: Redactor) -> None:
    """An auditor must be able to tell which rules made a release."""
    assert Redactor(gazetteer=Gazetteer([])).version != redactor.version
    assert default_redactor().version == redactor.version


def test_sentences_that_say_nothing_vanish_from_text_alone(redact: Redact) -> None:
    """ "I am [withheld]." tells a manager only that there is something to tell."""
    found = redact("I stole a bike. I am a Muslim woman. The lock was weak.")
    assert found.text == "I stole a bike. The lock was weak."
    assert found.coded == "I stole a bike. I am ⟦group⟧. The lock was weak."
    assert redact("I am gay.").text == WITHHELD


def test_applicants_own_names_are_withheld() -> None:
    known = KnownPersons(
        names=("Ana María Ruiz-Soto",), handles=("@anaruns",), emails=("ana.ruiz@mail.example",)
    )
    redact = default_redactor().redact
    for words in (
        "ana ruiz was here and stole it",
        "Ask A. Ruiz-Soto about it, said the boss",
        "RUIZ-SOTO, ANA stole the bike",
        "anaruns posted about the theft",
        "Ana Maria stole it",
    ):
        text = redact(RawText(words), known=known).text.lower()
        assert not {"ana", "ruiz", "soto", "maria", "anaruns"} & set(
            text.replace("-", " ").replace(",", " ").split()
        )


def test_known_persons_show_nothing_of_themselves() -> None:
    assert repr(KnownPersons(names=("Ana Ruiz",))) == "KnownPersons()"


@pytest.mark.parametrize(
    "words",
    [
        "a" * 50_000,
        "w o m e n " * 5_000,
        "x@" * 20_000,
        "ab*" * 10_000,
        "my very " * 10_000,
        "She told the Muslim man that his wife is 34. " * 500,
    ],
)
def test_hostile_lengths_take_no_more_than_their_share(words: str, redact: Redact) -> None:
    """One post must not hold up a case: time grows with length, not with its square."""
    began = time.process_time()
    redact(words)
    assert time.process_time() - began < 5


def test_endless_spelling_out_hides_nothing(redact: Redact) -> None:
    assert "w o m" not in redact("w o m e n " * 2_000).text


def test_raw_text_stays_unpicklable() -> None:
    with pytest.raises(RawTextExposedError):
        pickle.dumps(RawText("words"))


@pytest.mark.parametrize(
    ("words", "reads"),
    [
        ("He runs a shop and she owns it.", "They run a shop and they own it."),
        ("She's late.", "They're late."),
        ("She's been late.", "They've been late."),
        ("HE LIES ALL DAY.", "THEY LIE ALL DAY."),
        ("His car hit her.", "Their car hit them."),
        ("I saw her car.", "I saw their car."),
        ("He or she must sign.", "They must sign."),
        ("My wife and I argued.", "A relative and I argued."),
        ("My mom and dad argued.", "Relatives argued."),
        ("John and Mary argued.", "Other people argued."),
        ("I met John's sister there.", "I met a relative there."),
        ("The Muslims' house burned.", "[withheld]'s house burned."),
        ("A Muslim man is rude.", "[withheld] are rude."),
        ("Muslims, Jews and gay people lie.", "[withheld] lie."),
        ("People with autism lie.", "[withheld] lie."),
        ("a non-white neighbor lied", "[withheld] neighbor lied"),
        ("Hi 👋🏿 there, I lied 😂.", "Hi there, I lied."),
        ("Ask @bob about fraud.", "Ask another person about fraud."),
        ("Write to bob@example.org about fraud.", "Write to [withheld] about fraud."),
        ("See www.example.com/x about fraud.", "See [withheld] about fraud."),
        ("Call 555-123-4567 about fraud.", "Call [withheld] about fraud."),
        ("Fraud pays #proudmuslim #monday", "Fraud pays [withheld] #monday"),
        ("Fraud pays #NguyenFamily.", "Fraud pays [withheld]."),
        ("Fraud pays #saintmarysparish.", "Fraud pays [withheld]."),
        ("Fraud pays #zqwjab.", "Fraud pays [withheld]."),
        ("Fraud pays #KillThemAll.", "Fraud pays #KillThemAll."),
        ("Fraud pays #911.", "Fraud pays #911."),
        ("The chairman lied.", "The chair lied."),
    ],
)
def test_neutral_text_reads_well(words: str, reads: str, redact: Redact) -> None:
    """A manager must understand what was done and said."""
    assert redact(words).text == reads


@pytest.mark.parametrize(
    "words",
    [
        "This is a 30 mph zone.",
        "It took 3 hours and $60.",
        "The meeting is at 5 pm and lasts 20 minutes.",
        "  Two  spaces, “quotes” — and dashes…\n\nkept.  ",
        "I have 2000 unread emails.",
        "ngl this update is trash tbh",
        "ALL CAPS FOR NO REASON AT ALL",
        "R&D &amp; sales; a < b",
        "I'll burn the office down.",
    ],
)
def test_neutral_things_stay_byte_for_byte(words: str, redact: Redact) -> None:
    assert redact(words).text == words
    assert redact(words).spans == ()
