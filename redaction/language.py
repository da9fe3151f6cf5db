"""A text whose language the rules do not cover is told apart from English in any voice.

Three witnesses: the script of the letters, the function words, and a trained language model
(py3langid). English speaks for itself with a few function or ordinary words, however spelt, so
that dialect, slang, typos and short posts are never called foreign; only a text that is clearly
something else is.
"""

import unicodedata
from functools import cache
from typing import Any, Final

from redaction.grammar import FUNCTION_WORDS
from redaction.wordlists import word_set
from redaction.words import ordinary_words

_FEW_LETTERS: Final = 12
"""Below this a text of Latin letters is too short to be called foreign."""
_MARKERS: Final = word_set(
    """que los las una por con para pero como mas muy esta este todo porque cuando tambien del se
    el la lo le les des une est pas pour dans sur avec mais nous vous sont qui au aux du et il
    elle je tu ne ce der die das und ist nicht ein eine ich du wir sie mit auf fur von zu den
    dem auch aber wie nur noch mir mich dich che di non sono per una gli della anche piu questo
    molto nao uma voce isso mas tem meu minha muito het een niet ik je dat van voor maar ook hij
    zijn och att det som inte jag pa ang ng mga sa ako ay hindi nie jest sie na ze jak czy ale
    bir ve bu icin cok ama ben sen yang dan ini itu tidak dengan saya kamu untuk hai mera tum
    nahi kya hain aur mi yo te su sus nos les estoy tengo hay tout faire suis ai j'ai c'est
    qu'il"""
)
_ALSO_ENGLISH: Final = word_set(
    """des a me on or so as am is an to in at no do he it we be my up die den dan van sur pour per
    mas est fur as ben sen auch ale ai hai mi su det"""
)

_FOREIGN: Final = _MARKERS - _ALSO_ENGLISH


def is_unsupported(words: str, lower: list[str]) -> bool:
    """Tell whether a text is in a language that is not English.

    `words` is the text as written, `lower` its words and marks in lower case.
    """
    if words.isascii() and len(words) < _FEW_LETTERS:
        return False
    letters = [word for word in lower if word[0].isalpha()]
    ordinary = sum(map(ordinary_words().__contains__, letters))
    foreign = 0 if _FOREIGN.isdisjoint(letters) else sum(map(_FOREIGN.__contains__, letters))
    if letters and ordinary >= 0.6 * len(letters) and foreign <= max(2, 0.25 * len(letters)):
        return False
    latin, other = _letters(words)
    if other > latin and other > 1:
        return True
    if len(letters) < 3 or latin < _FEW_LETTERS:
        return False
    function = sum(word in FUNCTION_WORDS for word in letters)
    if function >= 0.25 * len(letters) and foreign <= function:
        return False
    if foreign >= 2 and foreign > function:
        return True
    return ordinary < 0.35 * len(letters) and len(letters) >= 4 and _other_language(words)


def _letters(words: str) -> tuple[int, int]:
    """Count letters that look Latin and those of other scripts."""
    if words.isascii():
        return sum(map(str.isalpha, words)), 0
    latin = other = 0
    for char in words:
        if char.isalpha():
            plain = unicodedata.normalize("NFKC", char)
            if plain.isascii() or "LATIN" in unicodedata.name(plain[0], ""):
                latin += 1
            else:
                other += 1
    return latin, other


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


_SURE: Final = 0.9


def _other_language(words: str) -> bool:
    language, probability = _identifier().classify(words)
    return bool(language != "en" and probability >= _SURE)
