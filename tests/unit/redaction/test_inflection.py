"""A term's other forms follow from rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redaction.inflection import Family, Part, expand, plural, variants


def _forms(term: str, family: Family, part: Part = Part.NOUN, *prefixes: str) -> set[str]:
    return {form.surface for form in expand(term, family, part, prefixes)}


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("felon", "felons"),
        ("church", "churches"),
        ("Czech", "Czechs"),
        ("baby", "babies"),
        ("monkey", "monkeys"),
        ("wife", "wives"),
        ("housewife", "housewives"),
        ("fireman", "firemen"),
        ("Frenchwoman", "Frenchwomen"),
        ("German", "Germans"),
        ("Ottoman", "Ottomans"),
        ("stepchild", "stepchildren"),
        ("trans person", "trans people"),
        ("mother-in-law", "mothers-in-law"),
        ("survivor of abuse", "survivors of abuse"),
        ("person with a felony", "people with a felony"),
        ("parent-to-be", "parents-to-be"),
        ("prosthesis", "prostheses"),
        ("alumna", "alumnae"),
        ("Child", "Children"),
    ],
)
def test_plural_follows_english(one: str, many: str) -> None:
    assert plural(one) == many


def test_demonym_gives_adjective_and_nouns() -> None:
    assert _forms("Polish|Pole", Family.DEMONYM, Part.ADJECTIVE) == {"Polish", "Pole", "Poles"}
    assert _forms("Guatemalan", Family.DEMONYM, Part.ADJECTIVE) == {"Guatemalan", "Guatemalans"}


@pytest.mark.parametrize("adjective", ["Portuguese", "Swiss", "French", "Irish", "Icelandic"])
def test_some_adjectives_are_no_nouns(adjective: str) -> None:
    assert _forms(adjective, Family.DEMONYM, Part.ADJECTIVE) == {adjective}


def test_a_people_named_with_man_has_women_too() -> None:
    assert _forms("French|Frenchman", Family.DEMONYM, Part.ADJECTIVE) == {
        "French",
        "Frenchman",
        "Frenchmen",
        "Frenchwoman",
        "Frenchwomen",
    }


def test_a_belief_names_its_holders_and_itself() -> None:
    assert _forms("socialist", Family.BELIEF) == {"socialist", "socialists", "socialism"}


def test_a_condition_names_the_people_who_have_it() -> None:
    """ "Asthma" is a trait, "people with asthma" are a group: triage needs the difference."""
    forms = {form.surface: form for form in expand("asthma", Family.CONDITION, Part.MASS)}
    assert not forms["asthma"].people
    for surface in ("people with asthma", "asthma sufferer", "asthma survivors"):
        assert forms[surface].people
    assert forms["asthma patients"].part is Part.PLURAL


def test_kin_come_as_step_and_in_law() -> None:
    forms = _forms("mother", Family.KIN)
    assert {
        "mothers",
        "step-mother",
        "stepmother",
        "godmothers",
        "foster mother",
        "mother-in-law",
        "mothers-in-law",
        "mother-in-laws",
    } <= forms


def test_spouses_come_as_former() -> None:
    assert {"ex-wife", "exwife", "ex-wives", "late wife"} <= _forms("wife", Family.SPOUSE)


def test_a_verb_has_its_tenses() -> None:
    assert _forms("divorce", Family.VERB) == {"divorce", "divorces", "divorced", "divorcing"}
    assert "remarried" in _forms("remarry", Family.VERB)


def test_prefixes_make_families() -> None:
    forms = _forms("Muslim", Family.DEMONYM, Part.NOUN, "ex-", "half ")
    assert {"ex-Muslim", "exMuslim", "ex-Muslims", "half Muslim", "half Muslims"} <= forms


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("anaemia", "anemia"),
        ("leukaemia", "leukemia"),
        ("paediatric", "pediatric"),
        ("brain tumour", "brain tumor"),
        ("coeliac disease", "celiac disease"),
        ("grey-haired", "gray-haired"),
        ("Labour Party", "Labor Party"),
        ("oestrogen", "estrogen"),
    ],
)
def test_both_spellings_follow_from_either(british: str, american: str) -> None:
    assert american in set(variants(british))
    assert british in set(variants(american))


def test_a_name_is_never_respelled() -> None:
    assert _forms("Grey", Family.NONE, Part.NAME) == {"Grey"}


def test_apostrophe_may_be_missing() -> None:
    assert "Crohns disease" in set(variants("Crohn's disease"))


def test_a_short_hyphenated_word_is_not_closed() -> None:
    assert set(variants("co-op")) == {"co-op"}


@given(st.text("abcdefghijklmnopqrstuvwxyz -'", min_size=1, max_size=30).map(str.strip))
def test_the_term_itself_is_always_a_form_and_none_comes_twice(term: str) -> None:
    for family in Family:
        forms = [form.surface for form in expand(term, family, Part.NOUN)]
        assert forms[:1] == [term]
        assert len(forms) == len(set(forms))
