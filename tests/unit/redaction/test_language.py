"""Only a text in another language is unsupported: dialect, slang and typos are English."""

from collections.abc import Callable

import pytest

from models.redaction import Outcome, Redaction

Redact = Callable[[str], Redaction]


@pytest.mark.parametrize(
    "words",
    [
        "Hoy fui al mercado con mi familia y compramos pan para todos.",
        "Je suis allé au marché avec mes amis et nous avons bien mangé.",
        "Ich habe heute keine Lust zu arbeiten und bleibe zu Hause.",
        "Сегодня я никуда не пойду, потому что устал.",
        "今日は仕事に行きたくない。",
        "أنا لا أريد الذهاب إلى العمل اليوم",
        "Hindi ako papasok bukas kasi may sakit ako at ang anak ko.",
        "Hoje eu não quero trabalhar porque estou muito cansado.",
    ],
)
def test_other_languages_are_withheld_whole(words: str, redact: Redact) -> None:
    """A person must read them: no rule here knows their words."""
    found = redact(words)
    assert found.outcome is Outcome.UNSUPPORTED_LANGUAGE
    assert (found.text, found.coded, found.spans) == ("[withheld]", "", ())


@pytest.mark.parametrize(
    "words",
    [
        "Ain't nobody finna do all dat, fr fr no cap",
        "He be trippin deadass",
        "wanna grab sum food l8r??",
        "lol",
        "omg yasss",
        "ngl dis app kinda trash tho",
        "I dinnae ken whit yer on aboot pal",
        "teh quikc brwon fox jmups ovr",
        "smh",
        "GG WP",
        "ok",
        "Croissant, latte, c'est la vie!",
        "12:30 -> 14:00 @ HQ",
        "...",
        "",
        "yo wassup bruv u comin or wot",
        "jus chillin wit da homies 2nite",
        "Git push origin main --force",
    ],
)
def test_english_in_any_voice_is_supported(words: str, redact: Redact) -> None:
    """To call a dialect foreign would send its speakers' posts to a closer look than others'."""
    assert redact(words).outcome is not Outcome.UNSUPPORTED_LANGUAGE
