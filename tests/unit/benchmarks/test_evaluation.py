"""The measuring itself is checked: an evaluation that cannot fail measures nothing."""

import math
from pathlib import Path

import pytest

from benchmarks import corpus, scoring
from benchmarks.attack import attack, signal_left
from benchmarks.chart import Bar, Block, svg
from benchmarks.figures import Figure, bounds, passed
from benchmarks.intervals import Share, holm
from benchmarks.users import users
from models.protected import ProtectedClass


def redacted(text: str, row: corpus.Row) -> scoring.Redacted:
    return scoring.Redacted(row, text, closed=False)


def test_wilsons_interval_is_wilsons() -> None:
    """Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662."""
    low, high = Share(81, 263).interval
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_holms_adjustment_is_holms() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_every_protected_class_has_terms() -> None:
    measured = {row.protected_class for row in corpus.explicit()}
    assert measured == set(ProtectedClass)


def test_every_gold_stretch_stands_in_its_text() -> None:
    """A term that is not there counts as withheld for ever."""
    rows = [*corpus.explicit(), *corpus.names(), *(row for row, _classes in corpus.posts())]
    missing = [
        row.text for row in rows for gold in row.gold if not scoring.survives(gold, row.text)
    ]
    assert not missing
    assert all(any(gold in row.text for gold in row.gold) for row in corpus.tricks())


def test_the_sets_are_the_same_every_time() -> None:
    assert corpus.tricks() == corpus.tricks()
    assert users(20) == users(20)


def test_there_are_enough_sentences_that_must_stay() -> None:
    assert len(corpus.clean()) >= 300


def test_what_survives_counts_against_recall_in_any_case_but_not_within_a_word() -> None:
    row = corpus.Row("I am a Sikh.", ("Sikh",), "religion", "dharmic")
    tally = scoring.recall([redacted("I am a SIKH.", row), redacted("Sikhs sing.", row)])
    assert tally.classes()["religion"] == Share(1, 2)


def test_groups_collapse_only_if_every_text_is_the_same() -> None:
    rows = [corpus.Row(f"I am {x}.", (), "", "origin", "origin/1") for x in ("Thai", "Malay")]
    assert scoring.collapse([redacted("same", row) for row in rows]).total == Share(1, 1)
    apart = [redacted(str(at), row) for at, row in enumerate(rows)]
    assert scoring.collapse(apart).total == Share(0, 1)


def test_letters_lost_besides_leave_the_gold_stretch_out() -> None:
    row = corpus.Row("I like Thai soup.", ("Thai",), "natorigin", "asia")
    lost = scoring.excess([redacted("I like [withheld].", row)])
    assert lost["natorigin", "asia"] == Share(4, 9)


def test_the_articles_in_frames_agree() -> None:
    """A wrong "an" would itself tell the identities of a minimal pair apart."""
    for term, expected in (
        ("Ecuadorian", "an"),
        ("lesbian", "a"),
        ("European", "a"),
        ("Ukrainian", "a"),
        ("Uzbek", "an"),
        ("60-year-old", "a"),
        ("18-year-old", "an"),
        ("EEOC claimant", "an"),
        ("my locs", "my"),
    ):
        if expected == "my":
            assert corpus.with_article(term) == term
            continue
        assert corpus.with_article(term) == f"{expected} {term}"


def test_a_broken_floor_and_a_missing_figure_are_both_named(tmp_path: Path) -> None:
    floors = tmp_path / "floors.toml"
    floors.write_text(
        '[floor]\n"a" = { limit = 0.9 }\n"b" = { limit = 0.5 }\n[ceiling]\n"c" = { limit = 0.1 }\n'
    )
    figures = {"a": Figure(0.89, 10), "c": Figure(math.nan, 0)}
    assert len(passed(figures, bounds(floors))) == 3
    assert not passed({"a": Figure(0.9, 10), "b": Figure(1, 1), "c": Figure(0, 1)}, bounds(floors))


def test_the_attack_tells_apart_what_differs_and_not_what_does_not() -> None:
    labels = [bool(number % 2) for number in range(60)]
    telling = [f"the {'husband' if yes else 'wife'} went out again today" for yes in labels]
    silent = ["somebody went out again today"] * 60
    assert attack(telling, labels).area > 0.95
    blind = attack(silent, labels, permutations=20)
    assert blind.p is not None
    assert blind.p > 0.05
    assert signal_left(0.9, 0.5) == 0.0
    assert signal_left(0.9, 0.7) == pytest.approx(0.5)


def test_the_chart_escapes_its_labels() -> None:
    drawn = svg("a < b", [Block("x & y", [Bar("<z>", 0.5, 0.4, 0.6)])])
    assert "<z>" not in drawn
    assert "x &amp; y" in drawn
