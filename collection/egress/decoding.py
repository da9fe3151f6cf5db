r"""A text is looked at in every form that a server could make of it.

Percent, HTML, JavaScript and quoted-printable escapes, base64, base32, hexadecimal and lists of
character codes are undone again and again, in any order, until nothing new comes of it. What goes
deeper than anything honest is reported as such, so that the caller refuses it.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable
from typing import Final
from urllib.parse import unquote

MAX_LENGTH: Final = 16 * 1024
_MAX_FORMS: Final = 96
_UNSEEN: Final = frozenset({"Cf", "Cc", "Mn", "Me"})
_KEPT_CONTROLS: Final = frozenset("\t\n\r")
_ESCAPE: Final = re.compile(
    r"(?i)(?:\\+|%)u(?:([0-9a-f]{4})|\{([0-9a-f]{1,6})\})|\\+x([0-9a-f]{2})|\\+([0-3][0-7]{2})"
)
_SIGN: Final = re.compile("%([2-7][0-9A-Fa-f])")
_DEEPEST: Final = 5
_QUOTED: Final = re.compile(r"(?i)(?:=[0-9a-f]{2}){1,}")
_SHORTEST: Final = 8
_BASE64: Final = tuple(
    re.compile(rf"[{alphabet}]{{{_SHORTEST},}}={{0,2}}")
    for alphabet in ("A-Za-z0-9+/", r"A-Za-z0-9_\-", "A-Za-z0-9")
)
_HEX: Final = re.compile(r"(?i)(?:(?:0x|\\x)?[0-9a-f]{2}[ :,]?){6,}")
_HEX_JUNK: Final = re.compile(r"(?i)0x|\\x|[ :,]")
_BASE32_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BASE32: Final = tuple(
    (re.compile(rf"(?i)(?<![A-Z0-9])[{set_}]{{10,}}={{0,6}}"), str.maketrans(alphabet, letters))
    for set_, alphabet, letters in (
        ("A-Z2-7", "", ""),
        # RFC 4648, 7: with the digits first.
        ("0-9A-V", "0123456789ABCDEFGHIJKLMNOPQRSTUV", _BASE32_LETTERS),
        # Crockford's: no I, L, O or U; what looks like 1 and 0 is read as such.
        (
            "0-9A-TV-Z",
            "0123456789ABCDEFGHJKMNPQRSTVWXYZILO",
            f"{_BASE32_LETTERS}{_BASE32_LETTERS[1] * 2}{_BASE32_LETTERS[0]}",
        ),
    )
)
_BASE32_ENDS: Final = frozenset({0, 2, 4, 5, 7})
"""How many letters the last group may have (RFC 4648, 6)."""
_CODES: Final = re.compile(
    r"(?<![\d.])(?:(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])[ ,;+-]{1,2}){6,}\d{2,3}(?!\d)"
)
_BITS: Final = re.compile(r"(?<!\d)(?:[01]{7,8}[ ,]?){6,}(?!\d)")


def plain(text: str) -> str:
    """Bring every digit to ASCII, every dash to one, and drop what cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    made = (_plain_character(character) for character in unicodedata.normalize("NFKC", text))
    return "".join(made)


def signs_undone(text: str) -> str:
    """Return a text with the escapes of signs undone, as often as they were put.

    No server reads "site%3Areddit.com" as it stands: taken for digits and letters, an escape bends
    hosts, numbers and words. Escaped letters and digits, which nobody needs, are left: there is a
    form of the text without them.
    """
    for _ in range(_DEEPEST):
        before, text = text, _SIGN.sub(_sign, text)
        if text == before:
            break
    return text


def forms(text: str) -> tuple[tuple[str, ...], bool]:
    """Return the text in every form, the one that was given first, and whether those are all."""
    if len(text) > MAX_LENGTH:
        return (), False
    found = {plain(text): None}
    todo = list(found)
    while todo:
        form = todo.pop()
        for decode in _DECODERS:
            made = plain(decode(form))
            if made not in found:
                if len(found) == _MAX_FORMS:
                    return tuple(found), False
                found[made] = None
                todo.append(made)
    return tuple(found), True


def _sign(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return found[0] if sign.isalnum() or not sign.isprintable() else sign


def _plain_character(character: str) -> str:
    if character in _KEPT_CONTROLS:
        return " "
    number = unicodedata.digit(character, -1)
    if number < 0 and not character.isascii():
        value = unicodedata.numeric(character, -1.0)
        number = int(value) if 0 <= value <= 9 and value == int(value) else -1
    if number >= 0:
        return str(number)
    category = unicodedata.category(character)
    if category in _UNSEEN:
        return ""
    if category == "Pd" or character == "\u2212":
        return "-"
    return " " if category == "Zs" else character


def _percent(text: str) -> str:
    return unquote(text, errors="replace") if "%" in text else text


def _markup(text: str) -> str:
    return html.unescape(text) if "&" in text else text


def _escaped(text: str) -> str:
    if "\\" not in text and "%" not in text:
        return text
    # Two halves of a pair are one character.
    pairs = _ESCAPE.sub(_character, text).encode("utf-16-le", "surrogatepass")
    return pairs.decode("utf-16-le", "replace")


def _character(found: re.Match[str]) -> str:
    number = int(found[4], 8) if found[4] else int(found[1] or found[2] or found[3], 16)
    return chr(number) if number <= 0x10FFFF else found[0]


def _quoted_printable(text: str) -> str:
    return (
        _QUOTED.sub(
            lambda found: _words(_from_hex(found[0][1:].replace("=", ""))) or found[0], text
        )
        if "=" in text
        else text
    )


def _hexadecimal(text: str) -> str:
    return _HEX.sub(lambda found: _words(_from_hex(_HEX_JUNK.sub("", found[0]))) or found[0], text)


def _from_hex(digits: str) -> bytes:
    try:
        return binascii.unhexlify(digits)
    except binascii.Error:
        return b""


def _base64(alphabet: int) -> Callable[[str], str]:
    def decode(text: str) -> str:
        return _BASE64[alphabet].sub(_packed, text)

    return decode


def _packed(found: re.Match[str]) -> str:
    """Return what base64 stands for, wherever in the token it begins; else the token."""
    token = found[0].rstrip("=").replace("-", "+").replace("_", "/")
    for skipped in range(4):
        part = token[skipped:]
        part = part[: len(part) - 1] if len(part) % 4 == 1 else part
        if len(part) < _SHORTEST:
            break  # by itself it would be no token: what comes of it is chance
        words = _words(base64.b64decode(part + "=" * (-len(part) % 4)))
        if words:
            return found[0][:skipped] + words
    return found[0]


def _base32(alphabet: int) -> Callable[[str], str]:
    pattern, letters = _BASE32[alphabet]

    def unpacked(found: re.Match[str]) -> str:
        token = found[0].rstrip("=").upper().translate(letters)
        if len(token) % 8 not in _BASE32_ENDS:
            return found[0]
        body = base64.b32decode(token + "=" * (-len(token) % 8))
        return (_words(body) if body.isascii() else "") or found[0]

    def decode(text: str) -> str:
        return pattern.sub(unpacked, text)

    return decode


def _character_codes(text: str) -> str:
    text = _CODES.sub(lambda found: "".join(map(chr, map(int, re.findall(r"\d+", found[0])))), text)
    return _BITS.sub(lambda found: "".join(chr(int(bits, 2)) for bits in _of_eight(found[0])), text)


def _of_eight(bits: str) -> list[str]:
    """Return groups of bits: as they are parted, or of eight each."""
    parted = re.findall(r"[01]+", bits)
    joined = "".join(parted)
    if len(parted) > 1 and all(len(one) in (7, 8) for one in parted):
        return parted
    size = 8 if len(joined) % 8 == 0 else 7
    return [joined[at : at + size] for at in range(0, len(joined), size)]


def _words(body: bytes) -> str:
    """Return bytes as text, or nothing if they are no text that anybody writes."""
    for encoding in ("utf-16-le", "utf-16-be", "utf-8"):
        wide = encoding != "utf-8"
        try:
            text = (body if wide else body.replace(b"\0", b"")).decode(encoding).strip("\ufeff")
        except UnicodeDecodeError:
            continue
        # Almost any bytes are UTF-16: only what is mostly digits and marks is taken for such.
        if wide and 4 * sum(map(str.isdecimal, text)) < max(len(text), 12):
            continue
        if not any(map(_is_noise, text)):
            return text
    return ""


def _is_noise(character: str) -> bool:
    return (
        not character.isprintable()
        and character not in _KEPT_CONTROLS
        and unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")
    )


_DECODERS: Final = (
    _percent,
    _markup,
    _escaped,
    _quoted_printable,
    _hexadecimal,
    _base64(0),
    _base64(1),
    _base64(2),
    _base32(0),
    _base32(1),
    _base32(2),
    _character_codes,
)
