"""What leaves for the network is looked at first: a query, an address or a body, in every form.

Pure, and fast enough to stand before every request: the fetcher and the steps of a case call the
same function. A refusal names the rule, never the text. What the linter must know of a case is
given as `Guarded`: the words of names, and predicates over keyed digests.
"""

import re
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from collection.egress.credentials import credential_in
from collection.egress.decoding import forms, signs_undone
from collection.egress.hosts import hosts
from collection.egress.social_security import (
    bent_readings,
    hidden_numbers,
    holds_last_four_and_birth,
    holds_number,
    readings,
    windows,
)
from collection.egress.word_readings import (
    apart,
    folded,
    phrases,
    skeletons,
    unaccented,
    word_readings,
)
from models.clauses import SensitiveIdentifierError
from models.errors import CredentialRefusedError, WalloffError
from models.protected import ProtectedClass
from models.search_clauses import (
    FriendRequestError,
    MedicalQueryError,
    OpaqueQueryError,
    PersonaInVettingError,
    ProtectedQueryError,
    SocialSecurityEgressError,
    TermsBarredError,
)

ClassesOf = Callable[[str], Set[ProtectedClass]]
Known = Callable[[str], bool]


class EgressRule(StrEnum):
    """What may not leave."""

    OPAQUE = "opaque"
    SOCIAL_SECURITY = "social-security-number"
    LAST_FOUR = "last-four-with-birth"
    CREDENTIAL = "credential"
    TOKEN = "token"  # noqa: S105 - the name of a rule
    SENSITIVE = "sensitive-identifier"
    PERSONA = "persona"
    FRIEND_REQUEST = "friend-request"
    BARRED_PLATFORM = "barred-platform"
    MEDICAL = "medical-or-genetic"
    PROTECTED_CLASS = "protected-class-with-applicant"


class RuleText(NamedTuple):
    """What a rule says, by what authority, and the refusal it ends in."""

    says: str
    basis: str
    refusal: type[WalloffError]


RULES: Final[dict[EgressRule, RuleText]] = {
    EgressRule.OPAQUE: RuleText(
        "packed too deeply or too long to be looked into", "S8", OpaqueQueryError
    ),
    EgressRule.SOCIAL_SECURITY: RuleText(
        "holds a social-security number", "S8", SocialSecurityEgressError
    ),
    EgressRule.LAST_FOUR: RuleText(
        "joins four digits with a date of birth", "S8", SocialSecurityEgressError
    ),
    EgressRule.CREDENTIAL: RuleText(
        "holds a password, card or account number", "S5", CredentialRefusedError
    ),
    EgressRule.TOKEN: RuleText("holds an access token or key", "S5", CredentialRefusedError),
    EgressRule.SENSITIVE: RuleText(
        "holds an identifier that was disclosed as sensitive", "S4", SensitiveIdentifierError
    ),
    EgressRule.PERSONA: RuleText(
        "names a persona of an investigation", "I1", PersonaInVettingError
    ),
    EgressRule.FRIEND_REQUEST: RuleText(
        "would befriend, follow or write to somebody", "S9", FriendRequestError
    ),
    EgressRule.BARRED_PLATFORM: RuleText(
        "goes to a platform that the register bars", "I5", TermsBarredError
    ),
    EgressRule.MEDICAL: RuleText(
        "asks for medical or genetic information",
        "EEO-04, EEO-06: 42 USC 12112(d)(2); 29 CFR 1635.8(a)",
        MedicalQueryError,
    ),
    EgressRule.PROTECTED_CLASS: RuleText(
        "joins the applicant with a protected class", "S10", ProtectedQueryError
    ),
}

# Prefixes that their issuers publish; JSON web tokens: RFC 7519; keys: RFC 7468.
_TOKEN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[abeprs]-[\w-]{10,}|sk-[\w-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}"
    r"|ya29\.[\w-]{20,}|EAA[A-Za-z0-9]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|(?i:\b(?:bearer|basic)\s+[\w.~+/-]{16,}=*)"
    r"|(?i:(?<![a-z0-9])(?:access[_-]?token|refresh[_-]?token|id[_-]?token|auth[_-]?token"
    r"|api[_-]?key|client[_-]?secret|session[_-]?id|sessionid|phpsessid|jsessionid|csrf[_-]?token)"
    r"[\"']?\s*[=:]\s*[\"']?[^\s&\"']{6,})"
)
_CONTACT: Final = re.compile(
    r"(?i)/(?:friend(?:s|ship)?s?/(?:add|create|request|invite)|friend_?requests?(?![a-z])"
    r"|add_?friend(?![a-z])|requests/friends|follow(?:s|ers)?/(?:create|add|request)"
    r"|intent/follow|friendships/create|accounts/[^/\s]+/follow|api/follow|subscribe/request"
    r"|connect(?:ions)?/(?:invite|request|add)|invitations?/(?:send|create)|addcontact"
    r"|messages?/(?:new|send|compose)|direct_messages|dm/new)(?![a-z])"
    r"|(?<![a-z])(?:friendrequestsend|followuser|sendfriendrequest|createfriendship"
    r"|sendconnectioninvite)"
)
_WORDS: Final = re.compile(r"[^\W_]+")

MEDICAL: Final = frozenset(
    {
        ProtectedClass.DISABILITY,
        ProtectedClass.HIV,
        ProtectedClass.GENETIC,
        ProtectedClass.PREGNANCY,
        ProtectedClass.REPRO,
    }
)


def _nothing(_text: str) -> bool:
    return False


def _no_class(_text: str) -> Set[ProtectedClass]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the linter knows of a case and its agency. Without a case it knows nothing."""

    names: frozenset[str] = frozenset()
    """Names and handles of the applicant, as they are written."""
    classes: ClassesOf = _no_class
    """The protected classes that a text names."""
    alone: ClassesOf = _no_class
    """Those that a text names if it is nothing but words of them: words of two meanings count."""
    is_number: Known = _nothing
    """Says whether nine digits are the number given for proof of identity: by a keyed digest."""
    is_sensitive: Known = _nothing
    """Says whether an identifier, folded or as its skeleton, was disclosed as sensitive: by a
    keyed digest."""
    sensitive_lengths: frozenset[int] = frozenset()
    """How long the skeletons of those identifiers are."""
    is_persona: Known = _nothing
    """Says whether a folded name or handle is that of a persona."""
    barred_hosts: frozenset[str] = field(default_factory=frozenset)
    """Platforms and hosts whose terms bar the way of access that is meant."""


class EgressFault(NamedTuple):
    """A rule that a text breaks. It repeats nothing of the text."""

    rule: EgressRule

    @property
    def code(self) -> str:
        """Return the refusal's code."""
        return RULES[self.rule].refusal.code

    @property
    def says(self) -> str:
        """Return what is wrong, without a word of the text."""
        return RULES[self.rule].says

    def refusal(self) -> WalloffError:
        """Return the refusal."""
        return RULES[self.rule].refusal(f"the query {self.says} (rule {self.rule})")


def faults(text: str, guarded: Guarded | None = None) -> tuple[EgressFault, ...]:
    """Return every rule that a text breaks, each once, in the order of the rules."""
    known = guarded or Guarded()
    found, complete = forms(text)
    broken: set[EgressRule] = set() if complete else {EgressRule.OPAQUE}
    for form in found:
        broken.update(_broken(signs_undone(form), known))
    return tuple(EgressFault(rule) for rule in EgressRule if rule in broken)


def refuse_egress(text: str, guarded: Guarded | None = None) -> None:
    """Raise the refusal of the first rule that a text breaks; it repeats nothing of the text."""
    for fault in faults(text, guarded):
        raise fault.refusal()


def _broken(form: str, known: Guarded) -> Iterator[EgressRule]:
    without_names = _without_names(form, known)[0]
    for reading in readings(form):
        if holds_number(reading) or any(map(known.is_number, windows(reading))):
            yield EgressRule.SOCIAL_SECURITY
        if holds_last_four_and_birth(reading):
            yield EgressRule.LAST_FOUR
    if any(map(holds_number, bent_readings(without_names))):
        yield EgressRule.SOCIAL_SECURITY
    if known.is_number is not _nothing and any(map(known.is_number, hidden_numbers(form))):
        yield EgressRule.SOCIAL_SECURITY
    if credential_in(form) is not None:
        yield EgressRule.CREDENTIAL
    if _TOKEN.search(form):
        yield EgressRule.TOKEN
    if _CONTACT.search(form):
        yield EgressRule.FRIEND_REQUEST
    if known.barred_hosts and any(_is_barred(host, known.barred_hosts) for host in hosts(form)):
        yield EgressRule.BARRED_PLATFORM
    said = set(phrases(form))
    hidden = set(skeletons(form, known.sensitive_lengths))
    if any(map(known.is_sensitive, said | hidden)):
        yield EgressRule.SENSITIVE
    if any(map(known.is_persona, said)):
        yield EgressRule.PERSONA
    yield from _about_classes(form, known)


def _about_classes(form: str, known: Guarded) -> Iterator[EgressRule]:
    classes: set[ProtectedClass] = set()
    named = False
    for reading in word_readings(form):
        rest, found = _without_names(reading, known)
        named = named or found
        classes |= known.classes(rest)
        if found:
            classes |= known.alone(rest)
    if classes & MEDICAL:
        yield EgressRule.MEDICAL
    if named and classes - MEDICAL:
        yield EgressRule.PROTECTED_CLASS


def _without_names(form: str, known: Guarded) -> tuple[str, bool]:
    """Return a text without the applicant's own names, and whether it had any.

    A name that is itself a listed word ("Christian") is taken out once, with the whole name or by
    itself: said again beside the name it is the word.
    """
    taken: set[str] = set()
    for name in sorted(known.names, key=len, reverse=True):
        words = _WORDS.findall(apart(unaccented(name)))
        if not words:
            continue
        listed = len(words) == 1 and bool(known.classes(name))
        if listed and folded(name) in taken:
            continue
        pattern = r"[\W_]*".join(map(re.escape, words))
        pattern = rf"(?i)(?<![^\W_]){pattern}(?![^\W_])"
        form, count = re.subn(pattern, " ", form, count=1 if listed else 0)
        if count:
            taken |= {folded(name), *map(folded, words)}
    return form, bool(taken)


def _is_barred(host: str, barred: Set[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in barred for at in range(len(labels)))
