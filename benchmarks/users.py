"""Synthetic users with a known sex, age and marital past, and the histories they write.

Conduct is dealt out independently of who a user is, and worded by who the user is: what a release
still tells about the user is then the wall's fault and nobody else's.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.corpus import SEED, clean, table

USERS: Final = 400
_YEAR: Final = 2026
_FORTY: Final = 40
ATTRIBUTES: Final = ("sex", "over40", "married")


@dataclass(frozen=True, slots=True)
class User:
    """One user; each attribute is true or false: female, 40 or more, ever married."""

    sex: bool
    over40: bool
    married: bool
    posts: tuple[str, ...]
    planted: int
    """Posts that hold conduct."""


def users(count: int = USERS) -> list[User]:
    """Return users, the same for the same count."""
    dice = random.Random(SEED)
    small_talk = [row.text for row in clean() if row.group != "word"]
    return [_user(dice, small_talk) for _ in range(count)]


def _user(dice: random.Random, small_talk: list[str]) -> User:
    female, older = dice.random() < 0.5, dice.random() < 0.5
    married = dice.random() < (0.7 if older else 0.3)
    age = dice.randrange(_FORTY, 72) if older else dice.randrange(18, _FORTY)
    words = _words(dice, female=female, married=married, age=age)
    data = table("users")
    own = (
        data["sex"]["female" if female else "male"],
        data["over40"]["yes" if older else "no"],
        data["married"]["yes" if married else "no"],
    )
    posts = dice.sample(small_talk, 9)
    for topics in own:
        posts += dice.sample(topics["explicit"], dice.randrange(1, 4))
        if dice.random() < 0.15:
            posts.append(dice.choice(topics["soft"]))
    planted = dice.choice((0, 1, 1, 2))
    posts += dice.sample(data["conduct"]["posts"], planted)
    dice.shuffle(posts)
    return User(female, older, married, tuple(_said(posts, words)), planted)


def _said(posts: list[str], words: dict[str, str]) -> Iterator[str]:
    for post in posts:
        text = post
        for name, value in words.items():
            text = text.replace(f"{{{name}}}", value)
        yield text[0].upper() + text[1:]


def _words(dice: random.Random, *, female: bool, married: bool, age: int) -> dict[str, Any]:
    decade = ("teens", "twenties", "thirties", "forties", "fifties", "sixties", "seventies")
    spouse = "husband" if female else "wife"
    partner = "boyfriend" if female else "girlfriend"
    role = ("mother" if female else "father") if married else ("girl" if female else "guy")
    kin = dice.choice(
        (spouse, "grandson", "mother-in-law")
        if married
        else (partner, "cousin", "grandmother" if age < _FORTY else "nephew")
    )
    targets = [target.strip() for target in table("users")["conduct"]["targets"].split(",")]
    return {
        "age": str(age),
        "born": str(_YEAR - age),
        "graduated": str(_YEAR - age + 18),
        "decade": decade[age // 10 - 1],
        "spouse": spouse,
        "partner": partner,
        "ex": f"ex-{spouse}" if married else f"ex-{partner}",
        "pronoun": "he" if female else "she",
        "self": f"a {age}-year-old {role}",
        "self_object": f"any {role} my age",
        "kin": kin,
        "target": dice.choice(targets),
    }
