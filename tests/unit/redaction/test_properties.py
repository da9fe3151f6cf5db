"""What redaction promises of any text: nothing found survives however it is written, and more."""

import random
import re
import string
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.redaction import Outcome, untyped
from models.text import WITHHELD, RawText
from redaction.leakage import leaks
from redaction.pipeline import Redactor, default_redactor

FAST = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

TERMS = (
    "Zoroastrian",
    "Ecuadorian",
    "transgender",
    "Presbyterian",
    "schizophrenic",
    "Latvian",
    "Pakistani",
    "lesbian",
    "Republican",
    "divorced",
    "pregnant",
    "quadriplegic",
)
FRAMES = (
    "I am {} and I fix bikes.",
    "Nobody asked the {} person upstairs.",
    "Too many {} people ride this bus",
    "My coworker said {} like an insult, and I left.",
)
LEET = str.maketrans("aeios", "43105")
TWINS = str.maketrans("aceiopxy", "асеіорху")


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return default_redactor()


def shown(redactor: Redactor, text: str) -> str:
    return redactor.redact(RawText(text)).text


def bare(text: str) -> str:
    """Return the letters alone, folded: what a reader would still make out."""
    return re.sub(r"[^a-z]", "", text.lower())


def _capitals(term: str, dice: random.Random) -> str:
    return "".join(char.upper() if dice.random() < 0.5 else char.lower() for char in term)


def _spaced(term: str, dice: random.Random) -> str:
    return dice.choice(" .-_").join(term)


def _zero_width(term: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(term))
    return term[:at] + dice.choice("\u200b\u200c\u200d\u2060\ufeff\u00ad") + term[at:]


def _twins(term: str, dice: random.Random) -> str:
    return "".join(char.translate(TWINS) if dice.random() < 0.6 else char for char in term)


def _leet(term: str, dice: random.Random) -> str:
    places = [at for at, char in enumerate(term) if ord(char) in LEET]
    chosen = dice.sample(places, min(len(places), dice.randrange(1, 5)))
    return "".join(char.translate(LEET) if at in chosen else char for at, char in enumerate(term))


def _entities(term: str, dice: random.Random) -> str:
    form = dice.choice(("&#{};", "&#x{:x};"))
    return "".join(form.format(ord(char)) if dice.random() < 0.6 else char for char in term)


def _full_width(term: str, _dice: random.Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in term)


def _combining(term: str, dice: random.Random) -> str:
    return "".join(char + dice.choice(("", "\u0301", "\u0336")) for char in term)


def _percent(term: str, dice: random.Random) -> str:
    form = "%{:02X}" if dice.random() < 0.5 else "%{:02x}"
    return "".join(form.format(ord(char)) if dice.random() < 0.6 else char for char in term)


BENDS: dict[str, Callable[[str, random.Random], str]] = {
    "case": _capitals,
    "spacing": _spaced,
    "zero-width": _zero_width,
    "homoglyph": _twins,
    "leet": _leet,
    "entity": _entities,
    "full-width": _full_width,
    "combining": _combining,
}


@pytest.mark.parametrize("bend", BENDS)
@FAST
@given(term=st.sampled_from(TERMS), frame=st.sampled_from(FRAMES), seed=st.integers(0, 2**16))
def test_no_listed_term_survives_a_change_of_spelling(
    redactor: Redactor, bend: str, term: str, frame: str, seed: int
) -> None:
    """Hiding a word from lists must not carry it across the wall."""
    bent = BENDS[bend](term, random.Random(seed))
    text = shown(redactor, frame.format(bent))
    assert bent.lower() not in text.lower()
    assert bare(term) not in bare(text)


@FAST
@given(
    term=st.sampled_from(TERMS),
    frame=st.sampled_from(FRAMES),
    pair=st.permutations(("case", "zero-width", "homoglyph", "full-width")),
    seed=st.integers(0, 2**16),
)
def test_nor_does_it_survive_two_changes_at_once(
    redactor: Redactor, term: str, frame: str, pair: list[str], seed: int
) -> None:
    dice = random.Random(seed)
    bent = term
    for bend in pair[:2]:
        if bend == "full-width" and not bent.isascii():
            continue
        bent = BENDS[bend](bent, dice)
    assert bare(term) not in bare(shown(redactor, frame.format(bent)))


@FAST
@given(term=st.sampled_from(TERMS), seed=st.integers(0, 2**16))
def test_nor_within_a_link(redactor: Redactor, term: str, seed: int) -> None:
    """A path tells as much as a sentence does."""
    path = _percent(term, random.Random(seed))
    text = shown(redactor, f"The form is at https://example.org/groups/{path}/join today.")
    assert bare(term) not in bare(text)
    assert path not in text


@FAST
@given(
    term=st.sampled_from(TERMS),
    opening=st.sampled_from(('"', "(", "*", "_", "'", "[", "«", '("', "**", "~~", "“")),
)
def test_nor_within_quotes_brackets_and_markup(redactor: Redactor, term: str, opening: str) -> None:
    closing = {"(": ")", "[": "]", "«": "»", '("': '")', "“": "”"}.get(opening, opening)
    text = shown(redactor, f"They wrote {opening}{term}{closing} on the door of the gym.")
    assert bare(term) not in bare(text)


PROSE = st.text(
    alphabet=st.one_of(
        st.sampled_from(string.ascii_letters + " .,!?'\"-\n0123456789#@&;%[]()"),
        st.characters(exclude_categories=()),
    ),
    max_size=200,
)
SNIPPETS = st.lists(
    st.one_of(
        PROSE,
        st.sampled_from(
            (
                *TERMS,
                WITHHELD,
                "⟦group⟧",
                "my wife",
                "she said",
                "I'm 57",
                "born in 1961",
                "@somebody",
                "https://example.org/a",
                "🤰🏿",
                "👨‍👩‍👧",
                "&#109;",
                "%6D",
                "а\u200bbc",
                "a.b.c",
                "’s",
            )
        ),
    ),
    max_size=12,
).map(" ".join)


@settings(FAST, max_examples=400)
@given(text=SNIPPETS)
def test_any_text_is_redacted_without_a_crash(redactor: Redactor, text: str) -> None:
    """Applicants write anything; a crash would be a case that nobody screens."""
    result = redactor.redact(RawText(text))
    if result.outcome is not Outcome.PASSED:
        assert (result.text, result.coded) == (WITHHELD, "")
    else:
        assert not leaks(result.text)


@settings(FAST, max_examples=400)
@given(text=SNIPPETS)
def test_every_span_lies_within_the_input(redactor: Redactor, text: str) -> None:
    for span in redactor.redact(RawText(text)).spans:
        assert 0 <= span.start < span.end <= len(text)


@FAST
@given(
    term=st.sampled_from(TERMS),
    before=st.sampled_from(
        ("", "ｗｏｒｋ ", "za\u0308h ", "🙂🏽 ", "&amp; ", "\u200b\u200b", "ﬁne ")
    ),
    bend=st.sampled_from(("case", "zero-width", "homoglyph", "entity", "full-width")),
    seed=st.integers(0, 2**16),
)
def test_offsets_map_back_to_the_characters_that_were_written(
    redactor: Redactor, term: str, before: str, bend: str, seed: int
) -> None:
    """The reviewer marks the original; an offset into a folded copy would mark the wrong words."""
    bent = BENDS[bend](term, random.Random(seed))
    text = f"{before}the {bent} shop is open"
    start = text.index(bent)
    spans = redactor.redact(RawText(text)).spans
    assert any(span.start <= start and span.end >= start + len(bent) - 1 for span in spans)
    assert all(text[span.start : span.end].strip() for span in spans)


@settings(FAST, max_examples=300)
@given(
    terms=st.lists(st.sampled_from(TERMS), min_size=1, max_size=3),
    frames=st.lists(st.sampled_from(FRAMES), min_size=3, max_size=3),
    extra=st.sampled_from(
        ("", "My wife met Emily at noon.", "She was 57.", "He's here!", "Call my mother's boss.")
    ),
)
def test_redacting_again_changes_nothing(
    redactor: Redactor, terms: list[str], frames: list[str], extra: str
) -> None:
    """Redacted text goes through the same gate again at release."""
    text = " ".join(frame.format(term) for frame, term in zip(frames, terms, strict=False))
    first = redactor.redact(RawText(f"{text} {extra}".strip()))
    again = redactor.redact(RawText(first.text))
    assert again.text == first.text
    assert untyped(again.coded) == again.text or again.text == WITHHELD


GROUPS = {
    "people": ("Muslims", "Jews", "Latvians", "lesbians", "Ecuadorians", "Hindus", "atheists"),
    "one": ("Muslim", "Hindu", "Latvian", "Buddhist", "Mormon", "Sikh", "Nigerian"),
    "kin": ("mother", "father", "sister", "brother", "aunt", "uncle"),
    "partner": ("wife", "husband", "girlfriend", "boyfriend"),
    "rite": ("Ramadan", "Diwali", "Yom Kippur", "Vesak", "Hanukkah"),
    "age": ("23", "34", "47", "58", "61"),
}
SWAPPED = (
    ("people", "I can't stand {} in traffic."),
    ("people", "Why do {} get the good parking?"),
    ("people", "{} run the coffee stand at the station."),
    ("people", "My boss hired two {} and they are great."),
    ("one", "Yesterday a {} man asked me for directions."),
    ("one", "As a {} woman I get asked about the menu."),
    ("one", "Every {} I know prefers tea."),
    ("kin", "My {} thinks I should quit."),
    ("kin", "I told my {} about the leak, and that was that."),
    ("partner", "My {} hates the new couch."),
    ("partner", "I drove my {}'s car into a ditch."),
    ("rite", "I took the day off for {}."),
    ("rite", "Nobody at work asked about {} this year."),
    ("age", "I just turned {} and bought a kite."),
    ("age", "I am {} years old and I skate."),
)
AROUND = st.sampled_from(
    ("", "The bus was late. ", "lol ", "So: ", "I swear I will burn that office down. ")
)


@FAST
@given(frame=st.sampled_from(SWAPPED), before=AROUND, data=st.data())
def test_swapping_identities_gives_the_same_bytes(
    redactor: Redactor, frame: tuple[str, str], before: str, data: st.DataObject
) -> None:
    """Non-interference: what somebody is must not show, not even in an article or a verb."""
    kind, template = frame
    one, other = data.draw(
        st.lists(st.sampled_from(GROUPS[kind]), min_size=2, max_size=2, unique=True)
    )
    results = [redactor.redact(RawText(before + template.format(word))) for word in (one, other)]
    assert results[0].text == results[1].text
    assert results[0].coded == results[1].coded
