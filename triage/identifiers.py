"""Three identifiers tie an account to an applicant, and two that come from one are one.

The number is the practice of the screening trade, drawn from "reasonable procedures to assure
maximum possible accuracy" (15 USC 1681e(b)): a name alone never does (CFPB advisory opinion,
86 FR 62468, 2021-11-10), and vendors ask for three (Fama, "Why does Fama require three
identifiers?"; Ferretly, "Subject identifiers and candidate profile confidence").

Why two may be one:

- A handle and the account's address are the same string.
- A name and a photograph are what whoever clones a profile copies first, together (Bilge et al.,
  "All your contacts are belong to us", WWW 2009); attributes that anybody can imitate do not tell
  two people apart (Goga et al., "On the reliability of profile matching across large online
  social networks", KDD 2015: non-impersonability).
- A handle that only spells the name says what the name says.
- A link from the account to one of the applicant's proves nothing: anybody can write it. The link
  back, from an account that the applicant disclosed, counts.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from models.attribution import LEAST_IDENTIFIERS, Basis, Identifier

_GROUP: Final = {
    Identifier.ADDRESS: Identifier.HANDLE,
    Identifier.PHOTOGRAPH: Identifier.NAME,
    Identifier.LINKS_TO_DISCLOSED: None,
}
"""What an identifier counts as, where that is not itself; None if it counts as nothing."""


def independent(basis: Iterable[Basis], *, handle_is_name: bool) -> frozenset[Identifier]:
    """Return what is left of the identifiers when those that are one are counted once."""
    found = {_GROUP.get(one.identifier, one.identifier) for one in basis}
    if handle_is_name and Identifier.HANDLE in found:
        found = (found - {Identifier.HANDLE}) | {Identifier.NAME}
    return frozenset(one for one in found if one is not None)


def enough(basis: Iterable[Basis], *, handle_is_name: bool) -> bool:
    """Say whether the identifiers attribute an account."""
    return len(independent(basis, handle_is_name=handle_is_name)) >= LEAST_IDENTIFIERS


def spells(handle: str, name: str) -> bool:
    """Say whether a handle is made of the parts of a name, initials and numbers, and no more."""
    letters = re.sub(r"[^a-z]", "", _plain(handle))
    parts = [part for part in re.split(r"[^a-z]+", _plain(name)) if part]
    return bool(letters) and bool(parts) and _made_of(letters, parts)


def _made_of(letters: str, parts: list[str]) -> bool:
    if not letters:
        return True
    for at, part in enumerate(parts):
        left = parts[:at] + parts[at + 1 :]
        for piece in {part, part[0]}:
            if letters.startswith(piece) and _made_of(letters[len(piece) :], left):
                return True
    return False


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
