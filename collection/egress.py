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

from collection.credentials import credential_in
from collection.decoding import forms
from collection.social_security import (
    holds_last_four_and_birth,
    holds_number,
    readings,
    windows,
)
from models.clauses import SensitiveIdentifierError
from models.errors import CredentialRefusedError, WalloffError
from models.protected import ProtectedClass, Tier, tier_of
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
_HOST: Final = re.compile(
    r"(?i)(?:https?:)?//(?:[^/\s?#@]*@)?([a-z0-9.-]+)|site:([a-z0-9.-]+)"
    r"|(?<![\w.@-])((?:[a-z0-9-]+\.)+[a-z]{2,})(?![\w-])"
)
_JOINED: Final = re.compile(r"[_+]|(?<=[a-z0-9])(?=[A-Z])")
"""Where words are run together: in handles, in forms sent by browsers, in hashtags."""
_WORDS: Final = re.compile(r"[^\W_]+")
_IDENTIFIER: Final = re.compile(r"[\w.+@'-]+")
_MOST_WORDS: Final = 5

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
    is_number: Known = _nothing
    """Says whether nine digits are the number given for proof of identity: by a keyed digest."""
    is_sensitive: Known = _nothing
    """Says whether a folded identifier was disclosed as sensitive: by a keyed digest."""
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
        broken.update(_broken(form, known))
    return tuple(EgressFault(rule) for rule in EgressRule if rule in broken)


def refuse_egress(text: str, guarded: Guarded | None = None) -> None:
    """Raise the refusal of the first rule that a text breaks; it repeats nothing of the text."""
    for fault in faults(text, guarded):
        raise fault.refusal()


def folded(identifier: str) -> str:
    """Return an identifier in the one form in which it is compared: no case, no leading @."""
    return " ".join(identifier.casefold().split()).removeprefix("@")


def _broken(form: str, known: Guarded) -> Iterator[EgressRule]:
    for reading in readings(form):
        if holds_number(reading) or any(map(known.is_number, windows(reading))):
            yield EgressRule.SOCIAL_SECURITY
        if holds_last_four_and_birth(reading):
            yield EgressRule.LAST_FOUR
    if credential_in(form) is not None:
        yield EgressRule.CREDENTIAL
    if _TOKEN.search(form):
        yield EgressRule.TOKEN
    if _CONTACT.search(form):
        yield EgressRule.FRIEND_REQUEST
    if known.barred_hosts and any(_is_barred(host, known.barred_hosts) for host in _hosts(form)):
        yield EgressRule.BARRED_PLATFORM
    phrases = {*_phrases(form), *_phrases(_apart(form))}
    if any(map(known.is_sensitive, phrases)):
        yield EgressRule.SENSITIVE
    if any(map(known.is_persona, phrases)):
        yield EgressRule.PERSONA
    yield from _about_classes(form, known)


def _about_classes(form: str, known: Guarded) -> Iterator[EgressRule]:
    rest, named = _without_names(form, known.names)
    classes = known.classes(rest)
    apart = _apart(form)
    if apart != form:
        rest, named_apart = _without_names(apart, known.names)
        classes, named = classes | known.classes(rest), named or named_apart
    if classes & MEDICAL:
        yield EgressRule.MEDICAL
    if named and any(tier_of(item) is not Tier.SEALED_SEPARATELY for item in classes - MEDICAL):
        yield EgressRule.PROTECTED_CLASS


def _without_names(form: str, names: Set[str]) -> tuple[str, bool]:
    """Return a text without the applicant's own names, one of which may be a listed word."""
    named = False
    for name in sorted(names, key=len, reverse=True):
        words = _WORDS.findall(_apart(name))
        if not words:
            continue
        pattern = r"[\W_]*".join(map(re.escape, words))
        form, count = re.subn(rf"(?i)(?<![^\W_]){pattern}(?![^\W_])", " ", form)
        named = named or count > 0
    return form, named


def _apart(form: str) -> str:
    """Return a text with the words apart that were run together."""
    return _JOINED.sub(" ", form)


def _phrases(form: str) -> Iterator[str]:
    words = _IDENTIFIER.findall(form)
    for start in range(len(words)):
        for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1):
            phrase = folded(" ".join(words[start:end]))
            yield phrase
            yield phrase.strip(".'-_")


def _hosts(form: str) -> Iterator[str]:
    # RFC 3490, 3.1: an ideographic full stop divides the labels of a name as a full stop does.
    for found in _HOST.finditer(form.replace("\u3002", ".")):
        yield (found[1] or found[2] or found[3]).lower().rstrip(".").removeprefix("www.")


def _is_barred(host: str, barred: Set[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[at:]) in barred for at in range(len(labels)))
