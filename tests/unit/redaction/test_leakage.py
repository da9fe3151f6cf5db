"""The second look finds what the first one missed, and keeps silent on ordinary text."""

import pytest

from models.redaction import Outcome
from models.text import RawText
from redaction import pipeline
from redaction.leakage import leaks


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("She left early.", "leak.word"),
        ("Ask the women there.", "leak.word"),
        ("the m u s l i m s came", "leak.stem"),
        ("the mus.lim shop", "leak.stem"),
        ("w-o-m-e-n only", "leak.word"),
        ("a MUSL1M shop", "leak.stem"),
        ("my pregnancies", "leak.stem"),
        ("I left in 1987.", "leak.year"),
        ("ask @somebody", "leak.handle"),
        ("mail me at a@b.org", "leak.handle"),
        ("see https://a.example", "leak.handle"),
        ("hello 👋🏿", "leak.emoji"),
        ("a 34yo driver", "leak.age"),
        ("the Guatemalan cook", "leak.stem"),
    ],
)
def test_what_survived_is_found(text: str, rule: str) -> None:
    assert rule in leaks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[withheld]",
        "[withheld] are disgusting.",
        "They said that another person hit a relative.",
        "I walked 2000 steps in Essex and drank arabica.",
        "Who is there? The others, other people.",
        "The mother board and a man page.",
        "Therefore the chemist wrote a hymn about history.",
        "It was a turn for the worse.",
        "We use the veterinary clinic.",
        "A retardant foam.",
    ],
)
def test_ordinary_text_is_clean(text: str) -> None:
    assert leaks(text) == ()


def test_a_leak_closes_the_whole_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the second look finds anything, nothing crosses, not even a part."""
    monkeypatch.setattr(pipeline, "leaks", lambda _text: ("leak.word",))
    found = pipeline.default_redactor().redact(RawText("An ordinary sentence."))
    assert found.outcome is Outcome.LEAKAGE
    assert (found.text, found.coded) == ("[withheld]", "")
