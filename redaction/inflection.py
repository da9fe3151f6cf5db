"""A term's other surface forms follow from rules: number, spelling, joining and families.

The rules over-generate where that is harmless (a plural nobody writes is never met) and are
exact where it is not. Nothing here knows a protected class; the gazetteers say which family of
rules a list of terms takes.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple


class Part(StrEnum):
    """How a form stands in a sentence: what rendering needs for articles and agreement."""

    NOUN = "noun"
    PLURAL = "plural"
    ADJECTIVE = "adjective"
    MASS = "mass"
    NAME = "name"
    PHRASE = "phrase"
    EMOJI = "emoji"


class Family(StrEnum):
    """Which forms a list's terms have besides the one written down."""

    NONE = "none"
    NOUN = "noun"
    """Singular and plural: "felon", "felons"."""
    DEMONYM = "demonym"
    """Adjective first, nouns after: "Polish|Pole" gives "Poles"; "Guatemalan", "Guatemalans"."""
    BELIEF = "belief"
    """-ist, -ists, -ism: "socialist", "socialists", "socialism"."""
    CONDITION = "condition"
    """A condition, and the people who have it: "people with asthma", "asthma sufferers"."""
    VERB = "verb"
    """-s, -ed, -ing."""
    KIN = "kin"
    """Plural, step-, foster, adoptive, god-, ex-, late, -in-law: "stepmothers"."""
    SPOUSE = "spouse"
    """Plural, ex-, late, future: "ex-wives"."""


class Form(NamedTuple):
    """One surface form; `people` says that it names people though its term names a trait."""

    surface: str
    part: Part
    people: bool = False


def expand(term: str, family: Family, part: Part, prefixes: Iterable[str] = ()) -> Iterator[Form]:
    """Give every form of a term once; alternatives are parted by `|`, the main one first.

    With `prefixes` ("half ", "ex-", …) each form is given with each of them too.
    """
    if (
        family is Family.NONE
        and not prefixes
        and _PLAIN.fullmatch(term)
        and (part is Part.NAME or _RESPELLED.search(term.lower()) is None)
    ):
        yield Form(term, part)
        return
    main, *others = term.split("|")
    forms = list(_FAMILIES[family](main, part))
    for other in others:
        forms += _FAMILIES[family](other, Part.NOUN if family is Family.DEMONYM else part)
    forms += [form._replace(surface=prefix + form.surface) for prefix in prefixes for form in forms]
    seen: set[str] = set()
    for form in forms:
        for surface in variants(form.surface, spelled=part is not Part.NAME):
            if surface not in seen:
                seen.add(surface)
                yield Form(surface, form.part, form.people)


# --- number -----------------------------------------------------------------------------------

_IRREGULAR: Final = {
    "alumna": "alumnae",
    "alumnus": "alumni",
    "attorney general": "attorneys general",
    "belief": "beliefs",
    "chief": "chiefs",
    "child": "children",
    "deaf": "deaf",
    "diagnosis": "diagnoses",
    "negress": "negresses",
    "negro": "negroes",
    "person": "people",
    "prosthesis": "prostheses",
    "sergeant major": "sergeants major",
}
_NOT_A_MAN: Final = re.compile(
    r"(?:german|roman|norman|ottoman|turkoman|turkman|turkmen|human|shaman|brahman|mussulman|burman)$"
)
_HEAD_FIRST: Final = re.compile(
    r"([^\W\d_]+)((?:[ -]in[ -]law|[ -]to[ -]be)|[ -](?:of|with|for|from|by|on) .+)", re.IGNORECASE
)
_SIBILANT: Final = re.compile(r"(?:s|x|z|ch|sh)$")
_SOFT_CH: Final = ("czech", "eunuch", "loch", "tech", "aleph")
_F_TO_V: Final = re.compile(r"(?:wife|life|knife|half|elf|wolf)$")


def plural(noun: str) -> str:
    """Return the plural of an English noun or noun phrase, the case of its letters kept."""
    head = _HEAD_FIRST.fullmatch(noun)
    if head is not None:
        return plural(head[1]) + head[2]
    lower = noun.lower()
    for singular, many in _IRREGULAR.items():
        if lower.endswith(singular):
            return noun[: len(noun) - len(singular)] + _cased(many, noun[-len(singular) :])
    if lower.endswith("man") and not _NOT_A_MAN.search(lower):
        return noun[:-3] + _cased("men", noun[-3:])
    if _F_TO_V.search(lower):
        return noun.removesuffix("e")[:-1] + "ves"
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    if _SIBILANT.search(lower) and not lower.endswith(_SOFT_CH):
        return noun + "es"
    return noun + "s"


def _cased(word: str, model: str) -> str:
    return word.capitalize() if model[:1].isupper() else word


# --- families ---------------------------------------------------------------------------------

_INVARIABLE: Final = re.compile(r"(?:ese|ish|[^z]ch|ss|ic|al|ous)$")
_MAN_PAIR: Final = re.compile(r"(?:ch|sh|manx)man$")


def _none(term: str, part: Part) -> Iterator[Form]:
    yield Form(term, part)


def _noun(term: str, part: Part) -> Iterator[Form]:
    yield Form(term, part)
    yield Form(plural(term), Part.PLURAL)


def _demonym(term: str, part: Part) -> Iterator[Form]:
    yield Form(term, part)
    lower = term.lower()
    if _MAN_PAIR.search(lower):
        yield Form(plural(term), Part.PLURAL)
        yield Form(term[:-3] + "woman", Part.NOUN)
        yield Form(term[:-3] + "women", Part.PLURAL)
    elif not (part is Part.ADJECTIVE and _INVARIABLE.search(lower)):
        yield Form(plural(term), Part.PLURAL)


def _belief(term: str, part: Part) -> Iterator[Form]:
    yield from _noun(term, part)
    if term.endswith("ist"):
        yield Form(term[:-3] + "ism", Part.MASS)


def _condition(term: str, part: Part) -> Iterator[Form]:
    yield Form(term, part)
    yield Form(f"person with {term}", Part.NOUN, people=True)
    yield Form(f"people with {term}", Part.PLURAL, people=True)
    for role in ("patient", "sufferer", "survivor"):
        yield Form(f"{term} {role}", Part.NOUN, people=True)
        yield Form(f"{term} {role}s", Part.PLURAL, people=True)


def _verb(term: str, part: Part) -> Iterator[Form]:
    head, gap, rest = term.partition(" ")
    stem = head[:-1] if head.endswith("e") else head
    third = plural(head) if not head.endswith("o") else head + "es"
    past = head[:-1] + "ied" if third.endswith("ies") else stem + "ed"
    for form in (head, third, past, stem + "ing"):
        yield Form(form + gap + rest, part)


def _kin(term: str, part: Part) -> Iterator[Form]:
    yield from _noun(term, part)
    for prefix in ("step-", "god-", "foster ", "adoptive ", "adopted ", "birth ", "late ", "ex-"):
        yield from _noun(prefix + term, part)
    yield from _noun(f"{term}-in-law", part)
    yield Form(f"{term}-in-laws", Part.PLURAL)


def _spouse(term: str, part: Part) -> Iterator[Form]:
    yield from _noun(term, part)
    for prefix in ("ex-", "former ", "late ", "future ", "estranged ", "then-"):
        yield from _noun(prefix + term, part)


_FAMILIES: Final[dict[Family, Callable[[str, Part], Iterator[Form]]]] = {
    Family.NONE: _none,
    Family.NOUN: _noun,
    Family.DEMONYM: _demonym,
    Family.BELIEF: _belief,
    Family.CONDITION: _condition,
    Family.VERB: _verb,
    Family.KIN: _kin,
    Family.SPOUSE: _spouse,
}


# --- spelling ---------------------------------------------------------------------------------

_BRITISH_AMERICAN: Final = (
    ("aemia", "emia"),
    ("aemic", "emic"),
    ("anaesth", "anesth"),
    ("behaviour", "behavior"),
    ("caesar", "cesar"),
    ("centre", "center"),
    ("coeliac", "celiac"),
    ("colour", "color"),
    ("counsell", "counsel"),
    ("defence", "defense"),
    ("diarrhoea", "diarrhea"),
    ("enrol", "enroll"),
    ("foetal", "fetal"),
    ("foetus", "fetus"),
    ("grey", "gray"),
    ("gynaec", "gynec"),
    ("haemat", "hemat"),
    ("haemo", "hemo"),
    ("honour", "honor"),
    ("hospitalis", "hospitaliz"),
    ("labour", "labor"),
    ("moustache", "mustache"),
    ("naturalis", "naturaliz"),
    ("neighbour", "neighbor"),
    ("oedema", "edema"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("organis", "organiz"),
    ("orthopaed", "orthoped"),
    ("paediatr", "pediatr"),
    ("paralys", "paralyz"),
    ("programme", "program"),
    ("sterilis", "steriliz"),
    ("tranquillis", "tranquiliz"),
    ("tumour", "tumor"),
)
_TO_AMERICAN: Final = dict(_BRITISH_AMERICAN)
_TO_BRITISH: Final = {american: british for british, american in _BRITISH_AMERICAN}
_BRITISH: Final = re.compile("|".join(_TO_AMERICAN).replace("enrol", "enrol(?!l)"), re.IGNORECASE)
_AMERICAN: Final = re.compile(
    "|".join(_TO_BRITISH).replace("estr", r"\bestr").replace("cesar", "cesar(?=e)"),
    re.IGNORECASE,
)


def variants(term: str, *, spelled: bool = True) -> Iterator[str]:
    """Give a term in each spelling: British and American, closed up, without its apostrophe.

    Names are not respelled. Hyphen or space, and accents kept or dropped, need no variants: the
    matcher folds them.
    """
    for spelling in _spellings(term) if spelled else (term,):
        yield spelling
        if "-" in spelling and len(spelling) >= _LONG_ENOUGH_TO_CLOSE:
            yield spelling.replace("-", "")
        if "'s" in spelling:
            yield re.sub(r"'s\b", "s", spelling)


_LONG_ENOUGH_TO_CLOSE: Final = 6
"""Shorter ones become other words: "co-op"."""
_PLAIN: Final = re.compile("[^|'-]+")
"""A term that has no alternatives and nothing to join."""


def _by_first_letter(fragments: Iterable[str]) -> str:
    """Build a pattern that looks at few alternatives at each letter: most letters start none."""
    tails: dict[str, list[str]] = {}
    for fragment in fragments:
        tails.setdefault(fragment[0], []).append(fragment[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in tails.items())


_RESPELLED: Final = re.compile(_by_first_letter((*_TO_AMERICAN, *_TO_BRITISH)))


def _spellings(term: str) -> Iterator[str]:
    yield term
    if _RESPELLED.search(term.lower()) is None:
        return
    american = _BRITISH.sub(lambda found: _cased(_TO_AMERICAN[found[0].lower()], found[0]), term)
    if american != term:
        yield american
        return
    british = _AMERICAN.sub(lambda found: _cased(_TO_BRITISH[found[0].lower()], found[0]), term)
    if british != term:
        yield british
