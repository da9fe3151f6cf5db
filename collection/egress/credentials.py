"""What an applicant discloses holds no credential: the shapes of one are refused unseen.

Recognised are passwords and PINs named as such, words that look like a password, addresses with
a password in them, payment cards (ISO/IEC 7812, Luhn), IBANs (ISO 13616), account and routing
numbers named as such, US social security numbers and routing numbers by their nine digits.
Digits count in any script, with any marks between them, spelt out, and encoded for the web
(`collection.egress.spellings`).
"""

import re
import unicodedata
from typing import Final

from collection.egress.spellings import spellings
from models.errors import CredentialRefusedError

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
)
_MARK: Final = r"[ \t.,_/\\·•'~()+-]"
_DIGITS: Final = re.compile(rf"\d(?:{_MARK}{{0,3}}\d)*", re.ASCII)
_ALONE: Final = re.compile(
    rf"(?<![\w@#.-])\d(?:{_MARK}{{0,3}}\d){{8}}(?!{_MARK}{{0,3}}\d)(?![\w@])", re.ASCII
)
_GROUPED: Final = re.compile(
    rf"(?<!\d)\d{{3}}{_MARK}{{1,3}}\d\d{_MARK}{{1,3}}\d{{4}}(?!{_MARK}?\d)", re.ASCII
)
_EMAIL: Final = re.compile(r"[^\s@]{1,256}@[^\s@.]+(?:\.[^\s@.]+)+")
_WEB: Final = re.compile(r"(?i)[a-z][a-z0-9+.-]{0,30}://([^\s/?#]*)\S*")
_BARE_WEB: Final = re.compile(r"(?i)(?<![^\s(<\"'])(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*")
_NAMES: Final = (
    r"pass[\s_-]*(?:word|phrase|code|wd)|passwort|contraseña|contrasena|mot\s+de\s+passe"
    r"|pwd|pw|pin(?:\s*(?:code|number|no))?|secret|security\s+(?:code|answer)|cvv2?|cvc2?|otp"
)
_SECRET: Final = re.compile(rf"(?i)(?<![^\W_])(?:{_NAMES})\s*(?:is\b|[:=#]|->|→)\s*\S")
_PIN: Final = re.compile(r"(?i)(?<![^\W_])pin\s+(?:is\s+)?\d{4,8}(?!\d)")
_ACCOUNT: Final = re.compile(
    r"(?i)(?<![^\W_])(?:acct|account|a/c|routing|aba|rtn|iban|sort\s*code|ssn|social\s+security)"
    r"(?:\s*(?:number|no|nr|num|#))?\.?\s*(?:is\b|[:=#-])?\s*\d(?:[ -]?\d){3,}"
)
_IBAN: Final = re.compile(r"(?<![0-9A-Z])[A-Z]{2}\d{2}(?: ?[0-9A-Z]){11,30}(?![0-9A-Z])")
_KEY_NAME: Final = re.compile(
    r"(?i)(?:^|[_\W])(?:" + _NAMES + r"|ssn|card|iban|account[_-]?(?:number|no)"
    r"|routing(?:[_-]?number)?|social[_-]?security(?:[_-]?number)?)(?:$|[_\W])"
)
_SYMBOLS: Final = frozenset('!$%^&*()=+{}[]|\\;<>?~`"')

# Issuer prefixes by length; an unrestricted Luhn test would refuse one long account id in ten.
_CARDS: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}"
    r"|(?:6011|65\d{2}|64[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}"
)


def is_credential_name(key: str) -> bool:
    """Say whether a field of such a name would hold a credential."""
    return _KEY_NAME.search(key) is not None


def refuse_credentials(raw: str, *, where: str) -> None:
    """Raise `CredentialRefusedError` if a text holds a credential; the error names `where` alone.

    A handle, an e-mail or a web address does not count as one for its looks.
    """
    for written in spellings(raw):
        _refuse(written, where)


def _refuse(raw: str, where: str) -> None:
    text = _plain(raw)
    if _SECRET.search(text) or _PIN.search(text):
        raise CredentialRefusedError(f"{where}: looks like a password; it is not stored")
    if _has_iban(text) or _ACCOUNT.search(text):
        raise CredentialRefusedError(f"{where}: looks like an account number; it is not stored")
    for found in _WEB.finditer(text):
        if ":" in found[1].rpartition("@")[0]:
            raise CredentialRefusedError(f"{where}: looks like a password; it is not stored")
    _refuse_digits(text, where)
    words = _EMAIL.sub(" ", _BARE_WEB.sub(" ", _WEB.sub(" ", text))).split()
    if any(_looks_like_password(word) for word in words):
        raise CredentialRefusedError(f"{where}: looks like a password; it is not stored")


def credential_in(raw: str) -> str | None:
    """Return what kind of credential a text holds, numbers of nine digits left aside, or None."""
    text = _plain(raw)
    without_addresses = _WEB.sub(" ", text)
    if _SECRET.search(text) or _PIN.search(text):
        return "password"
    if any(":" in found[1].rpartition("@")[0] for found in _WEB.finditer(text)):
        return "password"
    if _has_iban(text) or _ACCOUNT.search(text):
        return "account"
    if any(_is_card(re.sub(r"\D", "", found)) for found in _DIGITS.findall(without_addresses)):
        return "card"
    words = _EMAIL.sub(" ", without_addresses).split()
    if any(_looks_like_password(word) and not _is_joined(word) for word in words):
        return "password"
    return None


def _refuse_digits(text: str, where: str) -> None:
    text = _WEB.sub(" ", text)
    if any(_is_card(re.sub(r"\D", "", found)) for found in _DIGITS.findall(text)):
        raise CredentialRefusedError(f"{where}: looks like a card number; it is not stored")
    if _GROUPED.search(text) or _ALONE.search(text):
        raise CredentialRefusedError(
            f"{where}: looks like a social security or routing number; it is not stored"
        )


def _plain(raw: str) -> str:
    """Bring every digit to ASCII, every dash to one, and drop what cannot be seen."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw))
    return "".join(_plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    digit = unicodedata.digit(character, -1)
    if digit >= 0:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":
        return "-"
    return " " if category == "Zs" else character


def _is_card(digits: str) -> bool:
    if _CARDS.fullmatch(digits) is None:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _has_iban(text: str) -> bool:
    for found in _IBAN.finditer(text.upper()):
        compact = found[0].replace(" ", "")
        number = "".join(str(int(part, 36)) for part in compact[4:] + compact[:4])
        if int(number) % 97 == 1:
            return True
    return False


def _looks_like_password(word: str) -> bool:
    """Say whether a word mixes both cases, digits and symbols that no handle has."""
    return (
        8 <= len(word) <= 64 and _mixes(word) and any(character in _SYMBOLS for character in word)
    )


def _mixes(word: str) -> bool:
    return (
        any(character.islower() for character in word)
        and any(character.isupper() for character in word)
        and any(character.isdigit() for character in word)
    )


def _is_joined(word: str) -> bool:
    """Say whether these are words of a query that a form joined by `+`, none of which mixes all."""
    parts = word.split("+")
    return len(parts) > 1 and not any(map(_mixes, parts))
