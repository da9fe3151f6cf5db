"""The corpus is the same every time, and what is held out of training stays out."""

from random import Random

import pytest

from models.errors import InputError
from models.protected import ProtectedClass
from redaction.training.corpus import Corpus, Split, read_corpus, split_of
from redaction.training.evaluation import unseen
from redaction.training.frames import Filler, Frame, Slot, cue_frames, without_coded


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return read_corpus()


def _fill(text: str, slots: dict[str, Slot] | None = None, seed: int = 0) -> list[str]:
    frame = Frame("test", "sex", "sex", text)
    filled = Filler(slots or {}).fill(frame, Random(seed))
    return [filled.text, *(filled.text[start:end] for start, end in filled.spans)]


def test_the_same_seed_gives_the_same_lines(corpus: Corpus) -> None:
    one = list(corpus.lines(Split.TUNE, seed=3, copies=2))
    assert one == list(read_corpus().lines(Split.TUNE, seed=3, copies=2))
    assert one != list(corpus.lines(Split.TUNE, seed=4, copies=2))


def test_no_frame_is_in_two_splits(corpus: Corpus) -> None:
    parts = [{f.text for f in corpus.frames if split_of(f) is split} for split in Split]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert all(len(part) > 50 for part in parts)


def test_terms_held_out_never_meet_training(corpus: Corpus) -> None:
    seen = {line.text.lower() for line in corpus.lines(Split.TRAIN, seed=1, copies=3)}
    assert not any("yom kippur" in text and "hanukkah" in text for text in seen)
    used = " ".join(seen)
    held = [word for word in corpus.slots["illness"].words if f" {word.lower()} " not in used]
    assert held


def test_every_span_lies_in_its_line_and_has_a_class(corpus: Corpus) -> None:
    for split in Split:
        for line in corpus.lines(split, seed=9, copies=2):
            for start, end, label in line.spans:
                assert 0 <= start < end <= len(line.text)
                assert label in set(ProtectedClass)
            assert bool(line.says) == bool(line.spans)


def test_free_sentences_are_not_among_the_frames(corpus: Corpus) -> None:
    frames = {frame.text.lower() for frame in corpus.frames}
    for rows in unseen().values():
        assert len(set(rows)) == len(rows)
        assert frames.isdisjoint(row.lower() for row in rows)


def test_a_frame_marks_what_discloses() -> None:
    assert _fill("[my ring] got stuck") == ["my ring got stuck", "my ring"]


def test_an_optional_part_leaves_no_blank_behind() -> None:
    texts = {_fill("so (very )?late (today)?", seed=seed)[0] for seed in range(20)}
    assert texts == {"so late", "so very late", "so late today", "so very late today"}


def test_a_coded_filler_is_no_span_of_its_own() -> None:
    """What the rules withhold already is nothing for the nets to find."""
    slots = {"faith": Slot(("Quaker",), "⟦⟧")}
    frame = Frame("test", "religion", "religion", "raised [{faith}] here")
    spans = set()
    for seed in range(10):
        filled = Filler(slots).fill(frame, Random(seed))
        spans.add(tuple(filled.text[start:end] for start, end in without_coded(filled)))
    assert spans == {(), ("Quaker",)}


def test_a_phrase_stands_in_the_same_sentences_whether_it_tells_or_not() -> None:
    """The sentences around it must tell a net nothing: the phrase alone decides."""
    telling, harmless = cue_frames({"familial": {"n": "buggy"}, "harmless": {"n": "ladder"}})
    assert telling.says == "familial"
    assert harmless.says == ""
    assert telling.text.replace("buggy", "ladder") == harmless.text


def test_harmless_phrases_are_never_marked(corpus: Corpus) -> None:
    for line in corpus.lines(Split.TRAIN, seed=2, copies=1):
        if line.frame.startswith(("cue.harmless", "cue.twins")):
            assert line.spans == ()


@pytest.mark.parametrize("text", ["(a|b", "a]", "[a(b]", "a {Bad} slot", "a {nowhere} slot"])
def test_a_malformed_frame_is_refused_by_name(text: str) -> None:
    with pytest.raises(InputError, match="test"):
        _fill(text)
