"""The evaluation set: terms in frames, minimal pairs, bent spelling, clean text, posts, names.

Everything comes from `benchmarks/data/redaction`, written for measuring alone, by fixed rules and
one seed: the same files give the same rows.
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data" / "redaction"
SEED: Final = 20261120


@dataclass(frozen=True, slots=True)
class Row:
    """One text. `gold` are the stretches that must not survive in it."""

    text: str
    gold: tuple[str, ...] = ()
    protected_class: str = ""
    group: str = ""
    """The identity, tradition, voice or trick, by which figures are compared."""
    family: str = ""
    """Of minimal pairs: rows of one family differ in an identity alone. Of terms: their kind."""


@cache
def table(name: str) -> dict[str, Any]:
    """Return one data file, parsed."""
    return tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))


# --- explicit terms ---------------------------------------------------------------------------


def explicit() -> list[Row]:
    """Every term of every protected class in every frame of its kind."""
    rows: list[Row] = []
    frames = table("templates")
    for group in table("terms")["set"]:
        about = (group["class"], group["group"], group["kind"])
        if group["kind"] == "clause":
            lines = [line for line in group["terms"].splitlines() if line]
            framed = [frame(line) for line in lines for frame in _AROUND]
            rows += [_marked(line, *about) for line in framed]
            continue
        for term in _split(group["terms"]):
            one, many = _numbers(term)
            for frame in frames[group["kind"]]:
                text = filled(frame, one, many)
                gold = many if "{many}" in frame.lower() else one
                rows.append(Row(text, (_bare(gold),), *about))
    return rows


_AROUND: Final = (
    lambda line: line,
    lambda line: line.rstrip(".").lower(),
    lambda line: f"The bus was late again. {line}",
    lambda line: f"lol {line.rstrip('.')}, but who asked",
)
"""A clause as it is, as people type it, after another sentence, and inside one."""
_MARK: Final = re.compile(r"\{([^{}|]+)\}")


def _marked(line: str, protected_class: str, group: str, kind: str) -> Row:
    gold = tuple(_MARK.findall(line))
    if not gold:
        raise ValueError(f"nothing is marked in a line of {protected_class}")
    return Row(_MARK.sub(r"\1", line), gold, protected_class, group, kind)


def _split(terms: str) -> list[str]:
    return [term.strip() for term in terms.split(",")]


def _numbers(term: str) -> tuple[str, str]:
    one, _, many = term.partition("/")
    if many:
        return one, many
    if one.endswith("y") and one[-2:-1] not in "aeiou":
        return one, one[:-1] + "ies"
    return one, one + ("es" if one.endswith(("s", "sh", "ch", "x")) else "s")


_VOWEL: Final = re.compile(r"(?!eu|one|uni|ukr|uru)[aeiou]|hon[eo]|8|18")


def with_article(term: str) -> str:
    """Return a term with "a" or "an"; one that has an article keeps it."""
    if re.match(r"(?:an?|the|my|our) ", term):
        return term
    initials = re.match(r"[A-Z]{2,}|[A-Z]-", term)
    vowel = term[0] in "AEFHILMNORSX" if initials else _VOWEL.match(_plain(term))
    return f"{'an' if vowel else 'a'} {term}"


def _plain(term: str) -> str:
    return unicodedata.normalize("NFD", term.lower())


def _bare(term: str) -> str:
    return re.sub(r"^(?:an?|the|my) ", "", term)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def filled(frame: str, one: str, many: str) -> str:
    """Put a term into a frame."""
    owner = many if many.endswith("s") else many + "'s"
    frame = frame.replace("{many}'", owner + "'" if many.endswith("s") else owner)
    values = {"one": one, "a": with_article(one), "many": many, "bare": _bare(one)}
    values |= {_capital(key): _capital(value) for key, value in values.items()}
    return frame.format_map(values)


# --- minimal pairs ----------------------------------------------------------------------------


def pairs() -> list[Row]:
    """Return groups of texts that differ in the identity alone; `family` names the group."""
    rows: list[Row] = []
    data = table("templates")["pairs"]
    for name, members in data["families"].items():
        for number, frame in enumerate(data["frames"]):
            for member in _split(members):
                one, many = _numbers(member)
                text = filled(frame, one, many)
                rows.append(Row(text, (), "", name, f"{name}/{number}"))
    for swap in data["swap"]:
        for number, frame in enumerate(swap["frames"]):
            for member in _split(swap["members"]):
                text = frame.replace("{x}", member).replace("{X}", _capital(member))
                rows.append(Row(text, (), "", swap["family"], f"{swap['family']}/{number}"))
    return rows


# --- bent spelling ----------------------------------------------------------------------------

_LEET: Final = str.maketrans("aeios", "43105")
_TWINS: Final = str.maketrans("aceiopxy", "асеіорху")


def _bent(term: str, dice: random.Random) -> Iterator[tuple[str, str]]:
    at = dice.randrange(2, len(term) - 2)
    yield "as it is", term
    yield "capitals", term.upper()
    yield "leet", term.translate(_LEET)
    yield "spaced", " ".join(term)
    yield "dotted", ".".join(term)
    yield "swapped", term[:at] + term[at + 1] + term[at] + term[at + 2 :]
    yield "dropped", term[:at] + term[at + 1 :]
    yield "doubled", term[:at] + term[at] + term[at:]
    yield "homoglyph", term.translate(_TWINS)
    yield "zero-width", term[:at] + "\u200b" + term[at:]
    yield "soft hyphen", term[:at] + "\u00ad" + term[at:]
    yield "full-width", "".join(chr(ord(char) + 0xFEE0) for char in term)
    yield "combining", "".join(char + "\u0301" for char in term)
    yield "entity", "".join(f"&#{ord(char)};" for char in term)
    yield "percent", "".join(f"%{ord(char):02X}" for char in term)
    yield "starred", term[:at] + "*" + term[at + 1 :]
    yield "hashtag", "#" + term
    yield "camel hashtag", f"#Proud{_capital(term)}Person"


def tricks() -> list[Row]:
    """Terms bent so that a reader of lists would pass them by; `group` names the trick."""
    dice = random.Random(SEED)
    data = table("tricks")
    rows: list[Row] = []
    for term in _split(data["terms"]):
        for frame in data["frames"]:
            for trick, bent in _bent(term, dice):
                if bent != term or trick == "as it is":
                    text = frame.replace("{x}", bent)
                    rows.append(Row(text, (bent, term), "", trick))
    return rows


# --- text as people write it ------------------------------------------------------------------


def _lines(name: str) -> Iterator[tuple[str, str]]:
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            voice, _, text = line.partition(" | ")
            yield voice, text


def clean() -> list[Row]:
    """Sentences that must stay as they are; those about a class's word carry that class."""
    rows = []
    for voice, text in _lines("clean.txt"):
        kind, _, protected_class = voice.partition(":")
        rows.append(Row(text, (), protected_class, kind))
    return rows


_STRETCH: Final = re.compile(r"\{([^{}|]+)\|([a-z0-9-]+)\}")


Marked = list[tuple[Row, tuple[str, ...]]]
"""Posts, each with the class of every gold stretch; `group` is the voice."""


def posts() -> Marked:
    """First-person posts that name what they disclose, or nearly."""
    return _marked_posts("posts.txt")


def told() -> Marked:
    """Return posts that disclose without the word for it, and twins that disclose nothing."""
    return [
        item
        for name in ("life", "belonging", "voices")
        for item in _marked_posts(f"told/{name}.txt")
    ]


def _marked_posts(name: str) -> Marked:
    found = []
    for voice, text in _lines(name):
        stretches = _STRETCH.findall(text)
        row = Row(_STRETCH.sub(r"\1", text), tuple(gold for gold, _class in stretches), "", voice)
        found.append((row, tuple(name for _gold, name in stretches)))
    return found


def names() -> list[Row]:
    """Names in frames; `group` is the tradition."""
    data = table("names")
    rows: list[Row] = []
    for tradition, lists in data["traditions"].items():
        given = _split(lists["given"])
        family = _split(lists["family"])
        for at, first in enumerate(given):
            for number, frame in enumerate(data["frames"]):
                last = family[(at + number) % len(family)]
                full = f"{first} {last}"
                gold = (first, last) if "{full}" in frame else (first,)
                text = frame.format(given=first, full=full)
                rows.append(Row(text, gold, "ethnicity", tradition))
    return rows
