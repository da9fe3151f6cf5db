"""The term lists cover every class, say where they come from, and contradict nothing."""

import tomllib
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from models.errors import InputError
from models.protected import ProtectedClass
from models.redaction import Mention
from redaction import gazetteer_data
from redaction.context import ADJECTIVES
from redaction.gazetteer import Gazetteer, Part, load_gazetteer
from redaction.gazetteer_data import AMBIGUOUS_FILE, SAFE_FILES, TermLists, read_term_lists
from redaction.gazetteer_fold import fold
from redaction.patterns import Patterns
from redaction.people import people
from redaction.tokens import tokens_of

_UMBRELLAS = {
    ProtectedClass.EU_DIR,
    ProtectedClass.CA_GROUNDS,
    ProtectedClass.CA_PROV,
    ProtectedClass.MARRIAGE_UK,
    ProtectedClass.GENDER_REASSIGN,
    ProtectedClass.NI,
}
_AT_LEAST = 40
_NOT_ISO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB"}
_OF_TWO_CLASSES = {
    "aids",
    "airman",
    "ammo",
    "baka",
    "bakas",
    "balkans",
    "beti",
    "betis",
    "broke",
    "creole",
    "cuffed",
    "elder",
    "ewe",
    "fag",
    "fob",
    "foid",
    "god",
    "guardsman",
    "guardsmen",
    "he/him/his",
    "hebrew",
    "labor",
    "labour",
    "lord",
    "makua",
    "makuas",
    "male",
    "midwife",
    "missus",
    "mohawk",
    "mongo",
    "mongos",
    "ms",
    "ponce",
    "queens",
    "shelter",
    "spd",
    "stud",
    "trailer park trash",
    "trailer park trashes",
    "ulster scots",
    "veteran",
    "zio",
    "zios",
}
"""Forms that truly name two things; each is as private in one sense as in the other."""


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads((files("redaction") / "gazetteers" / name).read_text("utf-8"))


def _terms_of(name: str) -> set[str]:
    return {
        term.strip()
        for group in _document(name)["list"]
        for term in group["terms"].replace("\n", ",").split(",")
        if term.strip()
    }


def _safe_of(name: str) -> set[str]:
    """Each phrase as listed, with the first of the words that may stand before it."""
    return {
        f"{group.get('before', '').split(',')[0]} {term.strip()}".strip()
        for group in _document(name)["list"]
        for term in group["terms"].replace("\n", ",").split(",")
        if term.strip()
    }


@pytest.fixture(scope="module")
def lists() -> TermLists:
    return read_term_lists()


@pytest.mark.parametrize("protected_class", sorted(set(ProtectedClass) - _UMBRELLAS))
def test_every_class_has_terms(protected_class: ProtectedClass, lists: TermLists) -> None:
    """A class without terms would reach the manager whenever somebody names it."""
    forms = {
        fold(entry.term)
        for entry in lists.entries
        if entry.protected_class is protected_class and entry.mention is not Mention.PERSON
    }
    assert len(forms) >= _AT_LEAST


def test_every_country_has_a_name_and_a_demonym(lists: TermLists) -> None:
    rows = {
        row.split(";")[0].strip(): [cell.strip() for cell in row.split(";")]
        for row in _document("countries.toml")["rows"].splitlines()
        if row
    }
    territories = Locale("en").territories
    codes = {code for code in territories if len(code) == 2 and code.isalpha()}
    assert codes - _NOT_ISO_COUNTRIES - {"ZZ"} <= set(rows)
    known = {(entry.rule, fold(entry.term)) for entry in lists.entries}
    for code, (_, names, demonyms, *_rest) in rows.items():
        assert ("natorigin.country", fold(names.split(",")[0].strip())) in known, code
        demonym = demonyms.split(",")[0].split("|")[0].strip()
        assert ("natorigin.demonym", fold(demonym)) in known, code


def test_the_usual_english_name_of_each_country_is_found() -> None:
    gazetteer = load_gazetteer()
    missing = {
        name
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_ISO_COUNTRIES | {"ZZ"}
        if not gazetteer.find(name.replace("&", "and"))
    }
    assert missing == set()


def test_every_language_with_a_two_letter_code_is_found() -> None:
    gazetteer = load_gazetteer()
    languages = Locale("en").languages
    missing = {
        name
        for code, name in languages.items()
        if len(code) == 2 and not gazetteer.find(f"they speak {name.split(' (')[0]} at home")
    }
    assert missing == set()


def test_every_file_says_where_its_facts_come_from(lists: TermLists) -> None:
    names = {
        item.name
        for item in (files("redaction") / "gazetteers").iterdir()
        if item.name.endswith(".toml")
    }
    assert set(lists.sources) == names
    for source in lists.sources.values():
        assert all(value.strip() for value in source.values())


def test_every_file_is_documented_with_its_source(lists: TermLists) -> None:
    """The provenance table is what a reader sees; it must not fall behind the files."""
    table = (Path(__file__).parents[3] / "docs" / "gazetteers.md").read_text("utf-8")
    for name, source in lists.sources.items():
        assert f"| `{name}` | {source['topic']} | {source['facts']} |" in table


def test_no_form_names_two_classes_unless_it_truly_does(lists: TermLists) -> None:
    classes: dict[str, set[ProtectedClass]] = defaultdict(set)
    for entry in lists.entries:
        if entry.mention is not Mention.PERSON:
            classes[fold(entry.term)].add(entry.protected_class)
    assert {form for form, found in classes.items() if len(found) > 1} == _OF_TWO_CLASSES


def test_no_form_is_a_single_letter(lists: TermLists) -> None:
    assert [
        entry.term
        for entry in lists.entries
        if len(entry.term) < 2 and entry.part is not Part.EMOJI
    ] == []


def test_every_ambiguous_form_has_a_reason(lists: TermLists) -> None:
    for entry in lists.entries:
        if entry.ambiguous:
            assert lists.reasons[fold(entry.term), entry.rule]


def test_every_word_called_ambiguous_is_listed_somewhere(lists: TermLists) -> None:
    """A stale line would suggest a care that nothing takes."""
    forms = {fold(entry.term) for entry in lists.entries}
    assert [term for term in _terms_of(AMBIGUOUS_FILE) if fold(term) not in forms] == []


def test_every_safe_phrase_hides_something(lists: TermLists) -> None:
    """A safe phrase without a term in it would be dead weight."""
    bare = Gazetteer(lists.entries)
    patterns = Patterns("times", "cues")

    def holds(phrase: str) -> bool:
        tokens = tokens_of(phrase)
        return bool(
            bare.find(phrase)
            or [*people(tokens), *patterns.propose(f"the {phrase}")]
            or not ADJECTIVES.keys().isdisjoint(tokens.lower)
        )

    assert {
        phrase for name in SAFE_FILES for phrase in _safe_of(name) if not holds(phrase)
    } == set()


def test_nothing_is_found_inside_a_safe_phrase(lists: TermLists) -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.safe_phrases >= lists.safe_phrases
    for phrase in lists.safe_phrases:
        assert gazetteer.find(f"so, {phrase}, then") == [], phrase


def test_names_are_persons_and_come_in_thousands(lists: TermLists) -> None:
    counts = Counter(entry.rule for entry in lists.entries if entry.mention is Mention.PERSON)
    assert counts["name.given"] > 3000
    assert counts["name.family"] > 3000
    assert {entry.part for entry in lists.entries if entry.rule == "name.given"} == {Part.NAME}


@pytest.mark.parametrize("name", ["Will", "Grace", "Hope", "May", "Rose", "Young", "Price", "Long"])
def test_a_name_that_is_a_word_is_ambiguous(name: str) -> None:
    entries = load_gazetteer().lookup(name)
    assert entries
    assert all(entry.ambiguous for entry in entries)


@pytest.mark.parametrize(
    ("term", "protected_class"),
    [
        ("Kyrgyzstani", ProtectedClass.NATORIGIN),
        ("I-Kiribati", ProtectedClass.NATORIGIN),
        ("uyghurs", ProtectedClass.ETHNICITY),
        ("Dalit", ProtectedClass.CASTE),
        ("seventh day adventist", ProtectedClass.RELIGION),
        ("demisexual", ProtectedClass.ORIENTATION),
        ("agender", ProtectedClass.GENDERID),
        ("myasthenia gravis", ProtectedClass.DISABILITY),
        ("people with epilepsy", ProtectedClass.DISABILITY),
        ("lamotrigine", ProtectedClass.DISABILITY),
        ("preeclampsia", ProtectedClass.PREGNANCY),
        ("vasectomy", ProtectedClass.REPRO),
        ("biktarvy", ProtectedClass.HIV),
        ("BRCA1", ProtectedClass.GENETIC),
        ("sickle cell trait", ProtectedClass.TRAIT),
        ("DD-214", ProtectedClass.MILITARY),
        ("other-than-honorable", ProtectedClass.DISCHARGE),
        ("octogenarian", ProtectedClass.AGE40),
        ("gen zer", ProtectedClass.AGE18),
        ("stepdaughters", ProtectedClass.FAMILIAL),
        ("ex-wives", ProtectedClass.MARITAL),
        ("H-1B", ProtectedClass.WORKAUTH),
        ("green card", ProtectedClass.CITIZENSHIP),
        ("parolee", ProtectedClass.CONVICTION),
        ("mugshot", ProtectedClass.ARREST),
        ("food stamps", ProtectedClass.INCOME),
        ("Teamsters", ProtectedClass.UNION),
        ("democratic socialist", ProtectedClass.POLITICAL),
        ("restraining order", ProtectedClass.DVVICTIM),
        ("dreadlocks", ProtectedClass.HAIR),
        ("🤰", ProtectedClass.PREGNANCY),
        ("🇸🇴", ProtectedClass.NATORIGIN),
    ],
)
def test_explicit_words_are_always_withheld(term: str, protected_class: ProtectedClass) -> None:
    hits = load_gazetteer().find(f"well, {term}.")
    assert [(hit.entry.protected_class, hit.entry.ambiguous) for hit in hits] == [
        (protected_class, False)
    ]


def test_conduct_that_a_manager_may_need_is_not_listed() -> None:
    for word in ("cocaine", "heroin", "meth", "fentanyl", "LSD", "MDMA", "punched", "stole"):
        assert load_gazetteer().lookup(word) == ()


def test_a_damaged_file_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gazetteers").mkdir()
    (tmp_path / "gazetteers" / "bad.toml").write_text('[source]\ntopic = "x"\n')
    monkeypatch.setattr(gazetteer_data, "files", lambda _: tmp_path)
    with pytest.raises(InputError, match=r"bad\.toml"):
        read_term_lists()
