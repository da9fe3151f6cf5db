"""Operator lists add to what is withheld, change the version, and cannot open the wall."""

import time
from dataclasses import dataclass

import pytest

from models.errors import PolicyError
from models.protected import ProtectedClass
from models.redaction import Mention, Outcome
from models.text import WITHHELD, RawText
from redaction.gazetteer import load_gazetteer
from redaction.operator import (
    TIMEOUT_RULE,
    OperatorPatterns,
    operator_entries,
    operator_gazetteer,
)
from redaction.pipeline import Redactor


@dataclass(frozen=True)
class Term:
    term: str
    protected_class: ProtectedClass = ProtectedClass.ETHNICITY
    mention: Mention = Mention.GROUP
    inflect: bool = True
    rule: str = "term"


@dataclass(frozen=True)
class Excepted:
    phrase: str


@dataclass(frozen=True)
class Pattern:
    regex: str
    rule: str = "own"
    protected_class: ProtectedClass = ProtectedClass.MILITARY
    mention: Mention = Mention.TRAIT


def test_an_operators_term_is_withheld_in_every_inflection() -> None:
    redactor = Redactor(gazetteer=operator_gazetteer([Term("Quorvonite")]))
    for text in ("I am a Quorvonite.", "Quorvonites run the shop.", "A quorvonite's advice helps."):
        result = redactor.redact(RawText(text))
        assert "quorvon" not in result.text.lower()
        assert any(span.rule == "operator.term" for span in result.spans)


def test_without_inflection_only_the_written_form_is_a_term() -> None:
    forms = {entry.term for entry in operator_entries([Term("Quorvonite", inflect=False)])}
    assert "Quorvonites" not in forms


def test_lists_are_part_of_the_redactors_version() -> None:
    """A verdict can be reproduced only if its version names the lists it was made with."""
    plain = Redactor().version
    with_term = Redactor(gazetteer=operator_gazetteer([Term("Quorvonite")])).version
    excepting = [Excepted("Greek Street")]
    with_exception = Redactor(gazetteer=operator_gazetteer((), excepting)).version
    assert len({plain, with_term, with_exception}) == 3


def test_nothing_is_found_within_an_excepted_phrase() -> None:
    text = "The stall on Zoroastrian Lane is open."
    plain = load_gazetteer().find(text)
    excepted = operator_gazetteer((), [Excepted("Zoroastrian Lane")]).find(text)
    assert plain
    assert not excepted


def test_an_exception_cannot_be_a_protected_term() -> None:
    """An agency could otherwise switch a class off, one word at a time."""
    with pytest.raises(PolicyError, match="row 2"):
        operator_gazetteer((), [Excepted("Elm Street"), Excepted("muslims")])


def test_patterns_propose_their_matches_in_any_case() -> None:
    patterns = OperatorPatterns([Pattern(r"badge\s+no\.?\s*\d{4,6}", "badge-number")])
    first, second = patterns.propose(["My Badge No. 44321 fell off.", "no badge here"])
    assert [(item.start, item.end, item.rule) for item in first] == [
        (3, 18, "operator.badge-number")
    ]
    assert not second


def test_a_group_named_w_narrows_what_is_withheld() -> None:
    patterns = OperatorPatterns([Pattern(r"precinct (?P<w>\d+)")])
    ((found,),) = patterns.propose(["I work at precinct 44 now."])
    assert (found.start, found.end) == (19, 21)


def test_a_catastrophic_pattern_ends_and_the_text_is_withheld_whole() -> None:
    """A slow pattern must neither stop the machine nor let the text pass unread."""
    patterns = OperatorPatterns([Pattern(r"(?:q|qq)+$")], seconds=0.05)
    text = "q" * 60 + "!"
    began = time.process_time()
    ((found,),) = patterns.propose([text])
    assert time.process_time() - began < 2
    assert (found.start, found.end) == (0, len(text))
    assert found.rule == TIMEOUT_RULE


def test_patterns_have_a_version_of_their_own() -> None:
    one, other = OperatorPatterns([Pattern("ab")]), OperatorPatterns([Pattern("abc")])
    assert one.version != other.version
    assert one.version == OperatorPatterns([Pattern("ab")]).version


def test_a_text_on_which_a_pattern_never_ends_waits_for_a_person() -> None:
    """It is unread, so nobody may treat it as clean."""
    slow = OperatorPatterns([Pattern(r"(?:q|qq)+$")], seconds=0.05)
    result = Redactor(patterns=slow).redact(RawText("Listen: " + "q" * 60 + "!"))
    assert result.outcome is Outcome.LEAKAGE
    assert result.text == WITHHELD
    assert [span.rule for span in result.spans if span.proposer == "operator"] == [TIMEOUT_RULE]


def test_the_redactor_withholds_what_a_pattern_matches_and_stamps_its_version() -> None:
    redactor = Redactor(patterns=OperatorPatterns([Pattern(r"badge no \d+", "badge")]))
    result = redactor.redact(RawText("I lost badge no 4432 at the lake."))
    assert "4432" not in result.text
    assert redactor.version != Redactor().version
