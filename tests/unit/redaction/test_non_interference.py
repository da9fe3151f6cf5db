"""Swap a protected attribute and the bytes stay the same: the product's main promise."""

from collections.abc import Callable

import pytest

from models.redaction import Redaction

Redact = Callable[[str], Redaction]
Neutral = Callable[[str], str]

GROUPS = [
    ("women", "a woman", "female"),
    ("trans people", "a trans person", "trans"),
    ("gay people", "a gay person", "gay"),
    ("black people", "a black person", "black"),
    ("disabled people", "a disabled person", "disabled"),
    ("Muslims", "a Muslim", "Muslim"),
    ("Amish people", "an Amish woman", "Amish"),
    ("Mexicans", "a Mexican", "Mexican"),
    ("Jews", "a Jew", "Jewish"),
    ("Hindus", "a Hindu man", "Hindu"),
    ("lesbians", "a lesbian", "lesbian"),
    ("white men", "a white man", "white"),
    ("deaf people", "a deaf guy", "deaf"),
    ("Nigerians", "a Nigerian", "Nigerian"),
    ("Ukrainian ladies", "a Ukrainian lady", "Ukrainian"),
]

PLURAL_TEMPLATES = [
    "{} are disgusting.",
    "I hate {}.",
    "Those {} should all be locked up.",
    "How about we cut these {}'s throats?",
    "I really can't stand {} like you.",
    "We must protect {} and their rights at work.",
    "Nobody here hires {}, ever.",
    'He wrote "{} ruin everything" on the wall.',
]
SINGULAR_TEMPLATES = [
    "Her colleague is {}.",
    "Never trust a single word said by {}.",
    "It's in {}'s nature to be an annoying prick.",
    "I punched {} at the station.",
    "They hired {} to run the warehouse.",
]
ADJECTIVE_TEMPLATES = [
    "Your {} lives are worthless.",
    "You are nothing but common {} trash.",
    "My {} neighbor complained about the noise.",
]


@pytest.mark.parametrize("template", PLURAL_TEMPLATES)
def test_groups_named_in_the_plural_read_alike(template: str, redact: Redact) -> None:
    found = {
        (redact(template.format(group[0])).text, redact(template.format(group[0])).coded)
        for group in GROUPS
    }
    assert len(found) == 1


@pytest.mark.parametrize("template", SINGULAR_TEMPLATES)
def test_somebody_of_a_group_reads_alike(template: str, redact: Redact) -> None:
    found = {
        (redact(template.format(group[1])).text, redact(template.format(group[1])).coded)
        for group in GROUPS
    }
    assert len(found) == 1


@pytest.mark.parametrize("template", ADJECTIVE_TEMPLATES)
def test_adjectives_for_a_group_read_alike(template: str, redact: Redact) -> None:
    """Triage decides from coded text: its verdict must not depend on who is attacked."""
    found = {
        (redact(template.format(group[2])).text, redact(template.format(group[2])).coded)
        for group in GROUPS
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    "variants",
    [
        ["He lost his temper.", "She lost her temper."],
        ["I told him to leave him alone.", "I told her to leave her alone."],
        ["He's late again and he hurt himself.", "She's late again and she hurt herself."],
        ["Is he coming? Does he know?", "Is she coming? Does she know?"],
        ["The bag is his.", "The bag is hers."],
        ["I made him cry and took his phone.", "I made her cry and took her phone."],
        [
            "John stole my bike.",
            "Shaniqua stole my bike.",
            "Jamal stole my bike.",
            "Mehmet stole my bike.",
            "Emily Smith stole my bike.",
        ],
        ["I told Emily to stop.", "I told DeShawn to stop.", "I told Nguyen to stop."],
        ["My husband's boss is rude.", "My wife's boss is rude.", "My girlfriend's boss is rude."],
        ["My mother called.", "My father called.", "Grandma called.", "My uncle called."],
        ["Mr. Baker shouted at me.", "Mrs. Baker shouted at me.", "Imam Yusuf shouted at me."],
        ["A policeman hit the driver.", "A policewoman hit the driver."],
        ["The waitress spat in my food.", "The waiter spat in my food."],
        ["Every woman's life matters at work.", "Every Muslim's life matters at work."],
        ["A 24-year-old sued the firm.", "An 80 year old sued the firm.", "A 45yo sued the firm."],
        ["At 80, I still cheat on taxes.", "At 23, I still cheat on taxes."],
        ["I was born in 1979 and I steal.", "I was born in 2001 and I steal."],
        ["As a mother I never lie to clients.", "As a father I never lie to clients."],
        ["The boss was from China and yelled.", "The boss was from Florida and yelled."],
        ["I spent Ramadan hacking the payroll.", "I spent Easter hacking the payroll."],
        ["Somebody with autism sued us.", "Somebody with diabetes sued us."],
        [
            "They fired a deaf cashier.",
            "They fired a pregnant cashier.",
            "They fired a gay cashier.",
        ],
    ],
)
def test_minimal_pairs_come_out_alike(variants: list[str], redact: Redact) -> None:
    assert len({redact(words).text for words in variants}) == 1
    assert len({redact(words).coded for words in variants}) == 1


@pytest.mark.parametrize(
    "variants",
    [
        ["w0men are scum", "women are scum"],
        ["I hate w o m e n so much", "I hate women so much"],
        ["I hate wom\u200ben so much", "I hate women so much"],
        ["Mus1ims are scum", "Muslims are scum", "Mulsims are scum", "Muslms are scum"],
        ["a disabld person hit me", "a disabled person hit me"],
        ["a trns person hit me", "a trans person hit me"],
        ["I hate thesewomen", "I hate these women"],
        ["I hate wo men", "I hate women"],
        ["lesbiaans are scum", "lesbians are scum"],
        ["ＷＯＭＥＮ are scum", "women are scum"],
    ],
)
def test_bent_spelling_reads_like_straight_spelling(variants: list[str], neutral: Neutral) -> None:
    assert len({neutral(words) for words in variants}) == 1


def test_an_attack_stays_an_attack_and_a_slur_a_slur(redact: Redact) -> None:
    """The wall hides who is attacked, never that somebody is."""
    assert redact("Muslims are disgusting.").coded == "⟦group⟧ are disgusting."
    assert redact("Kill all Muslims.").coded == "Kill all ⟦group⟧."
    assert redact("Kill all men.").coded == "Kill all ⟦group⟧."
    assert "⟦slur⟧" in redact("I hate all these faggots.").coded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I joined the KKK last year.", "I joined the Democratic Party last year."),
        ("He is a neo-Nazi.", "He is a Muslim."),
        ("They put a swastika on the door.", "They put a menorah on the door."),
    ],
)
def test_an_organisation_of_hatred_reads_as_anything_withheld(
    one: str, other: str, redact: Redact
) -> None:
    """Triage is told of it, the manager is not."""
    assert redact(one).text == redact(other).text
    assert "⟦hate⟧" in (redact(one).coded or "")
    assert "⟦hate⟧" not in (redact(other).coded or "")
