"""Words that say a person's sex, age or kin are withheld or turned neutral, whoever they mean."""

from collections.abc import Iterator
from typing import Final

from models.protected import ProtectedClass
from models.redaction import Mention
from redaction.candidate import Candidate, Form
from redaction.tokens import Tokens
from redaction.wordlists import table, word_set

_PEOPLE: Final = table("people")
HEADS: Final = word_set(_PEOPLE["heads"])
"""Nouns that add nothing to a withheld adjective."""
SEXED: Final = word_set(_PEOPLE["gendered"]["sex"])
AGED: Final = word_set(_PEOPLE["gendered"]["age"])
FAMILY: Final = word_set(_PEOPLE["kin"]["family"])
PARTNERS: Final = word_set(_PEOPLE["kin"]["partner"])
WEAK: Final = word_set(_PEOPLE["kin"]["weak"])
ROLES: Final[dict[str, str]] = _PEOPLE["roles"]
KIN: Final = (FAMILY | PARTNERS) - {"relative", "relatives"}

_UNLESS: Final = {
    word: (
        word_set(_PEOPLE["unless"]["prev"].get(word, "")),
        word_set(_PEOPLE["unless"]["next"].get(word, "")),
    )
    for word in {*_PEOPLE["unless"]["prev"], *_PEOPLE["unless"]["next"]}
}
POSSESSORS: Final = word_set("my your yo ur his her our their its whose thy")
_MODIFIERS: Final = word_set(
    """late older younger elder eldest oldest youngest big little baby own dear dead deceased ex
    estranged beloved sweet poor former future then first second third twin biological adoptive
    adopted foster great other only new favorite favourite two three four five six seven lovely
    amazing wonderful beautiful dearest darling own soon to be expecting stay at home elderly
    aging ageing crazy annoying"""
)
_ARTICLES: Final = word_set(
    """a an the any every each no this that these those some many most all both another several two
    three four five six seven eight nine ten few"""
)
_PREFIXES: Final = word_set("ex step half god grand great foster baby co then soon")

_PRONOUNS: Final = {
    "he": "they",
    "she": "they",
    "him": "them",
    "himself": "themselves",
    "herself": "themselves",
    "hers": "theirs",
    "xe": "they",
    "hir": "them",
}
_NOT_NOUNS: Final = word_set(
    """a an the and or but nor so if to of in on at by for from with without into onto upon about
    above after against along among around as because before behind below beneath beside between
    beyond despite down during except inside like near off out outside over past since than
    through throughout till toward towards under until up via within when while where who whom
    whose which that this these those what why how is are was were be been being am do does did
    have has had will would shall should can could may might must not n't never always again now
    then there here today tomorrow yesterday tonight too also very really just only even still
    yet already ago once twice anyway anymore alone away back i you he she it we they me him her
    us them my your his its our their it's i'm you're he's she's don't didn't isn't wasn't can't
    won't either neither every each any some all both no more most much many lol tho though
    although unless whether please thanks later soon badly quickly well directly instead
    personally sometimes often"""
)
_CAUSATIVES: Final = word_set(
    """make makes made making let lets letting help helps helped helping see sees saw seen seeing
    watch watches watched watching hear hears heard hearing have had having feel felt"""
)
_BASE_VERBS: Final = word_set(
    """be go come cry feel look laugh leave stay eat sleep get do have say tell know think want
    take make give keep start stop try die live suffer pay wait run walk drive see hear speak
    talk smile scream fall win lose understand realize realise become seem sound die read write
    sing dance play work move turn sit stand break lie happy sad angry uncomfortable mad sick
    proud jealous nervous tired crazy better worse pregnant famous rich poor afraid scared upset
    want believe realize wonder regret jump blush gag choke"""
)
_INTEREST: Final = (
    SEXED | AGED | KIN | frozenset(_PRONOUNS) | frozenset({"her", "his"}) | frozenset(ROLES)
)
_HYPHENED: Final = frozenset(word for word in _INTEREST | {*ROLES} if "-" in word)


def people(tokens: Tokens) -> Iterator[Candidate]:
    """Propose pronouns, kin, gendered and aged nouns, and roles said with a sex."""
    lower = tokens.lower
    if _INTEREST.isdisjoint(lower) and "-" not in lower:
        return
    for at, word in enumerate(lower):
        if word not in _INTEREST:
            if word == "-" and 0 < at < len(lower) - 1:
                yield from _hyphened(tokens, at)
            continue
        if means_nobody(lower, at):
            continue
        if word in _PRONOUNS:
            yield _reworded(tokens, at, _PRONOUNS[word], "sex.pronoun")
        elif word == "her":
            pronoun = "their" if _owns(lower, at) else "them"
            yield _reworded(tokens, at, pronoun, "sex.pronoun")
        elif word == "his":
            pronoun = "their" if _owns(lower, at) else "theirs"
            yield _reworded(tokens, at, pronoun, "sex.pronoun")
        elif word in ROLES:
            yield _reworded(tokens, at, ROLES[word], "sex.role")
        else:
            kin = _kin(tokens, at) if word in KIN else None
            if kin is not None:
                yield kin
            elif word in SEXED:
                yield _token(tokens, at, at, ProtectedClass.SEX, "sex.noun")
            elif word in AGED:
                yield _token(tokens, at, at, ProtectedClass.AGE18, "age.noun")


def means_nobody(lower: list[str], at: int) -> bool:
    """Whether a neighbour makes the word mean a thing: "man page", "sister site"."""
    if lower[at] not in _UNLESS:
        return False
    before, after = _UNLESS[lower[at]]
    following = lower[at + 1] if at + 1 < len(lower) else ""
    if following == "-" and at + 2 < len(lower):
        following = lower[at + 2]
    return following in after or (at > 0 and lower[at - 1] in before)


def _owns(lower: list[str], at: int) -> bool:
    """Whether "her" or "his" stands before the noun that it owns."""
    if at + 1 == len(lower):
        return False
    after = lower[at + 1]
    if after in {'"', "'", "(", "*"} and at + 2 < len(lower):
        after = lower[at + 2]
    if after in {"or", "and", "/"} and lower[at + 2 : at + 3] in (["her"], ["his"], ["their"]):
        return _owns(lower, at + 2)
    if not after[0].isalnum() or after in _NOT_NOUNS:
        return after == "own"
    return not (at and lower[at - 1] in _CAUSATIVES and after in _BASE_VERBS)


def _reworded(tokens: Tokens, at: int, words: str, rule: str) -> Candidate:
    return Candidate(
        tokens.starts[at],
        tokens.ends[at],
        ProtectedClass.SEX,
        Mention.PERSON,
        rule,
        "rule",
        Form.REWORDED,
        words,
    )


def _token(
    tokens: Tokens, first: int, last: int, protected_class: ProtectedClass, rule: str
) -> Candidate:
    return Candidate(
        tokens.starts[first], tokens.ends[last], protected_class, Mention.GROUP, rule, "rule"
    )


def _hyphened(tokens: Tokens, at: int) -> Iterator[Candidate]:
    lower = tokens.lower
    word = f"{lower[at - 1]}-{lower[at + 1]}"
    if word not in _HYPHENED:
        return
    if word in ROLES:
        yield Candidate(
            tokens.starts[at - 1],
            tokens.ends[at + 1],
            ProtectedClass.SEX,
            Mention.PERSON,
            "sex.role",
            "rule",
            Form.REWORDED,
            ROLES[word],
        )
    elif word in WEAK:
        if at > 1 and lower[at - 2] in POSSESSORS:
            yield _relative(tokens, at - 2, at + 1, "marital.partner", several=False)
    else:
        yield _token(tokens, at - 1, at + 1, ProtectedClass.AGE40, "age.noun")


def _kin(tokens: Tokens, at: int) -> Candidate | None:
    """Propose kin with their possessor as a relative; kin as a kind of people as a group."""
    lower = tokens.lower
    word = lower[at]
    first, last = at, at
    if lower[at + 1 : at + 4] == ["-", "in", "-"] and lower[at + 4 : at + 5] in (["law"], ["laws"]):
        last = at + 4
    prefixed = False
    while first > 1 and lower[first - 1] == "-" and lower[first - 2] in _PREFIXES:
        first, prefixed = first - 2, True
    partner = word in PARTNERS
    rule = "marital.partner" if partner else "familial.kin"
    several = _several(word)
    begin = first
    while begin and (lower[begin - 1] in _MODIFIERS or lower[begin - 1] == "-"):
        begin -= 1
    before = lower[begin - 1] if begin else ""
    if before in POSSESSORS:
        return _relative(tokens, begin - 1, last, rule, several=several)
    if before == "'s" and begin > 1:
        return _relative(tokens, begin, last, rule, several=several, owned=True)
    if word in WEAK and not prefixed:
        return None
    if before in _ARTICLES or several or _described(lower, last):
        found = ProtectedClass.MARITAL if partner else ProtectedClass.FAMILIAL
        return _token(tokens, first, _of_number(lower, last), found, rule)
    return _relative(tokens, first, last, rule, several=False)


def _described(lower: list[str], last: int) -> bool:
    return lower[last + 1 : last + 2] in (["of"], ["to"])


def _of_number(lower: list[str], last: int) -> int:
    """Widen "mother" to "mother of two", "dad to 3 girls"."""
    after = lower[last + 1 : last + 3]
    if (
        len(after) == 2
        and after[0] in {"of", "to"}
        and (after[1] in _ARTICLES or after[1].isdigit())
    ):
        return last + 2 if after[1] not in {"a", "an", "the"} else last
    return last


def _several(word: str) -> bool:
    return word in {"children", "kin", "folks", "siblings"} or (
        word.endswith("s") and word not in {"sis", "pops", "gramps", "hubs", "boss"}
    )


def _relative(
    tokens: Tokens, first: int, last: int, rule: str, *, several: bool, owned: bool = False
) -> Candidate:
    noun = "relatives" if several else "relative"
    return Candidate(
        tokens.starts[first],
        tokens.ends[last],
        ProtectedClass.MARITAL if rule.startswith("marital") else ProtectedClass.FAMILIAL,
        Mention.PERSON,
        rule,
        "rule",
        Form.RELATIVE,
        noun if several or owned else f"a {noun}",
        plural=several,
    )
