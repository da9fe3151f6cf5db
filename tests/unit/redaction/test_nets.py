"""The nets can only add, decide alike for twins, and are the ones that their manifest names."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import redaction
from models.errors import InputError
from models.protected import ProtectedClass
from redaction.net_text import TOKEN_WORD, sentences
from redaction.nets import FOLDER, Nets, default_nets, read_manifest
from redaction.training.__main__ import weights_digest
from redaction.training.evaluation import unseen
from redaction.training.sources import source_digests

WEIGHTS = Path(redaction.__file__).parent / FOLDER
DISCLOSING = (
    "people keep touching my hair without asking",
    "My knees aren't what they used to be",
    "late again because of the essay deadline",
    "ironed five tiny shirts for the morning",
)


def test_shipped_weights_are_made_of_the_sources_beside_them() -> None:
    """Whoever changes a frame and not the weights is told to run the training command."""
    assert read_manifest(WEIGHTS)["sources"] == source_digests()


def test_shipped_weights_are_those_of_the_manifest() -> None:
    assert read_manifest(WEIGHTS)["weights"] == weights_digest(WEIGHTS)


def test_shipped_weights_stay_small() -> None:
    size = sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file())
    assert size < 10_000_000


def test_loading_takes_half_a_second_at_most() -> None:
    Nets.load()
    began = time.process_time()
    Nets.load()
    assert time.process_time() - began < 0.5


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        Nets.load(tmp_path)


def test_what_is_told_without_a_listed_word_is_found() -> None:
    for text, found in zip(DISCLOSING, default_nets().propose(DISCLOSING), strict=True):
        assert found, text


def test_a_candidate_says_who_proposed_it_and_how_sure_it_is() -> None:
    for found in default_nets().propose(DISCLOSING):
        for item in found:
            assert item.proposer in {"spancat", "textcat"}
            assert item.rule == f"{item.protected_class}.{item.proposer}"
            assert 0 < item.score <= 1
            assert item.protected_class in ProtectedClass


def test_harmless_sentences_stay_untouched() -> None:
    """The figure of the whole product: 97 of 100 clean sentences come out byte-identical."""
    rows = unseen()["harmless"]
    touched = sum(map(bool, default_nets().propose(rows)))
    assert touched / len(rows) <= 0.03


def test_a_sentence_in_which_something_is_withheld_never_trips() -> None:
    text = "⟦group⟧ again, and the school run was chaos"
    assert default_nets().disclosing(list(sentences(text))) == set()


def test_the_trip_wire_names_the_sentence_that_tells() -> None:
    text = "The bus to town was late. The school run was chaos again. Great match."
    assert default_nets().disclosing(list(sentences(text))) <= {1}


def test_the_kind_of_a_token_makes_no_difference() -> None:
    """Twins differ in nothing but the kind or length of what was withheld."""
    nets = default_nets()
    frames = ("my {} and I tied the knot", "as a {} my knees are shot", "I pray with my {} daily")
    for frame in frames:
        one, two = nets.propose([frame.format("⟦group⟧"), frame.format("⟦place⟧")])
        assert [(item.rule, item.score) for item in one] == [
            (item.rule, item.score) for item in two
        ]


def test_a_text_decides_alike_alone_and_in_a_batch() -> None:
    nets = default_nets()
    texts = [*DISCLOSING, *unseen()["harmless"][:10]]
    together = nets.propose(texts)
    alone = [nets.propose([text])[0] for text in texts]
    assert [[item[:5] for item in found] for found in together] == [
        [item[:5] for item in found] for found in alone
    ]


def test_nothing_of_a_text_is_kept() -> None:
    """What spaCy reads outside a memory zone stays in its string store for good."""
    nets = default_nets()
    word = "zanzibarqux"
    nets.propose([f"the school run with {word} was chaos"])
    assert word not in nets._nlp.vocab.strings


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for item in default_nets().propose([text])[0]:
        assert 0 <= item.start < item.end <= len(text)


@given(st.text(max_size=300))
def test_sentences_lie_in_order_inside_their_text(text: str) -> None:
    at = 0
    for sentence in sentences(text):
        assert at <= sentence.start < sentence.end <= len(text)
        assert len(sentence.words) == len(sentence.starts) == len(sentence.ends)
        at = sentence.end


def test_words_are_read_without_case_apostrophe_and_stretch() -> None:
    (sentence,) = sentences("I'm SOOOO done ⟦trait⟧ 1984")
    assert sentence.words == ("im", "so", "done", TOKEN_WORD, "0")
    assert sentence.is_marked


def test_the_cascade_loses_nothing() -> None:
    """Where the span net does not look, it would have found nothing."""
    texts = [*DISCLOSING, *unseen()["discloses"], *unseen()["harmless"]]
    short, whole = Nets.load().propose(texts), Nets.load(cascade=False).propose(texts)
    assert [[item[:5] for item in found] for found in short] == [
        [item[:5] for item in found] for found in whole
    ]


def test_what_reads_no_text_starts_without_the_nets_library() -> None:
    """A command that lists cases would otherwise take a third longer to start."""
    asks = "import sys, redaction.pipeline; print('spacy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert told.stdout == "False\n"
