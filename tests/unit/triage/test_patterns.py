"""A row of tags and words means what its language says."""

import pytest

from models.errors import PolicyError
from triage.lexicon import lexicon
from triage.patterns import compiled
from triage.rules import rules
from triage.tagging import Tagged, tag
from triage.tokens import tokens_of


def row(text: str) -> Tagged:
    return tag(tokens_of(text), lexicon(), group_before=False)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("I DETEST", "i hate it", True),
        ("I DETEST", "they hate it", False),
        ("I ADV* DETEST", "i really always hate it", False),
        ("I ADV|INTENS* DETEST", "i really always hate it", True),
        ("hate ..2 mondays", "hate all those mondays", True),
        ("hate ..2 mondays", "hate cold wet rainy mondays", False),
        ("hate ..5 mondays", "hate it. not mondays", False),
        ("DETEST ~mondays", "hate mondays", False),
        ("DETEST !NEG mondays", "hate these mondays", True),
        ("DETEST&SS", "hate it", True),
        ("DETEST&SS", "we hate it", False),
        ("( the / a ) mondays", "a mondays", True),
        ("mondays $", "hate mondays, though", True),
        ("mondays $", "hate mondays forever", False),
        ("under_oath", "lied under oath", True),
        ("someone's", "it was someone's", True),
    ],
)
def test_elements(pattern: str, text: str, *, expected: bool) -> None:
    assert (compiled(pattern, {}).search.search(row(text).encoded) is not None) is expected


@pytest.mark.parametrize("pattern", ["I hate )x", "( I hate", "I ha$te"])
def test_an_unreadable_row_is_refused(pattern: str) -> None:
    with pytest.raises(PolicyError):
        compiled(pattern, {})


def test_shared_parts_are_put_in() -> None:
    assert compiled("{WHO}{0,2} DETEST", {"WHO": "I|ADV"}).search.search(row("i hate").encoded)


def test_every_tag_that_a_rule_names_exists() -> None:
    """A misspelt tag would silently never match."""
    made = {"CS", "SS", "GREF", "GROUP", "STOP", "COMMA", "COLON", "QUOTE", "NUMBER"}
    known = set().union(*lexicon().words.values()) | made
    for entries in lexicon().phrases.values():
        known |= set().union(*(tags for _, tags in entries))
    for rule in rules():
        for pattern in rule.patterns:
            for need in pattern.needs:
                named = {name for name in need if name.isupper() and len(name) > 1}
                assert named <= known, (rule.id, named - known)
