"""An e-mail to an applicant: one of a closed set of texts, a link, and nothing of the case."""

import re
from enum import StrEnum
from typing import Final

from models.decision_rules import Language
from models.errors import InputError
from models.value import Value

_LOCAL: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_NAME: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}@{_NAME}(?:\.{_NAME})+")
_LINK: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")


class MailText(StrEnum):
    """What an e-mail says."""

    SOMETHING_TO_READ = "something-to-read"
    ANSWER_AWAITED = "answer-awaited"


class MailTls(StrEnum):
    """How the way to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    """From the first byte (port 465)."""
    LOOPBACK = "loopback"
    """Not at all, to a server on this very machine."""


class MailQueued(Value):
    """What waits to be sent; to whom, the case says when it is sent."""

    text: MailText
    language: Language = Language.ENGLISH


def require_address(address: str) -> str:
    """Return an e-mail address as it is.

    Raises `InputError`, without the address, for anything but one plain address: no comment, no
    quotes, no second address, no line break.
    """
    if _ADDRESS.fullmatch(address) is None:
        raise InputError("is not an e-mail address")
    return address


def require_link(link: str) -> str:
    """Return the interface's address as it is. Raises `InputError` unless it is a plain HTTPS one.

    One with a query or a fragment could carry who is written to, so it is none.
    """
    if len(link) > 300 or _LINK.fullmatch(link) is None:
        raise InputError("the link is not a plain https:// address without a query")
    return link
