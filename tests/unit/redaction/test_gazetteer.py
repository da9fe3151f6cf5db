"""Terms are found at word borders, the longest first, never inside a safe phrase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.gazetteer import Entry, Gazetteer, Part, load_gazetteer
from redaction.gazetteer_fold import fold, fold_keeping_case, is_word


def _entry(
    term: str,
    protected_class: ProtectedClass = ProtectedClass.RELIGION,
    rule: str = "religion.adherent",
    *,
    mention: Mention = Mention.GROUP,
    part: Part = Part.NOUN,
    ambiguous: bool = False,
    case_sensitive: bool = False,
) -> Entry:
    return Entry(term, protected_class, mention, rule, part, ambiguous, case_sensitive)


def _found(gazetteer: Gazetteer, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in gazetteer.find(text)]


_SMALL = Gazetteer(
    [
        _entry("Muslim"),
        _entry("Muslim woman"),
        _entry("African American", ProtectedClass.RACE, "race.group"),
        _entry("Québécois", ProtectedClass.ETHNICITY, "ethnicity.people"),
        _entry("VA", ProtectedClass.MILITARY, "military.service", case_sensitive=True),
        _entry("don", ProtectedClass.SEX, "sex.title"),
        _entry("German", ProtectedClass.NATORIGIN, "natorigin.demonym"),
        _entry("HIV+", ProtectedClass.HIV, "hiv.status"),
        _entry("♿", ProtectedClass.DISABILITY, "disability.emoji", part=Part.EMOJI),
        _entry("👩", ProtectedClass.SEX, "sex.emoji", part=Part.EMOJI),
        _entry("🏿", ProtectedClass.COLOR, "color.emoji.tone", part=Part.EMOJI),
    ],
    ["german shepherd"],
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a Muslim.", ["Muslim"]),
        ("MUSLIM", ["MUSLIM"]),
        ("the Muslim's house", ["Muslim"]),
        ("the Muslim’s house", ["Muslim"]),
        ("a Muslim woman", ["Muslim woman"]),
        ("African-American, african american", ["African-American", "african american"]),
        ("African\u2011American", ["African\u2011American"]),
        ("quebecois and québécois", ["quebecois", "québécois"]),
        ("at the VA", ["VA"]),
        ("he is HIV+ now", ["HIV+"]),
        ("#muslim", ["muslim"]),
        ("MuslimX, xmuslim, muslim_x, muslim1", []),
        ("va bene", []),
        ("I don't know", []),
        ("don Pedro", ["don"]),
    ],
)
def test_a_term_is_found_at_word_borders(text: str, found: list[str]) -> None:
    assert _found(_SMALL, text) == found


def test_a_safe_phrase_hides_what_is_inside_it_and_nothing_else() -> None:
    """The dog is no German, but the German who walks it is."""
    assert _found(_SMALL, "my german shepherd") == []
    assert _found(_SMALL, "My German-Shepherd") == []
    assert _found(_SMALL, "the German has a german shepherd") == ["German"]
    assert _found(_SMALL, "a german shepherdess") == ["german"]


def test_a_hit_longer_than_the_safe_phrase_stays() -> None:
    gazetteer = Gazetteer([_entry("german shepherd club")], ["german shepherd"])
    assert _found(gazetteer, "the german shepherd club") == ["german shepherd club"]


def test_of_equal_hits_the_more_specific_rule_wins_and_names_come_last() -> None:
    name = _entry("Christian", rule="name.given.deep", mention=Mention.PERSON, part=Part.NAME)
    broad = _entry("Christian", rule="religion.any")
    narrow = _entry("Christian", rule="religion.any.adherent")
    gazetteer = Gazetteer([name, broad, narrow])
    assert [hit.entry for hit in gazetteer.find("a Christian")] == [narrow]
    assert gazetteer.lookup("christian") == (narrow, broad, name)


def test_an_emoji_needs_no_border_and_takes_its_whole_sequence() -> None:
    """A tone left standing, or a base without its tone, would say it all the same."""
    assert _found(_SMALL, "so♿️true") == ["♿️"]
    assert _found(_SMALL, "hi 👋🏿!") == ["👋🏿"]
    assert _found(_SMALL, "👩🏿‍🚒 at work") == ["👩🏿‍🚒"]
    assert _found(_SMALL, "x🏿") == ["🏿"]


def test_agency_terms_and_exceptions_apply() -> None:
    own = _entry("Order of the Heron", rule="religion.agency")
    gazetteer = load_gazetteer(extra=[own], exceptions=["Muslim Street"])
    assert _found(gazetteer, "He joined the Order of the Heron on Muslim Street.") == [
        "Order of the Heron"
    ]
    assert gazetteer.version != load_gazetteer().version


def test_the_gazetteer_is_built_once() -> None:
    assert load_gazetteer() is load_gazetteer()


def test_lookup_ignores_case_accents_and_hyphens() -> None:
    assert _SMALL.lookup("african-AMERICAN") == _SMALL.lookup("African American") != ()
    assert _SMALL.lookup("nothing of the kind") == ()


_TEXTS = st.text() | st.lists(
    st.sampled_from(
        [
            "Muslim",
            "muslim woman",
            "VA",
            " ",
            "-",
            "'s",
            "’",
            "german shepherd",
            "İ",
            "👩",
            "🏿",
            "‍",
            "ß",
            "é",
            "x",
            "_",
        ]
    )
).map("".join)


@given(_TEXTS)
def test_folding_keeps_the_length(text: str) -> None:
    """Offsets into the folded text are used on the text itself."""
    assert len(fold(text)) == len(fold_keeping_case(text)) == len(text)


@given(_TEXTS)
def test_hits_lie_in_the_text_in_order_without_overlap_at_borders(text: str) -> None:
    end = 0
    for hit in _SMALL.find(text):
        assert end <= hit.start < hit.end <= len(text)
        end = hit.end
        assert hit.entry in _SMALL.terms()
        if hit.entry.part is not Part.EMOJI:
            assert fold(text[hit.start : hit.end]) == fold(hit.entry.term)
            assert hit.start == 0 or not is_word(text[hit.start - 1])
            assert hit.end == len(text) or not is_word(fold(text)[hit.end])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
def test_what_stands_around_a_term_does_not_hide_it(around: str) -> None:
    text = f"{around} . Muslim . {around}"
    start = len(around) + 3
    assert any(hit.start == start for hit in _SMALL.find(text))
