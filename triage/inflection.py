"""A word's forms: what a lexicon lists once, people write in every number and tense."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

_VOWELS: Final = frozenset("aeiou")

_IRREGULAR: Final = {
    # base: past, participle
    "be": "was been",
    "beat": "beat beaten",
    "begin": "began begun",
    "bite": "bit bitten",
    "bleed": "bled bled",
    "blow": "blew blown",
    "break": "broke broken",
    "breed": "bred bred",
    "bring": "brought brought",
    "burn": "burned burnt",
    "buy": "bought bought",
    "catch": "caught caught",
    "choose": "chose chosen",
    "come": "came come",
    "cop": "copped copped",
    "cut": "cut cut",
    "deal": "dealt dealt",
    "dig": "dug dug",
    "do": "did done",
    "drink": "drank drunk",
    "drive": "drove driven",
    "eat": "ate eaten",
    "feed": "fed fed",
    "fight": "fought fought",
    "find": "found found",
    "fling": "flung flung",
    "forget": "forgot forgotten",
    "get": "got gotten",
    "give": "gave given",
    "go": "went gone",
    "grind": "ground ground",
    "grow": "grew grown",
    "hang": "hanged hung",
    "have": "had had",
    "hit": "hit hit",
    "hold": "held held",
    "hurt": "hurt hurt",
    "keep": "kept kept",
    "knock": "knocked knocked",
    "leave": "left left",
    "let": "let let",
    "lie": "lied lied",
    "lose": "lost lost",
    "make": "made made",
    "pay": "paid paid",
    "put": "put put",
    "quit": "quit quit",
    "ride": "rode ridden",
    "rid": "rid rid",
    "rise": "rose risen",
    "run": "ran run",
    "say": "said said",
    "see": "saw seen",
    "sell": "sold sold",
    "send": "sent sent",
    "set": "set set",
    "shoot": "shot shot",
    "shut": "shut shut",
    "slit": "slit slit",
    "sneak": "snuck snuck",
    "split": "split split",
    "spread": "spread spread",
    "stand": "stood stood",
    "steal": "stole stolen",
    "stick": "stuck stuck",
    "strike": "struck struck",
    "swear": "swore sworn",
    "take": "took taken",
    "tear": "tore torn",
    "tell": "told told",
    "think": "thought thought",
    "throw": "threw thrown",
    "write": "wrote written",
}
_DOUBLING: Final = frozenset(
    "abet abhor admit commit compel disembowel expel forget garrot kidnap pummel regret".split()  # noqa: SIM905 a line of words
)
_NOT_DOUBLING: Final = frozenset("abandon attack author cheat doxx threaten".split())  # noqa: SIM905 a line of words


class Kind(StrEnum):
    """How the words of a category inflect."""

    WORD = "word"
    NOUN = "noun"
    VERB = "verb"
    ADJECTIVE = "adjective"


def forms(phrase: str, kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield each form of a phrase with its mark: "" plain, `b`, `s`, `d`, `g` of a verb.

    A verb's first word inflects, a noun's last: "get rid of", "waste of space" (no plural there).
    `d` is past and participle, `g` the present participle, also written without its g.
    """
    words = phrase.split()
    if kind is Kind.VERB:
        rest = "".join(f" {word}" for word in words[1:])
        for form, mark in _verb(words[0]):
            yield form + rest, mark
    elif kind is Kind.NOUN and len(words) < 3:
        yield phrase, ""
        head = "".join(f"{word} " for word in words[:-1])
        yield head + plural(words[-1]), ""
    elif kind is Kind.ADJECTIVE and len(words) == 1:
        yield phrase, ""
        yield from ((form, "") for form in _compared(phrase))
    else:
        yield phrase, ""


def plural(noun: str) -> str:
    """Return a noun's regular plural."""
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    if noun.endswith("man"):
        return noun[:-3] + "men"
    return noun + "s"


def _verb(base: str) -> Iterator[tuple[str, str]]:
    yield base, "b"
    yield plural(base), "s"
    stem = base + base[-1] if _doubles(base) else base
    if base in _IRREGULAR:
        for form in _IRREGULAR[base].split():
            yield form, "d"
    elif base.endswith("e"):
        yield base + "d", "d"
    elif base.endswith("y") and base[-2:-1] not in _VOWELS:
        yield base[:-1] + "ied", "d"
    else:
        yield stem + "ed", "d"
    if base == "lie":
        stem = "ly"
    elif base.endswith("e") and not base.endswith("ee"):
        stem = base[:-1]
    yield stem + "ing", "g"
    yield stem + "in", "g"


def _doubles(base: str) -> bool:
    if base in _DOUBLING:
        return True
    if base in _NOT_DOUBLING or len(base) < 3:
        return False
    last, middle, before = base[-1], base[-2], base[-3]
    return (
        last not in _VOWELS
        and last not in "wxy"
        and middle in _VOWELS
        and before not in _VOWELS
        and sum(letter in _VOWELS for letter in base) == 1
    )


def _compared(adjective: str) -> Iterator[str]:
    if adjective.endswith("y") and adjective[-2:-1] not in _VOWELS:
        yield from (adjective[:-1] + ending for ending in ("ier", "iest", "ily"))
    elif adjective.endswith("e"):
        yield from (adjective + "r", adjective + "st")
    elif len(adjective) < 7:
        stem = adjective + adjective[-1] if _doubles(adjective) else adjective
        yield from (stem + "er", stem + "est")
