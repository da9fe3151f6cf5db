"""A field that holds a credential is emptied at once: it is neither stored nor shown again (S5)."""

from typing import Final

from casework.applicant.credential_check import refuse_credentials_in
from models.errors import CredentialRefusedError
from models.text import RawText
from models.value import Value

CODE: Final = CredentialRefusedError.code


class _Line(Value):
    text: RawText


def holds_credential(text: str) -> bool:
    """Say whether a text holds a password, a card's, an account's or an identity's number."""
    try:
        refuse_credentials_in(_Line(text=RawText(text)))
    except CredentialRefusedError:
        return True
    return False


def cleaned(text: str) -> tuple[str, bool]:
    """Return a text without the lines that hold a credential, and whether there was one."""
    if not holds_credential(text):
        return text, False
    lines = "\n".join(one for one in text.split("\n") if not holds_credential(one))
    # What only several lines together give is nowhere to be kept.
    return ("" if holds_credential(lines) or lines == text else lines), True
